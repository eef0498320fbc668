// `collected-static`: a folder of static files that a step before Woven has filled. A release takes it as it is.
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { SettingsError } from "../errors.ts";
import type { ReleaseFile } from "./described-file.ts";
import { folderFiles } from "./file-set.ts";

/**
 * The static files of a release, with paths in it: `static/…`. Throws if the folder is missing or empty, or if a file in it cannot be in
 * a release.
 *
 * @param root the working directory, or its copy in which the build ran
 */
export async function collectedStatic(
  root: string,
  folder: string,
  exclude: readonly string[],
): Promise<readonly ReleaseFile[]> {
  const state = await lstat(join(root, folder)).catch(() => undefined);
  if (state === undefined) throw unusable(folder, "does not exist");
  if (!state.isDirectory()) throw unusable(folder, state.isSymbolicLink() ? "is a link" : "is a file");
  const files = await folderFiles(root, folder, exclude);
  if (files.every(({ path }) => /(^|\/)\.git(keep|ignore)$/.test(path))) throw unusable(folder, "is empty");
  return files.map((file) => ({ ...file, path: `static/${file.path}` }));
}

function unusable(folder: string, why: string): SettingsError {
  return new SettingsError([
    {
      where: "collected-static",
      what: `${JSON.stringify(folder)} ${why}`,
      next: "Fill the folder in a step before this one, or with a command of `build`. The path is relative to the working directory. Without collected-static, Woven runs collectstatic on the server.",
    },
  ]);
}
