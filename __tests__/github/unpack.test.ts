// An archive from the cache may have been made by anybody.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unpackInto } from "../../src/github/unpack.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "woven-unpack-"));
  await mkdir(join(root, "from/key/wheels"), { recursive: true });
  await writeFile(join(root, "from/key/wheels/a.whl"), "wheel");
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** As @actions/cache packs: names that lead there from elsewhere, with -P. */
function packed(...args: readonly string[]): string {
  const archive = join(root, "archive");
  execFileSync("tar", ["-czf", archive, "-P", "-C", join(root, "from"), ...args]);
  return archive;
}

test("its files come to the place, wherever it was packed", async () => {
  await unpackInto(join(root, "to/key"), packed("--transform=s,^,../../_temp/x/,", "key"));
  expect(await readFile(join(root, "to/key/wheels/a.whl"), "utf8")).toBe("wheel");
});

test.each([
  ["an absolute name", ["--transform=s,.*/a.whl,ROOT/outside,", "key/wheels/a.whl"]],
  ["a name that leads out", ["--transform=s,.*/a.whl,key/../../outside,", "key/wheels/a.whl"]],
  ["another folder", ["--transform=s,.*/a.whl,other/outside,", "key/wheels/a.whl"]],
])("%s is refused, and writes nothing", async (_, args) => {
  const archive = packed(...args.map((arg) => arg.replace("ROOT", root)));
  await expect(unpackInto(join(root, "to/key"), archive)).rejects.toThrow(/not a file of the folder/);
  expect(existsSync(join(root, "outside")) || existsSync(join(root, "to/outside"))).toBe(false);
});

test("a link is refused, and nothing goes through it", async () => {
  await symlink(root, join(root, "from/key/link"));
  await expect(unpackInto(join(root, "to/key"), packed("key"))).rejects.toThrow(/link/);
});

test("what is no archive is an error", async () => {
  await writeFile(join(root, "archive"), "<!doctype html>");
  await expect(unpackInto(join(root, "to/key"), join(root, "archive"))).rejects.toThrow();
});
