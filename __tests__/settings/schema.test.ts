// docs/woven.schema.json and docs/settings.md say what the code does: both are made of it, and checked to be fresh.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { schemaText, settingsPage } from "../../scripts/schema.ts";

const doc = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

test("the published schema is the one the code checks with (node scripts/schema.ts writes it)", () => {
  expect(doc("woven.schema.json")).toBe(schemaText());
});

test("docs/settings.md lists every key and every input (node scripts/schema.ts writes the tables)", () => {
  expect(doc("settings.md")).toBe(settingsPage(doc("settings.md")));
});
