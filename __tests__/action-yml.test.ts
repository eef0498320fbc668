// action.yml is the public contract: what it promises, the code reads and writes, and the other way round.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { inputDefaults } from "../src/settings/inputs.ts";
import { readMetadata, root } from "./harness/run-action.ts";

test("the code knows every input, with the same default", async () => {
  const { inputs } = await readMetadata();
  const defaults = Object.entries(inputs).map(([name, input]) => [name, String(input?.default ?? "")]);
  expect(Object.fromEntries(defaults)).toEqual(inputDefaults);
});

test("every input and output says what it is", async () => {
  const { inputs, outputs } = parse(await readFile(join(root, "action.yml"), "utf8"));
  for (const [name, { description }] of Object.entries<{ description?: string }>({ ...inputs, ...outputs })) {
    expect(description, name).toMatch(/\w/);
  }
});

test("it runs the built bundle on Node 24", async () => {
  const { runs } = parse(await readFile(join(root, "action.yml"), "utf8"));
  expect(runs).toMatchObject({ using: "node24", main: "dist/index.js" });
});
