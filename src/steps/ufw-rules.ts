// Adds the firewall rules of the settings, removes Woven's own that are no longer listed, and reports all others (firewall.py).
import { inRun, inTurn, tool } from "../node/pieces.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";

/** Records which rules Woven added. The second file is of earlier versions. */
export const ruleNotes = ["/var/local/woven/ufw-rules.json", "/var/local/woven/ufw-rules"];

/** The rules that the settings list, for `tool firewall`. */
export function listedRules(rules: readonly string[]): StageFile {
  return { name: "ufw-rules.json", content: JSON.stringify(rules) };
}

const rulesFile = inRun("files/ufw-rules.json");

/** Asks about the rules that Woven added and the settings no longer list. */
export function askRules(verb: "unlisted" | "all-listed"): Shell {
  return tool(["firewall", verb, rulesFile]);
}

export function addRule(text: string, index: number): Step {
  return {
    id: `ufw-rule-${index + 1}`,
    title: `Add firewall rule: ${text}`,
    check: tool(["firewall", "has", text]),
    preview: sh`detail ${`add: ${text}`}`,
    apply: inTurn(tool(["firewall", "add", text]), sh`detail ${`added: ${text}`}`),
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
    preview: tool(["firewall", "preview-unlisted", rulesFile, inRun(".")]),
    apply: tool(["firewall", "remove-unlisted", rulesFile, inRun(".")]),
  };
}

/** Reports rules that others added, and a policy that denies outgoing traffic. Woven changes neither. */
export function reportForeignRules(): Step {
  return {
    id: "ufw-foreign",
    title: "Check for firewall rules that Woven did not add",
    plan: "runs",
    apply: inTurn(sh`touch "$run/unchanged"`, tool(["firewall", "foreign", inRun(".")])),
  };
}
