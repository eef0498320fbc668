// The firewall's rules of the settings, reconciled with what ufw really has; those of others are named, and left alone (firewall.py).
import { type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";

/** Woven's own rules: as the settings write them, and as ufw shows them. The second is how earlier versions kept them. */
export const ruleNotes = ["/var/local/woven/ufw-rules.json", "/var/local/woven/ufw-rules"];

/** The rules that the settings list, for `tool firewall`. */
export function listedRules(rules: readonly string[]): StageFile {
  return { name: "ufw-rules.json", content: JSON.stringify(rules) };
}

/** What Woven added, and the settings do not list any more. */
export function askRules(verb: "unlisted" | "all-listed"): Shell {
  return sh`tool firewall ${verb} "$files/ufw-rules.json"`;
}

export function addRule(text: string, index: number): Step {
  return {
    id: `ufw-rule-${index + 1}`,
    title: `Firewall rule: ${text}`,
    check: sh`tool firewall has ${text}`,
    preview: sh`detail ${`add: ${text}`}`,
    apply: sh`tool firewall add ${text}
detail ${`added: ${text}`}`,
    next: "ufw does not understand the rule: see ufw(8) for how it is written, and ufw-rules in the settings.",
  };
}

/** Rules that are Woven's by its own notes, and no longer listed. One that is only written in another way now is not touched. */
export function dropRules(rules: readonly string[]): Step {
  return {
    id: "ufw-drop",
    title: "Firewall rules no longer wanted",
    files: [listedRules(rules)],
    check: askRules("all-listed"),
    preview: sh`tool firewall preview-unlisted "$files/ufw-rules.json" "$run"`,
    apply: sh`tool firewall remove-unlisted "$files/ufw-rules.json" "$run"`,
  };
}

/** What others added by hand is theirs: it is named, and left alone, as is what they let out. */
export function foreignRules(): Step {
  return {
    id: "ufw-foreign",
    title: "Firewall rules of others, left alone",
    plan: "runs",
    apply: sh`touch "$run/unchanged"
tool firewall foreign "$run"`,
  };
}
