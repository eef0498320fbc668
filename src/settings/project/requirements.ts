// Finds the requirements of a release: a lock file, requirements files, or the project's own dependencies.
import { posix } from "node:path";
import type { ConfigFile, TomlFile } from "../config-file.ts";
import { nearest } from "../did-you-mean.ts";
import { quoted, type Report } from "../problems.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Found, Requirements } from "../settings.ts";
import { reportForeign, reportForeignList } from "./foreign-requirements.ts";
import { chosenDependencies, chosenParts } from "./groups.ts";
import { hasDjango, isLock, lockIn, lockParts, lockWith, projectBeside } from "./lock-files.ts";
import { firstStated, type Metadata } from "./metadata.ts";
import { placeOf } from "./place.ts";
import { bringsDjango, requirementName, statedPackages } from "./requirement-lines.ts";
import { candidatesIn, isRequirements } from "./requirement-paths.ts";

export interface RequirementSearch {
  readonly config: ConfigFile;
  readonly pyproject?: TomlFile | undefined;
  readonly metadata: readonly Metadata[];
  /** The folders of the project's code, relative to the working directory. */
  readonly folders: readonly string[];
  readonly poetry: boolean;
  /** Whether there is a Django project at all. If not, that is reported already. */
  readonly isProject: boolean;
}

/** Finds the requirements. If there are none, or several candidates, it reports that with the line to write. */
export function findRequirements(
  files: ProjectFiles,
  search: RequirementSearch,
  report: Report,
): Found<Requirements> | undefined {
  const { config } = search;
  const paths = config.config.requirements;
  const found = paths === undefined ? sought(files, search, report) : configured(files, paths, search, report);
  if (found?.value.kind === "project") {
    const place = { where: found.from, ...placeOf({ files, pyproject: search.pyproject }, found.from) };
    reportForeignList(found.value.dependencies, place, report);
  }
  if (found?.value.kind === "files")
    for (const path of found.value.paths) reportForeign(files, statedPackages(files, path), report);
  if (found === undefined || config.isWrong("groups") || config.isWrong("extras")) return found;
  return withChosen(files, found, search, report);
}

function sought(files: ProjectFiles, search: RequirementSearch, report: Report): Found<Requirements> | undefined {
  const shared = sharedLock(files, search);
  if (shared !== undefined) return { value: lockIn(files, shared, search.folders), from: shared };
  const here = foundIn(files, [...new Set([".", ...search.folders])], search);
  // Files in or near the project come first, files above it last.
  const further = () =>
    files.above.map(({ folder }) => foundIn(files, [folder], search)).find(({ length }) => length > 0);
  const own = here.length > 0 ? here : [];
  if (own.length === 0) {
    const dependencies = statedDependencies(files, search);
    if (dependencies !== undefined) return dependencies;
  }
  const found = own.length > 0 ? own : (further() ?? []);
  const [first] = found;
  if (first === undefined) return reportNone(files, search, report);
  if (found.length > 1) {
    const next = `Choose the one that production uses. ${search.config.toWrite(listLine([first]), "for example")}`;
    report({ where: "requirements", what: `there are several candidates: ${found.join(", ")}`, next });
    return undefined;
  }
  const missing = productionBeside(files, first, search);
  if (missing.length > 0) {
    const what = `${missing.join(" and ")} ${missing.length > 1 ? "look" : "looks"} like production but ${missing.length > 1 ? "lack" : "lacks"} Django, so ${first} may be needed too`;
    report({ where: "requirements", what, next: search.config.toWrite(listLine([first, ...missing])) });
    return undefined;
  }
  return { value: requirementsOf(files, found, search), from: first };
}

/** The best files with Django in these folders. Several if they have the same priority. */
function foundIn(files: ProjectFiles, folders: readonly string[], search: RequirementSearch): readonly string[] {
  const steps = candidatesIn(files, folders).map((step) =>
    outermost(
      files,
      step.filter((path) => takes(files, path, search)),
    ),
  );
  return steps.find(({ length }) => length > 0) ?? [];
}

/** The project's own dependencies, unless they lack Django and there are files that should have it. */
function statedDependencies(files: ProjectFiles, { metadata }: RequirementSearch): Found<Requirements> | undefined {
  const stated = firstStated(metadata, "dependencies");
  if (stated === undefined) return undefined;
  const holds = stated.value.some((text) => bringsDjango({ name: requirementName(text) ?? "" }));
  const others = files.paths.filter((path) => isRequirements(path) !== "no" || isLock(path));
  const better = stated.value.length === 0 ? others : others.filter((path) => isRequirements(path) !== "never");
  if (!holds && better.length > 0) return undefined;
  return { value: { kind: "project", dependencies: stated.value }, from: stated.from };
}

/** Whether a file may hold the release's requirements: Django is among its packages. */
function takes(files: ProjectFiles, path: string, search: RequirementSearch): boolean {
  if (!isLock(path)) return statedPackages(files, path).packages.some(bringsDjango);
  // If a project has its own dependencies, a lock above it counts only if the lock names the project.
  const own = search.pyproject?.values["project"] !== undefined || search.poetry;
  return hasDjango(files, path) && !(path.startsWith("../") && own);
}

/** The uv.lock of a workspace above, if this project is a member of it. */
function sharedLock(files: ProjectFiles, { folders }: RequirementSearch): string | undefined {
  if (files.has("uv.lock")) return undefined;
  const locks = files.above.map(({ folder }) => posix.join(folder, "uv.lock")).filter((path) => files.has(path));
  return locks.find((path) => lockIn(files, path, folders).package !== undefined);
}

