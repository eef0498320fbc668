// `ok` stands for three things, and the reader sees which.
import { expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import type { Step } from "../../src/node/stage.ts";
import { stepReport } from "../../src/node/step-report.ts";
import { stepWord } from "../../src/report.ts";

const reads = sh`touch "$run/unchanged"
true`;
const some = sh`true`;

test.each<[string, Partial<Step>, readonly [run: string, plan: string]]>([
  ["a step with a check", { check: some }, ["already", "already"]],
  ["a step that finds out by itself", {}, ["already", "already"]],
  ["a step with a check for dry runs", { check: some, checks: "plan" }, ["already", "already"]],
  ["a step that always works", { plan: "quiet", apply: reads }, ["done", "not run"]],
  ["a step that records", { apply: reads }, ["done", "done"]],
  ["a step that only reads, and runs in a dry run", { plan: "runs", apply: reads }, ["done", "done"]],
])("%s", (_, more, expected) => {
  const steps: readonly Step[] = [{ id: "one", title: "One", apply: some, ...more }];
  const outcome = { n: 1, id: "one", status: "ok" as const, seconds: 0, details: [], data: "", output: "" };
  const words = (["run", "plan"] as const).map((mode) =>
    stepWord(stepReport({ name: "prepare", undoes: "step", steps }, outcome, mode), mode),
  );
  expect(words).toEqual(expected);
});
