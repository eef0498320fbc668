// Finds Python modules among the project's files.
import { posix } from "node:path";
import { isBeside, type ProjectFiles } from "../project-files.ts";

/** The possible files of a module, relative to the folder on sys.path. */
export function moduleFiles(module: string): readonly string[] {
  const path = module.replaceAll(".", "/");
  return [`${path}.py`, `${path}/__init__.py`];
}

/** The file of a module below `root`, or undefined if there is none. */
export function moduleFile(files: ProjectFiles, root: string, module: string): string | undefined {
  return moduleFiles(module)
    .map((file) => posix.join(root, file))
    .find((path) => files.has(path));
}

/** The folder of a module: one of `near`, the top, src, or else any folder with its file. */
export function rootOf(files: ProjectFiles, module: string, near: readonly string[]): string | undefined {
  const root = [...near, ".", "src"].find((folder) => moduleFile(files, folder, module) !== undefined);
  if (root !== undefined) return root;
  for (const file of moduleFiles(module)) {
    const [deep] = ownFiles(files.paths.filter((path) => path.endsWith(`/${file}`)));
    if (deep !== undefined) return deep.slice(0, -file.length - 1);
  }
  return undefined;
}

/** The names of the modules in a folder. */
export function modulesIn(files: ProjectFiles, folder: string): readonly string[] {
  return files.paths
    .filter((path) => posix.dirname(path) === folder && path.endsWith(".py") && posix.basename(path) !== "__init__.py")
    .map((path) => posix.basename(path, ".py"));
}

/** The files that are not in folders such as `example` or `tests`, or else all of them. */
export function ownFiles(paths: readonly string[]): readonly string[] {
  const own = paths.filter((path) => !isBeside(path));
  return own.length > 0 ? own : paths;
}

/** The purpose of a settings module, by its name. Undefined if the name is not typical for settings. */
export function purposeOf(name: string): "production" | "development" | "any" | undefined {
  if (/^(production|prod|live|prd)$/.test(name)) return "production";
  if (/^(local|dev|develop|development|debug|tests?|testing|ci|example|sample)$/.test(name)) return "development";
  const others = /^(base|common|defaults?|main|shared|staging|stage|heroku|docker|deploy|deployment|server|web|aws)$/;
  return others.test(name) || name === "settings" ? "any" : undefined;
}

/** Modules by their likely purpose: production first, development last. */
export function inOrder(modules: readonly string[]): readonly string[] {
  const rank = (module: string): number => {
    const purposes = (module.split(".").at(-1) ?? "").split("_").map(purposeOf);
    if (purposes.includes("production")) return 0;
    return purposes.includes("development") ? 2 : 1;
  };
  return [...new Set(modules)].toSorted((one, other) => rank(one) - rank(other));
}

/** The modules that look like settings, production first. */
export function settingsModules(files: ProjectFiles): readonly string[] {
  const managers = files.paths
    .filter((path) => posix.basename(path) === "manage.py")
    .map((path) => posix.dirname(path));
  const roots = [...managers, "src", "."].toSorted((one, other) => other.length - one.length);
  const paths = files.paths.filter((path) =>
    /(^|\/)(settings|settings_\w+|\w+_settings|settings\/(?!__init__\.)\w+)\.py$/.test(path),
  );
  return inOrder(
    ownFiles(paths).map((path) => {
      const root = roots.find((folder) => path.startsWith(`${folder}/`)) ?? ".";
      return posix.relative(root, path).replace(/\.py$/, "").replaceAll("/", ".");
    }),
  );
}
