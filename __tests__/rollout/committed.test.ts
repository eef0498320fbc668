// What nobody has committed: named, and refused under a version that names the commit.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLog } from "../../src/log.ts";
import { checkCommitted } from "../../src/rollout/committed.ts";
import { commit, folderWith, run, settingsOf, smallProject } from "../settings/source.ts";

const byCommit = {
  ...smallProject,
  "woven.toml": `${smallProject["woven.toml"]}version-from = "git"\nexclude = ["package-lock.json"]\n`,
};

async function checked(root: string, inputs: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  await checkCommitted(await settingsOf({ root, inputs }), { log: createLog((line) => lines.push(line)), run });
  return lines;
}

async function changed(files: Readonly<Record<string, string>>): Promise<string> {
  const root = folderWith({ ...files, "package-lock.json": "{}", "shop/ä.py": "" });
  await commit(root);
  writeFileSync(join(root, "shop/settings.py"), "DEBUG = True\n");
  writeFileSync(join(root, "package-lock.json"), "{ }");
  writeFileSync(join(root, "notes.txt"), "not tracked");
  rmSync(join(root, "shop/ä.py"));
  return root;
}

test("a clean checkout is deployed without a word", async () => {
  const root = folderWith(byCommit);
  await commit(root);
  writeFileSync(join(root, "notes.txt"), "not tracked");
  expect(await checked(root)).toEqual([]);
});

test("under a version of its own, changes are named", async () => {
  expect(await checked(await changed(smallProject))).toEqual([
    expect.stringMatching(/not committed: package-lock.json, shop\/settings.py, shop\/ä.py\. .*git diff/),
  ]);
});

test("under the commit's version they are refused, unless dirty allows it or the version is another one", async () => {
  const root = await changed(byCommit);
  await expect(checked(root)).rejects.toMatchObject({
    code: "uncommitted",
    details: { message: expect.stringContaining("shop/settings.py"), next: expect.stringContaining("dirty: true") },
  });
  for (const inputs of [{ dirty: "true" }, { version: "1.3" }, { command: "patch" }])
    expect(await checked(root, inputs)).toEqual([expect.stringContaining("not committed: shop/settings.py")]);
});

test("a line break in a name breaks no line", async () => {
  const root = folderWith({ ...smallProject, "a\nb.txt": "1" });
  await commit(root);
  writeFileSync(join(root, "a\nb.txt"), "2");
  expect((await checked(root)).join("")).toContain('"a\\nb.txt"');
});
