import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lines, quote, type Shell, sh } from "../../src/node/sh.ts";

/** The words that a real shell makes of the text. */
function wordsOf(words: Shell): readonly string[] {
  const script = sh`for word in ${words}; do printf '%s\0' "$word"; done`;
  return execFileSync("/bin/sh", ["-c", script.text]).toString("utf8").split("\0").slice(0, -1);
}

// Text as UTF-8 can carry it: a lone surrogate is no text, and no argument holds a NUL.
const word = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", ""));
const nasty = fc.constantFrom(
  "",
  " ",
  "'",
  "''",
  "\\",
  "\n",
  "$(id)",
  "`id`",
  "-n",
  "a'b",
  "*",
  "~",
  "!",
  "\u2028",
  "#",
  "a=b",
);

test("any word reaches a shell as it is", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(word, nasty), { maxLength: 20 }), (words) => {
      expect(wordsOf(sh`${words}`)).toEqual(words);
    }),
    { numRuns: 60 },
  );
});

test("a word stays one word wherever it stands", () => {
  const path = "it's a $HOME/*";
  expect(wordsOf(sh`a${path}b ${path} "$(printf %s ${path})"`)).toEqual([`a${path}b`, path, path]);
});

test("fragments nest, and what they hold is quoted once", () => {
  const inner = sh`${"a b"} ${["c d", "e"]}`;
  expect(wordsOf(sh`${inner} ${[inner, "f g", 7]}`)).toEqual(["a b", "c d", "e", "a b", "c d", "e", "f g", "7"]);
});

test("a whole script can be a word of another", () => {
  const script = sh`printf %s ${"it's"}`;
  expect(execFileSync("/bin/sh", ["-c", sh`sh -c ${script.text}`.text]).toString()).toBe("it's");
});

test("nothing is no word, the empty text is one", () => {
  expect([wordsOf(sh`${[]}`), wordsOf(sh`${""}`), wordsOf(sh`${["", ""]}`)]).toEqual([[], [""], ["", ""]]);
});

test("the literal part is the shell's as it stands, backslashes and all", () => {
  const script = sh`x=ab; printf '%s\n' "\${x#a}" "\$x" 'a\b' | sed 's/^\(.\)/<\1>/'; echo \`echo old\``;
  expect(execFileSync("/bin/sh", ["-c", script.text]).toString()).toBe("<b>\n<$>x\n<a>\\b\nold\n");
});

test("lines are commands of their own", () => {
  expect(
    execFileSync("/bin/sh", ["-c", lines([sh`echo ${"a;b"}`, sh`echo c # it's`, sh`echo d`]).text]).toString(),
  ).toBe("a;b\nc\nd\n");
});

test("a NUL is refused: it would cut the word short", () => {
  expect(() => quote("a\0b")).toThrow(TypeError);
});
