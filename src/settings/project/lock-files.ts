// Finds the right lock file: which there are, whether they contain Django, and which project they belong to.
import { posix } from "node:path";
import { parse } from "smol-toml";
import { readToml, type TomlFile, table } from "../config-file.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Chosen, Requirements } from "../settings.ts";
import { type OptionalParts, rootRequirements } from "./groups.ts";

type Lock = Extract<Requirements, { kind: "lock" }>;

export const lockNames: ReadonlyMap<string, Lock["format"]> = new Map([
  ["uv.lock", "uv"],
  ["pylock.toml", "pylock"],
  ["poetry.lock", "poetry"],
  ["pdm.lock", "pdm"],
  ["Pipfile.lock", "pipfile"],
]);

export function isLock(path: string): boolean {
  return lockFormat(path) !== undefined;
}

function lockFormat(path: string): Lock["format"] | undefined {
  const name = posix.basename(path);
  // PEP 751 also allows pylock.<name>.toml.
  return /^pylock\.[^.]+\.toml$/.test(name) ? "pylock" : lockNames.get(name);
}

/** Whether Django is among the packages of a lock. A damaged lock counts too, so that the error is about it. */
export function hasDjango(files: ProjectFiles, path: string): boolean {
  const text = files.read(path) ?? "";
  if (lockFormat(path) === "pipfile") return /"django"\s*:/i.test(text) || text.trim() === "";
  return /^\s*name = ["']django["']/im.test(text) || !/^\s*\[\[packages?\]\]/m.test(text);
}

/** The requirements of a lock file. `folders`: the folders of the code, relative to the working directory. */
export function lockIn(files: ProjectFiles, path: string, folders: readonly string[]): Lock {
  const format = lockFormat(path) ?? "uv";
  const own = format === "uv" ? workspaceMember(files, path, folders) : undefined;
  const lock: Lock = own === undefined ? { kind: "lock", format, path } : { kind: "lock", format, path, package: own };
  return lockWith(files, lock, {});
}

/** The lock with groups and extras. If it does not say what is for production, the requirements of the pyproject.toml beside it do. */
export function lockWith(files: ProjectFiles, { roots: _, ...lock }: Lock, chosen: Chosen): Lock {
  const silent =
    (lock.format === "poetry" || lock.format === "pdm") && !/^groups = \[/m.test(files.read(lock.path) ?? "");
  const roots = silent ? rootRequirements(projectBeside(files, lock.path), chosen) : [];
  return { ...lock, ...chosen, ...(roots.length > 0 ? { roots } : {}) };
}

/** The pyproject.toml of a lock. */
export function projectBeside(files: ProjectFiles, lock: string): TomlFile | undefined {
  return readToml(files, posix.join(posix.dirname(lock), "pyproject.toml"), () => undefined);
}

/** The package of a workspace to deploy: the one in or above a folder of the code. Undefined for the lock's own project. */
function workspaceMember(files: ProjectFiles, path: string, folders: readonly string[]): Lock["package"] {
  const members = memberFolders(files.read(path) ?? "");
  const top = posix.join(files.root, posix.dirname(path));
  for (const folder of [...folders, "."]) {
    for (
      let at = posix.relative(top, posix.join(files.root, folder));
      at !== "" && at !== ".";
      at = posix.dirname(at)
    ) {
      const name = members.get(at);
      if (name !== undefined) return { name, folder: at };
    }
  }
  return undefined;
}

function memberFolders(text: string): ReadonlyMap<string, string> {
  const packages = parsedPackages(text);
  return new Map(
    packages.flatMap((entry): [string, string][] => {
      const source = table(entry["source"]) ?? {};
      const folder = source["editable"] ?? source["virtual"];
      return typeof folder === "string" ? [[posix.normalize(folder), String(entry["name"])]] : [];
    }),
  );
}

function parsedPackages(text: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const packages = parse(text)["package"];
    return Array.isArray(packages) ? packages.map((entry) => table(entry) ?? {}) : [];
  } catch {
    // The bundle code reads the whole lock later, and reports what is wrong with it.
    return [];
  }
}

/** Groups and extras that a lock names. pyproject.toml may lack them. */
export function lockParts(files: ProjectFiles, requirements: Requirements): OptionalParts {
  if (requirements.kind !== "lock") return { groups: [], extras: [] };
  const text = files.read(requirements.path) ?? "";
  const list = (name: string) =>
    [...(new RegExp(`^${name} = \\[([^\\]]*)\\]`, "m").exec(text)?.[1] ?? "").matchAll(/["']([^"']+)["']/g)].flatMap(
      ([, item]) => item ?? [],
    );
  if (requirements.format === "pylock") return { groups: list("dependency-groups"), extras: list("extras") };
  if (requirements.format === "pipfile") return { groups: pipfileCategories(text), extras: [] };
  return { groups: [], extras: [] };
}

function pipfileCategories(text: string): readonly string[] {
  try {
    return Object.keys(JSON.parse(text)).filter((name) => name !== "_meta" && name !== "default");
  } catch {
    return [];
  }
}
