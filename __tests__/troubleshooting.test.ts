// Whoever looks up the code of an error in docs/troubleshooting.md finds it there, and no code that nothing ends with.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withAnchors } from "../scripts/anchors.ts";
import { WovenError } from "../src/errors.ts";
import { rowOf } from "../src/github/summary-failures.ts";
import { root } from "./harness/run-action.ts";

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(root, "src", name), "utf8") }));

/** `code: "x"`, `code: one ? "x" : "y"`, and the codes that connect-errors.ts hands to its `fail`. */
function codesOf(text: string): readonly string[] {
  const given = [...text.matchAll(/\bcode: (?:\w+ \? )?"([a-z-]+)"(?: : "([a-z-]+)")?/g)];
  const failed = [...text.matchAll(/\breturn fail\(\s*"([a-z-]+)"/g)];
  return [...given, ...failed].flatMap((match) => match.slice(1).filter((code) => code !== undefined));
}

/** In the first cell of each row; what stands after `in` is a step's. */
function documented(page: string): readonly string[] {
  const cells = page.split("\n").flatMap((line) => /^\| (?!…)(.*?) \|/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) => {
    const codes = cell.replace(/\(.*?\)/g, "").split(" in `")[0] ?? "";
    return [...codes.matchAll(/`([a-z-]+)`/g)].map(([, code = ""]) => code);
  });
}

test("every code that a run can end with is on the page, and every code on the page is one of those", () => {
  const thrown = new Set(sources.flatMap(({ text }) => codesOf(text)));
  const page = new Set(documented(readFileSync(join(root, "docs/troubleshooting.md"), "utf8")));
  expect(thrown.size).toBeGreaterThan(70);
  expect([...page].sort()).toEqual([...thrown].sort());
});

test("every code and step on the page has an anchor, to which the summary of a failure leads", () => {
  const page = readFileSync(join(root, "docs/troubleshooting.md"), "utf8");
  const anchors = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
  expect(page, "run: node scripts/anchors.ts").toBe(withAnchors(page));
  expect(new Set(anchors).size).toBe(anchors.length);
  expect(anchors).toEqual(expect.arrayContaining([...documented(page), "step-health", "step-migrate", "step-etc"]));
  const row = (code: string, step?: string) => rowOf(new WovenError({ code, message: "", ...(step ? { step } : {}) }));
  expect([row("disk-full"), row("step-failed", "health"), row("step-failed", "etc-nginx"), row("step-failed")]).toEqual(
    ["disk-full", "step-health", "step-etc", "step-failed"],
  );
});

test("no error gets its code in a way that the test above does not read", () => {
  const unread = sources.flatMap(({ name, text }) =>
    [...text.matchAll(/new (?:WovenError|StageError)\(\{[\s\S]*?(?:message|\})/g)].flatMap(([made]) =>
      codesOf(made).length > 0 || /^new \w+\(\{\s*\.\.\./.test(made) ? [] : `${name}: ${made.slice(0, 60)}`,
    ),
  );
  // `fail` of connect-errors.ts, and the verdict on what uv said, whose codes stand beside their messages.
  expect(unread.map((one) => one.split(":")[0])).toEqual(
    expect.arrayContaining(["node/connect-errors.ts", "bundle/resolve-error.ts"]),
  );
  expect(unread).toHaveLength(2);
});
