// Debian packages: refreshes the lists, and installs what is missing. apt asks no questions, and waits for other runs of apt.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { allServers } from "../servers/servers.ts";
import { aptGet } from "./apt-get.ts";
import { askPackages, listedPackages } from "./package-conflicts.ts";
import { newSources, removeNewSources } from "./repositories.ts";
import { askForUpgrades } from "./upgrade.ts";

/** What a node needs to serve releases, beside the packages of their server: the default of `base-packages`. */
export const basePackages = ["ufw", "nginx", "python3", "sudo", "ca-certificates", "logrotate", "tzdata"];

/** On its first boot, a cloud image may still be running apt. The step fails after 15 minutes, so that a stuck cloud-init is reported. */
export function waitForCloudInit(): Step {
  return {
    id: "first-boot",
    title: "Wait for cloud-init",
    limit: 960,
    // cloud-init may be installed without ever running. No queued job means that it will not run: do not wait for it.
    check: sh`command -v cloud-init >/dev/null || exit 0
case $(timeout 60 cloud-init status 2>/dev/null) in
*done* | *disabled* | *error* | *degraded*) ;;
*'not run'* | *'not started'*) ! systemctl list-jobs --no-legend | grep -q 'cloud-' ;;
*) exit 1 ;;
esac`,
    preview: sh`detail 'wait for cloud-init'`,
    apply: sh`code=0
timeout 900 cloud-init status --wait >/dev/null 2>&1 || code=$?
[ "$code" != 124 ] || { timeout 60 cloud-init status --long 2>&1 || :; fail 'cloud-init is still running after 15 minutes'; }`,
    state: "Nothing was changed.",
    next: "Log in to the server and find out what cloud-init waits for (cloud-init status --long, /var/log/cloud-init-output.log). Then run setupnode again.",
  };
}

/** Most steps need Python. A minimal server may not have it. */
export function installPython(): Step {
  return {
    id: "python",
    title: "Install Python",
    limit: 900,
    check: sh`command -v python3 >/dev/null`,
    preview: sh`detail 'install python3'`,
    apply: sh`${aptGet} update 2>&1
${aptGet} --no-install-recommends --no-remove install python3 2>&1`,
    next: "apt could not install python3. Its output is above. Fix the cause, and run setupnode again.",
  };
}

/** Waits while another program uses apt. apt-get itself waits for dpkg's lock, but not for the lock of the package lists. */
const inTurn = sh`in_turn() {
  for try in $(seq 100); do
    if "$@" >"$run/turn" 2>&1; then return 0; fi
    grep -Eq 'Could not get lock|lock was locked' "$run/turn" || break
    sleep 3
  done
  cat "$run/turn"; return 1
}`;

/** An interrupted run of dpkg leaves packages half installed. apt refuses to work until they are finished. */
export function finishDpkg(): Step {
  return {
    id: "dpkg",
    title: "Finish interrupted dpkg runs",
    limit: 900,
    check: sh`[ -z "$(dpkg --audit)" ]`,
    preview: sh`detail 'finish an interrupted dpkg run'`,
    apply: sh`${inTurn}
in_turn dpkg --configure -a --force-confdef --force-confold`,
    next: "An earlier run of dpkg was interrupted, and dpkg cannot finish it. Its output is above. Nothing was installed. Fix the package that it names, and run setupnode again.",
  };
}

/**
 * Refreshes package lists that are older than a day, or that lack a listed package. It is not reported as a change: the steps that
 * install and upgrade report what changed.
 */
export function refreshPackageLists(packages: readonly string[]): Step {
  return {
    id: "package-lists",
    title: "Refresh package lists",
    plan: "quiet",
    limit: 900,
    check: sh`[ ! -e ${newSources} ]
# The lists carry the mirror's date. The folder has the date of the last refresh.
[ -n "$(find /var/lib/apt/lists -maxdepth 0 -mtime -1)" ]
[ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*')" ]
for source in /etc/apt/sources.list /etc/apt/sources.list.d/*; do [ ! "$source" -nt /var/lib/apt/lists ] || exit 1; done
dpkg-query -W ${packages} >/dev/null 2>&1 || apt-cache show --no-all-versions ${packages} >/dev/null 2>&1`,
    preview: sh`detail 'refresh the package lists'`,
    apply: sh`touch "$run/unchanged"
${inTurn}
in_turn ${aptGet} -o APT::Update::Error-Mode=any update
touch /var/lib/apt/lists
rm -f ${newSources}`,
    // One unreadable source makes every later use of apt on the node fail.
    undo: removeNewSources,
    next: "apt cannot reach a mirror, or cannot read a package source. Its output is above. Nothing was installed. Check package-repositories and its keys in the settings, and the sources in /etc/apt.",
  };
}

