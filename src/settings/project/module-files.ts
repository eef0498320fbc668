// Where Python modules lie among the project's files.
import { posix } from "node:path";
import type { ProjectFiles } from "../project-files.ts";

/** The files a module may be, from the folder that is on sys.path. */
export function moduleFiles(module: string): readonly string[] {
  const path = module.replaceAll(".", "/");
  return [`${path}.py`, `${path}/__init__.py`];
}

/** The file of a module below `root`, or undefined where there is none. */
export function moduleFile(files: ProjectFiles, root: string, module: string): string | undefined {
  return moduleFiles(module)
    .map((file) => posix.join(root, file))
    .find((path) => files.has(path));
}

/** The folder in which a module is found: one of `near`, the top, src, or else wherever its file lies. */
export function rootOf(files: ProjectFiles, module: string, near: readonly string[]): string | undefined {
  const root = [...near, ".", "src"].find((folder) => moduleFile(files, folder, module) !== undefined);
  if (root !== undefined) return root;
  for (const file of moduleFiles(module)) {
    const deep = files.paths.find((path) => path.endsWith(`/${file}`));
    if (deep !== undefined) return deep.slice(0, -file.length - 1);
  }
  return undefined;
}

/** The names of the modules that lie in a folder. */
export function modulesIn(files: ProjectFiles, folder: string): readonly string[] {
  return files.paths
    .filter((path) => posix.dirname(path) === folder && path.endsWith(".py") && posix.basename(path) !== "__init__.py")
    .map((path) => posix.basename(path, ".py"));
}

/** Modules that look like settings, for the line to write. */
export function settingsLike(files: ProjectFiles): readonly string[] {
  const paths = files.paths.filter((path) => /(^|\/)settings(\/(production|prod))?\.py$/.test(path));
  return paths.map((path) =>
    path
      .replace(/^src\//, "")
      .replace(/\.py$/, "")
      .replaceAll("/", "."),
  );
}
