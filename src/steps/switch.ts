// The moves of a switch: the built release takes its place, the links of the live release move to it, what it replaced is discarded.
import { linksOf } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder } from "../release/build.ts";
import { domainName } from "../release/layout.ts";
import { primaryDomain } from "../settings/domain.ts";
import { assertLease } from "./lease.ts";
import { type PlacedRelease, retireAfter, type Switch } from "./services.ts";
import { nginxConf } from "./webconf.ts";

/** The built release takes its place; a build of the same version that was there keeps its folder until its requests have ended. */
export function placeRelease({ place, record: { build } }: PlacedRelease): Step {
  const folder = buildFolder(place, build);
  return {
    id: "place",
    title: `Put ${place.distribution}-${place.name} in its place`,
    preview: sh`if [ -e ${place.release} ]; then detail ${`${place.release}: a new build in the place of the one that is there`}; else detail ${place.release}; fi`,
    apply: sh`if [ -e ${place.release} ] && ! readlink ${place.release} | grep -qF ${`${place.root}/env/.${place.distribution}-${place.name}.`}; then
  fail ${`${place.release} belongs to something else: a distribution of that name, perhaps`}
fi
if [ -L ${place.release} ]; then readlink ${place.release} >"$run/placed-before"; fi
touch "$run/placing"
mv -T ${place.staging} ${folder}
tool link ${folder} ${place.release}`,
    undo: sh`[ -e "$run/placing" ] || exit 0
if [ -s "$run/placed-before" ]; then tool link "$(cat "$run/placed-before")" ${place.release}; else rm -f ${place.release}; fi
rm -rf --one-file-system ${folder}`,
  };
}

/** In a plan, where the new build of a version has the id of the one it replaces. */
function switchWords({ place: to }: PlacedRelease, from: Switch["from"]): string {
  const target = `${to.distribution} ${to.name}`;
  if (from?.place.name === to.name) return `would switch to ${target} again`;
  return `would switch from ${from ? `${from.place.distribution} ${from.place.name}` : "nothing"} to ${target}`;
}

function switchTitle(to: PlacedRelease, from: Switch["from"]): string {
  const { name } = to.place;
  if (from === undefined) return `Switch to ${name}`;
  if (from.place.name !== name) return `Switch from ${from.place.name} to ${name}`;
  return from.record.build === to.record.build ? `Switch to ${name}` : `Switch to the new build of ${name}`;
}

/** The links that make a release the live one, beside `active`: targets by path. */
function liveLinks({ place, record: { sites, services } }: PlacedRelease): Readonly<Record<string, string>> {
  const domains = sites.map(primaryDomain);
  const nginx = domains.map((domain) => [enabledConf(domain), nginxConf(domain, place.name)]);
  return { ...(Object.fromEntries(nginx) as Record<string, string>), ...linksOf(services) };
}

function enabledConf(domain: string): string {
  return `/etc/nginx/sites-enabled/${domainName(domain)}.conf`;
}

/**
 * The switch: the active link, the domains' links and those of the services move by rename(2), nginx proves that it can read the
 * result and reloads. The undo is the same the other way.
 */
export function switchTraffic({ to, from }: Switch): Step {
  const { place } = to;
  const target = liveLinks(to);
  const dropped = Object.keys(from ? liveLinks(from) : {}).filter((link) => !Object.hasOwn(target, link));
  const touched = [...Object.keys(target), ...dropped];
  return {
    id: "switch",
    title: switchTitle(to, from),
    usesLock: true,
    preview: lines([
      sh`detail ${switchWords(to, from)}`,
      ...[[place.active, place.release], ...Object.entries(target)].map(
        ([link = "", leads = ""]) => sh`[ "$(readlink ${link})" = ${leads} ] || detail ${`${link} -> ${leads}`}`,
      ),
      ...dropped.map((link) => sh`detail ${`${link}: removed`}`),
    ]),
    apply: lines([
      sh`mkdir -p "$run/links"
for link in ${touched}; do if [ -L "$link" ]; then readlink "$link" >"$run/links/\${link##*/}"; fi; done
if [ -L ${place.active} ]; then readlink ${place.active} >"$run/links/active"; fi
touch "$run/links/known"
tool owned ${place.distribution} >"$run/owned"`,
      foreign(to.record.sites.flatMap((site) => site.domains)),
      sh`if [ -e ${place.active} ] && ! readlink ${place.active} | grep -qF ${`${place.root}/env/${place.distribution}-`}; then
  fail ${`${place.active} belongs to something else: a version of another distribution, perhaps`}
fi
${assertLease}
tool link ${place.release} ${place.active}`,
      ...Object.entries(target).map(([link, leads]) => sh`tool link ${leads} ${link}`),
      // A domain that this release does without goes, unless another distribution has taken it up by now.
      ...dropped.map(
        (link) =>
          sh`if [ ! -e ${link} ] || [ -S ${link} ] || grep -qxF -e "$(readlink -f ${link})" "$run/owned"; then rm -f ${link}; fi`,
      ),
      sh`nginx -t -q
systemctl reload nginx`,
    ]),
    undo: sh`[ -e "$run/links/known" ] || exit 0
for link in ${touched}; do
  if [ -s "$run/links/\${link##*/}" ]; then tool link "$(cat "$run/links/\${link##*/}")" "$link"; else rm -f "$link"; fi
done
if [ -s "$run/links/active" ]; then tool link "$(cat "$run/links/active")" ${place.active}; else rm -f ${place.active}; fi
nginx -t -q && systemctl reload nginx`,
    next: "Woven has switched back: the release that was live before is live.",
  };
}

/**
 * Needs `$run/owned`. A name that something else on this node answers to is never taken over: nginx would only warn, and let the
 * first one that it reads have it. Whose a file is, the records of all releases know.
 */
function foreign(names: readonly string[]): Shell {
  return sh`for conf in /etc/nginx/sites-enabled/*; do
  [ -e "$conf" ] || continue
  if grep -qxF -e "$(readlink -f "$conf")" "$run/owned"; then continue; fi
  sed -n 's/^[[:space:]]*server_name[[:space:]]//p' "$conf" | tr -s ' ;\t' '\n' >"$run/names"
  for name in ${names}; do
    if grep -qxF "$name" "$run/names"; then fail "$name is served by something else on this node: $(readlink -f "$conf")"; fi
  done
done`;
}

/** Other builds of the same version go when the last requests to them have ended. */
export function discardReplaced({ place, record: { build } }: PlacedRelease): Step {
  const kept = buildFolder(place, build);
  return {
    id: "discard",
    title: "Discard replaced builds",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
for folder in ${`${place.root}/env/.${place.distribution}-${place.name}.`}??????; do
  if [ ! -d "$folder" ] || [ "$folder" = ${kept} ]; then continue; fi
  systemd-run --quiet --collect --on-active=${retireAfter + 30} rm -rf --one-file-system "$folder"
done`,
  };
}

/** `templates` of a release: its first folder of templates, for whoever looks for it where it always was. */
export function templatesLink(
  { place, record: { build } }: PlacedRelease,
  folders: readonly string[],
): readonly Step[] {
  const [folder] = folders;
  if (folder === undefined) return [];
  const link = `${buildFolder(place, build)}/templates`;
  return [
    {
      id: "templates",
      title: "Link to the templates",
      apply: sh`touch "$run/unchanged"; ln -sfn ${`project/${folder}`} ${link}`,
    },
  ];
}
