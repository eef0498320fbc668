// What the release is made to run with: a lock file, requirements files, or the dependencies the project states.
import { posix } from "node:path";
import type { ConfigFile } from "../config-file.ts";
import { quoted, type Report } from "../problems.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Found, Requirements } from "../settings.ts";
import { firstStated, type Metadata } from "./metadata.ts";

type Lock = Extract<Requirements, { kind: "lock" }>;

const lockNames: ReadonlyMap<string, Lock["format"]> = new Map([
  ["uv.lock", "uv"],
  ["pylock.toml", "pylock"],
  ["poetry.lock", "poetry"],
  ["pdm.lock", "pdm"],
]);

/** Finds the requirements; none, or several that could be meant, are reported with the line to write. */
export function findRequirements(
  files: ProjectFiles,
  project: {
    readonly config: ConfigFile;
    readonly metadata: readonly Metadata[];
    readonly folders: readonly string[];
    readonly poetry: boolean;
  },
  report: Report,
): Found<Requirements> | undefined {
  const { config, metadata } = project;
  const configured = config.config.requirements;
  if (configured !== undefined) return fromConfig(files, configured, config, report);
  const folders = [...new Set([".", ...project.folders])];
  const inFolders = (names: readonly string[]) =>
    folders.flatMap((folder) => names.map((name) => posix.join(folder, name))).filter((path) => files.has(path));
  const steps = [
    () => inFolders([...lockNames.keys()]),
    () => requirementsFiles(files, folders, "production"),
    () => inFolders(["requirements.txt", "requirements/requirements.txt"]).slice(0, 1),
    () => requirementsFiles(files, folders, "plain"),
  ];
  for (const step of steps) {
    const found = step();
    if (found.length === 1 && found[0] !== undefined) return { value: requirementsOf(found), from: found[0] };
    if (found.length > 1) {
      report({
        where: "requirements",
        what: `several files could be meant: ${found.join(", ")}`,
        next: config.toWrite(`requirements = ["${found[0]}"]`),
      });
      return undefined;
    }
  }
  const dependencies = firstStated(metadata, "dependencies");
  if (dependencies !== undefined)
    return { value: { kind: "project", dependencies: dependencies.value }, from: dependencies.from };
  reportNone(files, project, report);
  return undefined;
}

function reportNone(
  files: ProjectFiles,
  project: { readonly config: ConfigFile; readonly poetry: boolean },
  report: Report,
): void {
  const others = files.paths.filter((path) => isRequirements(path));
  const next = project.poetry
    ? "Run poetry lock and commit poetry.lock."
    : project.config.toWrite(`requirements = ["${others[0] ?? "requirements.txt"}"]`);
  report({
    where: "requirements",
    what: `none were found: no lock file, no requirements.txt, no dependencies in [project]${others.length > 0 ? `; there are ${others.join(", ")}` : ""}`,
    next,
  });
}

function fromConfig(
  files: ProjectFiles,
  paths: readonly string[],
  config: ConfigFile,
  report: Report,
): Found<Requirements> | undefined {
  const missing = paths.filter((path) => !files.has(posix.normalize(path)));
  for (const path of missing)
    report(
      config.problem(
        ["requirements"],
        `there is no file ${quoted(path)}`,
        "Paths are written from the working directory.",
      ),
    );
  if (missing.length > 0) return undefined;
  if (paths.length > 1 && paths.some((path) => lockFormat(path) !== undefined)) {
    report(
      config.problem(
        ["requirements"],
        "a lock file stands beside other files",
        "Name the lock file alone: it holds everything.",
      ),
    );
    return undefined;
  }
  return { value: requirementsOf(paths.map((path) => posix.normalize(path))), from: `${config.name} requirements` };
}

function requirementsOf(paths: readonly string[]): Requirements {
  const format = lockFormat(paths[0] ?? "");
  return paths.length === 1 && format !== undefined
    ? { kind: "lock", format, path: paths[0] ?? "" }
    : { kind: "files", paths };
}

function lockFormat(path: string): Lock["format"] | undefined {
  const name = posix.basename(path);
  // PEP 751 also allows pylock.<name>.toml.
  return /^pylock\.[^.]+\.toml$/.test(name) ? "pylock" : lockNames.get(name);
}

function isRequirements(path: string): boolean {
  return (
    path.endsWith(".txt") &&
    (/^requirements?[^/]*$/.test(posix.basename(path)) ||
      /(^|[-_.])requirements\.txt$/.test(path) ||
      posix.basename(posix.dirname(path)) === "requirements")
  );
}

const production = /(^|[-_.])(prod|production|live|deploy)([-_.]|$)/;
const never =
  /(^|[-_.])(dev|devel|development|local|test|tests|testing|doc|docs|lint|ci|build|debug|ide|optional|extra|extras|constraints)([-_.]|$)/;

function requirementsFiles(
  files: ProjectFiles,
  folders: readonly string[],
  kind: "production" | "plain",
): readonly string[] {
  const near = files.paths.filter(
    (path) =>
      isRequirements(path) &&
      folders.some((folder) =>
        [posix.normalize(folder), posix.join(folder, "requirements")].includes(posix.dirname(path)),
      ),
  );
  const usable = near.filter((path) => !never.test(posix.basename(path, ".txt")));
  if (kind === "production") return usable.filter((path) => production.test(posix.basename(path, ".txt")));
  const base = usable.filter((path) => posix.basename(path) === "base.txt");
  return base.length === 1 ? base : usable;
}
