// Processes and schedules at a switch: those of one release run at a time. The old ones stop, the new ones start and must stay up.
import { backgroundOf, type Service, startedBy, unitsOf } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { type Layout, siteUser, unitPrefix } from "../release/layout.ts";
import { launcher } from "../servers/background.ts";
import type { Background } from "../settings/background/background.ts";
import { timerStamps as stamps } from "./remove.ts";
import { retireTimer, type Switch, switchUndone } from "./services.ts";

/**
 * `background_units` prints the processes and schedules of the distribution that run, or start at boot. `adopt_stamp TIMER` gives a
 * timer the last run of the same schedule in any release, so that no run is lost or repeated at a switch: systemd keeps the time of a
 * run under the name of the timer (systemd.timer(5), Persistent=), and each build has a timer of its own.
 */
function functions({ to: { place } }: Switch): Shell {
  const prefix = unitPrefix(place.distribution);
  return sh`${retireTimer}
background_units() {
  { systemctl list-units --plain --no-legend --state=active,activating,reloading,deactivating 'woven-*@*' | cut -d' ' -f1
    ls /etc/systemd/system/multi-user.target.wants; } | sort -u | while read -r unit; do
    case $unit in ${prefix}*-process-*@*.service | ${prefix}*-schedule-*@*.timer) printf '%s\n' "$unit" ;; esac
  done
}
adopt_stamp() {
  schedule=\${1%@*}; schedule=\${schedule##*-}
  for stamp in ${stamps}/stamp-${prefix}*-schedule-"$schedule"@*.timer; do
    if [ ! -e "$stamp" ]; then continue; fi
    if [ ! -e ${stamps}/stamp-"$1" ] || [ "$stamp" -nt ${stamps}/stamp-"$1" ]; then touch -r "$stamp" ${stamps}/stamp-"$1"; fi
  done
}`;
}

function hasBackground({ to, from }: Switch): boolean {
  return [to, from].some((release) => backgroundOf(release?.record.services ?? []).length > 0);
}

/**
 * Notes which processes and schedules run. The undo makes exactly those run again. It comes before any file is placed, so its undo comes
 * after the units are restored: an old process never starts with the unit of a new one.
 */
export function noteBackground(change: Switch): readonly Step[] {
  if (!hasBackground(change)) return [];
  return [
    {
      id: "background-before",
      title: "List the running processes and schedules",
      plan: "quiet",
      apply: sh`touch "$run/unchanged"
${functions(change)}
background_units >"$run/background-before"
: >"$run/background-enabled"; : >"$run/background-running"
while read -r unit; do
  [ ! -e "/etc/systemd/system/multi-user.target.wants/$unit" ] || printf '%s\n' "$unit" >>"$run/background-enabled"
  case $(systemctl is-active "$unit") in active | activating | reloading) printf '%s\n' "$unit" >>"$run/background-running" ;; esac
done <"$run/background-before"
touch "$run/background-noted"`,
      // Without waiting for one that is still stopping: a cancelled job has only 10 seconds, and systemd starts it when it has stopped.
      undo: sh`[ -e "$run/background-noted" ] || exit 0
${functions(change)}
while read -r unit; do
  [ -e "/etc/systemd/system/multi-user.target.wants/$unit" ] || systemctl enable --quiet --no-reload "$unit"
done <"$run/background-enabled"
[ -s "$run/background-running" ] || exit 0
while read -r unit; do
  case $unit in *.timer) systemctl is-active --quiet "$unit" || adopt_stamp "$unit" ;; esac
done <"$run/background-running"
timeout 5 xargs -d '\n' systemctl start <"$run/background-running" || xargs -d '\n' systemctl start --no-block <"$run/background-running"`,
    },
  ];
}

/** Stops the processes and schedules of other releases, starts those of this one, and fails if a process does not stay up. */
export function switchBackground(change: Switch): readonly Step[] {
  if (!hasBackground(change)) return [];
  const { to, from } = change;
  const services = backgroundOf(to.record.services);
  const before = backgroundOf(from?.record.services ?? []);
  const units = unitsOf(services);
  const settle = Math.max(0, ...services.map((service) => service.settle ?? 0));
  const drain = Math.max(60, ...[...services, ...before].map((service) => service.drain ?? 0));
  return [
    {
      id: "background",
      title: services.length > 0 ? "Start processes and schedules" : "Stop processes and schedules",
      limit: drain + settle + 120,
      preview: lines([
        ...before.map(({ kind, name }) => sh`detail ${`stop the ${kind} ${name}`}`),
        ...services.map(({ kind, name }) => sh`detail ${`start the ${kind} ${name}`}`),
      ]),
      apply: sh`${functions(change)}
printf '%s\n' ${["", ...units]} >"$run/background-new"
: >"$run/background-started"
background_units | grep -vxF -f "$run/background-new" >"$run/background-old" || :
# A power cut from here on leaves at most one release whose processes start at boot.
while read -r unit; do
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
done <"$run/background-old"
while read -r unit; do
  if [ -z "$unit" ] || [ -e "/etc/systemd/system/multi-user.target.wants/$unit" ]; then continue; fi
  systemctl enable --quiet --no-reload "$unit"
done <"$run/background-new"
if [ -s "$run/background-old" ]; then
  xargs -d '\n' systemctl stop <"$run/background-old"
  xargs -d '\n' systemctl reset-failed <"$run/background-old" 2>/dev/null || :
fi
for unit in ${["", ...units, ...startedBy(units)]}; do [ -z "$unit" ] || systemctl stop "$(retire_timer "$unit").timer" 2>/dev/null || :; done
${startProcesses(services, settle)}
${startTimers(services)}
[ -s "$run/background-old" ] || [ -s "$run/background-started" ] || touch "$run/unchanged"`,
      undo: sh`[ -e "$run/background-new" ] || exit 0
while read -r unit; do
  if [ -z "$unit" ] || grep -qxF -e "$unit" "$run/background-enabled"; then continue; fi
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
done <"$run/background-new"
[ -s "$run/background-started" ] || exit 0
timeout 60 xargs -d '\n' systemctl stop <"$run/background-started" || xargs -d '\n' systemctl kill --signal=KILL <"$run/background-started"
xargs -d '\n' systemctl reset-failed <"$run/background-started" 2>/dev/null || :`,
      failure: (output) => /^the process .* did not stay up .*$/m.exec(output)?.[0],
      ...switchUndone,
    },
  ];
}

