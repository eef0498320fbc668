// What a step's check says line by line must count. `set -e` passes over a failed `a && b`, and over `! a`, unless it is the last
// word of the check (POSIX.1-2024, set -e).
import { describe, expect, test } from "vitest";
import { compile } from "../../src/node/stage.ts";
import { releaseStages, setupStages } from "./stages.ts";

/** The statements of the check that can fail without ending it. */
function passedOver(check: string): readonly string[] {
  const statements = statementsOf(check);
  return statements.slice(0, -1).filter((statement) => {
    const last = statement.lastIndexOf("&&");
    const after = statement.slice(last + 2);
    const ignored = last >= 0 && !after.includes("||") && !/^\s*(exit|return)\b/.test(after);
    return ignored || (/^!\s/.test(statement) && !statement.includes("||"));
  });
}

/** The simple commands and lists of a check, one after the other; what stands in quotes, parentheses and compounds is left out. */
function statementsOf(check: string): readonly string[] {
  const bare = check
    .replaceAll(/'[^']*'|(^|[\s;])#[^\n]*|\\[\s\S]/g, (found) => (/^\s*#/.test(found) ? "\n" : "Q"))
    .replaceAll(/\\\n/g, " ");
  const statements: string[] = [""];
  let depth = 0;
  for (const word of flat(bare).split(/(\n|;(?!;)|[ \t]+)/)) {
    const [opens, closes] = [/^(if|case|while|until|for|\{)$/.test(word), /^(fi|esac|done|\})$/.test(word)];
    if (closes) depth -= 1;
    const now = statements.at(-1) ?? "";
    const goesOn = /(&&|\|\||\|)\s*$/.test(now);
    if (depth === 0 && (word === ";" || (word === "\n" && !goesOn))) statements.push("");
    else if (depth === 0) statements[statements.length - 1] = now + word;
    if (opens) depth += 1;
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== "");
}

/** `$(…)` and `"…"` as one letter each, however deep; the `)` of a case's pattern is none of them. */
function flat(text: string): string {
  let before = "";
  let after = text;
  while (before !== after) {
    before = after;
    after = before
      .replaceAll(/\$?\([^()"]*\)/g, (found) => (found === "()" ? found : "P"))
      .replaceAll(/"[^"()]*"/g, "Q");
  }
  return after;
}

test.each([
  ["[ a ] && [ b ]\n[ c ]", ["[ a ] && [ b ]"]],
  ["[ a ]\n[ b ] && [ c ]", []],
  ["[ a ] && [ b ] || exit 1\n[ c ]", []],
  ["[ a ] || exit 1; ! b\nc", ["! b"]],
  ["! a || exit 1\n! b", []],
  ["if a && b; then c; fi\n[ d ]", []],
  ["x=$(a && b)\n[ d ]", []],
  ["x=$(a \"$(b)\" && c 'd && e')\n[ d ]", []],
  ["a &&\nb\nc", ["a &&\nb"]],
  ["f() { a && b; }\nf", []],
  ["command -v a && exit 0\nb", []],
  ["# a && b\nc 'd &&\ne'\nf", []],
  ["{ a && b; } && c\nd", ["{} && c"]],
])("of %j, set -e passes over %j", (check, expected) => {
  expect(passedOver(check)).toEqual(expected);
});

const stages = [...(await setupStages()), ...(await releaseStages())];

describe("no check of a stage is passed over", () => {
  test("there are stages", () => {
    expect(new Set(stages.map(({ name }) => name))).toEqual(
      new Set(["setup", "close", "services", "hook", "prepare", "migrate", "switch", "remove"]),
    );
    expect(stages.every((stage) => compile(stage).startsWith("#!/bin/sh"))).toBe(true);
  });

  const checks = stages.flatMap(({ name, steps }) =>
    steps.flatMap(({ id, check }) => (check ? [[check.text, `${name}: ${id}`] as const] : [])),
  );
  test.each([...new Map(checks)].map(([check, title]) => [title, check]))("%s", (_, check) => {
    expect(passedOver(check)).toEqual([]);
  });
});
