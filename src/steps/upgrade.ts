// Upgrades the packages of a node. Asking apt takes most of a second. So when it has nothing to upgrade, that answer is kept with a digest
// of everything that it depends on, and apt is asked again once any of that has changed.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { aptGet } from "./apt-get.ts";

/** What `apt_state` printed when apt last had nothing to upgrade. Only root can write it. Missing or different: apt is asked. */
const answer = "/var/local/woven/no-upgrades";

/**
 * `apt_state` prints a digest of everything that apt's answer depends on: the package lists, dpkg's and apt's own records of what is
 * installed, the sources, the pins and the configuration, and the machine's id, from which Ubuntu derives who gets an upgrade first.
 * Of each file, it takes the time of the last change of its inode too: apt gives lists the date of the mirror, and a newer list could
 * have the same date and size. Refreshing the lists touches their folder, so it always leads to a new question.
 * `pending` writes the names of pending upgrades to $run/upgrades, and fails if apt cannot tell.
 */
const questions: Shell = sh`apt_state() {
  places=$(apt-config shell lists Dir::State::lists/d status Dir::State::status/f marks Dir::State::extended_states/f \
    list Dir::Etc::sourcelist/f lists_d Dir::Etc::sourceparts/d pins Dir::Etc::preferences/f pins_d Dir::Etc::preferencesparts/d)
  eval "$places"
  apt-config dump >"$run/apt-state"
  # Not every server has all of these.
  cat /etc/machine-id >>"$run/apt-state" 2>/dev/null || :
  find -L "$lists" "$status" "$marks" "$list" "$lists_d" "$pins" "$pins_d" /var/lib/dpkg/arch \
    -printf '%p %s %T@ %C@ %i\n' >>"$run/apt-state" 2>/dev/null || :
  sha256sum <"$run/apt-state"
}
pending() {
  : >"$run/upgrades"
  apt-get -s -o Debug::NoLocking=1 upgrade --with-new-pkgs >"$run/simulated" 2>/dev/null || return 1
  # Its last line. Without it, the answer is cut: the disk may be full.
  grep -q '^[0-9]* upgraded, ' "$run/simulated" || return 1
  sed -n 's/^Inst \([^ ]*\).*/\1/p' "$run/simulated" >"$run/upgrades"
}
none_pending() { pending && [ ! -s "$run/upgrades" ]; }
keep_answer() ( umask 077; printf '%s\n' "$1" >${`${answer}.new`}; mv -T ${`${answer}.new`} ${answer} )`;

/**
 * Upgrades what is installed. Removes nothing and keeps configuration files. A dry run names the pending upgrades but does not
 * count them as a change: the settings did not change, Debian did. It always asks apt, and keeps nothing.
 */
export function upgradePackages(): Step {
  return {
    id: "upgrade",
    title: "Upgrade packages",
    plan: "quiet",
    limit: 3600,
    checks: "plan",
    check: sh`${questions}
none_pending`,
    preview: sh`${questions}
pending || detail 'apt cannot tell what it would upgrade'
while read -r package; do detail "upgrade $package"; done <"$run/upgrades"`,
    // The state is read before the question: a change meanwhile makes the kept answer worthless, and not wrong.
    apply: sh`${questions}
state=$(apt_state)
if [ "$(cat ${answer} 2>/dev/null)" = "$state" ]; then touch "$run/unchanged"; return; fi
if none_pending; then keep_answer "$state"; touch "$run/unchanged"; return; fi
${aptGet} upgrade --with-new-pkgs 2>&1
while read -r package; do detail "upgraded $package"; done <"$run/upgrades"`,
    next: "apt could not upgrade the packages. Its output is above. Fix the cause, and run setupnode again: it continues from here.",
  };
}

/** For the end of a step that has installed packages: asks apt already now, so that the next setupnode need not. */
export const askForUpgrades: Shell = sh`${questions}
state=$(apt_state)
if none_pending; then keep_answer "$state"; fi`;
