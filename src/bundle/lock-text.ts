// The pieces that requirement lines are made of, whatever lock file they come from, and how such a file is read.
import * as v from "valibot";
import { WovenError } from "../errors.ts";

/** It becomes a part of a line for uv and pip, where the next line could be anything. */
export const line = v.pipe(v.string(), v.regex(/^[^\p{Cc}\u2028\u2029]*$/u, "has a line break in it"));

/** What a lock file is asked for beside its production packages. */
export interface LockChoice {
  readonly groups?: readonly string[] | undefined;
  readonly extras?: readonly string[] | undefined;
}

/** A marker goes before the options of a line, and after a blank where a URL ends. */
export function withMarker(line: string, marker: string | undefined): string {
  if (!marker) return line;
  const [target = "", ...options] = line.split(" --hash=");
  return [`${target} ; ${marker}`, ...options].join(" --hash=");
}

export function hashOptions(files: readonly { readonly hash: string }[]): string {
  return hashes(files.map((entry) => (entry.hash.startsWith("sha256:") ? entry.hash.slice(7) : undefined)));
}

export function hashes(digests: readonly (string | undefined)[]): string {
  return digests.flatMap((digest) => (digest ? [` --hash=sha256:${digest}`] : [])).join("");
}

export function subdirectory(path: string | null | undefined): string {
  return path ? `#subdirectory=${path}` : "";
}

/** A git repository as pip writes it: `git@host:owner/name.git` is ssh's own short form, which no URL may have. */
export function gitTarget(url: string, commit: string, folder?: string | null): string {
  const [, user, host, path] = /^(?:([\w.-]+)@)?([\w.-]+):(?!\/\/)(.+)$/.exec(url) ?? [];
  const full = host === undefined ? url.replace(/^git\+/, "") : `ssh://${user ?? "git"}@${host}/${path}`;
  return `git+${full}@${commit}${subdirectory(folder)}`;
}

/** Puts `in` or `not in` the chosen ones into a marker, in words that uv knows. */
export function settled(value: boolean): string {
  return value ? "python_version >= '3'" : "python_version < '3'";
}

interface Versioned {
  readonly name: string;
  readonly version: string;
  /** A specifier such as `>=3.9,<4.0`. */
  readonly python?: string | undefined;
}

/**
 * Markers for packages that a lock holds in several versions, as it does where a newer one has left old Pythons behind: the newest
 * that a Python can have is its own. They are under `name==version`. Throws `lock-format` where this cannot be told.
 */
export function versionMarkers(packages: readonly Versioned[], file: string): ReadonlyMap<string, string> {
  const markers = new Map<string, string>();
  for (const [name, all] of Map.groupBy(packages, (entry) => entry.name)) {
    const ordered = all.toSorted((one, other) => compare(leastPython(other), leastPython(one)));
    ordered.forEach((entry, at) => {
      const newer = ordered[at - 1];
      const least = newer && leastPython(newer);
      if (newer && (least === undefined || least === leastPython(entry))) throw severalVersions(name, file);
      const bounds = [
        ...(all.length > 1 && leastPython(entry) ? [`python_full_version >= "${leastPython(entry)}"`] : []),
        ...(least ? [`python_full_version < "${least}"`] : []),
      ];
      if (bounds.length > 0) markers.set(`${name}==${entry.version}`, bounds.join(" and "));
    });
  }
  return markers;
}

function leastPython({ python = "" }: Versioned): string | undefined {
  return /(?:>=|\^|~=?)\s*(\d+(?:\.\d+)*)/.exec(python)?.[1];
}

function compare(one: string | undefined, other: string | undefined): number {
  return (one ?? "").localeCompare(other ?? "", "en", { numeric: true });
}

function severalVersions(name: string, file: string): WovenError {
  return new WovenError({
    code: "lock-format",
    message: `${file} holds several versions of ${name} and does not say which one is for which Python`,
    next: "Make the lock anew with Poetry 2 or PDM 2.11 or newer, which write groups and markers, and commit it.",
    file,
  });
}

/** The text of a lock as its schema describes it. Throws `lock-format`. */
export function readLock<S extends v.GenericSchema>(schema: S, parsed: () => unknown, file: string): v.InferOutput<S> {
  try {
    return v.parse(schema, parsed());
  } catch (cause) {
    throw new WovenError({
      code: "lock-format",
      message: `${file} cannot be read as a lock file: ${cause instanceof Error ? cause.message : String(cause)}`,
      next: "Make the lock file anew with the tool it belongs to, and commit it.",
      file,
      cause,
    });
  }
}
