// Going over from one release to another: start beside, ask, switch, ask again, retire. Each step knows its way back.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder, domainName, instance, type Layout, unitPrefix } from "../release/layout.ts";
import type { Health, Site } from "../settings/settings.ts";
import { assertLease } from "./lease.ts";
import { confName } from "./webconf.ts";

/** Seconds the earlier release goes on running after the switch: requests end there, and a rollback finds it warm. */
const retireAfter = 60;

/** The built release takes its place; a build of the same version that was there keeps its folder until its requests have ended. */
export function placeRelease(place: Layout, address: string): Step {
  const folder = buildFolder(place, address);
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

/** What a release needs to be started and reached; from its record, or from a plan. */
export interface Backend {
  readonly place: Layout;
  readonly address: string;
  readonly sites: readonly Pick<Site, "id" | "domains">[];
  readonly health: Health;
}

/** Starts the release's backend on its own address. Where it runs already (a rollback soon after), it is kept. */
export function startBackend({ to: { place, address }, from }: Switch): Step {
  const unit = instance(place, address);
  return {
    id: "start",
    title: `Start ${place.distribution} ${place.name} beside what serves`,
    // It starts at boot from now on, too: a node that is rebooted right after the switch serves by it.
    apply: sh`systemctl stop ${retireTimer(unit)} 2>/dev/null || :
systemctl is-enabled --quiet ${unit} 2>/dev/null || { touch "$run/was-disabled"; systemctl enable --quiet --no-reload ${unit}; }
if systemctl is-active --quiet ${unit}; then touch "$run/unchanged" "$run/was-running"; exit 0; fi
systemctl start ${unit} || { journalctl -q -n 30 --no-pager -o cat -u ${unit} >&2; exit 1; }`,
    // Without a switch nobody but the health check has asked it: there is no request whose end is worth the wait, and a cancelled job has 10 s.
    undo: sh`[ ! -e "$run/was-disabled" ] || systemctl disable --quiet --no-reload ${unit} 2>/dev/null || :
[ ! -e "$run/was-running" ] || exit 0
[ -e "$run/links/known" ] || systemctl kill --signal=KILL ${unit} 2>/dev/null || :
systemctl stop ${unit}
systemctl reset-failed ${unit} 2>/dev/null || :`,
    next: `${stillServes(from)} What its unit said stands in the output.`,
  };
}

/** What a failure before the switch means for visitors. */
export function stillServes(from: unknown): string {
  return from ? "The earlier release still serves." : "No release serves here yet.";
}

export interface Switch {
  readonly to: Backend;
  /** Absent: nothing served before. */
  readonly from?: {
    readonly place: Layout;
    readonly address: string;
    readonly sites: readonly Pick<Site, "id" | "domains">[];
  };
}

/** A patch, and a version built anew, go from one build of a version to another one. */
/** In a plan, where the new build of a version has the address of the one it replaces. */
function switchWords({ place: to }: Backend, from: Switch["from"]): string {
  const target = `${to.distribution} ${to.name}`;
  if (from?.place.name === to.name) return `would switch to ${target} anew`;
  return `would switch from ${from ? `${from.place.distribution} ${from.place.name}` : "nothing"} to ${target}`;
}

function switchTitle(to: Backend, from: Switch["from"]): string {
  const { name } = to.place;
  if (from === undefined) return `Switch to ${name}`;
  if (from.place.name !== name) return `Switch from ${from.place.name} to ${name}`;
  return from.address === to.address ? `Switch to ${name}` : `Switch to the new build of ${name}`;
}

/**
 * The switch: the active link and the domains' links move by rename(2), nginx proves that it can read the result and
 * reloads. The undo is the same the other way.
 */
export function switchTraffic({ to, from }: Switch): Step {
  const domains = (sites: readonly Pick<Site, "domains">[]) => sites.map(({ domains: [domain = ""] }) => domain);
  const target = domains(to.sites);
  const dropped = domains(from?.sites ?? []).filter((domain) => !target.includes(domain));
  const enabled = (domain: string) => `/etc/nginx/sites-enabled/${domainName(domain)}.conf`;
  const available = (domain: string, place: Layout) =>
    `/etc/nginx/sites-available/${confName(domain, place.name)}.conf`;
  const touched = [...target, ...dropped].map(enabled);
  const ours = [to, ...(from ? [from] : [])].flatMap(({ place, sites }) =>
    domains(sites).map((domain) => available(domain, place)),
  );
  return {
    id: "switch",
    title: switchTitle(to, from),
    usesLock: true,
    preview: lines([
      sh`detail ${switchWords(to, from)}`,
      ...[
        [to.place.active, to.place.release],
        ...target.map((domain) => [enabled(domain), available(domain, to.place)]),
      ].map(([link = "", leads = ""]) => sh`[ "$(readlink ${link})" = ${leads} ] || detail ${`${link} -> ${leads}`}`),
      ...dropped.map((domain) => sh`detail ${`${enabled(domain)}: removed`}`),
    ]),
    apply: lines([
      sh`mkdir -p "$run/links"
for link in ${touched}; do if [ -L "$link" ]; then readlink "$link" >"$run/links/\${link##*/}"; fi; done
if [ -L ${to.place.active} ]; then readlink ${to.place.active} >"$run/links/active"; fi
touch "$run/links/known"`,
      foreign(
        to.sites.flatMap((site) => site.domains),
        to.place.distribution,
        ours,
      ),
      sh`if [ -e ${to.place.active} ] && ! readlink ${to.place.active} | grep -qF ${`${to.place.root}/env/${to.place.distribution}-`}; then
  fail ${`${to.place.active} belongs to something else: a version of another distribution, perhaps`}
fi
${assertLease}
tool link ${to.place.release} ${to.place.active}`,
      ...target.map((domain) => sh`tool link ${available(domain, to.place)} ${enabled(domain)}`),
      // A domain that this release does without goes, unless another distribution has taken it up by now.
      ...dropped.map(
        (domain) =>
          sh`if head -n 1 ${enabled(domain)} 2>/dev/null | grep -qF ${`, ${to.place.distribution} `}; then rm -f ${enabled(domain)}; fi`,
      ),
      sh`nginx -t -q
systemctl reload nginx`,
    ]),
    undo: sh`[ -e "$run/links/known" ] || exit 0
for link in ${touched}; do
  if [ -s "$run/links/\${link##*/}" ]; then tool link "$(cat "$run/links/\${link##*/}")" "$link"; else rm -f "$link"; fi
done
if [ -s "$run/links/active" ]; then tool link "$(cat "$run/links/active")" ${to.place.active}; else rm -f ${to.place.active}; fi
nginx -t -q && systemctl reload nginx`,
    next: "Woven has switched back: what served before serves.",
  };
}

/**
 * A name that something else on this node answers to is never taken over: nginx would only warn, and let the first one that
 * it reads have it.
 */
function foreign(names: readonly string[], distribution: string, ours: readonly string[]): Shell {
  return sh`for conf in /etc/nginx/sites-enabled/*; do
  [ -e "$conf" ] || continue
  own=no
  for one in ${ours}; do [ "$(readlink -f "$conf")" != "$one" ] || own=yes; done
  if [ "$own" = yes ] || head -n 1 "$conf" | grep -qF ${`, ${distribution} `}; then continue; fi
  sed -n 's/^[[:space:]]*server_name[[:space:]]//p' "$conf" | tr -s ' ;\t' '\n' >"$run/names"
  for name in ${names}; do
    if grep -qxF "$name" "$run/names"; then fail "$name is served by something else on this node: $(readlink -f "$conf")"; fi
  done
done`;
}

/**
 * From now on no other release starts at boot, and each that runs ends once its last requests have: the one that served before,
 * and any that a power cut has left in the middle of a switch.
 */
export function retire({ to, from }: Switch): Step {
  const old = from ? instance(from.place, from.address) : "";
  return {
    id: "retire",
    title: from ? `Retire ${from.place.name} in ${retireAfter} seconds` : "Retire what served before",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
{ systemctl list-units --plain --no-legend --state=active 'woven-*@*.service' | cut -d' ' -f1
  ls /etc/systemd/system/multi-user.target.wants; } | sort -u >"$run/units"
while read -r unit; do
  case $unit in
    ${instance(to.place, to.address)}) continue ;;
    ${unitPrefix(to.place.distribution)}*@*.service | ${old}) ;;
    *) continue ;;
  esac
  name=\${unit%.service}
  name=retire-\${name%@*}-at-\${name##*@}
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  # One that has its minute already does not get another.
  if systemctl is-active --quiet "$name.timer"; then continue; fi
  systemd-run --quiet --collect --on-active=${retireAfter} --timer-property=AccuracySec=1s --unit="$name" systemctl stop "$unit"
done <"$run/units"`,
  };
}

/** Other builds of the same version go when the last requests to them have ended. */
export function discardReplaced({ place, address }: Pick<Backend, "place" | "address">): Step {
  const kept = buildFolder(place, address);
  return {
    id: "discard",
    title: "Discard what was replaced",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
for folder in ${`${place.root}/env/.${place.distribution}-${place.name}.`}??????; do
  if [ ! -d "$folder" ] || [ "$folder" = ${kept} ]; then continue; fi
  systemd-run --quiet --collect --on-active=${retireAfter + 30} rm -rf --one-file-system "$folder"
done`,
  };
}

/** `templates` of a release: its first folder of templates, for whoever looks for it where it always was. */
export function templatesLink(place: Layout, address: string, folders: readonly string[]): readonly Step[] {
  const [folder] = folders;
  if (folder === undefined) return [];
  const link = `${buildFolder(place, address)}/templates`;
  return [
    {
      id: "templates",
      title: "Link to the templates",
      apply: sh`touch "$run/unchanged"; ln -sfn ${`project/${folder}`} ${link}`,
    },
  ];
}

/** A unit name that a timer can carry: the old instance's, marked. `retire` makes the same one on the node. */
function retireTimer(unit: string): string {
  return `retire-${unit.replace(/\.service$/, "").replace("@", "-at-")}.timer`;
}
