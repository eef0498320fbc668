// The firewall: SSH first, then the rules of the settings, reconciled with what ufw really has.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { placeFile } from "./place-file.ts";
import { guarded } from "./ssh-guard.ts";

/** Woven's own rules: as the settings write them, a tab, as ufw shows them. The way back of ssh-guard.sh brings it back with the rules. */
const notes = "/var/local/woven/ufw-rules";

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
    guarded({
      id: "ufw-ssh",
      title: `Firewall lets SSH in on port ${ports}`,
      // ufw keeps the ports of a profile as they were when the rule was made: the tuple in its rules says which.
      check: sh`grep -qF ${`### tuple ### allow tcp ${ports} 0.0.0.0/0 any 0.0.0.0/0 Woven%20SSH - in`} /etc/ufw/user.rules`,
      apply: sh`ufw app update 'Woven SSH' >/dev/null
ufw status | grep -q '^Woven SSH ' || ufw insert 1 allow 'Woven SSH' >/dev/null 2>&1 || ufw allow 'Woven SSH' >/dev/null
ufw app update 'Woven SSH' >/dev/null`,
    }),
    ...rules.map(addRule),
    dropRules(rules),
    guarded({
      id: "ufw-on",
      title: "Firewall on",
      check: sh`ufw status | grep -qx 'Status: active' && [ "$(systemctl is-enabled ufw 2>/dev/null)" = enabled ]`,
      apply: sh`ufw --force enable >/dev/null
systemctl enable --quiet ufw`,
    }),
    foreignRules(),
  ];
}

function addRule(text: string, index: number): Step {
  const words = text.split(" ");
  return {
    id: `ufw-rule-${index + 1}`,
    title: `Firewall rule: ${text}`,
    // ufw says itself whether a rule is there: its dry run prints the whole rule set unless nothing would change.
    check: sh`! grep -qsxF ${`${text}\t`} ${notes} || exit 1
LC_ALL=C ufw --dry-run ${words} 2>/dev/null | grep -q '^Skipping adding existing rule'`,
    preview: sh`detail ${`add: ${text}`}`,
    // Noted as Woven's before it is added, and what ufw calls it after that: a run cut in between adds it anew.
    apply: sh`mkdir -p /var/local/woven; touch ${notes}
note() { { awk -F '\t' -v rule=${text} '$1 != rule' ${notes}; printf '%s\t%s\n' ${text} "$1"; } >${notes}.new; mv -f ${notes}.new ${notes}; }
if grep -qxF ${`${text}\t`} ${notes}; then ${deleteRule(text)}; fi
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
