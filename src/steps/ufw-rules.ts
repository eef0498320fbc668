// The firewall's rules of the settings, reconciled with what ufw really has; those of others are named, and left alone.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

/** Woven's own rules: as the settings write them, a tab, as ufw shows them. */
export const ruleNotes = "/var/local/woven/ufw-rules";

/** Words for one rule, given as one argument. ufw says itself whether it is there: a dry run prints the whole rule set unless nothing would change, for IPv4 or IPv6. */
const words: Shell = sh`tab=$(printf '\t')
half_done() { grep -qsxF "$1$tab" ${ruleNotes}; }
is_there() {
  ! half_done "$1" || return 1
  said=$(ufw --dry-run $1 2>/dev/null </dev/null)
  case $said in Skipping*) ;; *) return 1 ;; esac
  ! printf '%s\n' "$said" | grep -qv '^Skipping adding existing rule'
}
forget_rule() { awk -F '\t' -v rule="$1" '$1 != rule' ${ruleNotes} >${ruleNotes}.new; }
note_rule() { (umask 077; touch ${ruleNotes}; forget_rule "$1"; printf '%s\t%s\n' "$1" "$2" >>${ruleNotes}.new; mv -f ${ruleNotes}.new ${ruleNotes}); }
delete_rule() {
  case $1 in
  "route "*) ufw route delete \${1#route } >/dev/null </dev/null ;;
  *) ufw --force delete $1 >/dev/null </dev/null ;;
  esac
}
# Noted as Woven's before it is added, and what ufw calls it after that: a run cut in between adds it anew.
add_rule() {
  # Half of it, too: of one IP version, or by a run that was cut.
  if half_done "$1" || ufw --dry-run $1 2>/dev/null </dev/null | grep -q '^Skipping adding existing rule'; then delete_rule "$1"; fi
  ufw show added | sort >"$run/rules-before"
  note_rule "$1" ''
  ufw $1 >/dev/null </dev/null
  note_rule "$1" "$(ufw show added | sort | comm -13 "$run/rules-before" - | sed -n '1s/^ufw //p')"
}
# What of the rules that ufw has would go with this one.
tuples_of() {
  case $1 in
  "route "*) ufw --dry-run route delete \${1#route } >"$run/rules-without" 2>/dev/null </dev/null ;;
  *) ufw --dry-run delete $1 >"$run/rules-without" 2>/dev/null </dev/null ;;
  esac || return 0
  for version in '' 6; do
    # It prints the IP versions that the rule is of.
    if grep -q "^:ufw$version-user-input " "$run/rules-without"; then grep '^### tuple' /etc/ufw/user$version.rules || :; fi
  done | grep -vxF -f "$run/rules-without" || :
}
# The same rule, as the settings write it now: there are many ways to write one.
now_written() {
  tuples_of "$1" >"$run/tuples"
  [ -s "$run/tuples" ] || return 0
  while read -r other; do
    [ -n "$other" ] || continue
    tuples_of "$other" >"$run/tuples-other"
    if cmp -s "$run/tuples" "$run/tuples-other"; then printf '%s\n' "$other"; return; fi
  done <"$run/rules-wanted"
}`;

export function addRule(text: string, index: number): Step {
  return {
    id: `ufw-rule-${index + 1}`,
    title: `Firewall rule: ${text}`,
    check: sh`${words}
is_there ${text}`,
    preview: sh`detail ${`add: ${text}`}`,
    apply: sh`${words}
add_rule ${text}
detail ${`added: ${text}`}`,
    next: "ufw does not understand the rule: see ufw(8) for how it is written, and ufw-rules in the settings.",
  };
}

/** Rules that are Woven's by its own notes, and wanted no more. One that is only written in another way now is not touched. */
export function dropRules(wanted: readonly string[]): Step {
  const stale = sh`printf '%s\n' ${["", ...wanted]} | sort >"$run/rules-wanted"
cut -sf1 ${ruleNotes} 2>/dev/null | sort | comm -23 - "$run/rules-wanted" >"$run/rules-stale"`;
  return {
    id: "ufw-drop",
    title: "Firewall rules no longer wanted",
    check: sh`${stale}
[ ! -s "$run/rules-stale" ]`,
    preview: sh`${words}
${stale}
while read -r rule; do
  same=$(now_written "$rule")
  if [ -n "$same" ]; then detail "keep: $rule, which is written \"$same\" now"; else detail "remove: $rule"; fi
done <"$run/rules-stale"`,
    apply: sh`${words}
${stale}
while read -r rule; do
  same=$(now_written "$rule")
  if [ -n "$same" ]; then
    note_rule "$same" "$(awk -F '\t' -v rule="$rule" '$1 == rule { print $2 }' ${ruleNotes})"
    detail "kept: $rule, which is written \"$same\" now"
  else
    delete_rule "$rule"
    detail "removed: $rule"
  fi
  forget_rule "$rule"
  mv -f ${ruleNotes}.new ${ruleNotes}
done <"$run/rules-stale"
# One that overlapped with a rule which is gone may have lost its half.
while read -r rule; do
  if [ -n "$rule" ] && ! is_there "$rule"; then add_rule "$rule"; fi
done <"$run/rules-wanted"`,
  };
}

/** What others added by hand is theirs: it is named, and left alone, as is what they let out. */
export function foreignRules(): Step {
  return {
    id: "ufw-foreign",
    title: "Firewall rules of others, left alone",
    plan: "runs",
    apply: sh`touch "$run/unchanged"
case $(. /etc/default/ufw 2>/dev/null; echo "\${DEFAULT_OUTPUT_POLICY-}") in
DROP | REJECT) detail "not Woven's: what no rule lets out is denied (ufw default deny outgoing); apt, DNS and mail need rules of their own" ;;
esac
{ cut -sf2 ${ruleNotes} 2>/dev/null || :; echo "allow 'Woven SSH'"; } | sort -u >"$run/rules-ours"
ufw show added 2>/dev/null | sed -n 's/^ufw //p' | sort -u | comm -23 - "$run/rules-ours" | while read -r rule; do detail "not Woven's: $rule"; done`,
  };
}
