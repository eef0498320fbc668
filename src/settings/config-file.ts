// Reads the repository's configuration: `[tool.woven]` in pyproject.toml, or woven.toml. Each fault becomes a problem with its line.
import { parse, TomlError } from "smol-toml";
import type * as v from "valibot";
import { faultsOf, isUnknownKey, overlaps, sound } from "./config-faults.ts";
import { type Config, configKeys, type configSchema, namesAt, notesAt } from "./config-schema.ts";
import { nearest } from "./did-you-mean.ts";
import { misplacedKey } from "./misplaced-key.ts";
import { oneOf, quoted, type Report } from "./problems.ts";
import type { ProjectFiles } from "./project-files.ts";
import { toWrite } from "./to-write.ts";
import { lineOfKey } from "./toml-lines.ts";
import { expectedName, typeName } from "./type-names.ts";
import { notSupported, reservedKeys } from "./unsupported.ts";

/** The content of a TOML file: its values, and the lines of its keys. */
export interface TomlFile {
  readonly path: string;
  /** Relative to the top of the repository, for annotations. */
  readonly repositoryPath: string;
  readonly values: Readonly<Record<string, unknown>>;
  lineOf(path: readonly string[], value?: unknown): number | undefined;
}

export interface ConfigFile {
  readonly config: Config;
  /** `woven.toml` or `pyproject.toml`: the file in which to write a missing key. */
  readonly name: string;
  /** The role whose `[role-settings.<role>]` is part of `config`. */
  readonly role?: string;
  /** Whether the key is one of that role's own. */
  isOfRole(...path: readonly string[]): boolean;
  /** Whether a key, or a value in it, was already reported as wrong or misspelt. Such a key is not reported as missing too. */
  isWrong(...path: readonly string[]): boolean;
  /** A problem with a key or with a value in it, with its line. */
  problem(path: readonly string[], what: string, next?: string, value?: unknown): Parameters<Report>[0];
  /** The lines to write for a key that is missing. */
  toWrite(lines: string, what?: "exactly" | "for example"): string;
}

/** A TOML file of the project. Undefined if there is none, or if it cannot be read, which is reported. */
export function readToml(files: ProjectFiles, path: string, report: Report): TomlFile | undefined {
  const text = files.read(path);
  if (text === undefined) return undefined;
  const repositoryPath = files.repositoryPath(path);
  try {
    return { path, repositoryPath, values: parse(text), lineOf: (key, value) => lineOfKey(text, key, value) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [said = ""] = error.message.replace("Invalid TOML document: ", "").split("\n");
    report({
      where: path,
      what: /control characters are not allowed in strings/.test(said)
        ? "a quote is not closed"
        : `is not TOML: ${said}`,
      next: 'A text needs quotes, and a list needs brackets: domains = ["shop.example.com"]',
      file: repositoryPath,
      line: error.line,
    });
    return undefined;
  }
}

/** The configuration. Everything wrong is reported, and wrong keys are left out. */
export function readConfig(pyproject: TomlFile | undefined, woven: TomlFile | undefined, report: Report): ConfigFile {
  const tool = table(table(pyproject?.values)?.["tool"])?.["woven"];
  if (woven !== undefined && pyproject !== undefined && tool !== undefined) {
    const line = pyproject.lineOf(["tool", "woven"]);
    report({
      where: "pyproject.toml: tool.woven",
      what: "cannot be used together with a woven.toml",
      next: "Write all of Woven's keys in one of the two.",
      file: pyproject.repositoryPath,
      ...(line === undefined ? {} : { line }),
    });
  }
  if (woven !== undefined) return checked(...unwrapped(woven, report), report);
  const file = pyproject;
  return checked(tool ?? {}, { ...(file === undefined ? {} : { file }), prefix: ["tool", "woven"] }, report);
}

/** Reports a [tool.woven] table in woven.toml once, and reads its keys as if they were at the top. */
function unwrapped(woven: TomlFile, report: Report): readonly [values: unknown, place: Place] {
  const inner = table(table(woven.values["tool"])?.["woven"]);
  const place = { file: woven, prefix: [] };
  if (inner === undefined) return [woven.values, place];
  const { tool: _, ...top } = woven.values;
  report(problemAt(place)(["tool"], notNeeded.what, notNeeded.next));
  const lineOf: TomlFile["lineOf"] = (key, value) =>
    woven.lineOf((key[0] ?? "") in top ? key : ["tool", "woven", ...key], value);
  return [
    { ...inner, ...top },
    { ...place, file: { ...woven, lineOf } },
  ];
}

const notNeeded = {
  what: "is not needed here",
  next: "In woven.toml, write the keys at the top, without [tool.woven].",
} as const;

interface Place {
  readonly file?: TomlFile;
  /** The path of Woven's table in the file. */
  readonly prefix: readonly string[];
}

function checked(values: unknown, place: Place, report: Report): ConfigFile {
  const problem = problemAt(place);
  const faults = faultsOf(values);
  const problems = faults.map(({ issue, path }) => {
    const { what, next } = explained(issue, path, place);
    return problem(path, what, next, issue.input);
  });
  // A variable of `[env]` can be wrong in its name and in its value.
  const different = problems.filter(
    ({ where, what }, at) => problems.findIndex((other) => other.where === where && other.what === what) === at,
  );
  for (const one of different.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))) report(one);
  const name = place.file?.path ?? "woven.toml";
  const wrong = faults.flatMap(({ path }) => [path, meantPath(path)]);
  return {
    config: sound(values),
    name,
    isOfRole: () => false,
    isWrong: (...path) => wrong.some((one) => overlaps(path, one)),
    problem,
    toWrite: (lines, what) => toWrite(name, lines, what),
  };
}

