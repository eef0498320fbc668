import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quote } from "../../src/node/sh.ts";
import { splitShellWords } from "../../src/settings/shell-words.ts";

test.each([
  ["", []],
  ["--database replica", ["--database", "replica"]],
  [`--name "Ada Lovelace" -x`, ["--name", "Ada Lovelace", "-x"]],
  [`a'b c'd`, ["ab cd"]],
  [`"" ''`, ["", ""]],
  ["one\\ word", ["one word"]],
  ["$HOME `id` *.py ~", ["$HOME", "`id`", "*.py", "~"]],
  [`"\\$5 \\n"`, ["$5 \\n"]],
  ["a\n  b", ["a", "b"]],
  ["a \\\n b", ["a", "b"]],
])("%j splits into %j", (text, words) => {
  expect(splitShellWords(text).kind === "words" && splitShellWords(text)).toEqual({ kind: "words", words });
});

test.each([
  [`say "hello`, `a " that is not closed`],
  ["it's", "a ' that is not closed"],
])("%j is unfinished", (text, what) => {
  expect(splitShellWords(text)).toEqual({ kind: "unfinished", what });
});

test("whatever was quoted for a shell comes back as it was", () => {
  fc.assert(
    fc.property(fc.array(fc.string().filter((word) => !word.includes("\0"))), (words) => {
      expect(splitShellWords(words.map(quote).join(" "))).toEqual({ kind: "words", words });
    }),
  );
});

test("a real shell makes the same words of quotes and backslashes", () => {
  const texts = fc
    .array(fc.constantFrom("a", " ", "'", '"', "\\", "-", "\t"), { maxLength: 12 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      const split = splitShellWords(text);
      fc.pre(split.kind === "words" && !text.endsWith("\\"));
      const shell = execFileSync("sh", ["-c", `for word in ${text}\ndo printf '%s\\0' "$word"; done`], {
        encoding: "utf8",
      });
      expect(split.kind === "words" && split.words).toEqual(shell.split("\0").slice(0, -1));
    }),
    { numRuns: 60 },
  );
});
