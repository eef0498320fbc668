// Files that are sent without what they have in common with the templates that the node keeps.
import { expect, test } from "vitest";
import { dictionary, packed } from "../../src/node/packed-files.ts";
import { sh } from "../../src/node/sh.ts";
import { readPackageFile } from "../../src/package-files.ts";
import { run, stage, step } from "./stage-run.ts";

test("a step finds them whole, also one that has nothing in common, and an empty one", async () => {
  const texts = [readPackageFile("templates/woven/release/describe.py"), "Привет, мир\n".repeat(5000), ""];
  const files = texts.map((content, index) => ({ name: `file.${index}`, content, packed: true as const }));
  const { outcomes } = await run(stage([step("read", sh`cat "$files"/file.? >&3`, { files })]));
  expect(outcomes[0]?.data).toBe(texts.join(""));
});

test("a file that is much like its template is sent in a fifth of its bytes, or fewer", () => {
  for (const name of ["release/describe.py", "release/settings.py", "release/run.py"]) {
    const text = readPackageFile(`templates/woven/${name}`).replaceAll(/\{\{\{\w+\}\}\}/g, "something");
    expect(packed(text).length, name).toBeLessThan(text.length / 5);
  }
});

test("zlib reaches the beginning of the dictionary", () => {
  expect(packed(dictionary().slice(0, 200)).length).toBeLessThan(20);
});
