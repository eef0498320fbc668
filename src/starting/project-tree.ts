// The files of a new project: a folder of mustache templates, filled in. Tags are <% … %>, because Django's templates and GitHub's
// expressions use braces.
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import mustache from "mustache";
import { WovenError } from "../errors.ts";
import { packageRoot } from "../package-files.ts";
import { suggestion } from "../settings/did-you-mean.ts";

export type TreeView = Readonly<Record<string, string | boolean>>;

export interface TreeFile {
  /** Relative to the new folder. */
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode: number;
}

/** Woven's own template of a project. */
export const ownTree = join(packageRoot, "templates/startproject");

const tags: [string, string] = ["<%", "%>"];

/**
 * Fills in every file below `folder`. `project_name` in a path becomes the project's name, and a file `gitignore` becomes `.gitignore`
 * (npm packs no file of that name). A file of which nothing is left is left out. Throws `start-template` for a file that cannot be filled in.
 */
export function projectTree(folder: string, view: TreeView): readonly TreeFile[] {
  return templateFiles(folder).flatMap((path): TreeFile[] => {
    const source = readFileSync(join(folder, path));
    const content = isText(source) ? fillIn(source.toString(), view, path) : source;
    if (source.length > 0 && content.toString().trim() === "") return [];
    return [{ path: targetPath(path, view), content, mode: modeOf(join(folder, path), path) }];
  });
}

/** One file of Woven's own template, filled in. */
export function ownFile(path: string, view: TreeView): string {
  return fillIn(readFileSync(join(ownTree, path), "utf8"), view, path);
}

function templateFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(\.git|__pycache__)\/|\.pyc$/.test(path))
    .toSorted();
}

/** mustache renders an unknown name as nothing. Here that is always a mistake, so it is an error. */
function fillIn(text: string, view: TreeView, path: string): string {
  try {
    const names = mustache.parse(text, tags) as readonly (readonly string[])[];
    checkNames(names, view);
    return mustache.render(text, view, undefined, { tags, escape: String });
  } catch (error) {
    throw new WovenError({
      code: "start-template",
      message: `the template ${path} cannot be filled in: ${(error as Error).message}`,
      state: "Nothing was written.",
      next: "Its tags are mustache's, with <% and %> instead of braces: <% project_name %>, <%# admin %> … <%/ admin %>",
      file: path,
      cause: error,
    });
  }
}

function checkNames(tokens: readonly (readonly unknown[])[], view: TreeView): void {
  for (const [kind, name, , , inner] of tokens) {
    if (kind === "text") continue;
    if (kind === ">") throw new Error(`partials, such as <%> ${String(name)} %>, are not supported`);
    if (kind !== "!" && kind !== "=" && !Object.hasOwn(view, String(name)))
      throw new Error(`there is no name <% ${String(name)} %>. ${suggestion(String(name), Object.keys(view))}`);
    if (Array.isArray(inner)) checkNames(inner, view);
  }
}

function targetPath(path: string, view: TreeView): string {
  return path
    .split("/")
    .map((part) =>
      part === "gitignore" ? ".gitignore" : part.replaceAll("project_name", String(view["project_name"])),
    )
    .join("/");
}

/** Files with secrets are for their owner only. */
function modeOf(file: string, path: string): number {
  if (path.endsWith(".env")) return 0o600;
  return path === "manage.py" || (lstatSync(file).mode & 0o100) !== 0 ? 0o755 : 0o644;
}

function isText(content: Buffer): boolean {
  return !content.includes(0);
}
