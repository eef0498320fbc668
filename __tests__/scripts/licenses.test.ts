import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { licenseText } from "../../scripts/licenses.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "woven-licenses-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A module of a package that holds these files. */
async function installed(name: string, license: string, files: Readonly<Record<string, string>>): Promise<string> {
  const place = join(folder, "node_modules", name);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "package.json"), JSON.stringify({ name, version: "1.0.0", license }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(place, file), text);
  return join(place, "index.js");
}

test("the text that a package comes with is taken over, with its notice", async () => {
  const text = await licenseText([
    await installed("whole", "MIT", { "LICENCE.md": "May be used\r\n", NOTICE: "By us" }),
  ]);
  expect(text).toContain("whole@1.0.0 (MIT)\n\nMay be used\n\nBy us\n");
});

test.each([
  ["no text", "bare", "MIT", {}, /bare@1\.0\.0 comes without the text of its licence \(MIT\).*license-texts/],
  ["a notice only", "noticed", "Apache-2.0", { NOTICE: "By us" }, /noticed@1\.0\.0 comes without the text/],
  [
    "a licence that is not allowed",
    "foreign",
    "GPL-3.0",
    { LICENSE: "Share" },
    /foreign@1\.0\.0 has the licence GPL-3\.0/,
  ],
  ["another licence than the text kept for it", "@nodable/entities", "ISC", {}, /comes without the text/],
  [
    "a text of its own by now",
    "@nodable/entities",
    "MIT",
    { LICENSE: "x" },
    /@nodable\/entities.*scripts\/license-texts/,
  ],
])("%s stops the build", async (_, name, license, files, told) => {
  await expect(licenseText([await installed(name, license, files)])).rejects.toThrow(told);
});
