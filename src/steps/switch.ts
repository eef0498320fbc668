// The steps of a switch: move the new build into place, move the links to it, remove the builds that it replaced.
import { inRun, inTurn, tool } from "../node/pieces.ts";
import { linksOf } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder } from "../release/build.ts";
import { domainName, stagingFolder } from "../release/layout.ts";
import { primaryDomain } from "../settings/domain.ts";
import { discardLater } from "./discard-later.ts";
import { assertLease } from "./lease.ts";
import { anyBuild, noteTakenNames, refuseTakenNames } from "./release-names.ts";
import { type PlacedRelease, type Switch, switchUndone } from "./services.ts";
import { nginxConf } from "./webconf.ts";

/** Moves the new build into place. A previous build of the same version keeps its folder until its requests have ended. */
export function placeRelease(release: PlacedRelease): Step {
  const { place } = release;
  const folder = buildFolder(place, release.record.build);
  return {
    id: "place",
    title: `Move ${place.distribution}-${place.name} into place`,
    preview: sh`if [ -e ${place.release} ]; then detail ${`${place.release}: a new build, in place of the previous one`}; else detail ${place.release}; fi`,
    apply: inTurn(
      sh`if [ -e ${place.release} ] || [ -L ${place.release} ]; then
  case $(readlink ${place.release} || :) in ${anyBuild(place)}) ;; *) fail ${`${place.release} exists, but not as a release of ${place.distribution}. Perhaps it is a distribution of that name`} ;; esac
fi`,
      ...refuseTakenNames(release),
      sh`if [ -L ${place.release} ]; then readlink ${place.release} >"$run/placed-before"; fi
touch "$run/placing"
mv -T ${place.staging} ${folder}`,
      tool(["link", folder, place.release]),
    ),
    undo: sh`[ -e "$run/placing" ] || exit 0
if [ -s "$run/placed-before" ]; then tool link "$(cat "$run/placed-before")" ${place.release}; else rm -f ${place.release}; fi
${discardLater(folder, stagingFolder(place))}`,
  };
}

/** For a plan, where the new build of a version has the same id as the one that it replaces. */
function plannedSwitch({ place: to }: PlacedRelease, from: Switch["from"]): string {
  const target = `${to.distribution} ${to.name}`;
  if (from?.place.name === to.name) return `would switch to ${target} again`;
  return from
    ? `would switch from ${from.place.distribution} ${from.place.name} to ${target}`
    : `would switch to ${target}`;
}

function switchTitle(to: PlacedRelease, from: Switch["from"]): string {
  const { name } = to.place;
  if (from === undefined) return `Switch to ${name}`;
  if (from.place.name !== name) return `Switch from ${from.place.name} to ${name}`;
  return from.record.build === to.record.build ? `Switch to ${name}` : `Switch to the new build of ${name}`;
}

/** The links that make a release live, beside `active`: targets by path. */
function liveLinks({ place, record: { sites, services } }: PlacedRelease): Readonly<Record<string, string>> {
  const domains = sites.map(primaryDomain);
  const nginx = domains.map((domain) => [enabledConf(domain), nginxConf(domain, place.name)]);
  return { ...(Object.fromEntries(nginx) as Record<string, string>), ...linksOf(services) };
}

export function enabledConf(domain: string): string {
  return `/etc/nginx/sites-enabled/${domainName(domain)}.conf`;
}

/**
 * The switch: moves the active link and the links of the domains and services with rename(2), tests nginx's configuration, and reloads
 * nginx. The undo moves them back.
 */
