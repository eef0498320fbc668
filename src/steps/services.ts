// Starts the services of a release beside those of the live one, and retires those that are no longer needed.
import { linksOf, packagesOf, type Service, startedBy, unitsOf, webServices } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { type Layout, unitPrefix } from "../release/layout.ts";
import { noteLogs } from "./error-logs.ts";

/** A recorded release, and its place on the node. */
export interface PlacedRelease {
  readonly place: Layout;
  readonly record: ReleaseRecord;
}

export interface Switch {
  readonly to: PlacedRelease;
  /** Absent: nothing was live before. */
  readonly from?: PlacedRelease;
  /** Seconds that the previous release keeps running after the switch: it finishes its requests, and a rollback is instant. */
  readonly drain: number;
}

/** After a failure during or after the switch, once it is undone. */
export const switchUndone = {
  state: "Woven has undone the switch.",
  next: "Fix what the output reports, and run the command again.",
} as const;

/** Fails, before anything is built or started, if the node lacks a package that the services need. */
export function requirePackages(services: readonly Service[]): readonly Step[] {
  const packages = packagesOf(services);
  if (packages.length === 0) return [];
  // One query for all: reading dpkg's status takes longest.
  const missing = sh`missing=
dpkg-query -W -f='\${db:Status-Status} \${Package}\n' ${packages} >"$run/known-packages" 2>/dev/null || :
for package in ${packages}; do
  grep -qxF -e "installed $package" "$run/known-packages" || missing="$missing $package"
done`;
  return [
    {
      id: "server-packages",
      title: `Check that ${packages.join(" and ")} ${packages.length === 1 ? "is" : "are"} installed`,
      plan: "quiet",
      preview: sh`${missing}
[ -z "$missing" ] || detail "this would fail: these packages are missing:$missing"`,
      apply: sh`touch "$run/unchanged"
${missing}
[ -z "$missing" ] || fail "these packages are missing on this server:$missing"`,
      state: "Nothing was changed.",
      next: "Run setupnode with this configuration, which installs them. Then run this command again.",
    },
  ];
}

/** `retire_timer UNIT` prints the name of the timer that stops the unit, without `.timer`. For systemd-run, a dot would begin a unit type. */
export const retireTimer: Shell = sh`retire_timer() {
  instance=\${1##*@}
  case $instance in *.service) instance=\${instance%.service} ;; *) instance=\${instance%.*}-\${instance##*.} ;; esac
  printf 'retire-%s-at-%s\n' "\${1%@*}" "$instance"
}`;

/** `retire_units SECONDS` stops the units that it reads after that time. They no longer start at boot. Needs `retireTimer`. */
export const retireUnits: Shell = sh`retire_units() {
  cat >"$run/units-retiring"
  # All of them first: a server that is shutting down schedules nothing any more.
  while read -r unit; do
    systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
    rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  done <"$run/units-retiring"
  while read -r unit; do
    timer=$(retire_timer "$unit")
    # A unit that is already due to stop keeps its time.
    if systemctl is-active --quiet "$timer.timer"; then continue; fi
    systemd-run --quiet --collect --on-active="$1" --timer-property=AccuracySec=1s --unit="$timer" systemctl stop "$unit"
  done <"$run/units-retiring"
}`;

/** Starts the services that answer visitors. Those that still run, as in a rollback soon after a switch, keep running. */
export function startServices({ to: { place, record } }: Switch): Step {
  return {
    id: "start",
    title: `Start ${place.distribution} ${place.name}`,
    // Enabled before the switch: if the node reboots right after it, the live release starts.
    apply: sh`${retireTimer}
${noteLogs(record.services)}
: >"$run/units-enabled"; : >"$run/units-started"
for unit in ${unitsOf(webServices(record.services))}; do
  systemctl stop "$(retire_timer "$unit").timer" 2>/dev/null || :
  systemctl is-enabled --quiet "$unit" 2>/dev/null || { printf '%s\n' "$unit" >>"$run/units-enabled"; systemctl enable --quiet --no-reload "$unit"; }
  if systemctl is-active --quiet "$unit"; then continue; fi
  printf '%s\n' "$unit" >>"$run/units-started"
  systemctl start "$unit" || { journalctl -q -n 30 --no-pager -o cat -u "$unit" >&2; exit 1; }
done
[ -s "$run/units-started" ] || touch "$run/unchanged"`,
    // Before the switch it had no visitors, so it can be killed: there is no request to finish, and a cancelled job has only 10 seconds.
    undo: sh`[ -e "$run/units-enabled" ] || exit 0
while read -r unit; do systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :; done <"$run/units-enabled"
[ -s "$run/units-started" ] || exit 0
[ -e "$run/links/known" ] || while read -r unit; do systemctl kill --signal=KILL "$unit" 2>/dev/null || :; done <"$run/units-started"
xargs -d '\n' systemctl stop <"$run/units-started"
xargs -d '\n' systemctl reset-failed <"$run/units-started" 2>/dev/null || :
${withoutTarget(Object.keys(linksOf(record.services)))}`,
    next: "Fix what the output of the unit reports, and run the command again.",
  };
}

/** Removes links that systemd made for a socket that no longer exists. */
function withoutTarget(links: readonly string[]): Shell {
  return lines(links.map((link) => sh`[ -e ${link} ] || rm -f ${link}`));
}

function retireTitle({
  to: {
    place: { name },
    record: { build },
  },
  from,
  drain,
}: Switch): string {
  if (from === undefined || from.record.build === build) return "Stop other releases";
  const previous = from.place.name === name ? `the previous build of ${name}` : from.place.name;
  return `Stop ${previous} in ${drain} seconds${from.place.name === name ? "" : ", and keep its files"}`;
}

/**
 * Makes sure that only the live release starts at boot, and stops every other one after its last requests: the one that was live
 * before, and any that a power cut left in the middle of a switch.
 */
export function retire(change: Switch): Step {
  const { to, from, drain } = change;
  const live = unitsOf(to.record.services);
  return {
    id: "retire",
    title: retireTitle(change),
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
${retireTimer}
${retireUnits}
printf '%s\n' ${["", ...live, ...startedBy(live)]} >"$run/units-live"
printf '%s\n' ${["", ...unitsOf(from?.record.services ?? [])]} >"$run/units-before"
{ systemctl list-units --plain --no-legend --state=active,activating 'woven-*@*' | cut -d' ' -f1
  ls /etc/systemd/system/multi-user.target.wants; } | sort -u | grep -vxF -f "$run/units-live" >"$run/units" || :
while read -r unit; do
  case $unit in ${unitPrefix(to.place.distribution)}*@*) ;; *) grep -qxF -e "$unit" "$run/units-before" || continue ;; esac
  printf '%s\n' "$unit"
done <"$run/units" >"$run/units-retired"
retire_units ${drain} <"$run/units-retired"`,
  };
}
