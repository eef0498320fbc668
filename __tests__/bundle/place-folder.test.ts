import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placeFolder, replaceFolder } from "../../src/bundle/place-folder.ts";

async function finished(folder: string, name: string): Promise<string> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, "of"), name);
  return join(folder, name);
}

test("of several runs that made the same folder the first one's stays, and the others are told", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "woven-place-"));
  const place = join(folder.path, "place");
  expect(await placeFolder(await finished(folder.path, "one"), place)).toBe("placed");
  expect(await placeFolder(await finished(folder.path, "two"), place)).toBe("taken");
  expect(await readFile(join(place, "of"), "utf8")).toBe("one");
  await expect(placeFolder(join(folder.path, "missing"), place)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a folder that is replaced, by many at once, is one of theirs and whole", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "woven-place-"));
  const place = join(folder.path, "place");
  const names = Array.from({ length: 8 }, (_, index) => `run-${index}`);
  await Promise.all(names.map(async (name) => replaceFolder(await finished(folder.path, name), place)));
  expect(names).toContain(await readFile(join(place, "of"), "utf8"));
  expect(await readdir(folder.path)).toEqual(["place"]);
});
