// Finds a hook on the runner. There are four places; the first one that has the hook is used.
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
  /** The text of a deploy.py, or the bytes of a program: anything that a node can run. */
  readonly content: string | Uint8Array;
}

/** Where hooks are looked for. */
export interface HookPlaces {
  /** Absolute, on the runner. */
  readonly workingDirectory: string;
  /** The settings module of the project, and the folder it is imported from (relative); undefined if there is none. */
  readonly project?: { readonly module: string; readonly root: string };
  /** Names of Woven's own hooks that are not used: the setting `services` does their work. */
  readonly replaced?: readonly string[];
}

/** The name of a package's hook: dashes, dots and pluses become underscores. */
export function packageHook(name: string): string {
  return `post_install_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}

/**
 * The hook of this name. The first of these is used: `woven/hooks/<name>`, deploy.py of the project package, deploy.py of an
 * installed app in the checkout (sorted by path), Woven's own. Throws if `woven/hooks/<name>` is not a program that a node can run.
 */
export function findHook(name: string, places: HookPlaces): Hook | undefined {
  const program = hookProgram(name, places.workingDirectory);
  if (program) return program;
  const deployFile = deployFiles(places).find(({ content }) => defines(content, name));
  if (deployFile) return { name, kind: "function", ...deployFile };
  if (places.replaced?.includes(name)) return undefined;
  const content = readPackageFile("templates/node/deploy.py");
  return defines(content, name) ? { name, from: "Woven's own", kind: "function", content } : undefined;
}

/** A deploy.py that may define hooks. */
export interface DeployFile {
  /** Relative to the working directory. */
  readonly from: string;
  readonly content: string;
}

/** deploy.py of the project package, then those of its installed apps, sorted by path. */
export function deployFiles({ workingDirectory, project }: HookPlaces): readonly DeployFile[] {
  const ofProject = project === undefined ? [] : [join(packageFolder(project), "deploy.py")];
  const named = project === undefined ? undefined : namesInSettings(workingDirectory, project);
  const ofApps = findDeployFiles(workingDirectory).filter(
    (file) => !ofProject.includes(file) && (named === undefined || isInstalled(file, named)),
  );
  return [...ofProject, ...ofApps].flatMap((from) => {
    const content = readText(workingDirectory, from);
    return content === undefined ? [] : [{ from, content }];
  });
}

/** Throws if a file in woven/hooks has nearly the name of a hook: it would silently never run. */
export function checkHookNames({ workingDirectory }: HookPlaces): void {
  const folder = join(workingDirectory, "woven/hooks");
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (/^(post_(setupnode|deploy|install_[A-Za-z0-9_]+)|dns_challenge)$/.test(name)) continue;
    const plain = name.replace(/\.[a-z]+$/, "").replaceAll(/[-.+]/g, "_");
    const meant = /^post_install_./.test(plain)
      ? plain
      : nearest(plain, ["post_setupnode", "post_deploy", "dns_challenge"]);
    if (meant !== undefined)
      throw wrong(join("woven/hooks", name), `has a name that is not a hook's. Did you mean ${meant}?`);
  }
}

function defines(content: string, name: string): boolean {
  return new RegExp(`^def ${name}\\s*\\(`, "m").test(content);
}

function hookProgram(name: string, workingDirectory: string): Hook | undefined {
  const from = join("woven/hooks", name);
  const path = join(workingDirectory, from);
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isFile()) throw wrong(from, "is not a file");
  const content = readFileSync(path);
  // execve(2) takes a carriage return as a part of the interpreter's name.
  const [first = ""] = content.subarray(0, 200).toString("latin1").split("\n");
  if (first.endsWith("\r")) throw wrong(from, "has Windows line endings: no server can run it");
  if (!first.startsWith("#!") && !first.startsWith("\x7fELF"))
    throw wrong(from, "does not begin with a #! line, such as #!/bin/sh");
  return { name, from, kind: "program", content };
}

function packageFolder({ module, root }: NonNullable<HookPlaces["project"]>): string {
  const [top = "", ...rest] = module.split(".");
  return rest.length === 0 ? root : join(root, top);
}

/**
 * The quoted dotted names in the settings module and the files beside it: one of them, such as `base.py`, sets INSTALLED_APPS. Django
 * is not installed yet, so it cannot be asked. Undefined if there is nothing to read.
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

/** Whether the names have the app in this file's folder: `shop.blog`, `blog` or `blog.apps.BlogConfig` for src/shop/blog. */
function isInstalled(file: string, named: ReadonlySet<string>): boolean {
  const parts = file.split("/").slice(0, -1);
  const names = parts.map((_, index) => parts.slice(index).join("."));
  return [...named].some((one) => names.some((name) => one === name || one.startsWith(`${name}.`)));
}

/** Every deploy.py in the checkout, at most three folders deep, sorted by path. */
function findDeployFiles(workingDirectory: string): readonly string[] {
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
    next: "A hook is a script with a #! line, or a program for the server's processor.",
    file,
  });
}
