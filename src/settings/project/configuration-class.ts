// Finds the settings class of a project with django-configurations. DJANGO_CONFIGURATION names it, in the environment or in wsgi.py.
// https://django-configurations.readthedocs.io/en/stable/#quickstart
import { posix } from "node:path";
import type { ConfigFile } from "../config-file.ts";
import { oneOf, type Report } from "../problems.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Found } from "../settings.ts";
import { inOrder, moduleFile, ownFiles, purposeOf } from "./module-files.ts";
import { namedValues } from "./named-module.ts";
import { pythonTokens, type Token } from "./python-text.ts";
import type { DjangoProject } from "./settings-module.ts";

export const configurationVariable = "DJANGO_CONFIGURATION";

/**
 * The settings class, if the project uses django-configurations and no variable names the class. Else undefined. Reports a problem if
 * several classes are possible.
 */
export function findConfiguration(
  files: ProjectFiles,
  django: DjangoProject,
  { config, given }: { readonly config: ConfigFile; readonly given: readonly string[] },
  report: Report,
): Found<string> | undefined {
  const settings = moduleFile(files, django.sourceRoot.value, django.settingsModule.value);
  const starters = ownFiles(files.paths.filter((path) => /(^|\/)(wsgi|asgi|manage)\.py$/.test(path)));
  const sources = [...starters, ...(settings === undefined ? [] : [settings])];
  if (given.includes(configurationVariable)) return undefined;
  if (!sources.some((path) => importsConfigurations(files.read(path) ?? ""))) return undefined;
  const named = (name: RegExp) =>
    starters
      .filter((path) => name.test(posix.basename(path)))
      .flatMap((path) =>
        namedValues(files.read(path) ?? "", configurationVariable).map((value) => ({ value, from: path })),
      );
  const served = unique(named(/^[wa]sgi\.py$/));
  const managed = unique(named(/^manage\.py$/));
  const [only, ...more] = served.length > 0 ? served : managed;
  if (only !== undefined && more.length === 0 && !isForDevelopment(only.value)) return only;
  const classes = settings === undefined ? [] : classNames(files.read(settings) ?? "");
  const all = byPurpose([...classes, ...[...served, ...managed].map(({ value }) => value)]);
  report({
    where: configurationVariable,
    what: `the settings are classes of django-configurations, and none is named${all.length > 0 ? `: it may be ${oneOf(all)}` : ""}`,
    next: config.toWrite(`env.${configurationVariable} = "${all[0] ?? "Production"}"`),
  });
  return undefined;
}

/** Classes for production come first. */
function byPurpose(names: readonly string[]): readonly string[] {
  const words = new Map(names.map((name) => [snake(name), name]));
  return inOrder([...words.keys()]).flatMap((word) => words.get(word) ?? []);
}

function unique(found: readonly Found<string>[]): readonly Found<string>[] {
  return found.filter(({ value }, at) => found.findIndex((other) => other.value === value) === at);
}

/** `Dev`, `LocalDevelopment`: recognised by the words in their names, as modules are. */
function isForDevelopment(name: string): boolean {
  return snake(name).split("_").map(purposeOf).includes("development");
}

function snake(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
}

function importsConfigurations(source: string): boolean {
  const tokens = pythonTokens(source);
  return tokens.some(
    ({ kind, text }, at) => kind === "name" && text === "configurations" && startsImport(tokens[at - 1]),
  );
}

function startsImport(token: Token | undefined): boolean {
  return token?.text === "from" || token?.text === "import";
}

/** The top-level classes of a settings module. */
function classNames(source: string): readonly string[] {
  const tokens = pythonTokens(source);
  return tokens.flatMap(({ kind, text, indent }, at) =>
    kind === "name" && indent === 0 && tokens[at - 1]?.text === "class" ? [text] : [],
  );
}
