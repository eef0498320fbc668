// The files of the project as they lie on the runner: one look at the folders, then only the few files that tell something are read.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";

export interface ProjectFiles {
  /** Every file, with `/` between its parts, from the working directory; sorted, nearest to the top first. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  /** The text of a file, or undefined where there is none. */
  read(path: string): string | undefined;
  /** The same file from the top of the repository, as annotations need it. */
  repositoryPath(path: string): string;
}

/** Folders that hold no code of the project, or code that never serves. */
const passedOver = new Set([
  "node_modules",
  "__pycache__",
  "site-packages",
  "dist",
  "build",
  "venv",
  "env",
  "tests",
  "test",
  "docs",
  "doc",
  "examples",
  "example",
  "static",
  "media",
  "locale",
  "templates",
  "migrations",
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
  const known = new Set(paths);
  const above = relative(repository, root).split(sep).join("/");
  return {
    paths,
    has: (path) => known.has(path),
    read: (path) => (known.has(path) ? readText(join(root, path)) : undefined),
    repositoryPath: (path) => (above.startsWith("..") ? path : posix.join(above, path)),
  };
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
    (entry) => entry.isDirectory() && !entry.name.startsWith(".") && !passedOver.has(entry.name),
  );
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  const path = (entry: { readonly name: string }): string => posix.join(folder, entry.name);
  return { files: files.map(path), folders: folders.map(path) };
}

function readText(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size > mostBytes) return undefined;
  return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
}

/** A project that could not be read. */
export const emptyProject: ProjectFiles = {
  paths: [],
  has: () => false,
  read: () => undefined,
  repositoryPath: (path) => path,
};
