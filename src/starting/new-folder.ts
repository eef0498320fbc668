// Writes a new folder in one piece: it is there with all its files, or not at all. Never touches a folder that has something in it.
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { WovenError } from "../errors.ts";
import type { TreeFile } from "./project-tree.ts";

/** Throws `folder-not-empty` if something is in the way. */
export function requireRoom(folder: string): void {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there === undefined || (there.isDirectory() && readdirSync(folder).length === 0)) return;
  throw new WovenError({
    code: "folder-not-empty",
    message: there.isDirectory() ? `the folder ${folder} is not empty` : `${folder} is a file`,
    state: "Nothing was written.",
    next: "Choose another name, another folder or another --dist. For a project that exists, run woven init in its folder.",
  });
}

/** Makes the files beside, and renames them into place: rename(2) replaces an empty folder, and no other one. */
export async function writeNewFolder(folder: string, files: readonly TreeFile[]): Promise<void> {
  requireRoom(folder);
  if (!existsSync(dirname(folder))) await mkdir(dirname(folder), { recursive: true });
  const beside = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    const made = join(beside, "made");
    await mkdir(made, { mode: 0o755 });
    for (const { path, content, mode } of files) {
      await mkdir(dirname(join(made, path)), { recursive: true });
      await writeFile(join(made, path), content, { mode, flag: "wx" });
    }
    await rename(made, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOTEMPTY" || error.code === "EEXIST" || error.code === "ENOTDIR") requireRoom(folder);
      throw error;
    });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
