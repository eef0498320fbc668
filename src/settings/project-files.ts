// The files of the project as they lie on the runner: one look at the folders, then only the few files that tell something are read.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { type Decoded, decodeText } from "./text-encoding.ts";

export interface ProjectFiles {
  /** The working directory, absolute. */
  readonly root: string;
  /** Every file, with `/` between its parts, from the working directory; sorted, nearest to the top first. */
  readonly paths: readonly string[];
  /** The folders above the working directory up to the repository's top, nearest first, each with the files that lie in it: `..`, `../..`. */
  readonly above: readonly { readonly folder: string; readonly files: readonly string[] }[];
  has(path: string): boolean;
  /** The text of a file, or undefined where there is none. */
  read(path: string): string | undefined;
  /** The same, with what is known of its encoding. */
  decode(path: string): Decoded | undefined;
  /** The same file from the top of the repository, as annotations need it. */
  repositoryPath(path: string): string;
}

/** Folders that hold no code of the project, whatever is in them. */
const passedOver = new Set(["node_modules", "__pycache__", "site-packages", "venv", "locale", "migrations"]);

/** Folders that seldom hold the project that serves. They are looked into where something in them says that they do. */
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

/** Looks at the folders under `root`, five levels deep. Throws what the file system throws where `root` cannot be read. */
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

/** Whether a file lies in a folder that seldom holds the project that serves: it counts where there is no other. */
export function isBeside(path: string): boolean {
  return posix
    .dirname(path)
    .split("/")
    .some((folder) => besides.has(folder));
}

/** What the repository holds above the working directory: the files in its folders and in their folder `requirements`. */
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
  // A virtualenv is full of other people's settings.
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
  // A project named for what such a folder is usually for: example/example/settings.py, media/wsgi.py, settings/env/production.py.
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
