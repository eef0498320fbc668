// Files that are shipped with the code (templates/, action.yml). They are found from src/, dist/ and dist/chunks/.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Woven's own folder: the nearest one above that holds an action.yml. */
export const packageRoot = findRoot(import.meta.dirname);

export function readPackageFile(name: string): string {
  return readFileSync(join(packageRoot, name), "utf8");
}

/** Names of the files below a folder of the package, relative to it, sorted. */
export function listPackageFiles(folder: string): readonly string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(packageRoot, folder).length + 1))
    .sort();
}

function findRoot(from: string): string {
  if (existsSync(join(from, "action.yml")) && existsSync(join(from, "templates"))) return from;
  if (dirname(from) === from)
    throw new Error("Woven's own folder is incomplete: action.yml and templates/ are missing above dist/");
  return findRoot(dirname(from));
}
