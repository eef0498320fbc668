// Files that are shipped with the code (templates/, action.yml). They are found from src/, dist/ and dist/chunks/.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Woven's own folder: the nearest one above that holds an action.yml. */
export const packageRoot = findRoot(import.meta.dirname);

// Kept from the first time on: a build on the runner may be able to change Woven's folder, and these files run as root on a node.
const texts = new Map<string, string>();
const names = new Map<string, readonly string[]>();

/** Reads everything that a node gets, before a build can run. */
export function holdPackageFiles(): void {
  for (const name of listPackageFiles("templates")) readPackageFile(`templates/${name}`);
  for (const folder of ["templates/node/woven_node", "templates/woven"]) listPackageFiles(folder);
  readPackageFile("package.json");
}

export function readPackageFile(name: string): string {
  const text = texts.get(name) ?? readFileSync(join(packageRoot, name), "utf8");
  texts.set(name, text);
  return text;
}

/** Names of the files below a folder of the package, relative to it, sorted. */
export function listPackageFiles(folder: string): readonly string[] {
  const known = names.get(folder);
  if (known) return known;
  const found = readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(packageRoot, folder).length + 1))
    .sort();
  names.set(folder, found);
  return found;
}

function findRoot(from: string): string {
  if (existsSync(join(from, "action.yml")) && existsSync(join(from, "templates"))) return from;
  if (dirname(from) === from)
    throw new Error("Woven's own folder is incomplete: action.yml and templates/ are missing above dist/");
  return findRoot(dirname(from));
}
