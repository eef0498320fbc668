// `[role-settings.<role>]`: the settings of a run, if its role has some of its own. One repository then serves staging and production.
import { isDeepStrictEqual } from "node:util";
import { type ConfigFile, table } from "./config-file.ts";
import type { Config } from "./config-schema.ts";
import { nearest } from "./did-you-mean.ts";
import type { Repository } from "./distribution.ts";
import type { Inputs } from "./inputs.ts";
import { knownRoles } from "./nodes.ts";
import type { Report } from "./problems.ts";
import { localRole, type Roles, rolesOf } from "./roles.ts";
import type { SettingsSource } from "./source.ts";

/** The configuration as it is for the roles of this run. Reports roles that do not exist, and roles that need different settings. */
export function configOfRun(
  inputs: Inputs,
  repository: Repository & Pick<SettingsSource, "rehearsed">,
  report: Report,
): ConfigFile {
  const { config: file, rehearsed } = repository;
  const tables = file.config["role-settings"];
  if (tables === undefined) return file;
  const roles = knownRoles(inputs, repository);
  checkNames(file, { roles, areAllKnown: inputs.text("roles") === undefined }, report);
  const names = rolesOf(inputs.list("role"), roles);
  checkEqual(file, names, report);
  const isRehearsal = names[0] === localRole && !Object.hasOwn(tables, localRole);
  return withRole(file, isRehearsal ? (rehearsed ?? localRole) : names[0]);
}

/**
 * Reports a table for a role that does not exist. The input `roles` may hold only the servers of one environment, so there a name is
 * taken for a mistake only if it resembles a role without a table, or if no table fits any role.
 */
function checkNames(
  file: ConfigFile,
  { roles, areAllKnown }: { readonly roles: Roles; readonly areAllKnown: boolean },
  report: Report,
): void {
  if (roles.size === 0) return;
  const names = Object.keys(file.config["role-settings"] ?? {});
  const known = [...roles.keys(), localRole];
  const bare = known.filter((role) => !names.includes(role));
  const fitsNone = names.every((name) => !known.includes(name));
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearest(name, bare);
    if (near === undefined && !areAllKnown && !fitsNone) continue;
    const others = `The roles are: ${[...roles.keys()].join(", ")}.`;
    const hint = areAllKnown
      ? ""
      : ` If the input roles holds only these, write [role-settings.${bare[0]}], too. It may be empty.`;
    const next = near === undefined ? `${others}${hint}` : `Did you mean ${near}?`;
    report(file.problem(["role-settings", name], `there is no role "${name}"`, next));
  }
}

/** Reports roles of one run that need different settings. */
function checkEqual(file: ConfigFile, names: readonly (string | undefined)[], report: Report): void {
  const [first, ...others] = names.map((name) => ({ name, config: withRole(file, name).config }));
  if (first === undefined) return;
  for (const other of others) {
    const keys = differingKeys(first.config, other.config);
    if (keys.length === 0) continue;
    const [one, two] = [first, other].map(({ name }) => (name === undefined ? "a server without a role" : name));
    report({
      where: "input role",
      what: `${one} and ${two} have different settings (${keys.join(", ")})`,
      next: "Run once for each role, and name only that role in the input role.",
    });
    return;
  }
}

function differingKeys(one: Config, other: Config): readonly string[] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])] as (keyof Config)[];
  return keys.filter((key) => !isDeepStrictEqual(one[key], other[key]));
}

/** The configuration with the role's keys over all others. A problem with a key of the role has the role's line. */
function withRole(file: ConfigFile, role: string | undefined): ConfigFile {
  const { "role-settings": tables = {}, ...general } = file.config;
  const own = role !== undefined && Object.hasOwn(tables, role) ? tables[role] : undefined;
  if (role === undefined || own === undefined) return { ...file, config: general };
  const place = ["role-settings", role];
  const isOwn = (path: readonly string[]) => depthOf(own, path) > 0 && depthOf(own, path) >= depthOf(general, path);
  return {
    ...file,
    config: merged(general, own, []) as Config,
    role,
    isOfRole: (...path) => isOwn(path),
    isWrong: (...path) => file.isWrong(...path) || file.isWrong(...place, ...path),
    problem: (path, ...rest) => file.problem(isOwn(path) ? [...place, ...path] : path, ...rest),
  };
}

/** How many names of the path the tables hold. */
function depthOf(values: unknown, [name, ...rest]: readonly string[]): number {
  const inner = table(values);
  if (name === undefined || inner === undefined || !Object.hasOwn(inner, name)) return 0;
  return 1 + depthOf(inner[name], rest);
}

/** Tables key by key; any other value replaces the one below it. */
function merged(below: unknown, above: unknown, path: readonly string[]): unknown {
  const upper = table(above);
  const lower = table(below) ?? spelledOut(below, path);
  if (upper === undefined || lower === undefined) return above;
  const own = Object.entries(upper).map(([name, value]) => [name, merged(lower[name], value, [...path, name])]);
  return { ...lower, ...Object.fromEntries(own) };
}

/** A text that is short for a table with one key, as that table. */
function spelledOut(value: unknown, path: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  const keys: Readonly<Record<string, string>> = {
    server: "program",
    "processes.*": "command",
    "schedules.*": "when",
  };
  const key = keys[[path[0], ...path.slice(1).map(() => "*")].join(".")];
  return typeof value === "string" && key !== undefined ? { [key]: value } : undefined;
}
