// What is deployed, as found in the repository: name, version, settings module, requirements, Python.
import { posix } from "node:path";
import { type ConfigFile, type TomlFile, table } from "./config-file.ts";
import { present } from "./present.ts";
import { quoted, type Report } from "./problems.ts";
import { findConfiguration } from "./project/configuration-class.ts";
import { leftOutParts } from "./project/groups.ts";
import { findName, findVersion } from "./project/identity.ts";
import { projectBeside } from "./project/lock-files.ts";
import { firstStated, type Metadata, readMetadata } from "./project/metadata.ts";
import { placeOf } from "./project/place.ts";
import { isSpecifier } from "./project/python-versions.ts";
import { findRequirements } from "./project/requirements.ts";
import { type DjangoProject, findDjango, hasModule, isProject } from "./project/settings-module.ts";
import { lockedPython, pinnedPython } from "./project/stated-python.ts";
import type { ProjectFiles } from "./project-files.ts";
import type { Distribution, Found, LeftOut, Requirements, Site } from "./settings.ts";
import type { SettingsSource } from "./source.ts";

/** The project's files on the runner, read once. */
export interface Repository {
  /** `unreadable`: the folder or one of its TOML files cannot be read. Its keys are then unknown, and not reported as missing. */
  readonly state: "read" | "unreadable";
  readonly root: string;
  readonly files: ProjectFiles;
  readonly pyproject?: TomlFile;
  readonly config: ConfigFile;
}

export function distributionName(
  source: SettingsSource,
  repository: Repository,
  given: string | undefined,
  report: Report,
): Found<string> | undefined {
  if (given === undefined && repository.config.isWrong("distribution")) return undefined;
  const metadata = readMetadata(repository.files, repository.pyproject);
  return findName(source, { ...repository, metadata }, given, report);
}

/** What the inputs and the configuration say before the project is read. */
export interface KnownOfDistribution {
  readonly version: string | undefined;
  readonly sites: readonly Site[];
  /** Names of the variables of the Django process. */
  readonly variables: readonly string[];
}

/** Everything that bundle, deploy and patch need. Undefined if a part is missing, which is reported. */
export async function readDistribution(
  source: SettingsSource,
  repository: Repository,
  given: KnownOfDistribution,
  report: Report,
): Promise<Distribution | undefined> {
  const { files, config, pyproject } = repository;
  const metadata = readMetadata(files, pyproject);
  const version = config.isWrong("version-from")
    ? undefined
    : await findVersion(source, { ...repository, metadata }, given.version, report);
  const django = config.isWrong("settings-module") ? undefined : findDjango(files, config, report);
  const folders = django === undefined ? [] : [django.sourceRoot.value, posix.dirname(django.managePy ?? ".")];
  const isPoetry = table(table(pyproject?.values["tool"])?.["poetry"]) !== undefined;
  const requirements = config.isWrong("requirements")
    ? undefined
    : findRequirements(
        files,
        { config, pyproject, metadata, folders, poetry: isPoetry, isProject: django !== undefined || isProject(files) },
        report,
      );
  const stated = requiredPython(repository, metadata, report);
  if (django !== undefined) checkSiteModules(repository, django, given.sites, report);
  if (version === undefined || django === undefined || requirements === undefined) return undefined;
  const configuration = findConfiguration(files, django, { config, given: given.variables }, report);
  const leftOut = leftOutOf(repository, requirements.value);
  const requiresPython = stated ?? lockedPython(files, requirements.value);
  const pinned = pinnedPython(files, requirements.value);
  const names =
    given.version === undefined && config.config["version-from"] === "git" ? ("commit" as const) : undefined;
  return present({
    version,
    names,
    ...django,
    configuration,
    requirements,
    requiresPython,
    pinnedPython: pinned,
    leftOut,
  });
}

/** Groups that were not chosen. None for requirements files, which have no groups. */
function leftOutOf({ files, pyproject }: Repository, requirements: Requirements): readonly LeftOut[] | undefined {
  if (requirements.kind === "files") return undefined;
  const project = requirements.kind === "lock" ? projectBeside(files, requirements.path) : pyproject;
  const names = leftOutParts(project, requirements);
  return names.length > 0 ? names : undefined;
}

function checkSiteModules(
  { files, config }: Repository,
  django: DjangoProject,
  sites: readonly Site[],
  report: Report,
): void {
  for (const { id, settingsModule } of sites) {
    if (settingsModule === undefined || hasModule(files, django, settingsModule)) continue;
    report(
      config.problem(
        ["sites", String(id), "settings-module"],
        `there is no file for ${settingsModule} in ${django.sourceRoot.value}`,
      ),
    );
  }
}

/** The project's `requires-python`, checked to be a PEP 440 specifier. */
export function requiredPython(
  repository: Repository,
  metadata: readonly Metadata[],
  report: Report,
): Found<string> | undefined {
  const found = firstStated(metadata, "requiresPython");
  if (found === undefined || isSpecifier(found.value)) return found;
  report({
    where: found.from,
    what: `${quoted(found.value)} is not a version specifier`,
    next: 'For example: requires-python = ">=3.12"',
    ...placeOf(repository, found.from),
  });
  return undefined;
}