export function switchTraffic({ to, from }: Switch): Step {
  const { place } = to;
  const target = liveLinks(to);
  const dropped = Object.entries(from ? liveLinks(from) : {}).filter(([link]) => !Object.hasOwn(target, link));
  const touched = [...Object.keys(target), ...dropped.map(([link]) => link)];
  return {
    id: "switch",
    title: switchTitle(to, from),
    usesLock: true,
    preview: lines([
      sh`detail ${plannedSwitch(to, from)}`,
      ...[[place.active, place.release], ...Object.entries(target)].map(
        ([link = "", leads = ""]) => sh`[ "$(readlink ${link})" = ${leads} ] || detail ${`${link} -> ${leads}`}`,
      ),
      ...dropped.map(([link]) => sh`detail ${`${link}: removed`}`),
    ]),
    apply: inTurn(
      sh`mkdir -p "$run/links"
for link in ${touched}; do if [ -L "$link" ]; then readlink "$link" >"$run/links/\${link##*/}"; fi; done
if [ -L ${place.active} ]; then readlink ${place.active} >"$run/links/active"; fi
touch "$run/links/known"`,
      noteOwned,
      refuseForeignDomains(
        to.record.sites.flatMap((site) => site.domains),
        place.distribution,
      ),
      sh`if [ -e ${place.active} ] && ! readlink ${place.active} | grep -qF ${`${place.root}/env/${place.distribution}-`}; then
  fail ${`${place.active} exists, but not as the link of ${place.distribution}. Perhaps it is a version of another distribution`}
fi`,
      assertLease,
      tool(["link", place.release, place.active]),
      ...Object.entries(target).map(([link, leads]) => tool(["link", leads, link])),
      // A domain that this release no longer has is removed, unless its link leads elsewhere: another distribution may have it by now.
      lines([
        ...dropped.map(
          ([link, leads]) => sh`if [ ! -e ${link} ] || [ "$(readlink ${link})" = ${leads} ]; then rm -f ${link}; fi`,
        ),
        sh`nginx -t -q
systemctl reload nginx`,
      ]),
    ),
    undo: sh`[ -e "$run/links/known" ] || exit 0
for link in ${touched}; do
  if [ -s "$run/links/\${link##*/}" ]; then tool link "$(cat "$run/links/\${link##*/}")" "$link"; else rm -f "$link"; fi
done
if [ -s "$run/links/active" ]; then tool link "$(cat "$run/links/active")" ${place.active}; else rm -f ${place.active}; fi
nginx -t -q && systemctl reload nginx`,
    ...switchUndone,
  };
}

/** Notes the configuration files of all releases, for `refuseForeignDomains`. */
export const noteOwned: Shell = tool(["owned"], { out: inRun("owned") });

/**
 * After `noteOwned`, fails if something else on this node has one of the domains: nginx would only warn, and use the first one that it
 * reads. The records of the distribution say which files are its own. If its records were lost, a file that no record names and that leads
 * to a build of the distribution is its own, too.
 */
export function refuseForeignDomains(names: readonly string[], distribution: string): Shell {
  return sh`for conf in /etc/nginx/sites-enabled/*; do
  [ -e "$conf" ] || continue
  file=$(readlink -f "$conf")
  if grep -qxF -e ${distribution}" $file" "$run/owned"; then continue; fi
  if ! cut -d' ' -f2- "$run/owned" | grep -qxF -e "$file" && grep -qF -e ${`/env/.${distribution}-`} "$file"; then continue; fi
  sed -n 's/^[[:space:]]*server_name[[:space:]]//p' "$conf" | tr -s ' ;\t' '\n' >"$run/names"
  for name in ${names}; do
    if grep -qxF "$name" "$run/names"; then fail "something else on this server has the domain $name: $(readlink -f "$conf")"; fi
  done
done`;
}

/** The most seconds that a web service takes to stop: TimeoutStopSec of its unit. */
const stopWithin = 35;

/** Removes other builds of the same version, once their last requests have ended. */
export function discardReplaced({ to: release, drain }: Pick<Switch, "to" | "drain">): Step {
  const { place } = release;
  const kept = buildFolder(place, release.record.build);
  return {
    id: "discard",
    title: `Remove replaced builds of ${place.name} in ${drain + stopWithin} seconds`,
    plan: "quiet",
    apply: inTurn(
      noteTakenNames(release),
      sh`touch "$run/unchanged"
[ ! -s "$run/taken" ] || exit 0
for folder in ${anyBuild(place)}; do
  if [ ! -d "$folder" ] || [ -L "$folder" ] || [ "$folder" = ${kept} ]; then continue; fi
  systemd-run --quiet --collect --on-active=${drain + stopWithin} rm -rf --one-file-system "$folder"
done`,
    ),
  };
}

/** The link `templates` of a release, to its first folder of templates. Earlier versions of Woven had the folder there. */
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
      title: "Link the templates folder",
      apply: sh`touch "$run/unchanged"; ln -sfn ${`project/${folder}`} ${link}`,
    },
  ];
}
