// The firewall: SSH is let in before anything shuts it out, then the rules of the settings; on, and denying what has none.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { placeFile } from "./place-file.ts";
import { guarded } from "./ssh-guard.ts";
import { addRule, dropRules, foreignRules, ruleNotes } from "./ufw-rules.ts";

/** What the way back brings back of it. Only who has these kept has the firewall touched by that at all (ssh-guard.sh). */
export const firewallFiles = [
  "/etc/default/ufw",
  "/etc/ufw/applications.d/woven",
  "/etc/ufw/user.rules",
  "/etc/ufw/user6.rules",
  "/etc/ufw/ufw.conf",
  ...ruleNotes,
];

/** Where the kernel has no IPv6, there is nothing of it to filter. */
const ipv6 = sh`[ -e /proc/net/if_inet6 ]`;

/** SSH's own profile and rule, the rules, and ufw switched on. Rules that Woven added once and the settings dropped go; others stay. */
export function ufw(rules: readonly string[], sshPorts: readonly number[]): readonly Step[] {
  const ports = sshPorts.toSorted((one, other) => one - other).join(",");
  return [
    guardedWall(
      placeFile({
        path: "/etc/ufw/applications.d/woven",
        content: `# Managed by Woven.\n[Woven SSH]\ntitle=SSH, as Woven set it up\ndescription=The ports that the SSH server of this node listens on\nports=${ports}/tcp\n`,
        title: "Firewall profile for SSH",
      }),
    ),
    bothVersions(),
    letSshIn(ports),
    ...rules.map(addRule),
    dropRules(rules),
    // After SSH has its rule: from here on, what has none is shut out.
    policy(),
    switchedOn(),
    foreignRules(),
  ];
}

function guardedWall(step: Step): Step {
  return guarded(step, firewallFiles);
}

const keepDefaults: Shell = sh`if [ ! -e /var/local/woven-backup/etc/default/ufw ]; then
  (umask 077; mkdir -p /var/local/woven-backup/etc/default)
  cp -p /etc/default/ufw /var/local/woven-backup/etc/default/ufw
fi`;
const ask = (name: string) => sh`"$(. /etc/default/ufw; echo "\${${sh`${name}`}-}")"`;

/** With IPV6=no, ufw leaves all of IPv6 open (/etc/default/ufw). */
function bothVersions(): Step {
  return guardedWall({
    id: "ufw-ipv6",
    title: "Firewall filters IPv6, too",
    check: sh`! ${ipv6} || [ ${ask("IPV6")} = yes ]`,
    preview: sh`detail '/etc/default/ufw: IPV6=yes'`,
    apply: sh`${keepDefaults}
detail "/etc/default/ufw: IPV6=yes, and not \"$(sed -n 's/^IPV6=//p' /etc/default/ufw)\""
sed -i '/^[[:space:]]*IPV6=/d' /etc/default/ufw
echo IPV6=yes >>/etc/default/ufw
if ufw status | grep -qx 'Status: active'; then ufw reload >/dev/null; fi`,
  });
}

function letSshIn(ports: string): Step {
  const isLetIn = sh`tool firewall lets-ssh-in ${ports}`;
  return guardedWall({
    id: "ufw-ssh",
    title: `Firewall lets SSH in on port ${ports}`,
    check: isLetIn,
    apply: sh`ufw app update 'Woven SSH' >/dev/null
if ! ${isLetIn}; then
  # A rule that is there is not moved.
  ufw --force delete allow 'Woven SSH' >/dev/null 2>&1 || :
  ufw prepend allow 'Woven SSH' >/dev/null
  ufw app update 'Woven SSH' >/dev/null
fi
${isLetIn} || fail "the rule for SSH is not ahead of those that shut it out: $(ufw status numbered)"`,
  });
}

/** A policy of `reject` shuts out as well as `deny` does, and stays. What goes out is its owner's affair: foreignRules tells it. */
function policy(): Step {
  return guardedWall({
    id: "ufw-policy",
    title: "Firewall denies what no rule lets in",
    check: sh`case ${ask("DEFAULT_INPUT_POLICY")} in DROP | REJECT) ;; *) false ;; esac`,
    preview: sh`detail 'default: deny incoming'`,
    apply: sh`${keepDefaults}
ufw default deny incoming >/dev/null
detail 'default: deny incoming'`,
  });
}

/** On now and at every boot, and in the kernel as its files say. */
function switchedOn(): Step {
  const loaded = (tool: string, chain: string) =>
    sh`${tool} -S ${chain} >/dev/null 2>&1 && ! ${tool} -S INPUT | grep -qx -e '-P INPUT ACCEPT'`;
  const on = sh`ufw status | grep -qx 'Status: active' && [ "$(systemctl is-enabled ufw 2>/dev/null)" = enabled ] && ${loaded("iptables", "ufw-user-input")} && { ! ${ipv6} || { ${loaded("ip6tables", "ufw6-user-input")}; }; }`;
  return guardedWall({
    id: "ufw-on",
    title: "Firewall on",
    check: on,
    apply: sh`ufw --force enable >/dev/null
systemctl enable --quiet ufw
{ ${on}; } || ufw reload >/dev/null
{ ${on}; } || fail "ufw is on, but the kernel does not filter as it says: $(ufw status verbose)"`,
  });
}
