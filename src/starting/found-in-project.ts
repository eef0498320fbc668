// What `init` finds in a project: the files of other tools, the facts of its settings, and the answers to what would be unclear.
import { basename } from "node:path";
import { type ConfigFile, readConfig, readToml } from "../settings/config-file.ts";
import { asgiNeed } from "../settings/project/asgi.ts";
import { firstStated, readMetadata } from "../settings/project/metadata.ts";
import { purposeOf, settingsModules } from "../settings/project/module-files.ts";
import { type DjangoProject, findDjango } from "../settings/project/settings-module.ts";
import { type ProjectFiles, projectFiles, withProposed } from "../settings/project-files.ts";
import { formation, readAppJson, readAptfile, readNodeBuild } from "./foreign/app-json.ts";
import { readCrontabs } from "./foreign/crontab.ts";
import { readFabfile } from "./foreign/fabfile.ts";
import type { Foreign } from "./foreign/foreign.ts";
import { readKamal } from "./foreign/kamal.ts";
import { procfile, procfileLines } from "./foreign/procfile.ts";
import { readSupervisor } from "./foreign/supervisor.ts";
import type { OwnFindings, Sourced } from "./proposal.ts";
import type { GitRepository } from "./repository.ts";
import { type SettingsFacts, settingsFacts } from "./settings-facts.ts";
import type { Words } from "./words.ts";

export interface ProjectFindings {
  readonly foreign: readonly Foreign[];
  readonly facts: SettingsFacts;
  /** Without the domains and the variables, which need more than the files. */
  readonly own: Omit<OwnFindings, "domains" | "env">;
}

export function foundInProject(folder: string, repository: GitRepository, words: Words): ProjectFindings {
  const files = projectFiles(folder, repository.top);
  const foreign = foreignFiles(files);
  const chosen = settingsModule(files, words.value("settings-module"));
  const django = djangoOf(files, chosen?.value);
  const facts = django === undefined ? nothing : settingsFacts(files, django);
  return {
    foreign,
    facts,
    own: {
      distribution:
        words.value("distribution") === undefined ? ownName(files, folder, repository) : option(words, "distribution"),
      settingsModule: chosen,
      requirements: words.has("requirements") ? { value: words.list("requirements") } : undefined,
      server: option(words, "server") ?? asgiServer(files, django, foreign),
      python: option(words, "python"),
      rootUser: option(words, "root-user"),
      writable: facts.writable.map(({ value }) => value),
      services: facts.services.map(({ value }) => value),
    },
  };
}

const nothing: SettingsFacts = { databases: [], writable: [], services: [], domains: [] };

/** The files of other platforms and tools. One that is read earlier wins. */
function foreignFiles(files: ProjectFiles): readonly Foreign[] {
  const text = files.read("Procfile");
  const found: readonly (Foreign | undefined)[] = [
    text === undefined ? undefined : procfile("Procfile", procfileLines(text), formation(files)),
    readKamal(files),
    ...readSupervisor(files),
    readFabfile(files),
    readAppJson(files),
    readAptfile(files),
    readNodeBuild(files),
    ...readCrontabs(files),
  ];
  return found.filter((one): one is Foreign => one !== undefined);
}

/** The module that the option names. Or, if the files leave it open, the only one whose name says production. */
function settingsModule(files: ProjectFiles, given: string | undefined): Sourced<string> | undefined {
  if (given !== undefined) return { value: given };
  if (djangoOf(files, undefined) !== undefined) return undefined;
  const production = settingsModules(files).filter(
    (module) => purposeOf(module.split(".").at(-1) ?? "") === "production",
  );
  const [only, ...more] = production;
  return only === undefined || more.length > 0 ? undefined : { value: only, from: "its name, which says production" };
}

function djangoOf(files: ProjectFiles, module: string | undefined): DjangoProject | undefined {
  const text = module === undefined ? "" : `settings-module = ${JSON.stringify(module)}\n`;
  return findDjango(files, configOf(files, text), () => undefined);
}

function configOf(files: ProjectFiles, text: string): ConfigFile {
  const there = files.read("woven.toml");
  const toml = readToml(withProposed(files, { "woven.toml": there ?? text }), "woven.toml", () => undefined);
  const pyproject = there === undefined && text !== "" ? undefined : readToml(files, "pyproject.toml", () => undefined);
  return readConfig(pyproject, there === undefined && text === "" ? undefined : toml, () => undefined);
}

/** Without a name in the project, the run on GitHub takes the repository's. Here it would be the folder's. */
function ownName(files: ProjectFiles, folder: string, { github }: GitRepository): Sourced<string> | undefined {
  const stated = firstStated(
    readMetadata(
      files,
      readToml(files, "pyproject.toml", () => undefined),
    ),
    "name",
  );
  if (stated !== undefined) return undefined;
  const name = github?.split("/")[1];
  return name === undefined
    ? { value: basename(folder), from: "the folder's name" }
    : { value: name, from: "the repository's name" };
}

function asgiServer(
  files: ProjectFiles,
  django: DjangoProject | undefined,
  foreign: readonly Foreign[],
): Sourced<string> | undefined {
  const need = django === undefined ? undefined : asgiNeed(files, django);
  if (need === undefined || foreign.some(({ server }) => server?.program === "uvicorn")) return undefined;
  return { value: "uvicorn", from: `the app ${need.app} in ${need.file}` };
}

function option(words: Words, name: string): Sourced<string> | undefined {
  const value = words.value(name);
  return value === undefined ? undefined : { value };
}
