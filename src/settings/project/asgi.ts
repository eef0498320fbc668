// Finds out whether a project needs ASGI: its settings have an app that only ASGI serves, and name an ASGI application for it.
import { posix } from "node:path";
import type { ProjectFiles } from "../project-files.ts";
import type { Distribution } from "../settings.ts";
import { moduleFile } from "./module-files.ts";
import { moduleString, pythonTokens } from "./python-text.ts";

/** Apps for websockets: https://channels.readthedocs.io/en/stable/installation.html */
const apps = ["channels", "daphne"];

export interface AsgiNeed {
  readonly app: string;
  /** The file that names it, relative to the working directory. */
  readonly file: string;
}

/** Undefined if the project needs no ASGI. Reads the settings, and the modules that they import from their own package. */
export function asgiNeed(
  files: ProjectFiles,
  { sourceRoot, settingsModule }: Pick<Distribution, "sourceRoot" | "settingsModule">,
): AsgiNeed | undefined {
  const sources = settingsFiles(files, sourceRoot.value, settingsModule.value).map((path) => ({
    path,
    tokens: pythonTokens(files.read(path) ?? ""),
  }));
  if (!sources.some(({ tokens }) => moduleString(tokens, "ASGI_APPLICATION") !== undefined)) return undefined;
  for (const { path, tokens } of sources) {
    const app = tokens.find(({ kind, text }) => kind === "string" && apps.includes(text))?.text;
    if (app !== undefined) return { app, file: path };
  }
  return undefined;
}

/** The file of the module, and those that it takes everything from: `from .base import *`. */
export function settingsFiles(files: ProjectFiles, root: string, module: string): readonly string[] {
  const found: string[] = [];
  const queue = [module];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const path = moduleFile(files, root, next);
    if (path === undefined || found.includes(path)) continue;
    found.push(path);
    const parent = posix.basename(path) === "__init__.py" ? next : next.split(".").slice(0, -1).join(".");
    const text = files.read(path) ?? "";
    for (const [, dots = "", name = ""] of text.matchAll(/^\s*from\s+(\.*)([\w.]*)\s+import\s+\*/gm))
      queue.push(absolute(parent, dots, name));
  }
  return found;
}

/** The name of a module that another one imports: `..base` from the package `config.settings` is `config.base`. */
function absolute(parent: string, dots: string, name: string): string {
  if (dots === "") return name;
  const around = parent.split(".");
  return [...around.slice(0, around.length - dots.length + 1), ...(name === "" ? [] : [name])].join(".");
}
