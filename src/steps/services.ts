// Starts the services of a release beside those of the live one, and retires those that are no longer needed.
import { linksOf, packagesOf, type Service, unitsOf } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { type Layout, unitPrefix } from "../release/layout.ts";

/** Seconds the earlier release goes on running after the switch: requests end there, and a rollback finds it warm. */
export const retireAfter = 60;

/** A recorded release, and where it lies. */
export interface PlacedRelease {
  readonly place: Layout;
  readonly record: ReleaseRecord;
}

export interface Switch {
  readonly to: PlacedRelease;
  /** Absent: nothing was live before. */
  readonly from?: PlacedRelease;
}

/** What a failure before the switch means for visitors. */
export function stillLive(from: unknown): string {
  return from ? "The earlier release is still live." : "No release is live here yet.";
}

/** Fails before anything is built or started where the node lacks a package that the services run from. */
export function requirePackages(services: readonly Service[]): readonly Step[] {
  const packages = packagesOf(services);
  if (packages.length === 0) return [];
  const missing = sh`missing=
for package in ${packages}; do
  dpkg-query -W -f='\${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done`;
  return [
    {
      id: "server-packages",
      title: "Check that the packages of the server are there",
      plan: "quiet",
      preview: sh`${missing}
[ -z "$missing" ] || detail "this would fail: these packages are missing:$missing"`,
      apply: sh`touch "$run/unchanged"
${missing}
[ -z "$missing" ] || fail "these packages are missing on this node:$missing"`,
      next: `Nothing was changed. Run setupnode with server = ${JSON.stringify(services[0]?.server ?? "")} in the configuration: it installs them. Then run this again.`,
    },
  ];
}

/** `retire_timer UNIT` prints the name of the timer that stops it, without `.timer`. systemd-run takes a dot for that of a type. */
export const retireTimer: Shell = sh`retire_timer() {
  instance=\${1##*@}
  case $instance in *.service) instance=\${instance%.service} ;; *) instance=\${instance%.*}-\${instance##*.} ;; esac
  printf 'retire-%s-at-%s\n' "\${1%@*}" "$instance"
}`;

/** Starts the services of a release. Those that run already (a rollback soon after) are kept. */
export function startServices({ to: { place, record }, from }: Switch): Step {
  return {
    id: "start",
    title: `Start ${place.distribution} ${place.name} beside the live release`,
    // They start at boot from now on, too: a node that is rebooted right after the switch has what is live.
    apply: sh`${retireTimer}
: >"$run/units-enabled"; : >"$run/units-started"
for unit in ${unitsOf(record.services)}; do
  systemctl stop "$(retire_timer "$unit").timer" 2>/dev/null || :
  systemctl is-enabled --quiet "$unit" 2>/dev/null || { printf '%s\n' "$unit" >>"$run/units-enabled"; systemctl enable --quiet --no-reload "$unit"; }
  if systemctl is-active --quiet "$unit"; then continue; fi
  printf '%s\n' "$unit" >>"$run/units-started"
  systemctl start "$unit" || { journalctl -q -n 30 --no-pager -o cat -u "$unit" >&2; exit 1; }
done
[ -s "$run/units-started" ] || touch "$run/unchanged"`,
    // Without a switch nobody but the health check has asked it: there is no request whose end is worth the wait, and a cancelled job has 10 s.
    undo: sh`[ -e "$run/units-enabled" ] || exit 0
while read -r unit; do systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :; done <"$run/units-enabled"
[ -s "$run/units-started" ] || exit 0
[ -e "$run/links/known" ] || while read -r unit; do systemctl kill --signal=KILL "$unit" 2>/dev/null || :; done <"$run/units-started"
xargs -d '\n' systemctl stop <"$run/units-started"
xargs -d '\n' systemctl reset-failed <"$run/units-started" 2>/dev/null || :
${withoutTarget(Object.keys(linksOf(record.services)))}`,
    next: `${stillLive(from)} See the output of the unit above.`,
  };
}

/** Links that systemd made for a socket that is gone. */
function withoutTarget(links: readonly string[]): Shell {
  return lines(links.map((link) => sh`[ -e ${link} ] || rm -f ${link}`));
}

/**
 * From now on no other release starts at boot, and each that runs ends once its last requests have: the one that was live before,
 * and any that a power cut has left in the middle of a switch.
 */
export function retire({ to, from }: Switch): Step {
  return {
    id: "retire",
    title: from ? `Retire ${from.place.name} in ${retireAfter} seconds` : "Retire what was live before",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
${retireTimer}
printf '%s\n' ${["", ...unitsOf(to.record.services)]} >"$run/units-live"
printf '%s\n' ${["", ...unitsOf(from?.record.services ?? [])]} >"$run/units-before"
{ systemctl list-units --plain --no-legend --state=active 'woven-*@*' | cut -d' ' -f1
  ls /etc/systemd/system/multi-user.target.wants; } | sort -u | grep -vxF -f "$run/units-live" >"$run/units" || :
while read -r unit; do
  case $unit in ${unitPrefix(to.place.distribution)}*@*) ;; *) grep -qxF -e "$unit" "$run/units-before" || continue ;; esac
  timer=$(retire_timer "$unit")
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  # One that has its minute already does not get another.
  if systemctl is-active --quiet "$timer.timer"; then continue; fi
  systemd-run --quiet --collect --on-active=${retireAfter} --timer-property=AccuracySec=1s --unit="$timer" systemctl stop "$unit"
done <"$run/units"`,
  };
}
