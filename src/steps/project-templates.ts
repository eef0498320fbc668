// Reads the project's templates in templates/woven/ on the runner. They become files of root on a node, so they are checked.
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { WovenError } from "../errors.ts";

const folder = "templates/woven";

/** The largest template. A larger file is hardly configuration; it belongs in the project. */
const maximumBytes = 1_000_000;

/** Files that keep a folder in git, or that a desktop leaves there. They are not meant for a server. */
const ignored = [".gitkeep", ".keep", ".gitignore", ".gitattributes", ".DS_Store"];

/** The text of `templates/woven/<name>`; undefined if the project has none. Throws if it cannot be placed on a node. */
export function readTemplate(workingDirectory: string, name: string): string | undefined {
  const path = join(workingDirectory, folder, name);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const content = readBytes(workingDirectory, name);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (cause) {
    throw wrong(name, "is not UTF-8 text", "Save it as UTF-8.", cause);
  }
}

export interface HeldTemplates {
  /** Returns and throws what `readTemplate` does. */
  read(name: string): string | undefined;
  /** By name, without those that cannot be placed on a node. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The project's templates as they are now, whatever changes later. */
export function heldTemplates(workingDirectory: string): HeldTemplates {
  const texts = new Map<string, string>();
  const errors = new Map<string, unknown>();
  for (const name of namesBelow(join(workingDirectory, folder))) {
    try {
      texts.set(name, readTemplate(workingDirectory, name) ?? "");
    } catch (error) {
      errors.set(name, error);
    }
  }
  return {
    texts,
    read(name) {
      if (errors.has(name)) throw errors.get(name);
      return texts.get(name);
    },
  };
}

/** Names of all files and folders, also behind links, as a path can name them. */
function namesBelow(root: string, at = "", deepest = 8): readonly string[] {
  const found = statSync(join(root, at), { throwIfNoEntry: false });
  if (!found?.isDirectory() || deepest === 0) return [];
  return readdirSync(join(root, at)).flatMap((entry) => {
    const name = join(at, entry);
    return [name, ...namesBelow(root, name, deepest - 1)];
  });
}

/** Names of the project's templates in `templates/woven/<top>`, relative to it and sorted. Throws if one of them has a strange name. */
export function templateNames(workingDirectory: string, top: string): readonly string[] {
  const root = join(workingDirectory, folder, top);
  const found = statSync(root, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) throw wrong(top, "is not a folder", `It holds the templates: ${folder}/${top}/nginx/….`);
  checkInside(workingDirectory, top, realpathSync(root));
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !ignored.includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .map((name) => checkedName(top, name))
    .toSorted();
}

/** Whether the project's template is executable. It is executable on the node, too. */
export function isExecutable(workingDirectory: string, name: string): boolean {
  const found = statSync(join(workingDirectory, folder, name), { throwIfNoEntry: false });
  return found !== undefined && (found.mode & 0o100) !== 0;
}

function checkedName(top: string, name: string): string {
  const odd = name.split("/").find((part) => !/^[A-Za-z0-9_][A-Za-z0-9_.,:@+=%\\-]*$/.test(part));
  if (odd === undefined) return name;
  throw wrong(
    `${top}/${name}`,
    `has ${JSON.stringify(odd)} in its path. That is not a name for a file on a server`,
    "If an editor left the file there, remove it. Otherwise rename it: use letters, digits, . _ - @ and a few more.",
  );
}

function readBytes(workingDirectory: string, name: string): Buffer {
  const path = join(workingDirectory, folder, name);
  try {
    const real = realpathSync(path);
    checkInside(workingDirectory, name, real);
    const found = statSync(real);
    if (!found.isFile()) throw wrong(name, "is not a file", "Woven follows links to files, but not links to folders.");
    if (found.size > maximumBytes)
      throw wrong(
        name,
        `has ${found.size} bytes. A template may have ${maximumBytes}`,
        "Templates are for configuration.",
      );
    return readFileSync(real);
  } catch (cause) {
    if (cause instanceof WovenError) throw cause;
    throw wrong(
      name,
      `cannot be read: ${(cause as Error).message}`,
      "Is it a link to a file that does not exist?",
      cause,
    );
  }
}

/** A link must not copy files from elsewhere on the runner to a server, nor git's own files, which may hold a token. */
function checkInside(workingDirectory: string, name: string, real: string): void {
  const path = relative(realpathSync(workingDirectory), real).split(sep);
  if (path[0] === ".." || path.includes(".git"))
    throw wrong(name, `is a link to ${real}, outside the project`, "Put the file itself in its place.");
}

function wrong(name: string, what: string, next: string, cause?: unknown): WovenError {
  const file = join(folder, name);
  return new WovenError({ code: "template", message: `the template ${file} ${what}`, next, file, cause });
}
