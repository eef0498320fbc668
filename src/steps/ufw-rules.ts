// Adds the firewall rules of the settings, removes Woven's own that are no longer listed, and reports all others (firewall.py).
import { type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";

/** Records which rules Woven added. The second file is of earlier versions. */
export const ruleNotes = ["/var/local/woven/ufw-rules.json", "/var/local/woven/ufw-rules"];

/** The rules that the settings list, for `tool firewall`. */
export function listedRules(rules: readonly string[]): StageFile {
  return { name: "ufw-rules.json", content: JSON.stringify(rules) };
}

/** Asks about the rules that Woven added and the settings no longer list. */
export function askRules(verb: "unlisted" | "all-listed"): Shell {
  return sh`tool firewall ${verb} "$files/ufw-rules.json"`;
}

export function addRule(text: string, index: number): Step {
  return {
    id: `ufw-rule-${index + 1}`,
    title: `Add firewall rule: ${text}`,
    check: sh`tool firewall has ${text}`,
    preview: sh`detail ${`add: ${text}`}`,
    apply: sh`tool firewall add ${text}
detail ${`added: ${text}`}`,
    next: "The output of ufw is above. Usually it does not understand the rule. Correct it in ufw-rules or role-ufw-rules; ufw(8) describes the syntax.",
  };
}

/** Removes rules that Woven added and that are no longer listed. A rule that is only written in another way now stays. */
export function removeRules(rules: readonly string[]): Step {
  return {
    id: "ufw-drop",
    title: "Remove firewall rules no longer listed",
    files: [listedRules(rules)],
    check: askRules("all-listed"),
    preview: sh`tool firewall preview-unlisted "$files/ufw-rules.json" "$run"`,
    apply: sh`tool firewall remove-unlisted "$files/ufw-rules.json" "$run"`,
  };
}

/** Reports rules that others added, and a policy that denies outgoing traffic. Woven changes neither. */
export function reportForeignRules(): Step {
  return {
    id: "ufw-foreign",
    title: "Check for firewall rules that Woven did not add",
    plan: "runs",
    apply: sh`touch "$run/unchanged"
tool firewall foreign "$run"`,
  };
}
