// Where a hook is found on the runner: four places in order, and only the first that has one counts.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { WovenError } from "../errors.ts";
import { readPackageFile } from "../package-files.ts";
import { nearest } from "../settings/did-you-mean.ts";

export interface Hook {
  /** `post_setupnode`, `post_install_postgresql` */
  readonly name: string;
  /** Where it was found, for the log. */
  readonly from: string;
  readonly kind: "program" | "function";
  /** On the runner, for the project's; Woven's own come with it. A program may be anything that a node can run. */
  readonly content: string | Uint8Array;
}

/** Where hooks are looked for. */
export interface HookPlaces {
  /** Absolute, on the runner. */
  readonly workingDirectory: string;
  /** The settings module of the project, and the folder it is imported from (relative); undefined where none is known. */
  readonly project?: { readonly module: string; readonly root: string };
}

/** The name that a package's hook has: dashes, dots and pluses become underscores. */
export function packageHook(name: string): string {
  return `post_install_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}

/**
 * The hook of this name: `woven/hooks/<name>`, the project package's deploy.py, an installed app's deploy.py in the checkout
 * (in the order of their names), Woven's own. Throws where the first of these is nothing that a node could run.
 */
export function findHook(name: string, places: HookPlaces): Hook | undefined {
  const program = ownProgram(name, places.workingDirectory);
  if (program) return program;
  const own = deployFiles(places).find(({ content }) => defines(content, name));
  if (own) return { name, kind: "function", ...own };
  const content = readPackageFile("templates/node/deploy.py");
  return defines(content, name) ? { name, from: "Woven's own", kind: "function", content } : undefined;
}

/** A deploy.py that hooks are looked for in. */
export interface DeployFile {
  /** Relative to the working directory. */
  readonly from: string;
  readonly content: string;
}

/** The project package's, then those of its installed apps in the order of their paths. */
export function deployFiles({ workingDirectory, project }: HookPlaces): readonly DeployFile[] {
  const own = project === undefined ? [] : [join(packageFolder(project), "deploy.py")];
  const named = project === undefined ? undefined : namesInSettings(workingDirectory, project);
  const others = findFiles(workingDirectory).filter(
    (file) => !own.includes(file) && (named === undefined || isInstalled(file, named)),
  );
  return [...own, ...others].flatMap((from) => {
    const content = readText(workingDirectory, from);
    return content === undefined ? [] : [{ from, content }];
  });
}

/** Throws where a file in woven/hooks has a name that is nearly a hook's: it would never run, and nobody would hear of it. */
export function checkHookNames({ workingDirectory }: HookPlaces): void {
  const folder = join(workingDirectory, "woven/hooks");
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (/^post_(setupnode|deploy|install_[A-Za-z0-9_]+)$/.test(name)) continue;
    const plain = name.replace(/\.[a-z]+$/, "").replaceAll(/[-.+]/g, "_");
    const meant = /^post_install_./.test(plain) ? plain : nearest(plain, ["post_setupnode", "post_deploy"]);
    if (meant !== undefined)
      throw wrong(join("woven/hooks", name), `has a name that no hook has: did you mean ${meant}?`);
  }
}

function defines(content: string, name: string): boolean {
  return new RegExp(`^def ${name}\\s*\\(`, "m").test(content);
}

function ownProgram(name: string, workingDirectory: string): Hook | undefined {
  const from = join("woven/hooks", name);
  const path = join(workingDirectory, from);
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isFile()) throw wrong(from, "is no file");
  const content = readFileSync(path);
  // execve(2): a script says by whom it is read, and a carriage return would be part of that name.
  const [first = ""] = content.subarray(0, 200).toString("latin1").split("\n");
  if (first.endsWith("\r")) throw wrong(from, "has the line ends of Windows, and no server runs it like that");
  if (!first.startsWith("#!") && !first.startsWith("\x7fELF"))
    throw wrong(from, "does not begin with #! and the program that runs it, such as #!/bin/sh");
  return { name, from, kind: "program", content };
}

function packageFolder({ module, root }: NonNullable<HookPlaces["project"]>): string {
  const [top = "", ...rest] = module.split(".");
  return rest.length === 0 ? root : join(root, top);
}

/**
 * The dotted names that stand in quotes in the settings module and beside it: INSTALLED_APPS is put together there, from `base.py`
 * and the like. Django itself is nowhere at hand yet. Undefined where there is nothing to read.
 */
function namesInSettings(
  workingDirectory: string,
  { module, root }: NonNullable<HookPlaces["project"]>,
): ReadonlySet<string> | undefined {
  const parts = module.split(".");
  const folders = [join(root, ...parts.slice(0, -1)), join(root, ...parts)];
  const texts = folders.flatMap((folder) => {
    const path = join(workingDirectory, folder);
    if (!existsSync(path) || !statSync(path).isDirectory()) return [];
    const files = readdirSync(path).filter((file) => file.endsWith(".py") && file !== "deploy.py");
    return files.flatMap((file) => readText(workingDirectory, join(folder, file)) ?? []);
  });
  if (texts.length === 0) return undefined;
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/["']([A-Za-z_][\w.]*)["']/g)].map(([, name = ""]) => name)),
  );
}

/** Whether the folder of this file is named as an app: `shop.blog`, `blog` or `blog.apps.BlogConfig` for src/shop/blog. */
function isInstalled(file: string, named: ReadonlySet<string>): boolean {
  const parts = file.split("/").slice(0, -1);
  const names = parts.map((_, index) => parts.slice(index).join("."));
  return [...named].some((one) => names.some((name) => one === name || one.startsWith(`${name}.`)));
}

/** Every deploy.py of the checkout, at most three folders deep, in the order of their paths. */
function findFiles(workingDirectory: string): readonly string[] {
  const skipped = /^(\.|node_modules$|site-packages$|venv$|env$|dist$|build$|docs?$|tests?$|__pycache__$)/;
  const walk = (folder: string, depth: number): readonly string[] => {
    const entries = readdirSync(join(workingDirectory, folder), { withFileTypes: true });
    if (entries.some(({ name }) => name === "pyvenv.cfg")) return [];
    return entries.flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isFile()) return entry.name === "deploy.py" && folder !== "" ? [path] : [];
      return entry.isDirectory() && depth < 3 && !skipped.test(entry.name) ? walk(path, depth + 1) : [];
    });
  };
  return walk("", 0).toSorted();
}

function readText(workingDirectory: string, file: string): string | undefined {
  const path = join(workingDirectory, file);
  if (!existsSync(path) || !statSync(path).isFile()) return undefined;
  return readFileSync(path, "utf8");
}

function wrong(file: string, what: string): WovenError {
  return new WovenError({
    code: "hook",
    message: `the hook ${file} ${what}`,
    next: "A hook is a program: a script with a #! line, or one for the node's processor.",
    file,
  });
}
