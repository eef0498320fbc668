// `include`: files that the release needs and git does not track. An entry never adds files that belong into no release.
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, matchesGlob, normalize } from "node:path";
import { type Problem, SettingsError } from "../errors.ts";
import { nearest } from "../settings/did-you-mean.ts";
import { fsPath, pathText } from "./path-bytes.ts";

/** Names of files that tools leave behind. An entry that writes the full name gets them. `.git` is never included. */
const leftovers = new Set(["node_modules", "__pycache__", ".venv", "venv", "db.sqlite3"]);

/** The files that the entries of `include` name, relative to the working directory. Throws if an entry names none. */
export async function includedFiles(
  workingDirectory: string,
  include: readonly string[],
  isExcluded: (path: string) => boolean,
): Promise<readonly string[]> {
  const problems: Problem[] = [];
  const found = await Promise.all(
    include.map(async (entry) => {
      if (isOutside(entry)) {
        problems.push(outside(entry));
        return [];
      }
      const files = await filesOf(workingDirectory, unrooted(entry));
      if (files.length === 0) problems.push(await nothing(workingDirectory, entry));
      return files;
    }),
  );
  if (problems.length > 0) throw new SettingsError(problems);
  return found.flat().filter((path) => !isExcluded(path));
}

/** Files and links below the working directory, without hidden ones. For a project without a repository. */
export async function visibleFiles(workingDirectory: string): Promise<readonly string[]> {
  return await Array.fromAsync(
    walk(workingDirectory, ".", (path) => path.split("/").at(-1)?.startsWith(".") || !isNamed(path, "")),
  );
}

/** All files and links in a folder, except for `.git`. Paths are relative to the working directory. */
export async function allFiles(workingDirectory: string, folder: string): Promise<readonly string[]> {
  const skip = (path: string) => path.split("/").at(-1) === ".git";
  return await Array.fromAsync(walk(workingDirectory, folder, skip));
}

export function unrooted(pattern: string): string {
  return pattern.replace(/^(\.?\/+)+/, "").replace(/\/+$/, "");
}

/** Here, `*` also matches a dot at the start of a name: `exclude` must match hidden files too. */
export function globMatches(path: string, pattern: string): boolean {
  const shown = (text: string) => text.replaceAll(/(^|[/{,])\./g, "$1\u0001.");
  return matchesGlob(shown(path), shown(pattern));
}

/** Such an entry could name a whole disk. */
function isOutside(entry: string): boolean {
  return normalize(unrooted(entry)).split("/")[0] === "..";
}

function outside(entry: string): Problem {
  return {
    where: "include",
    what: `${JSON.stringify(entry)} leads out of the working directory`,
    next: "A release holds only files below the working directory. Copy them there in a step before this one.",
  };
}

async function filesOf(workingDirectory: string, pattern: string): Promise<readonly string[]> {
  const folders = pattern.split("/");
  const magic = folders.findIndex((name) => /[*?[{]/.test(name));
  const start = magic < 0 ? pattern : folders.slice(0, magic).join("/") || ".";
  const state = await lstat(join(workingDirectory, start)).catch(() => undefined);
  if (magic < 0 && state && !state.isDirectory()) return isNamed(pattern, pattern) ? [pattern] : [];
  const within = (path: string) => globMatches(path, pattern) || globMatches(path, `${pattern}/**`);
  const below = walk(workingDirectory, start, (path) => !isNamed(path, pattern));
  return (await Array.fromAsync(below)).filter(within);
}

/** Whether the pattern itself writes out each special name in a path, such as `.venv`, at the same depth. */
function isNamed(path: string, pattern: string): boolean {
  const wanted = pattern.split("/");
  const names = path.split("/");
  if (names.includes(".git") || (names[0] === ".github" && wanted[0] !== ".github")) return false;
  if (path.endsWith(".pyc") && !pattern.endsWith(".pyc")) return false;
  return [...leftovers].every(
    (name) => names.filter((one) => one === name).length <= wanted.filter((one) => one === name).length,
  );
}

async function* walk(root: string, folder: string, skip: (path: string) => boolean): AsyncGenerator<string> {
  const entries = await readdir(fsPath(root, folder), { withFileTypes: true, encoding: "buffer" }).catch(
    (): Dirent<Buffer>[] => [],
  );
  for (const entry of entries) {
    const name = pathText(entry.name);
    const path = folder === "." ? name : `${folder}/${name}`;
    if (skip(path)) continue;
    if (!entry.isDirectory()) yield path;
    else if (!(await isVirtualenv(root, path))) yield* walk(root, path, skip);
  }
}

/** Whatever its name is. */
async function isVirtualenv(root: string, path: string): Promise<boolean> {
  return (await lstat(fsPath(root, `${path}/pyvenv.cfg`)).catch(() => undefined)) !== undefined;
}

/** The problem of an entry that matches no file, with the path that was probably meant. */
async function nothing(workingDirectory: string, entry: string): Promise<Problem> {
  const meant = await nearestPath(workingDirectory, unrooted(entry).split("/"));
  const next = "A build must make its files before this step. Paths are relative to the working directory.";
  const plain = unrooted(entry);
  const within = await readdir(join(workingDirectory, plain)).catch((): string[] => []);
  const left = within.find((name) => leftovers.has(name));
  if (left !== undefined)
    return {
      where: "include",
      what: `${JSON.stringify(entry)} holds only ${left}`,
      next: `If a build makes files there, run it before this step. If the release needs ${left} itself, name a folder in it: include = [${JSON.stringify(`${plain}/${left}/…`)}]`,
    };
  return {
    where: "include",
    what: `${JSON.stringify(entry)} names no file`,
    next: meant === undefined ? next : `${meant} ${next}`,
  };
}

async function nearestPath(workingDirectory: string, names: readonly string[]): Promise<string | undefined> {
  const path: string[] = [];
  for (const name of names) {
    const there = await readdir(join(workingDirectory, ...path)).catch((): string[] => []);
    const meant = there.includes(name) ? name : nearest(name, there);
    if (meant === undefined && path.length > 0 && there.length > 0)
      return `${JSON.stringify(path.join("/"))} holds ${there.slice(0, 5).join(", ")}${there.length > 5 ? ", …" : ""}.`;
    if (meant === undefined) break;
    path.push(meant);
  }
  const isOther = path.join("/") !== names.slice(0, path.length).join("/");
  return isOther ? `Did you mean ${JSON.stringify(path.join("/"))}?` : undefined;
}
