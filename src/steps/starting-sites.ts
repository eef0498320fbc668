// What the steps that start sites share: which sites have passed, and the units that were started.
import { type Shell, sh } from "../node/sh.ts";

/** Files in `$run`: the names of the sites that have passed so far, and of those that were left out. */
export const passed = sh`"$run/sites-passed"`;
export const leftOut = sh`"$run/sites-left-out"`;

/** `leave_out SITE` notes that a site failed, with the end of what it said, as a line of the step's data. */
export const functions = sh`leave_out() {
  printf '%s\n' "$1" >>${leftOut}
  printf '%s %s\n' "$1" "$(tail -c 4000 "$run/site-said" | base64 -w0)" >&3
  grep -vxF -e "$1" ${passed} >"$run/sites-rest" || :
  mv "$run/sites-rest" ${passed}
}
has_passed() { grep -qxF -e "$1" ${passed}; }`;

/** `start_units UNIT…` starts units, and at every boot. */
export const startUnits = sh`start_units() {
  for unit; do
    printf '%s\n' "$unit" >>"$run/units-started"
    systemctl enable --quiet --no-reload "$unit" || return 1
    systemctl start "$unit" || { journalctl -q -n 30 --no-pager -o cat -u "$unit"; return 1; }
  done
}`;

export const nothingStarted = {
  state: "No site was started or retired, and the release is as it was.",
  next: "Fix what the output reports, and run startsites again.",
} as const;

/** They have no visitors yet, so they can be killed. */
export const stopStarted = sh`[ -s "$run/units-started" ] || exit 0
${stopUnits(sh`"$run/units-started"`)}`;

export function stopUnits(file: Shell): Shell {
  return sh`while read -r unit; do
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  systemctl kill --signal=KILL "$unit" 2>/dev/null || :
done <${file}
xargs -d '\n' systemctl stop <${file}
xargs -d '\n' systemctl reset-failed <${file} 2>/dev/null || :`;
}
