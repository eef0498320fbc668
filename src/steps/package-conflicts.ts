// What apt would take off a node, asked before it does: for a package that comes, and for packages that go.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { aptGet } from "./apt-get.ts";
import { neverRemoved } from "./protected-packages.ts";

/** Of each of these a node has one: who names another one in the settings means the change. */
const oneOfAKind = [
  "^(exim4.*|postfix.*|sendmail.*|ssmtp|msmtp-mta|nullmailer|dma|opensmtpd|courier-mta|esmtp-run)$",
  "^(systemd-timesyncd|chrony|ntp|ntpsec|openntpd)$",
  "^(rsyslog|syslog-ng.*|busybox-syslogd|inetutils-syslogd)$",
];

/** Where Woven remembers what it installed: tool.py recall. */
export const state = "packages";

const simulate = sh`${aptGet} -s -o Debug::NoLocking=1 -o APT::Get::AutomaticRemove=false`;
const removed = sh`sed -n 's/^Remv \([^ ]*\).*/\1/p'`;

/** Needs `$package`. */
const isInstalled = sh`dpkg-query -W -f='\${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed`;

/** Sets `$wanted` to those of the packages that are not installed. */
export function missing(packages: readonly string[]): Shell {
  return sh`wanted=
for package in ${packages}; do
  ${isInstalled} || wanted="$wanted $package"
done`;
}

/**
 * Needs `$wanted`. Sets `$lost` to what would have to go for it and must not: all but Woven's own that is wanted no more, and
 * what the settings name another one of. What may go is in `$run/packages-replaced`.
 */
export function findLost(packages: readonly string[]): Shell {
  return sh`lost=
${stale(packages)}
: >"$run/packages-replaced"
${simulate} --no-install-recommends install $wanted >"$run/simulated" 2>&1 || { cat "$run/simulated"; fail "apt finds no way to install$wanted"; }
${removed} "$run/simulated" >"$run/packages-taken"
while read -r package; do
  ok=
  for kind in ${oneOfAKind}; do
    if printf '%s\n' "$package" | grep -qE "$kind" && printf '%s\n' $wanted | grep -qE "$kind"; then ok=yes; fi
  done
  if grep -qxF -e "$package" "$run/packages-stale" && ! printf '%s\n' "$package" | grep -qE ${neverRemoved}; then ok=yes; fi
  if [ -n "$ok" ]; then printf '%s\n' "$package" >>"$run/packages-replaced"; else lost="$lost $package"; fi
done <"$run/packages-taken"`;
}

/** Before anything is upgraded or installed. */
export function nothingLost(packages: readonly string[]): Step {
  return {
    id: "package-conflicts",
    title: "No package goes for another one",
    plan: "quiet",
    check: sh`${missing(packages)}
[ -z "$wanted" ]`,
    apply: sh`touch "$run/unchanged"
${missing(packages)}
${findLost(packages)}
[ -z "$lost" ] || fail "to install$wanted, apt would remove$lost"`,
    next: "Take one or the other out of base-packages, extra-packages or role-packages (ufw is there for enable-ufw), or remove by hand what is to go. Nothing was installed, and nothing was removed.",
  };
}

/** What somebody else removed is not Woven's any more, should it come back. The node is as it was, and so this is no change. */
export function forgetPackages(wanted: readonly string[]): Step {
  return {
    id: "forget-packages",
    title: "What Woven installed is known",
    plan: "quiet",
    check: sh`${stale(wanted)}
while read -r package; do ${isInstalled}; done <"$run/packages-stale"`,
    apply: sh`touch "$run/unchanged"
${stale(wanted)}
: >"$run/packages-gone"
while read -r package; do ${isInstalled} || printf '%s\n' "$package" >>"$run/packages-gone"; done <"$run/packages-stale"
{ tool recall ${state} | grep -vxF -f "$run/packages-gone" || :; } | tool remember ${state}`,
  };
}

/** Removes (never purges) what Woven itself installed once and the settings no longer want, unless something else needs it. */
export function removePackages(wanted: readonly string[]): Step {
  const going = staleOnes(wanted);
  return {
    id: "remove-packages",
    title: "Packages no longer wanted",
    limit: 1800,
    check: sh`${going}
while read -r line; do detail "$line"; done <"$run/packages-kept"
[ ! -s "$run/packages-going" ]`,
    preview: sh`while read -r package; do detail "remove $package"; done <"$run/packages-going"`,
    apply: sh`${aptGet} -o APT::Get::AutomaticRemove=false remove $(cat "$run/packages-going") 2>&1
while read -r package; do detail "removed $package"; done <"$run/packages-going"
{ tool recall ${state} | grep -vxF -f "$run/packages-going" || :; } | tool remember ${state}`,
    next: "apt could not remove them: what it said is above. Nothing else depends on this step.",
  };
}

/** Into `packages-stale`: what Woven installed and the settings want no more. */
function stale(wanted: readonly string[]): Shell {
  return sh`printf '%s\n' ${["", ...wanted]} | sort >"$run/packages-wanted"
tool recall ${state} | sort | comm -23 - "$run/packages-wanted" >"$run/packages-stale"`;
}

/** Of those, told apart: `packages-kept` with the reason, and `packages-going`, which apt removes together and nothing with them. */
function staleOnes(wanted: readonly string[]): Shell {
  return sh`${stale(wanted)}
: >"$run/packages-going"; : >"$run/packages-kept"
${releasesWith}
while read -r package; do
  ${isInstalled} || continue
  if printf '%s\n' "$package" | grep -qE ${neverRemoved}; then printf '%s\n' "$package: kept, for it may hold data or be needed to log in" >>"$run/packages-kept"; continue; fi
  releases=$(releases_with "$package")
  if [ -n "$releases" ]; then printf '%s\n' "$package: kept, for releases on this node are served with it: $releases" >>"$run/packages-kept"; continue; fi
  printf '%s\n' "$package" >>"$run/packages-going"
done <"$run/packages-stale"
# What apt would do besides removing those that go: remove others, or install what takes their place.
beyond() {
  if ! ${simulate} remove "$@" >"$run/simulated" 2>/dev/null; then echo 'something that apt does not tell'; return; fi
  { ${removed} "$run/simulated" | grep -vxF -f "$run/packages-going" || :; sed -n 's/^Inst \([^ ]*\).*/\1/p' "$run/simulated"; } | tr '\n' ' '
}
while [ -s "$run/packages-going" ] && [ -n "$(beyond $(cat "$run/packages-going"))" ]; do
  : >"$run/packages-next"
  while read -r package; do
    others=$(beyond "$package")
    if [ -n "$others" ]; then printf '%s\n' "$package: kept, for $others needs it" >>"$run/packages-kept"; else printf '%s\n' "$package" >>"$run/packages-next"; fi
  done <"$run/packages-going"
  if cmp -s "$run/packages-going" "$run/packages-next"; then : >"$run/packages-next"; echo 'all: kept, for apt would not remove them alone' >>"$run/packages-kept"; fi
  mv -f "$run/packages-next" "$run/packages-going"
done`;
}

/** Which releases are served with a package: their units are kept as long as they are. */
const releasesWith = sh`releases_with() {
  case $1 in
  apache2 | apache2-bin | libapache2-mod-wsgi-py3) served_by=apache2 ;;
  nginx | nginx-*) served_by= ;;
  *) return 0 ;;
  esac
  grep -lsF -e "$served_by" /etc/systemd/system/woven-*@.service | sed 's#.*/woven-\(.*\)@\.service#\1#' | tr '\n' ' '
}`;
