// The project's own templates, as they lie in templates/woven/ on the runner: read with care, for they end on a node as root's.
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { WovenError } from "../errors.ts";

const folder = "templates/woven";

/** More than this is no configuration; what is large belongs into the project. */
const mostBytes = 1_000_000;

/** What keeps a folder in git, or a desktop leaves there: nobody means a server by it. */
const passedOver = [".gitkeep", ".keep", ".gitignore", ".gitattributes", ".DS_Store"];

/** The text of `templates/woven/<name>`, or undefined where the project has none. Throws where it is nothing that could be placed. */
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

/** Names of the project's templates below `templates/woven/<top>`, from there, sorted. Throws where one has a name that no node should get. */
export function templateNames(workingDirectory: string, top: string): readonly string[] {
  const root = join(workingDirectory, folder, top);
  const found = statSync(root, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) throw wrong(top, "is no folder", `Templates lie below it: ${folder}/${top}/nginx/….`);
  checkInside(workingDirectory, top, realpathSync(root));
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !passedOver.includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .map((name) => checkedName(top, name))
    .toSorted();
}

/** Whether git has the project's template as a program: it is one on the node, too. */
export function isExecutable(workingDirectory: string, name: string): boolean {
  const found = statSync(join(workingDirectory, folder, name), { throwIfNoEntry: false });
  return found !== undefined && (found.mode & 0o100) !== 0;
}

function checkedName(top: string, name: string): string {
  const odd = name.split("/").find((part) => !/^[A-Za-z0-9_][A-Za-z0-9_.,:@+=%\\-]*$/.test(part));
  if (odd === undefined) return name;
  throw wrong(
    `${top}/${name}`,
    `has ${JSON.stringify(odd)} in its path, and that is no name for a file of a server`,
    "Remove the file, if an editor left it there; else rename it: letters, digits, . _ - @ and a few more.",
  );
}

function readBytes(workingDirectory: string, name: string): Buffer {
  const path = join(workingDirectory, folder, name);
  try {
    const real = realpathSync(path);
    checkInside(workingDirectory, name, real);
    const found = statSync(real);
    if (!found.isFile())
      throw wrong(name, "is no file", "Links to single files are followed, those to folders are not.");
    if (found.size > mostBytes)
      throw wrong(name, `has ${found.size} bytes, and ${mostBytes} are the most`, "It is meant for configuration.");
    return readFileSync(real);
  } catch (cause) {
    if (cause instanceof WovenError) throw cause;
    throw wrong(
      name,
      `cannot be read: ${(cause as Error).message}`,
      "Is it a link to something that is not there?",
      cause,
    );
  }
}

/** What a link drags in from elsewhere on the runner would go to a server; and git's own files may hold a token. */
function checkInside(workingDirectory: string, name: string, real: string): void {
  const path = relative(realpathSync(workingDirectory), real).split(sep);
  if (path[0] === ".." || path.includes(".git"))
    throw wrong(name, `is a link to ${real}, outside the project`, "Put the file itself there.");
}

function wrong(name: string, what: string, next: string, cause?: unknown): WovenError {
  const file = join(folder, name);
  return new WovenError({ code: "template", message: `the template ${file} ${what}`, next, file, cause });
}
