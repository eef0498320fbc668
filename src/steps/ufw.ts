// The firewall, ufw: allows SSH first, then adds the rules of the settings, denies the rest and turns ufw on.
import { tool } from "../node/pieces.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { placeFile } from "./place-file.ts";
import { guarded } from "./ssh-guard.ts";
import { addRule, removeRules, reportForeignRules, ruleNotes } from "./ufw-rules.ts";

/** The files of the firewall that the guard saves and restores. If they were not saved, it leaves the firewall alone (ssh-guard.sh). */
export const firewallFiles = [
  "/etc/default/ufw",
  "/etc/ufw/applications.d/woven",
  "/etc/ufw/user.rules",
  "/etc/ufw/user6.rules",
  "/etc/ufw/ufw.conf",
  ...ruleNotes,
];

/** Succeeds if the kernel has IPv6. */
const hasIpv6 = sh`[ -e /proc/net/if_inet6 ]`;

/** SSH's profile and rule, the listed rules, and ufw turned on. Woven removes its own rules that are no longer listed, and no others. */
export function ufw(rules: readonly string[], sshPorts: readonly number[]): readonly Step[] {
  const ports = sshPorts.toSorted((one, other) => one - other).join(",");
  return [
    guardedFirewall(
      placeFile({
        path: "/etc/ufw/applications.d/woven",
        content: `# Managed by Woven.\n[Woven SSH]\ntitle=SSH, as Woven set it up\ndescription=The ports that the SSH server of this node listens on\nports=${ports}/tcp\n`,
        title: "Set up the firewall profile for SSH",
      }),
    ),
    filterIpv6(),
    allowSsh(ports),
    ...rules.map(addRule),
    removeRules(rules),
    // Only now that SSH has its rule: from here on, everything without a rule is denied.
    denyByDefault(),
    turnOn(),
    reportForeignRules(),
  ];
}

function guardedFirewall(step: Step): Step {
  return guarded(step, firewallFiles);
}

const saveDefaults: Shell = sh`if [ ! -e /var/local/woven-backup/etc/default/ufw ]; then
  (umask 077; mkdir -p /var/local/woven-backup/etc/default)
  cp -p /etc/default/ufw /var/local/woven-backup/etc/default/ufw
fi`;
const defaultOf = (name: string) => sh`"$(. /etc/default/ufw; echo "\${${sh`${name}`}-}")"`;

/** With IPV6=no, ufw does not filter IPv6 at all (/etc/default/ufw). */
function filterIpv6(): Step {
  return guardedFirewall({
    id: "ufw-ipv6",
    title: "Turn on IPv6 filtering",
    check: sh`! ${hasIpv6} || [ ${defaultOf("IPV6")} = yes ]`,
    preview: sh`detail '/etc/default/ufw: IPV6=yes'`,
    apply: sh`${saveDefaults}
detail "/etc/default/ufw: IPV6=yes, instead of \"$(sed -n 's/^IPV6=//p' /etc/default/ufw)\""
sed -i '/^[[:space:]]*IPV6=/d' /etc/default/ufw
echo IPV6=yes >>/etc/default/ufw
if ufw status | grep -qx 'Status: active'; then ufw reload >/dev/null; fi`,
  });
}

function allowSsh(ports: string): Step {
  const isAllowed = tool(["firewall", "lets-ssh-in", ports]);
  return guardedFirewall({
    id: "ufw-ssh",
    title: `Allow SSH through the firewall (${ports.replaceAll(",", ", ")})`,
    check: isAllowed,
    apply: sh`ufw app update 'Woven SSH' >/dev/null
if ! ${isAllowed}; then
  # ufw does not move an existing rule.
  ufw --force delete allow 'Woven SSH' >/dev/null 2>&1 || :
  ufw prepend allow 'Woven SSH' >/dev/null
  ufw app update 'Woven SSH' >/dev/null
fi
${isAllowed} || fail "the rule for SSH is not before the rules that deny it: $(ufw status numbered)"`,
  });
}

/** A policy of `reject` is as good as `deny`, and stays. Outgoing traffic is up to the owner: `reportForeignRules` reports its policy. */
function denyByDefault(): Step {
  return guardedFirewall({
    id: "ufw-policy",
    title: "Deny traffic that no rule allows",
    check: sh`case ${defaultOf("DEFAULT_INPUT_POLICY")} in DROP | REJECT) ;; *) false ;; esac`,
    preview: sh`detail 'default: deny incoming'`,
    apply: sh`${saveDefaults}
ufw default deny incoming >/dev/null
detail 'default: deny incoming'`,
  });
}

/** On now and at every boot, and loaded into the kernel. */
function turnOn(): Step {
  const loaded = (tool: string, chain: string) =>
    sh`${tool} -S ${chain} >/dev/null 2>&1 && ! ${tool} -S INPUT | grep -qx -e '-P INPUT ACCEPT'`;
  const on = sh`ufw status | grep -qx 'Status: active' && [ "$(systemctl is-enabled ufw 2>/dev/null)" = enabled ] && ${loaded("iptables", "ufw-user-input")} && { ! ${hasIpv6} || { ${loaded("ip6tables", "ufw6-user-input")}; }; }`;
  return guardedFirewall({
    id: "ufw-on",
    title: "Turn the firewall on",
    check: on,
    apply: sh`ufw --force enable >/dev/null
systemctl enable --quiet ufw
{ ${on}; } || ufw reload >/dev/null
{ ${on}; } || fail "ufw is on, but the kernel has not loaded its rules: $(ufw status verbose)"`,
  });
}
