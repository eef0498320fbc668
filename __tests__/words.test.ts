// What users read is in plain words: CONTRIBUTING.md, "Words". These are the ones that crept in before.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "rolldown/utils";
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
  ...inFolder("docs").filter((name) => name !== "docs/images"),
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

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .map((name) => `src/${name}`)
  .filter((path) => path.endsWith(".ts"));

test("what the code says is in plain words", () => {
  const found = sources.flatMap((path) =>
    literals(path).flatMap((text) => {
      const word = words.exec(text)?.[0];
      return word === undefined ? [] : `${path}: ${word}: ${text.trim().slice(0, 80)}`;
    }),
  );
  expect(sources.length).toBeGreaterThan(100);
  expect(found).toEqual([]);
});

/** The texts of a file's string literals and templates. */
function literals(path: string): readonly string[] {
  const texts: string[] = [];
  const { program } = parseSync(path, readFileSync(join(root, path), "utf8"));
  JSON.stringify(program, (_, node: unknown) => {
    if (typeof node !== "object" || node === null || !("type" in node) || !("value" in node)) return node;
    const { type, value } = node;
    if (type === "Literal" && typeof value === "string") texts.push(value);
    if (type === "TemplateElement" && typeof value === "object" && value !== null && "raw" in value)
      texts.push(String(value.raw));
    return typeof value === "bigint" ? undefined : node;
  });
  return texts;
}

function inFolder(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
}
