// Finds all faults of a configuration, and the values that are right. A fault hides no other one, because the rest is checked without it.
import * as v from "valibot";
import { type Config, configSchema } from "./config-schema.ts";

interface Fault {
  readonly issue: v.InferIssue<typeof configSchema>;
  readonly path: readonly string[];
}

/** All faults. A check reports only the first of several unknown keys in a table, so that key is removed and the rest checked again. */
export function faultsOf(values: unknown): readonly Fault[] {
  const unknown: Fault[] = [];
  for (let rest = values; ; ) {
    const { issues = [] } = v.safeParse(configSchema, rest, { abortPipeEarly: true });
    const faults = issues.flatMap((issue) => faultsIn(issue));
    const fresh = faults.filter(({ issue, path }) => isUnknownKey(issue) && path.length > 0);
    unknown.push(...fresh);
    if (fresh.length === 0) return [...unknown, ...faults];
    rest = withoutFaults(
      rest,
      fresh.map(({ path }) => path),
    );
  }
}

/** The values without the faults, and without what becomes wrong by that, such as a list that is now empty. */
export function sound(values: unknown): Config {
  for (let rest = values; ; ) {
    const result = v.safeParse(configSchema, rest);
    if (result.success) return result.output;
    const paths = result.issues.flatMap((issue) => faultsIn(issue).map(({ path }) => path));
    if (paths.some((path) => path.length === 0)) return {};
    rest = withoutFaults(rest, paths);
  }
}

/**
 * Of a value that may be a name or a table, the faults of the one that it is: a union only says that it is neither. Of all other values,
 * the fault itself.
 */
function faultsIn(issue: Fault["issue"]): readonly Fault[] {
  const path = pathOf(issue);
  const inner = (issue.type === "union" ? issue.issues : undefined) ?? [];
  const isTable = typeof issue.input === "object" && issue.input !== null && !Array.isArray(issue.input);
  const own = isTable
    ? inner.filter((one) => (one.path ?? []).length > 0)
    : inner.filter(({ type }) => type === "picklist" && inner.some((other) => other.type === "strict_object"));
  return own.length === 0 ? [{ issue, path }] : own.map((one) => ({ issue: one, path: [...path, ...pathOf(one)] }));
}

function pathOf(issue: v.InferIssue<typeof configSchema>): readonly string[] {
  return (issue.path ?? []).map((item) => String(item.key));
}

export function isUnknownKey(issue: v.InferIssue<typeof configSchema>): boolean {
  return issue.type === "strict_object" && issue.expected === "never";
}

/** A table, a list, or a value in one of them. */
type Value = unknown;

/** The same values without those at the paths: a key of a table, an entry of a list. */
export function withoutFaults(values: Value, paths: readonly (readonly string[])[]): Value {
  const [here, deeper] = [new Set<string>(), new Map<string, (readonly string[])[]>()];
  for (const [name, ...rest] of paths) {
    if (name === undefined) continue;
    if (rest.length === 0) here.add(name);
    else deeper.set(name, [...(deeper.get(name) ?? []), rest]);
  }
  const kept = (name: string, value: Value): Value => withoutFaults(value, deeper.get(name) ?? []);
  if (Array.isArray(values))
    return values.flatMap((value, at) => (here.has(String(at)) ? [] : [kept(String(at), value)]));
  if (typeof values !== "object" || values === null || values instanceof Date) return values;
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (here.has(name) ? [] : [[name, kept(name, value)]])),
  );
}

/** Whether the paths are equal, or one contains the other. */
export function overlaps(one: readonly string[], other: readonly string[]): boolean {
  return one.every((name, at) => at >= other.length || name === other[at]);
}