/** Reports packages that no source of the node has, before anything is installed. */
export function checkPackageNames(packages: readonly string[]): Step {
  return {
    id: "known-packages",
    title: "Check package names",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
unknown=
for package in ${packages}; do
  dpkg-query -W "$package" >/dev/null 2>&1 || apt-cache --no-all-versions show "$package" 2>/dev/null | grep -q . || unknown="$unknown $package"
done
[ -z "$unknown" ] || fail "no package source of this server has:$unknown"`,
    state: "Nothing was installed.",
    next: "Look for a misspelt name in base-packages, extra-packages and role-packages, or add the missing source to package-repositories.",
  };
}

/** Whose packages start what would take the port that nginx needs. */
const waiting = ["nginx", ...allServers.flatMap(({ initScripts }) => initScripts)]
  .map((name) => `${name} | ${name}.*`)
  .join(" | ");

/**
 * Installs what is missing, in one call of apt. Meanwhile policy-rc.d keeps the web servers from starting: one of them
 * might take the port that nginx needs. Before apt starts, the packages are recorded as installed by Woven, and those that have a hook (`hooked`)
 * as due for it.
 */
export function installPackages(packages: readonly string[], hooked: readonly string[]): Step {
  return {
    id: "packages",
    title: "Install packages",
    limit: 3600,
    files: [listedPackages(packages)],
    check: askPackages("missing"),
    preview: askPackages("plan"),
    apply: sh`${askPackages("install")}
wanted=$(tr '\n' ' ' <"$run/packages-wanted")
none=--no-remove; [ ! -s "$run/packages-replaced" ] || none=
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\n# Managed by Woven, while it installs packages.\ncase $1 in %s) exit 101 ;; esac\n' ${waiting} >"$policy"; chmod 755 "$policy"
fi
trap '! grep -qs "Managed by Woven" "$policy" || rm -f "$policy"' EXIT
for package in ${["", ...hooked]}; do case " $wanted " in *" $package "*) [ -z "$package" ] || (umask 077; printf '%s\n' "$package" >>/var/local/woven/hooks-due) ;; esac; done
${aptGet} --no-install-recommends $none install $wanted 2>&1
for package in $wanted; do detail "installed $package"; done
while read -r package; do detail "removed $package: replaced by a listed package"; done <"$run/packages-replaced"
${askForUpgrades}`,
    undo: removeStartPolicy,
    next: "apt could not install the packages. Its output is above. Usually a mirror is down or the disk is full. Fix the cause, and run setupnode again: it continues from here.",
  };
}

const removeStartPolicy: Shell = sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d || rm -f /usr/sbin/policy-rc.d`;

/** Removes the policy-rc.d of `installPackages`. An interrupted run may have left it, so this runs before and after the installation. */
export function allowServiceStarts(when: "before" | "after"): Step {
  return {
    id: when === "before" ? "policy" : "policy-after",
    title: "Allow services to start",
    check: sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d`,
    apply: removeStartPolicy,
  };
}

/**
 * Reports when a new kernel or library needs a reboot. Woven never reboots a node. With unattended-upgrades, Debian writes a file
 * about it. Otherwise the running kernel is compared with the installed ones, unless it is not the node's own (in a container).
 */
export function checkReboot(): Step {
  return {
    id: "reboot",
    title: "Check whether a reboot is due",
    plan: "runs",
    apply: sh`touch "$run/unchanged"
[ ! -e /run/reboot-required ] || detail "a reboot is due: $(sort -u /run/reboot-required.pkgs 2>/dev/null | paste -sd ' ')"
running=$(uname -r)
[ -d "/lib/modules/$running" ] || exit 0
# Compare without the flavour: 6.12.48+deb13-cloud-amd64 becomes 6.12.48+deb13.
version() { sed 's/-[a-z].*//'; }
newest=$(ls /boot | sed -n 's/^vmlinuz-\([0-9].*\)/\1/p' | version | sort -V | tail -n 1)
here=$(printf '%s\n' "$running" | version)
[ "$(printf '%s\n' "$here" "$newest" | sort -V | tail -n 1)" = "$here" ] || detail "a reboot is due: kernel $newest is installed, and $running is running"`,
  };
}
