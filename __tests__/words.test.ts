// What users read is in plain words: CONTRIBUTING.md, "Words". These are the ones that crept in before.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./harness/run-action.ts";

const words =
  /\b(anew|sick|wanted no more|no more wanted|goes? over|gone over|that serves|serves again|(?:is|are|was|be) told|betimes|mend(?:ed)?|of before)\b/i;

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "action.yml",
  "examples/README.md",
  ...inFolder("docs"),
  ...inFolder("examples/workflows"),
];

test.each(pages)("%s is in plain words", (page) => {
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  const found = lines.flatMap((line, index) => {
    const word = words.exec(line)?.[0];
    return word === undefined ? [] : `${page}:${index + 1}: ${word}`;
  });
  expect(found).toEqual([]);
});

function inFolder(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
}
