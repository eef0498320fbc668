// The firewall: SSH first, then the rules of the settings, reconciled with what ufw really has.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { placeFile } from "./place-file.ts";
import { guarded } from "./ssh-guard.ts";

/** Woven's own rules: as the settings write them, a tab, as ufw shows them. The way back of ssh-guard.sh brings it back with the rules. */
const notes = "/var/local/woven/ufw-rules";

/** Where the kernel has no IPv6, there is nothing of it to filter. */
const ipv6 = sh`[ -e /proc/net/if_inet6 ]`;

/** SSH's own profile, the rules, and ufw switched on. Rules that Woven added once and the settings dropped go; others stay. */
export function ufw(rules: readonly string[], sshPorts: readonly number[]): readonly Step[] {
  const ports = sshPorts.toSorted((one, other) => one - other).join(",");
  return [
    guarded(
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

const keepDefaults: Shell = sh`if [ ! -e /var/local/woven-backup/etc/default/ufw ]; then
  (umask 077; mkdir -p /var/local/woven-backup/etc/default)
  cp -p /etc/default/ufw /var/local/woven-backup/etc/default/ufw
fi`;
const ask = (name: string) => sh`"$(. /etc/default/ufw; echo "\${${sh`${name}`}-}")"`;

/** With IPV6=no, ufw leaves all of IPv6 open (/etc/default/ufw). */
function bothVersions(): Step {
  return guarded({
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

/** The first of all rules, so that none of the others can shut SSH out. */
function letSshIn(ports: string): Step {
  // ufw keeps the ports of a profile as they were when the rule was made: the tuple in its rules says which.
  const first = (file: string, any: string) =>
    sh`[ "$(grep -m 1 '^### tuple ### ' ${file})" = ${`### tuple ### allow tcp ${ports} ${any} any ${any} Woven%20SSH - in`} ]`;
  const isFirst = sh`${first("/etc/ufw/user.rules", "0.0.0.0/0")} && { ! ${ipv6} || ${first("/etc/ufw/user6.rules", "::/0")}; }`;
  return guarded({
    id: "ufw-ssh",
    title: `Firewall lets SSH in on port ${ports}`,
    check: isFirst,
    apply: sh`ufw app update 'Woven SSH' >/dev/null
if ! { ${isFirst}; }; then
  # A rule that is there is not moved.
  ufw --force delete allow 'Woven SSH' >/dev/null 2>&1 || :
  ufw prepend allow 'Woven SSH' >/dev/null
  ufw app update 'Woven SSH' >/dev/null
fi
{ ${isFirst}; } || fail "the rule for SSH is not the first one: $(ufw status numbered)"`,
  });
}

/** A policy of `reject` shuts out as well as `deny` does, and stays. */
function policy(): Step {
  const input = sh`case ${ask("DEFAULT_INPUT_POLICY")} in DROP | REJECT) ;; *) false ;; esac`;
  const output = sh`[ ${ask("DEFAULT_OUTPUT_POLICY")} = ACCEPT ]`;
  return guarded({
    id: "ufw-policy",
    title: "Firewall denies what no rule lets in, and lets out",
    check: sh`${input}
${output}`,
    preview: sh`${input} || detail 'default: deny incoming'
${output} || detail 'default: allow outgoing'`,
    apply: sh`${keepDefaults}
if ! { ${input}; }; then ufw default deny incoming >/dev/null; detail 'default: deny incoming'; fi
if ! { ${output}; }; then ufw default allow outgoing >/dev/null; detail 'default: allow outgoing'; fi`,
  });
}

/** On now and at every boot, and in the kernel as its files say. */
function switchedOn(): Step {
  const loaded = (tool: string, chain: string) =>
    sh`${tool} -S ${chain} >/dev/null 2>&1 && ! ${tool} -S INPUT | grep -qx -e '-P INPUT ACCEPT'`;
  const on = sh`ufw status | grep -qx 'Status: active' && [ "$(systemctl is-enabled ufw 2>/dev/null)" = enabled ] && ${loaded("iptables", "ufw-user-input")} && { ! ${ipv6} || { ${loaded("ip6tables", "ufw6-user-input")}; }; }`;
  return guarded({
    id: "ufw-on",
    title: "Firewall on",
    check: on,
    apply: sh`ufw --force enable >/dev/null
systemctl enable --quiet ufw
{ ${on}; } || ufw reload >/dev/null
{ ${on}; } || fail "ufw is on, but the kernel does not filter as it says: $(ufw status verbose)"`,
  });
}

function addRule(text: string, index: number): Step {
  const words = text.split(" ");
  return {
    id: `ufw-rule-${index + 1}`,
    title: `Firewall rule: ${text}`,
    // ufw says itself whether a rule is there: its dry run prints the whole rule set unless nothing would change, for IPv4 or IPv6.
    check: sh`! grep -qsxF ${`${text}\t`} ${notes} || exit 1
said=$(ufw --dry-run ${words} 2>/dev/null)
case $said in Skipping*) ;; *) exit 1 ;; esac
! printf '%s\n' "$said" | grep -qv '^Skipping adding existing rule'`,
    preview: sh`detail ${`add: ${text}`}`,
    // Noted as Woven's before it is added, and what ufw calls it after that: a run cut in between adds it anew.
    apply: sh`mkdir -p /var/local/woven; touch ${notes}
note() { { awk -F '\t' -v rule=${text} '$1 != rule' ${notes}; printf '%s\t%s\n' ${text} "$1"; } >${notes}.new; mv -f ${notes}.new ${notes}; }
# Half of it, too: of one IP version, or by a run that was cut.
if grep -qxF ${`${text}\t`} ${notes} || ufw --dry-run ${words} 2>/dev/null | grep -q '^Skipping adding existing rule'; then ${deleteRule(text)}; fi
ufw show added | sort >"$run/rules-before"
note ''
ufw ${words} >/dev/null
note "$(ufw show added | sort | comm -13 "$run/rules-before" - | sed -n '1s/^ufw //p')"
detail ${`added: ${text}`}`,
    next: "ufw does not understand the rule: see ufw(8) for how it is written, and ufw-rules in the settings.",
  };
}

function deleteRule(text: string): Shell {
  const words = text.split(" ");
  return words[0] === "route"
    ? sh`ufw route delete ${words.slice(1)} >/dev/null`
    : sh`ufw --force delete ${words} >/dev/null`;
}

/** Rules that are Woven's by its own notes, and wanted no more. */
function dropRules(wanted: readonly string[]): Step {
  const stale = sh`printf '%s\n' ${["", ...wanted]} | sort >"$run/rules-wanted"
cut -sf1 ${notes} 2>/dev/null | sort | comm -23 - "$run/rules-wanted" >"$run/rules-stale"`;
  return {
    id: "ufw-drop",
    title: "Firewall rules no longer wanted",
    check: sh`${stale}
[ ! -s "$run/rules-stale" ]`,
    preview: sh`${stale}
while read -r rule; do detail "remove: $rule"; done <"$run/rules-stale"`,
    apply: sh`${stale}
while read -r rule; do
  case $rule in
  "route "*) ufw route delete \${rule#route } >/dev/null </dev/null ;;
  *) ufw --force delete $rule >/dev/null </dev/null ;;
  esac
  awk -F '\t' -v rule="$rule" '$1 != rule' ${notes} >${notes}.new
  mv -f ${notes}.new ${notes}
  detail "removed: $rule"
done <"$run/rules-stale"`,
  };
}

/** What others added by hand is theirs: it is named, and left alone. */
function foreignRules(): Step {
  return {
    id: "ufw-foreign",
    title: "Firewall rules of others, left alone",
    plan: "runs",
    apply: sh`touch "$run/unchanged"
${listForeign}`,
  };
}

const listForeign: Shell = sh`{ cut -sf2 ${notes} 2>/dev/null || :; echo "allow 'Woven SSH'"; } | sort -u >"$run/rules-ours"
ufw show added 2>/dev/null | sed -n 's/^ufw //p' | sort -u | comm -23 - "$run/rules-ours" | while read -r rule; do detail "not Woven's: $rule"; done`;
