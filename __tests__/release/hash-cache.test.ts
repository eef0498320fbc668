// Which files are read again, and which hashes of an earlier run still hold.
import { chmodSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeFiles, hashText } from "../../src/release/described-file.ts";
import { hashCache } from "../../src/release/hash-cache.ts";
import { folderWith } from "../settings/source.ts";

const names = Array.from({ length: 1200 }, (_, index) => `f${index}.txt`);
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12\n`;

function project() {
  const root = folderWith(Object.fromEntries(names.map((name) => [name, `text of ${name}`])));
  return { root, folder: join(folderWith({ "x/y": "" }), "hashes"), path: join(root, "f7.txt") };
}
const later = (count = names.length) => ({ count, now: Date.now() + 60_000 });

/** A cache that has noted the file as it is, under a hash by which it is known again. */
async function noted({ root, folder, path }: ReturnType<typeof project>) {
  const cache = await hashCache(folder, root, later());
  cache.note("f7.txt", statSync(path), { sha256: "7".repeat(64), isPointer: false });
  await cache.save();
  return async () => (await hashCache(folder, root, later())).find("f7.txt", statSync(path))?.sha256;
}

test("a file that nobody has touched keeps its hash", async () => {
  const at = project();
  const found = await noted(at);
  expect(await found()).toBe("7".repeat(64));
  const [name = ""] = readdirSync(at.folder);
  expect([
    (statSync(at.folder).mode & 0o777).toString(8),
    (statSync(join(at.folder, name)).mode & 0o777).toString(8),
  ]).toEqual(["700", "600"]);
});

test.each<[string, (path: string) => void]>([
  ["edited to another size", (path) => writeFileSync(path, "longer than before, by far")],
  [
    "edited to the same size, with its time set back",
    (path) => {
      const { mtime } = statSync(path);
      writeFileSync(path, readFileSync(path, "utf8").toUpperCase());
      utimesSync(path, mtime, mtime);
    },
  ],
  [
    "replaced by another one of the same size and time",
    (path) => {
      const { mtime } = statSync(path);
      writeFileSync(`${path}.new`, "TEXT OF f7.txt");
      utimesSync(`${path}.new`, mtime, mtime);
      renameSync(`${path}.new`, path);
    },
  ],
])("a file is read again if it was %s", async (_, change) => {
  const at = project();
  const found = await noted(at);
  change(at.path);
  expect(await found()).toBeUndefined();
});

test("a release takes the hash from there", async () => {
  const at = project();
  await noted(at);
  const described = await describeFiles(at.root, names, at.folder);
  expect(described[7]?.file?.sha256).toBe("7".repeat(64));
  expect(described[8]?.file?.sha256).toBe(hashText("text of f8.txt"));
});

test("a file that was changed just before it was read is not noted", async () => {
  const { root, folder, path } = project();
  const cache = await hashCache(folder, root, { count: names.length, now: Date.now() });
  cache.note("f7.txt", statSync(path), { sha256: "7".repeat(64), isPointer: false });
  await cache.save();
  expect((await hashCache(folder, root, later())).find("f7.txt", statSync(path))).toBeUndefined();
});

test("a cache that is damaged, or cannot be written, costs nothing but time", async () => {
  const at = project();
  const found = await noted(at);
  const [name = ""] = readdirSync(at.folder);
  for (const text of ["", "{", "[]", '{"f7.txt":[1,2,3]}', '{"f7.txt":null}']) {
    writeFileSync(join(at.folder, name), text);
    expect(await found()).toBeUndefined();
  }
  const nowhere = { ...at, folder: join(at.path, "no folder") };
  expect(await (await noted(nowhere))()).toBeUndefined();
});

test("the same files have the same hashes, with and without a cache, also as executables and pointers", async () => {
  const { root, folder, path } = project();
  const old = new Date(Date.now() - 3_600_000);
  writeFileSync(join(root, "f8.txt"), pointer);
  const plain = await describeFiles(root, names);
  const cached = await describeFiles(root, names, folder);
  expect(cached).toEqual(plain);
  expect(plain[8]).toMatchObject({ lacks: "lfs" });
  chmodSync(path, 0o755);
  utimesSync(join(root, "f9.txt"), old, old);
  writeFileSync(join(root, "f10.txt"), "changed");
  const again = await describeFiles(root, names, folder);
  expect(again).toEqual(await describeFiles(root, names));
  expect([again[7]?.file?.kind, again[10]?.file?.sha256]).toEqual(["executable", hashText("changed")]);
});

test("a small project has no cache", async () => {
  const { root, folder, path } = project();
  const cache = await hashCache(folder, root, later(10));
  cache.note("f7.txt", statSync(path), { sha256: "7".repeat(64), isPointer: false });
  await cache.save();
  expect(() => readdirSync(folder)).toThrow();
});
