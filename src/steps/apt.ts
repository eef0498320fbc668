// Debian packages: lists, upgrades, what is missing and what is wanted no more. apt never asks here, and waits for its turn.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { aptGet } from "./apt-get.ts";
import { askPackages, listedPackages } from "./package-conflicts.ts";
import { newSources, takeBackSources } from "./repositories.ts";

/** The baseline of a node that serves. */
export const basePackages = [
  "ufw",
  "nginx",
  "apache2",
  "libapache2-mod-wsgi-py3",
  "python3",
  "sudo",
  "ca-certificates",
  "logrotate",
  "tzdata",
];

/** Those of them that only Apache is served by: with another server they are not installed, and go where Woven installed them. */
export const apachePackages = ["apache2", "libapache2-mod-wsgi-py3"];

/** A cloud image may still be at its own first boot, apt and all. Where it never comes to an end, that is said after a quarter of an hour. */
export function firstBoot(): Step {
  return {
    id: "first-boot",
    title: "The first boot has ended",
    limit: 960,
    // Installed and never run, it would be waited for without end: then nothing of it is about to start.
    check: sh`command -v cloud-init >/dev/null || exit 0
case $(timeout 60 cloud-init status 2>/dev/null) in
*done* | *disabled* | *error* | *degraded*) ;;
*'not run'* | *'not started'*) ! systemctl list-jobs --no-legend | grep -q 'cloud-' ;;
*) exit 1 ;;
esac`,
    preview: sh`detail 'wait for cloud-init'`,
    apply: sh`code=0
timeout 900 cloud-init status --wait >/dev/null 2>&1 || code=$?
[ "$code" != 124 ] || { timeout 60 cloud-init status --long 2>&1 || :; fail 'cloud-init has not ended after 15 minutes'; }`,
    next: "Log in to the node and see what cloud-init waits for (cloud-init status --long, /var/log/cloud-init-output.log); then run setupnode again. Nothing was changed.",
  };
}

/** Most steps need it, and a server that was installed by hand may have none. */
export function python(): Step {
  return {
    id: "python",
    title: "Python is there",
    limit: 900,
    check: sh`command -v python3 >/dev/null`,
    preview: sh`detail 'install python3'`,
    apply: sh`${aptGet} update 2>&1
${aptGet} --no-install-recommends --no-remove install python3 2>&1`,
    next: "apt could not install python3: what it said is above.",
  };
}

/** Waits while somebody else is at work with apt: it waits for dpkg's lock by itself, but not for that of its lists. */
const inTurn = sh`in_turn() {
  for try in $(seq 100); do
    if "$@" >"$run/turn" 2>&1; then return 0; fi
    grep -Eq 'Could not get lock|lock was locked' "$run/turn" || break
    sleep 3
  done
  cat "$run/turn"; return 1
}`;

/** A run of dpkg that was cut leaves packages half done, and apt does nothing before they are. */
export function dpkgEnded(): Step {
  return {
    id: "dpkg",
    title: "dpkg has ended what it began",
    limit: 900,
    check: sh`[ -z "$(dpkg --audit)" ]`,
    preview: sh`detail 'end what dpkg was interrupted at'`,
    apply: sh`${inTurn}
in_turn dpkg --configure -a --force-confdef --force-confold`,
    next: "dpkg was interrupted on this node, and cannot end what it began: what it said is above. Nothing was installed.",
  };
}

/**
 * Refreshes lists that are older than a day, or do not know a wanted package. That is no change to speak of: what comes by it is
 * told by the steps that install and upgrade.
 */
export function packageLists(packages: readonly string[]): Step {
  return {
    id: "package-lists",
    title: "Package lists",
    plan: "quiet",
    limit: 900,
    check: sh`[ ! -e ${newSources} ]
# The lists themselves bear the mirror's date; the folder's is that of their last refresh.
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
    // A source that cannot be read would spoil every other use of apt on the node.
    undo: takeBackSources,
    next: "apt cannot reach its mirrors, or one of its sources is wrong (those of package-repositories, and their keys, come from the settings): what it said is above. Nothing was installed.",
  };
}

/** Names that no source of the node knows are told before anything is installed. */
export function knownPackages(packages: readonly string[]): Step {
  return {
    id: "known-packages",
    title: "Every package is known",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
unknown=
for package in ${packages}; do
  dpkg-query -W "$package" >/dev/null 2>&1 || apt-cache --no-all-versions show "$package" 2>/dev/null | grep -q . || unknown="$unknown $package"
done
[ -z "$unknown" ] || fail "no source of this node has:$unknown"`,
    next: "Look at base-packages, extra-packages and role-packages for a misspelt name, and at package-repositories for a source that is missing. Nothing was installed.",
  };
}

