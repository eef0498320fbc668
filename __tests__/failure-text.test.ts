// A failure as the terminal and the annotations have it.
import { expect, test } from "vitest";
import { WovenError } from "../src/errors.ts";
import { failureText, stagePlace, withoutRepeats } from "../src/failure-text.ts";

test("what is true now stands beside what is live, and the advice begins with what to do", () => {
  const error = new WovenError({ code: "x", message: "It broke", state: "Nothing was changed.", next: "Fix it." });
  expect(failureText(error, "1.1, as before").split("\n")).toEqual([
    "It broke",
    "Live now: 1.1, as before. Nothing was changed.",
    "Fix it.",
  ]);
  expect(failureText(error, undefined).split("\n")).toEqual(["It broke", "Nothing was changed.", "Fix it."]);
  expect(error.map((text) => text.toUpperCase()).details.state).toBe("NOTHING WAS CHANGED.");
});

test("a part that comes several times in a row is shown once", () => {
  const trace = ["Error: /healthz", "Traceback:", "  File", "RuntimeError"];
  const log = ["started", ...trace, ...trace, ...trace, "ended", "a", "a"];
  expect(withoutRepeats(log.join("\n")).split("\n")).toEqual([
    "started",
    ...trace,
    "(the same, 2 more times)",
    ...["ended", "a", "a"],
  ]);
});

test.each([
  ["switch", "migrate", "before the switch"],
  ["switch", "health", "before the switch"],
  ["migrate", "migrate", "before the switch"],
  ["switch", "verify", "stage switch"],
  ["switch", undefined, "stage switch"],
  ["prepare", "django", "stage prepare"],
  [undefined, undefined, undefined],
])("the place of stage %s, step %s: %s", (stage, step, expected) => {
  expect(stagePlace(stage, step)).toBe(expected);
});
