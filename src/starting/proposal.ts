// The configuration that `init` proposes: from its options, from the files of other tools, and from the settings of the project.
import { configKeys } from "../settings/config-schema.ts";
import { shownPath } from "../settings/problems.ts";
import type { Foreign } from "./foreign/foreign.ts";

export type TomlValue = string | number | boolean | readonly string[] | { readonly [key: string]: TomlValue };

export interface Proposed {
  readonly key: string;
  readonly value: TomlValue;
  /** Where it comes from, for the comment. Undefined: it is what every project gets. */
  readonly from?: string | undefined;
}

/** What `init` knows beside the files of other tools. Each wins over them. */
export interface OwnFindings {
  readonly domains: Sourced<readonly string[]>;
  readonly distribution?: Sourced<string> | undefined;
  readonly settingsModule?: Sourced<string> | undefined;
  readonly requirements?: Sourced<readonly string[]> | undefined;
  readonly server?: Sourced<string> | undefined;
  readonly python?: Sourced<string> | undefined;
  readonly rootUser?: Sourced<string> | undefined;
  readonly writable: readonly string[];
  readonly services: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Sourced<T> {
  readonly value: T;
  readonly from?: string | undefined;
}

/** The keys in the order in which they are written. `known`: the keys that this Woven has. */
export function propose(
  own: OwnFindings,
  foreign: readonly Foreign[],
  known: readonly string[] = configKeys,
): readonly Proposed[] {
  const first = <T>(read: (one: Foreign) => T | undefined): Sourced<T> | undefined => {
    for (const one of foreign) {
      const value = read(one);
      if (value !== undefined) return { value, from: one.path };
    }
    return undefined;
  };
  const all = (read: (one: Foreign) => readonly string[] | undefined): Sourced<readonly string[]> | undefined => {
    const from = foreign.filter((one) => (read(one) ?? []).length > 0);
    const values = [...new Set(from.flatMap((one) => read(one) ?? []))];
    return values.length === 0 ? undefined : { value: values, from: from.map(({ path }) => path).join(", ") };
  };
  const server = own.server === undefined ? first((one) => one.server) : undefined;
  const application = server?.value.application;
  const keys: readonly (readonly [string, Sourced<TomlValue> | undefined])[] = [
    ["domains", own.domains],
    ["distribution", own.distribution],
    ["version-from", { value: "git" }],
    ["settings-module", own.settingsModule],
    ["requirements", own.requirements],
    ["python", own.python],
    ["root-user", own.rootUser ?? rootUser(first((one) => one.rootUser))],
    ["default-ssh-port", first((one) => one.sshPort)],
    ["extra-packages", all((one) => one.packages)],
    ["tls", first((one) => one.tls)],
    ["application", application === undefined ? undefined : { value: application, from: server?.from }],
    [
      "services",
      union(
        own.services,
        all((one) => one.services),
      ),
    ],
    [
      "writable",
      union(
        own.writable,
        all((one) => one.writable),
      ),
    ],
    ["build", all((one) => one.build)],
    ["release-commands", all((one) => one.releaseCommands)],
    ["keep-releases", first((one) => one.keepReleases)],
    ["drain", first((one) => one.drain)],
    ["server", own.server ?? serverOf(server)],
    ["health", healthOf(first((one) => one.healthPath))],
    ["processes", processesOf(foreign)],
    ["schedules", schedulesOf(foreign)],
    ["env", envOf(own.env, foreign)],
  ];
  return keys.flatMap(([key, found]) =>
    found === undefined || !known.includes(key) ? [] : [{ key, value: found.value, from: found.from }],
  );
}

function rootUser(found: Sourced<string> | undefined): Sourced<string> | undefined {
  return found?.value === "root" ? undefined : found;
}

function union(
  own: readonly string[],
  theirs: Sourced<readonly string[]> | undefined,
): Sourced<readonly string[]> | undefined {
  const values = [...new Set([...(theirs?.value ?? []), ...own])];
  return values.length === 0 ? undefined : { value: values, from: theirs?.from };
}

function serverOf(found: Sourced<NonNullable<Foreign["server"]>> | undefined): Sourced<TomlValue> | undefined {
  if (found === undefined) return undefined;
  const { application: _, ...server } = found.value;
  const options = Object.entries(server).filter(([, value]) => value !== undefined);
  const value = options.length === 1 ? server.program : (Object.fromEntries(options) as TomlValue);
  return { value, from: found.from };
}

function healthOf(found: Sourced<string> | undefined): Sourced<TomlValue> | undefined {
  return found === undefined ? undefined : { value: { path: found.value }, from: found.from };
}

function processesOf(foreign: readonly Foreign[]): Sourced<TomlValue> | undefined {
  const found = foreign.flatMap(({ path, processes = [] }) => processes.map((one) => ({ ...one, path })));
  return table(found, ({ command, count }) => (count === undefined ? command : { command, count }));
}

function schedulesOf(foreign: readonly Foreign[]): Sourced<TomlValue> | undefined {
  const found = foreign.flatMap(({ path, schedules = [] }) => schedules.map((one) => ({ ...one, path })));
  return table(found, ({ name, command, when }) => (command === `manage ${name}` ? when : { command, when }));
}

function table<T extends { readonly name: string; readonly path: string }>(
  found: readonly T[],
  value: (one: T) => TomlValue,
): Sourced<TomlValue> | undefined {
  if (found.length === 0) return undefined;
  // The file that is read first wins.
  const first = found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index);
  return {
    value: Object.fromEntries(first.map((one) => [one.name, value(one)] as const)),
    from: [...new Set(found.map(({ path }) => path))].join(", "),
  };
}

function envOf(own: Readonly<Record<string, string>>, foreign: readonly Foreign[]): Sourced<TomlValue> | undefined {
  const from = foreign.filter(({ env = {} }) => Object.keys(env).length > 0);
  const value = Object.assign({}, ...from.toReversed().map(({ env }) => env), own);
  if (Object.keys(value).length === 0) return undefined;
  return { value, from: from.length === 0 ? undefined : from.map(({ path }) => path).join(", ") };
}

/** The text of woven.toml. */
export function tomlText(keys: readonly Proposed[]): string {
  const plain = keys.filter(({ value }) => !isTable(value));
  const tables = keys.filter(({ value }) => isTable(value));
  const comment = (from: string | undefined) => (from === undefined ? "" : ` # from ${shownPath(from)}`);
  return [
    "#:schema https://raw.githubusercontent.com/woven/deploy/v1/docs/woven.schema.json",
    ...plain.map(({ key, value, from }) => `${key} = ${literal(value)}${comment(from)}`),
    ...tables.flatMap(({ key, value, from }) => [
      "",
      `[${key}]${comment(from)}`,
      ...Object.entries(value).map(([name, inner]) => `${name} = ${literal(inner)}`),
    ]),
    "",
  ].join("\n");
}

function isTable(value: TomlValue): value is { readonly [key: string]: TomlValue } {
  return typeof value === "object" && !Array.isArray(value);
}

/** JSON's strings, numbers and lists are TOML's, too. */
function literal(value: TomlValue): string {
  if (!isTable(value)) return Array.isArray(value) ? `[${value.map(literal).join(", ")}]` : JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${name} = ${literal(inner)}`)
    .join(", ")} }`;
}