/**
 * Brings what is installed up to date, keeping configuration files as they are. Removes nothing. A dry run names what waits, and
 * does not call it a difference: the server is as its settings say, and it is Debian that has changed.
 */
export function upgradePackages(): Step {
  const pending = sh`apt-get -s -o Debug::NoLocking=1 upgrade --with-new-pkgs 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p'`;
  return {
    id: "upgrade",
    title: "Packages up to date",
    plan: "quiet",
    limit: 3600,
    check: sh`[ -z "$(${pending})" ]`,
    preview: sh`${pending} | while read -r package; do detail "upgrade $package"; done`,
    apply: sh`${pending} >"$run/upgrades"
${aptGet} upgrade --with-new-pkgs 2>&1
while read -r package; do detail "upgraded $package"; done <"$run/upgrades"`,
    next: "apt could not upgrade: what it said is above. Running setupnode again goes on from here.",
  };
}

/**
 * Installs what is missing, in one call. The web servers do not start by being installed: Apache would take the port that
 * nginx needs. What is about to be installed is noted before: as Woven's, and, where it is `hooked`, as due for its hook.
 */
export function installPackages(packages: readonly string[], hooked: readonly string[]): Step {
  return {
    id: "packages",
    title: "Packages",
    limit: 3600,
    files: [listedPackages(packages)],
    check: askPackages("missing"),
    preview: askPackages("plan"),
    apply: sh`${askPackages("install")}
wanted=$(tr '\n' ' ' <"$run/packages-wanted")
none=--no-remove; [ ! -s "$run/packages-replaced" ] || none=
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\n# Managed by Woven, while it installs packages.\ncase $1 in nginx | nginx.* | apache2 | apache2.*) exit 101 ;; esac\n' >"$policy"; chmod 755 "$policy"
fi
trap '! grep -qs "Managed by Woven" "$policy" || rm -f "$policy"' EXIT
for package in ${["", ...hooked]}; do case " $wanted " in *" $package "*) [ -z "$package" ] || (umask 077; printf '%s\n' "$package" >>/var/local/woven/hooks-due) ;; esac; done
${aptGet} --no-install-recommends $none install $wanted 2>&1
for package in $wanted; do detail "installed $package"; done
while read -r package; do detail "removed $package: another one took its place"; done <"$run/packages-replaced"`,
    undo: removePolicy,
    next: "apt could not install them: what it said is above. A mirror that is down or a full disk are the usual reasons. Running setupnode again goes on from here.",
  };
}

const removePolicy: Shell = sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d || rm -f /usr/sbin/policy-rc.d`;

/** A run that was cut while it installed may have left services forbidden to start: looked for before this one installs, and after. */
export function startsAllowed(when: "before" | "after"): Step {
  return {
    id: when === "before" ? "policy" : "policy-after",
    title: "Services may start",
    check: sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d`,
    apply: removePolicy,
  };
}

/**
 * Says when a new kernel or library waits for a reboot. Woven never reboots a node. Debian notes it in a file where
 * unattended-upgrades is installed; a kernel tells by itself, if the one that runs is the node's own (in a container it is not).
 */
export function rebootNeeded(): Step {
  return {
    id: "reboot",
    title: "Whether a reboot is due",
    plan: "runs",
    apply: sh`touch "$run/unchanged"
[ ! -e /run/reboot-required ] || detail "a reboot is due: $(sort -u /run/reboot-required.pkgs 2>/dev/null | tr '\n' ' ')"
running=$(uname -r)
[ -d "/lib/modules/$running" ] || exit 0
# Without the flavour: 6.12.48+deb13-cloud-amd64 is 6.12.48+deb13.
version() { sed 's/-[a-z].*//'; }
newest=$(ls /boot | sed -n 's/^vmlinuz-\([0-9].*\)/\1/p' | version | sort -V | tail -n 1)
here=$(printf '%s\n' "$running" | version)
[ "$(printf '%s\n' "$here" "$newest" | sort -V | tail -n 1)" = "$here" ] || detail "a reboot is due: $running runs, and kernel $newest is installed"`,
  };
}