/** The existing key that an unknown key probably means. */
function meantPath(path: readonly string[]): readonly string[] {
  const around = path.slice(0, -1);
  const name = path.at(-1) ?? "";
  return [...around, nearest(name, namesAt(around) ?? []) ?? name];
}

function problemAt(place: Place): ConfigFile["problem"] {
  return (path, what, next, value) => {
    const name = place.file?.path ?? "woven.toml";
    const line = place.file?.lineOf([...place.prefix, ...path], value);
    const where = `${name}: ${[...(name === "woven.toml" ? [] : place.prefix), ...path].join(".")}`;
    return {
      where,
      what,
      next,
      ...(place.file === undefined ? {} : { file: place.file.repositoryPath }),
      ...(line === undefined ? {} : { line }),
    };
  };
}

function explained(
  issue: v.InferIssue<typeof configSchema>,
  path: readonly string[],
  place: Place,
): { readonly what: string; readonly next?: string | undefined } {
  const [first, role, ...ownPath] = path;
  // The keys of a role are those of the whole configuration, one table further down.
  if (first === "role-settings" && role !== undefined && ownPath.length > 0)
    return ownPath[0] === "roles"
      ? { what: "cannot differ by role", next: "Write all roles and their servers in roles, or in the input roles." }
      : explained(issue, ownPath, { ...place, prefix: [...place.prefix, first, role] });
  const misplaced = path[0] === "env" || path[2] === "env" ? misplacedKey(path, place.prefix) : undefined;
  if (misplaced !== undefined) return misplaced;
  const example = notesAt(keyPath(path))?.example;
  const shown = example?.replaceAll("[tool.woven.", `[${place.prefix.map((name) => `${name}.`).join("")}`);
  const next = shown === undefined ? undefined : `For example: ${shown}`;
  if (isUnknownKey(issue)) return unknownKey(path, place);
  if (issue.kind === "validation") return { what: issue.message, next };
  if (issue.type === "picklist" || isOneOf(issue))
    return {
      what: `${quoted(String(issue.input))} is not ${oneOf(issue.expected?.replaceAll(/[()"]/g, "").split(" | ") ?? [])}`,
      next,
    };
  return { what: `is ${typeName(issue.input)}, but must be ${expectedName(issue.type)}`, next };
}

/** A union of single values, such as false and some words. */
function isOneOf({ type, expected }: v.InferIssue<typeof configSchema>): boolean {
  return type === "union" && expected !== null && !/[A-Z]/.test(expected);
}

function unknownKey(
  path: readonly string[],
  place: Place,
): { readonly what: string; readonly next?: string | undefined } {
  const name = path.at(-1) ?? "";
  if (path.length === 1 && name === "tool" && place.prefix.length === 0) return notNeeded;
  if (path.length === 1 && reservedKeys.has(name)) return notSupported;
  const misplaced = misplacedKey(path, place.prefix);
  if (misplaced !== undefined) return misplaced;
  const names = namesAt(path.slice(0, -1)) ?? configKeys;
  const near = nearest(name, names) ?? oldNames.get(name.toUpperCase().replaceAll("-", "_"));
  if (name.toUpperCase() === "HOSTS")
    return { what: "is not a setting", next: "Did you mean domains (names of the site) or roles (servers)?" };
  if (near !== undefined) return { what: "is not a setting", next: `Did you mean ${near}?` };
  return {
    what: "is not a setting",
    next: names.length > 8 ? "docs/settings.md lists every setting." : `The settings here are: ${names.join(", ")}.`,
  };
}

/** The setting names of 2010, for old projects. */
const oldNames: ReadonlyMap<string, string> = new Map(
  configKeys.flatMap((name) =>
    (notesAt([name])?.was ?? "")
      .split(/[^A-Z_]+/)
      .flatMap((was): [string, string][] => (was === "" ? [] : [[was, name]])),
  ),
);

/** The keys that hold a table for each name. */
export const namedTables: readonly string[] = ["sites", "processes", "schedules", "services"];

/** The path without list positions: the key whose example fits an entry. */
function keyPath(path: readonly string[]): readonly string[] {
  const [first = "", ...rest] = path;
  if (first === "sites")
    return rest.length > 1 ? [first, ...rest.slice(0, ["health", "server"].includes(rest[1] ?? "") ? 3 : 2)] : [first];
  if (namedTables.includes(first)) return rest.length > 1 ? [first, rest[0] ?? "", rest[1] ?? ""] : [first];
  return ["health", "server", "web"].includes(first) && rest[0] !== undefined ? [first, rest[0]] : [first];
}

/** A value as a table, or undefined if it is not one. */
export function table(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
