// Reads lock files, and has the parts of requirement lines that all lock formats share.
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import { knownDigest } from "./digests.ts";

/** Text for a line for uv and pip. A line break in it could add a line of its own. */
export const line = v.pipe(v.string(), v.regex(/^[^\p{Cc}\u2028\u2029]*$/u, "has a line break in it"));

/** The chosen groups and extras, besides the production packages. */
export interface LockChoice {
  readonly groups?: readonly string[] | undefined;
  readonly extras?: readonly string[] | undefined;
}

/** Puts a marker before the options of a line. The blank before it ends a URL. */
export function withMarker(line: string, marker: string | undefined): string {
  if (!marker) return line;
  const [target = "", ...options] = line.split(" --hash=");
  return [`${target} ; ${marker}`, ...options].join(" --hash=");
}

export function hashOptions(files: readonly { readonly hash: string }[]): string {
  return hashes(files.map((entry) => entry.hash));
}

/** The options for digests such as `sha256:…`. Others are left out. */
export function hashes(digests: readonly (string | undefined)[]): string {
  return digests
    .flatMap((digest) => knownDigest(digest) ?? [])
    .map((digest) => ` --hash=${digest}`)
    .join("");
}

export function subdirectory(path: string | null | undefined): string {
  return path ? `#subdirectory=${path}` : "";
}

/** A git repository as pip writes it: `git@host:owner/name.git`, the short form of ssh, is not a URL. */
export function gitTarget(url: string, commit: string, folder?: string | null): string {
  const [, user, host, path] = /^(?:([\w.-]+)@)?([\w.-]+):(?!\/\/)(.+)$/.exec(url) ?? [];
  const full = host === undefined ? url.replace(/^git\+/, "") : `ssh://${user ?? "git"}@${host}/${path}`;
  return `git+${full}@${commit}${subdirectory(folder)}`;
}

/** True or false as a marker that uv knows. */
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
 * Markers for packages that a lock holds in several versions, because newer versions do not support old Pythons. Each Python gets the
 * newest version that supports it. The keys are `name==version`. Throws `lock-format` if the lock does not say which is for which.
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
    next: "Lock again with Poetry 2, or with PDM 2.11 or newer, which write groups and markers. Commit the lock file.",
    file,
  });
}

/** The text of a lock, checked against its schema. Throws `lock-format`. */
export function readLock<S extends v.GenericSchema>(
  schema: S,
  parsed: () => unknown,
  { file, content }: { readonly file: string; readonly content: string },
): v.InferOutput<S> {
  try {
    return v.parse(schema, parsed());
  } catch (cause) {
    const conflict = content.split("\n").findIndex((line) => line.startsWith("<<<<<<<"));
    if (conflict >= 0)
      throw new WovenError({
        code: "lock-format",
        message: `${file}:${conflict + 1} holds a merge conflict that git could not resolve`,
        next: "Take one side of it, make the lock file again with its own tool, and commit it.",
        file,
        line: conflict + 1,
        cause,
      });
    throw new WovenError({
      code: "lock-format",
      message: `${file} cannot be read as a lock file: ${cause instanceof Error ? cause.message : String(cause)}`,
      next: "Make the lock file again with its own tool, and commit it.",
      file,
      cause,
    });
  }
}
