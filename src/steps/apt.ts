// Debian packages: lists, upgrades, what is missing and what is wanted no more. apt never asks here, and waits for its turn.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

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

/** Never removed, whoever installed them: a node without them is lost, or its data is. */
const neverRemoved =
  "^(ssh|openssh-.*|sudo|systemd.*|linux-.*|grub.*|dpkg|apt|python3|ufw|libc6|init|passwd|.*(postgresql|mysql|mariadb|redis|mongodb|sqlite).*)$";

const state = "packages";

/** It never asks, waits for dpkg's lock, and keeps configuration files that somebody changed. */
export const aptGet = sh`apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`;

/** A cloud image may still be at its own first boot, apt and all. */
export function firstBoot(): Step {
  return {
    id: "first-boot",
    title: "The first boot has ended",
    limit: 900,
    check: sh`! command -v cloud-init >/dev/null || cloud-init status 2>/dev/null | grep -Eq 'done|disabled|error'`,
    preview: sh`detail 'wait for cloud-init'`,
    apply: sh`cloud-init status --wait >/dev/null || :`,
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
${aptGet} --no-install-recommends install python3 2>&1`,
    next: "apt could not install python3: what it said is above.",
  };
}

/** Ends what a broken run of dpkg left, and refreshes lists that are older than a day or do not know a wanted package. */
export function packageLists(packages: readonly string[]): Step {
  return {
    id: "package-lists",
    title: "Package lists",
    limit: 900,
    check: sh`[ -z "$(dpkg --audit)" ]
# The lists themselves bear the mirror's date; the folder's is that of their last refresh.
[ -n "$(find /var/lib/apt/lists -maxdepth 0 -mtime -1)" ] && [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*')" ]
for source in /etc/apt/sources.list /etc/apt/sources.list.d/*; do [ ! "$source" -nt /var/lib/apt/lists ] || exit 1; done
dpkg-query -W ${packages} >/dev/null 2>&1 || apt-cache show --no-all-versions ${packages} >/dev/null 2>&1`,
    preview: sh`detail 'refresh the package lists'`,
    apply: sh`in_turn() {
  for try in $(seq 100); do
    if "$@" >"$run/turn" 2>&1; then return 0; fi
    grep -Eq 'Could not get lock|lock was locked' "$run/turn" || break
    sleep 3
  done
  cat "$run/turn"; return 1
}
[ -z "$(dpkg --audit)" ] || in_turn dpkg --configure -a --force-confdef --force-confold
# apt waits for dpkg's lock by itself, but not for that of its lists.
in_turn ${aptGet} -o APT::Update::Error-Mode=any update
touch /var/lib/apt/lists`,
    // A source that cannot be read would spoil every other use of apt on the node.
    undo: sh`grep '^/etc/apt/sources.list.d/woven-' "$run/placed" | while read -r file; do rm -f "$file"; done || :`,
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

/** Brings what is installed up to date, keeping configuration files as they are. Removes nothing. */
export function upgradePackages(): Step {
  const pending = sh`apt-get -s -o Debug::NoLocking=1 upgrade --with-new-pkgs 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p'`;
  return {
    id: "upgrade",
    title: "Packages up to date",
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
  const missing = sh`wanted=
for package in ${packages}; do
  dpkg-query -W -f='\${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || wanted="$wanted $package"
done`;
  return {
    id: "packages",
    title: "Packages",
    limit: 3600,
    check: sh`${missing}
[ -z "$wanted" ]`,
    preview: sh`${missing}
for package in $wanted; do detail "install $package"; done`,
    apply: sh`${missing}
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\n# Managed by Woven, while it installs packages.\ncase $1 in nginx | nginx.* | apache2 | apache2.*) exit 101 ;; esac\n' >"$policy"; chmod 755 "$policy"
fi
trap '! grep -qs "Managed by Woven" "$policy" || rm -f "$policy"' EXIT
{ tool recall ${state}; printf '%s\n' $wanted; } | sort -u | tool remember ${state}
for package in ${["", ...hooked]}; do case " $wanted " in *" $package "*) [ -z "$package" ] || printf '%s\n' "$package" >>/var/local/woven/hooks-due ;; esac; done
${aptGet} --no-install-recommends install $wanted 2>&1
for package in $wanted; do detail "installed $package"; done`,
    undo: removePolicy,
    next: "apt could not install them: what it said is above. A mirror that is down or a full disk are the usual reasons. Running setupnode again goes on from here.",
  };
}

const removePolicy: Shell = sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d || rm -f /usr/sbin/policy-rc.d`;

/** A run that was cut while it installed may have left services forbidden to start. */
export function startsAllowed(): Step {
  return {
    id: "policy",
    title: "Services may start",
    check: sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d`,
    apply: removePolicy,
  };
}

/** Removes (never purges) what Woven itself installed once and the settings no longer want, unless something else needs it. */
export function removePackages(wanted: readonly string[]): Step {
  const stale = sh`printf '%s\n' ${["", ...wanted]} | sort >"$run/packages-wanted"
tool recall ${state} | sort | comm -23 - "$run/packages-wanted" >"$run/packages-stale"`;
  const going = sh`${stale}
: >"$run/packages-going"; : >"$run/packages-gone"; : >"$run/packages-kept"
while read -r package; do
  # Somebody else removed it: should it come back, it is not Woven's any more.
  if ! dpkg-query -W -f='\${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed; then printf '%s\n' "$package" >>"$run/packages-gone"; continue; fi
  if printf '%s' "$package" | grep -qE ${neverRemoved}; then printf '%s\n' "$package: kept, for it may hold data or be needed to log in" >>"$run/packages-kept"; continue; fi
  others=$(apt-get -s -o Debug::NoLocking=1 remove "$package" 2>/dev/null | sed -n 's/^Remv \([^ ]*\).*/\1/p' | grep -vxF -f "$run/packages-stale" | tr '\n' ' ')
  if [ -n "$others" ]; then printf '%s\n' "$package: kept, for $others needs it" >>"$run/packages-kept"; else printf '%s\n' "$package" >>"$run/packages-going"; fi
done <"$run/packages-stale"`;
  return {
    id: "remove-packages",
    title: "Packages no longer wanted",
    limit: 1800,
    check: sh`${going}
[ ! -s "$run/packages-going" ] && [ ! -s "$run/packages-gone" ]`,
    preview: sh`${going}
while read -r package; do detail "remove $package"; done <"$run/packages-going"`,
    apply: sh`${going}
while read -r line; do detail "$line"; done <"$run/packages-kept"
[ ! -s "$run/packages-going" ] || ${aptGet} remove $(cat "$run/packages-going") 2>&1
while read -r package; do detail "removed $package"; done <"$run/packages-going"
cat "$run/packages-gone" >>"$run/packages-going"
tool recall ${state} | grep -vxF -f "$run/packages-going" | tool remember ${state}`,
    next: "apt could not remove them: what it said is above. Nothing else depends on this step.",
  };
}

/** Says when a new kernel or library waits for a reboot. Woven never reboots a node. */
export function rebootNeeded(): Step {
  return {
    id: "reboot",
    title: "Whether a reboot is due",
    plan: "runs",
    apply: sh`touch "$run/unchanged"
[ ! -e /run/reboot-required ] || detail "a reboot is due: $(sort -u /run/reboot-required.pkgs 2>/dev/null | tr '\n' ' ')"`,
  };
}