/** Starts the processes together, and watches them for `settle` seconds: each must run, and must not have been started again. */
function startProcesses(services: readonly Service[], settle: number): Shell {
  const processes = services.filter(({ kind }) => kind === "process");
  if (processes.length === 0) return sh`:`;
  const logs = processes.flatMap(({ name, units, logs: [log = ""] }) =>
    units.map((unit) => [unit, name, log] as const),
  );
  return sh`log_of() { case $1 in ${lines(logs.map(([unit, , log]) => sh`${unit}) echo ${log} ;;`))} esac; }
name_of() { case $1 in ${lines(logs.map(([unit, name]) => sh`${unit}) echo ${name} ;;`))} esac; }
state_of() { systemctl show -p ActiveState -p NRestarts "$1" | sort | tr '\n' ' '; }
down() {
  { systemctl show -p Result -p ExecMainStatus "$1" | sort | tr '\n' ' '; echo
    echo "--- The end of the journal of $1:"; journalctl -q -n 20 --no-pager -o cat -u "$1"
    echo "--- The end of $(log_of "$1"):"; tail -n 25 "$(log_of "$1")" 2>/dev/null; echo "---"; } >&2 || :
  fail "the process $(name_of "$1") did not stay up for ${settle} seconds"
}
for unit in ${unitsOf(processes)}; do
  if systemctl is-active --quiet "$unit"; then continue; fi
  printf '%s\n' "$unit" >>"$run/background-started"
done
if [ -s "$run/background-started" ]; then
  xargs -d '\n' systemctl start <"$run/background-started" || :
  : >"$run/background-watched"
  while read -r unit; do printf '%s\n' "$(systemctl show -p NRestarts "$unit")" >>"$run/background-watched"; done <"$run/background-started"
  second=0
  while :; do
    while read -r unit <&4 && read -r restarts <&5; do [ "$(state_of "$unit")" = "ActiveState=active $restarts " ] || down "$unit"; done 4<"$run/background-started" 5<"$run/background-watched"
    [ "$second" -lt ${settle} ] || break
    sleep 1; second=$((second + 1))
  done
fi`;
}

/** Last, so that no run takes place in a release that is about to be undone. */
function startTimers(services: readonly Service[]): Shell {
  const timers = unitsOf(services.filter(({ kind }) => kind === "schedule"));
  if (timers.length === 0) return sh`:`;
  return sh`install -d -m 755 ${stamps}
printf '%s\n' ${timers} >"$run/background-timers"
while read -r unit; do
  if systemctl is-active --quiet "$unit"; then continue; fi
  printf '%s\n' "$unit" >>"$run/background-started"
  adopt_stamp "$unit"
  systemctl start "$unit"
done <"$run/background-timers"`;
}

/** All lines that name a process or a schedule with its place in the configuration. */
function wrongCommands(output: string): string | undefined {
  const named = output
    .split("\n")
    .filter((line) => /^\S+: \S*(processes|schedules)\.\S+.*: /.test(line) || line.startsWith("this release "));
  return named.length === 0 ? undefined : named.join("; ");
}

/** Asks the release, before anything is live, whether it has the commands, and systemd whether it understands the times. */
export function checkBackground(
  place: Layout,
  { processes, schedules }: Background,
  firstSite: number,
): readonly Step[] {
  const all = [...processes, ...schedules];
  if (all.length === 0) return [];
  const sites = [...new Set(all.map(({ site = firstSite }) => site))];
  const checks = sites.map((site) => {
    const commands = all
      .filter((one) => (one.site ?? firstSite) === site)
      .map(({ where, command }) => [where, command.kind, ...command.words]);
    return sh`as ${siteUser(site)} env SITE_ID=${site} ${`${place.staging}/bin/python`} ${`${place.staging}/${launcher.path}`} check ${JSON.stringify(commands)} || wrong=yes`;
  });
  const times = schedules.flatMap(({ where, when }) =>
    when.map(
      (word) =>
        sh`systemd-analyze calendar -- ${word} >/dev/null 2>&1 || { echo ${`${where}: systemd on this server does not understand ${word}`}; wrong=yes; }`,
    ),
  );
  return [
    {
      id: "background-check",
      title: "Check the commands of processes and schedules",
      plan: "quiet",
      preview: sh`detail "not run, because a dry run builds no release"`,
      apply: sh`touch "$run/unchanged"
[ -e ${`${place.staging}/${launcher.path}`} ] || fail "this release cannot run processes yet. Deploy a new version, or patch wsgi, too"
wrong=
${lines([...checks, ...times])}
[ -z "$wrong" ]`,
      failure: wrongCommands,
      state: "Nothing that is live was changed.",
      next: "Fix the command or the time in the configuration, and deploy again.",
    },
  ];
}