/** Of these files, those that no other one includes. */
function outermost(files: ProjectFiles, paths: readonly string[]): readonly string[] {
  const included = paths.map((path) => (isLock(path) ? [] : statedPackages(files, path).files.slice(1)));
  return paths.filter((path, at) => !included.some((others, other) => other !== at && others.includes(path)));
}

/** Files for production that lack Django. The packages in them would be missing from the other candidates. */
function productionBeside(files: ProjectFiles, found: string, { folders }: RequirementSearch): readonly string[] {
  if (isRequirements(found) !== "plain") return [];
  const { files: included } = statedPackages(files, found);
  const candidates = [...new Set(candidatesIn(files, [".", ...folders]).flat())];
  return candidates.filter(
    (path) =>
      isRequirements(path) === "production" &&
      !included.includes(path) &&
      statedPackages(files, path).packages.length > 0,
  );
}

function listLine(paths: readonly string[]): string {
  return `requirements = [${paths.map((path) => JSON.stringify(path)).join(", ")}]`;
}

function reportNone(files: ProjectFiles, search: RequirementSearch, report: Report): undefined {
  const { poetry, config, metadata } = search;
  const all = [...files.paths, ...files.above.flatMap((one) => one.files)];
  const others = all.filter((path) => isRequirements(path) !== "no" || isLock(path));
  const usable = others.filter((path) => isRequirements(path) !== "never");
  const stated = firstStated(metadata, "dependencies");
  if (others.length === 0 && stated === undefined && !search.isProject) return undefined;
  const why =
    usable.length > 0 || stated !== undefined
      ? `Django is not among the packages of ${[...usable, ...(stated ? [stated.from] : [])].join(", ")}`
      : "no lock file, no requirements.txt, no dependencies in [project]";
  const rest = others.filter((path) => !usable.includes(path));
  const [path] = [...usable, ...rest];
  const line = config.toWrite(
    listLine([path ?? "deploy/requirements.txt"]),
    path === undefined ? "for example" : "exactly",
  );
  report({
    where: "requirements",
    what: `no requirements ${why.startsWith("Django") ? "with Django " : ""}were found: ${why}${rest.length > 0 ? `; ${rest.join(", ")} ${rest.length > 1 ? "look" : "looks"} like development` : ""}`,
    next:
      poetry && !files.has("poetry.lock")
        ? "Run poetry lock and commit poetry.lock."
        : `${adviceFor({ usable, rest })} ${line}`,
  });
}

/** What to do before the line is right. */
function adviceFor({ usable, rest }: Record<"usable" | "rest", readonly string[]>): string {
  if (usable.length > 0)
    return "Add Django to the requirements. If one of the packages brings Django along, name its file instead.";
  if (rest.length > 0) return "If production needs exactly these packages, name the file.";
  return "List the packages of production, Django among them, in a requirements.txt. If you have such a file under another name, name that.";
}

function configured(
  files: ProjectFiles,
  given: readonly string[],
  search: RequirementSearch,
  report: Report,
): Found<Requirements> | undefined {
  const { config } = search;
  const paths = given.map((path) => posix.normalize(path));
  const missing = paths.filter((path) => !files.has(path));
  for (const path of missing)
    report(
      config.problem(
        ["requirements"],
        `there is no file ${quoted(path)}`,
        [
          nearestFile(files, path),
          "Paths are relative to the working directory. They may lead up to the top of the repository.",
        ].join(""),
      ),
    );
  if (missing.length > 0) return undefined;
  if (paths.length > 1 && paths.some(isLock)) {
    report(
      config.problem(
        ["requirements"],
        "a lock file is listed together with other files",
        "List only the lock file: it has everything.",
      ),
    );
    return undefined;
  }
  return { value: requirementsOf(files, paths, search), from: `${config.name} requirements` };
}

function nearestFile(files: ProjectFiles, path: string): string {
  const all = [...files.paths, ...files.above.flatMap((one) => one.files)];
  const near = nearest(
    path,
    all.filter((other) => isRequirements(other) !== "no" || isLock(other)),
  );
  return near === undefined ? "" : `Did you mean ${near}? `;
}

function requirementsOf(files: ProjectFiles, paths: readonly string[], search: RequirementSearch): Requirements {
  const [first = ""] = paths;
  return paths.length === 1 && isLock(first) ? lockIn(files, first, search.folders) : { kind: "files", paths };
}

/** The same requirements with the configured groups and extras. */
function withChosen(
  files: ProjectFiles,
  found: Found<Requirements>,
  { config, pyproject }: RequirementSearch,
  report: Report,
): Found<Requirements> {
  const { value } = found;
  const named = (["groups", "extras"] as const).filter((kind) => config.config[kind]?.length);
  if (named.length === 0) return found;
  if (value.kind === "files") {
    const what = `does not work with ${value.paths.join(", ")}: a requirements file has no groups`;
    const line = config.toWrite(listLine([...value.paths, "…"]));
    const next = `Delete this line, and add the file that has these packages. ${line}`;
    for (const kind of named) report(config.problem([kind], what, next));
    return found;
  }
  const beside = value.kind === "lock" ? projectBeside(files, value.path) : pyproject;
  const chosen = chosenParts(beside, { config, more: lockParts(files, value) }, report);
  if (value.kind === "lock") return { ...found, value: lockWith(files, value, chosen) };
  const dependencies = [...value.dependencies, ...chosenDependencies(pyproject, chosen)];
  return { ...found, value: { ...value, dependencies, ...chosen } };
}
