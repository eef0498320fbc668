// Dependency groups and extras: which the project has, which were chosen, and which requirements they add without a lock file.
import { type ConfigFile, type TomlFile, table } from "../config-file.ts";
import { suggestion } from "../did-you-mean.ts";
import type { Report } from "../problems.ts";
import type { Chosen, LeftOut } from "../settings.ts";
import { poetryRequirements } from "./poetry.ts";

type Lists = Readonly<Record<string, unknown>>;

export interface OptionalParts {
  readonly groups: readonly string[];
  readonly extras: readonly string[];
}

/** The names of the groups (PEP 735, Poetry, PDM) and extras that pyproject.toml has. */
export function optionalParts(pyproject: TomlFile | undefined): OptionalParts {
  const { poetry, pdm, dependencyGroups, optional } = tables(pyproject);
  return {
    groups: [
      ...Object.keys(dependencyGroups),
      ...Object.keys(table(poetry["group"]) ?? {}),
      ...Object.keys(table(pdm["dev-dependencies"]) ?? {}),
    ],
    extras: [...Object.keys(optional), ...Object.keys(table(poetry["extras"]) ?? {})],
  };
}

/** The configured groups and extras. Reports a name that the project does not have. */
export function chosenParts(
  pyproject: TomlFile | undefined,
  { config, more }: { readonly config: ConfigFile; readonly more: OptionalParts },
  report: Report,
): Chosen {
  const stated = optionalParts(pyproject);
  const parts = { groups: [...stated.groups, ...more.groups], extras: [...stated.extras, ...more.extras] };
  const chosen = (kind: "groups" | "extras"): readonly string[] | undefined => {
    const wanted = config.config[kind];
    for (const name of wanted ?? []) {
      if (parts[kind].map(plain).includes(plain(name))) continue;
      const what = `the project has no ${kind === "groups" ? "group" : "extra"} ${name}`;
      report(config.problem([kind], what, parts[kind].length === 0 ? undefined : suggestion(name, parts[kind])));
    }
    return wanted?.length ? wanted : undefined;
  };
  const [groups, extras] = [chosen("groups"), chosen("extras")];
  return { ...(groups ? { groups } : {}), ...(extras ? { extras } : {}) };
}

/** Groups and extras that were not chosen, although their names look like production, with the line that adds them. */
export function leftOutParts(
  pyproject: TomlFile | undefined,
  { groups = [], extras = [] }: Chosen,
): readonly LeftOut[] {
  const parts = optionalParts(pyproject);
  const serving = /(^|[-_.])(prod|production|live|deploy|deployment|server)([-_.]|$)/i;
  const line = (kind: "groups" | "extras", chosen: readonly string[]) =>
    parts[kind]
      .filter((name) => serving.test(name) && !chosen.map(plain).includes(plain(name)))
      .map((name) => ({
        what: `${kind === "groups" ? "dependency group" : "extra"} ${name}`,
        line: `${kind} = [${[...chosen, name].map((one) => JSON.stringify(one)).join(", ")}]`,
      }));
  return [...line("groups", groups), ...line("extras", extras)];
}

/** The requirements of the chosen groups and extras of `[project]` and `[dependency-groups]`. */
export function chosenDependencies(
  pyproject: TomlFile | undefined,
  { groups = [], extras = [] }: Chosen,
): readonly string[] {
  const { dependencyGroups, optional } = tables(pyproject);
  return [
    ...groups.flatMap((name) => groupMembers(dependencyGroups, name, [])),
    ...extras.flatMap((name) => strings(entry(optional, name))),
  ];
}

/** Names of all packages that production and the chosen groups need, for a lock that does not say what is for production. */
export function rootRequirements(pyproject: TomlFile | undefined, chosen: Chosen): readonly string[] {
  const { project, poetry, pdm } = tables(pyproject);
  const pdmGroups = table(pdm["dev-dependencies"]) ?? {};
  return [
    ...strings(project["dependencies"]),
    ...chosenDependencies(pyproject, chosen),
    ...(chosen.groups ?? []).flatMap((name) => strings(entry(pdmGroups, name))),
    ...poetryRequirements(poetry, chosen),
  ];
}

function tables(pyproject: TomlFile | undefined) {
  const values = pyproject?.values ?? {};
  const tool = table(values["tool"]) ?? {};
  const project = table(values["project"]) ?? {};
  return {
    project,
    poetry: table(tool["poetry"]) ?? {},
    pdm: table(tool["pdm"]) ?? {},
    dependencyGroups: table(values["dependency-groups"]) ?? {},
    optional: table(project["optional-dependencies"]) ?? {},
  } satisfies Record<string, Lists>;
}

/** PEP 735: a group may include another one. */
function groupMembers(groups: Lists, name: string, around: readonly string[]): readonly string[] {
  const members = entry(groups, name);
  if (!Array.isArray(members) || around.includes(plain(name))) return [];
  return members.flatMap((member): readonly string[] => {
    if (typeof member === "string") return [member];
    const included = table(member)?.["include-group"];
    return typeof included === "string" ? groupMembers(groups, included, [...around, plain(name)]) : [];
  });
}

function entry(lists: Lists, name: string): unknown {
  return Object.entries(lists).find(([key]) => plain(key) === plain(name))?.[1];
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** Names are compared by the rules of PEP 503 and PEP 735. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
