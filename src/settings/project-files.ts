// The files of the project on the runner. The folders are listed once, and only the few files that are needed are read.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { type Decoded, decodeText } from "./text-encoding.ts";

export interface ProjectFiles {
  /** The working directory, absolute. */
  readonly root: string;
  /** Every file, relative to the working directory, with `/` between its parts. Sorted, nearest to the top first. */
  readonly paths: readonly string[];
  /** The folders above the working directory up to the repository's top, nearest first, each with its files: `..`, `../..`. */
  readonly above: readonly { readonly folder: string; readonly files: readonly string[] }[];
  has(path: string): boolean;
  /** The text of a file, or undefined if there is none. */
  read(path: string): string | undefined;
  /** The same, with its encoding. */
  decode(path: string): Decoded | undefined;
  /** The path of the file relative to the top of the repository, for annotations. */
  repositoryPath(path: string): string;
}

/** Folders that never hold code of the project. */
const passedOver = new Set(["node_modules", "__pycache__", "site-packages", "venv", "locale", "migrations"]);

/** Folders that rarely hold the project to deploy. Woven looks into them only if something in them says that they do. */
const besides = new Set([
  "build",
  "dist",
  "doc",
  "docs",
  "env",
  "example",
  "examples",
  "media",
  "static",
  "templates",
  "test",
  "tests",
]);
const deepest = 5;
const mostFiles = 20_000;
const mostBytes = 4_000_000;

/** Lists the folders under `root`, five levels deep. Throws the file system's error if `root` cannot be read. */
export function projectFiles(root: string, repository: string): ProjectFiles {
  const paths: string[] = [];
  let level: readonly string[] = [""];
  for (let depth = 0; depth <= deepest && paths.length < mostFiles; depth += 1) {
    const looks = level.map((folder) => look(root, folder));
    paths.push(...looks.flatMap(({ files }) => files));
    level = looks.flatMap(({ folders }) => folders);
  }
  const above = filesAbove(root, repository);
  const known = new Set([...paths, ...above.flatMap(({ files }) => files)]);
  const fromTop = relative(repository, root).split(sep).join("/");
  const decode = (path: string) => (known.has(path) ? readText(join(root, path)) : undefined);
  return {
    root,
    paths,
    above,
    has: (path) => known.has(path),
    read: (path) => decode(path)?.text,
    decode,
    repositoryPath: (path) => (fromTop.startsWith("..") ? path : posix.join(fromTop, path)),
  };
}

/** The same files, and these beside them: texts by path. */
export function withProposed(files: ProjectFiles, proposed: Readonly<Record<string, string>>): ProjectFiles {
  const text = (path: string) => (Object.hasOwn(proposed, path) ? proposed[path] : undefined);
  const has = (path: string) => text(path) !== undefined || files.has(path);
  const read = (path: string) => text(path) ?? files.read(path);
  return { ...files, paths: [...new Set([...Object.keys(proposed), ...files.paths])], has, read };
}

/** Whether a file is in a folder that rarely holds the project to deploy. Such a file counts only if there is no other. */
export function isBeside(path: string): boolean {
  return posix
    .dirname(path)
    .split("/")
    .some((folder) => besides.has(folder));
}

/** The repository's files above the working directory: those in each folder, and in its folder `requirements`. */
function filesAbove(root: string, repository: string): ProjectFiles["above"] {
  const top = topOf(root) ?? repository;
  const depth = relative(top, root).split(sep);
  if (depth[0] === "" || depth[0] === "..") return [];
  return depth.map((_, at) => {
    const folder = Array.from({ length: at + 1 }, () => "..").join("/");
    const files = ["", "requirements"].flatMap((name) =>
      statSync(join(root, folder, name), { throwIfNoEntry: false })?.isDirectory()
        ? look(root, posix.join(folder, name)).files
        : [],
    );
    return { folder, files };
  });
}

/** The folder with `.git`, which is a file in a submodule and in a worktree. */
function topOf(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) return folder;
  return dirname(folder) === folder ? undefined : topOf(dirname(folder));
}

interface Look {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

function look(root: string, folder: string): Look {
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  // A virtualenv holds settings modules of other packages.
  if (folder !== "" && entries.some((entry) => entry.name === "pyvenv.cfg")) return { files: [], folders: [] };
  const folders = entries.filter(
    (entry) =>
      entry.isDirectory() && !entry.name.startsWith(".") && holdsCode(join(root, folder, entry.name), entry.name),
  );
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  const path = (entry: { readonly name: string }): string => posix.join(folder, entry.name);
  return { files: files.map(path), folders: folders.map(path) };
}

function holdsCode(path: string, name: string): boolean {
  if (passedOver.has(name)) return false;
  if (!besides.has(name)) return true;
  const within = readdirSync(path);
  // A project may have the name of such a folder: example/example/settings.py, media/wsgi.py, settings/env/production.py.
  return (
    within.some((entry) => ["manage.py", "settings.py", "settings", "wsgi.py", "asgi.py", name].includes(entry)) ||
    (name === "env" && within.some((entry) => entry.endsWith(".py")))
  );
}

function readText(path: string): Decoded | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size > mostBytes) return undefined;
  return decodeText(readFileSync(path));
}

/** A project that could not be read. */
export const emptyProject: ProjectFiles = {
  root: "/",
  paths: [],
  above: [],
  has: () => false,
  read: () => undefined,
  decode: () => undefined,
  repositoryPath: (path) => path,
};
