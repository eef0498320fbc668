// Turns the lock files that uv does not read into requirement lines with exact versions and hashes.
// pylock.toml: https://packaging.python.org/en/latest/specifications/pylock-toml/
import { parse } from "smol-toml";
import * as v from "valibot";
import { WovenError } from "../errors.ts";

const Hashes = v.object({ sha256: v.optional(v.string()) });
const Artifact = v.object({ url: v.optional(v.string()), path: v.optional(v.string()), hashes: Hashes });
const Vcs = v.object({
  type: v.string(),
  url: v.optional(v.string()),
  path: v.optional(v.string()),
  "commit-id": v.string(),
  subdirectory: v.optional(v.string()),
});
const Directory = v.object({
  path: v.string(),
  editable: v.optional(v.boolean()),
  subdirectory: v.optional(v.string()),
});
const PylockPackage = v.object({
  name: v.string(),
  version: v.optional(v.string()),
  marker: v.optional(v.string()),
  vcs: v.optional(Vcs),
  directory: v.optional(Directory),
  archive: v.optional(v.object({ ...Artifact.entries, subdirectory: v.optional(v.string()) })),
  sdist: v.optional(Artifact),
  wheels: v.optional(v.array(Artifact), []),
});
const Pylock = v.object({
  "lock-version": v.string(),
  "default-groups": v.optional(v.array(v.string()), []),
  packages: v.optional(v.array(PylockPackage), []),
});
export type PylockPackage = v.InferOutput<typeof PylockPackage>;

const PoetryLock = v.object({
  metadata: v.object({ "lock-version": v.string() }),
  package: v.optional(
    v.array(
      v.object({
        name: v.string(),
        version: v.string(),
        optional: v.optional(v.boolean(), false),
        groups: v.optional(v.array(v.string())),
        markers: v.optional(v.union([v.string(), v.record(v.string(), v.string())])),
        files: v.optional(v.array(v.object({ hash: v.string() })), []),
        source: v.optional(
          v.object({
            type: v.string(),
            url: v.string(),
            resolved_reference: v.optional(v.string()),
            subdirectory: v.optional(v.string()),
          }),
        ),
      }),
    ),
    [],
  ),
});

const PdmLock = v.object({
  package: v.optional(
    v.array(
      v.object({
        name: v.string(),
        version: v.string(),
        extras: v.optional(v.array(v.string())),
        groups: v.optional(v.array(v.string())),
        marker: v.optional(v.string()),
        path: v.optional(v.string()),
        git: v.optional(v.string()),
        revision: v.optional(v.string()),
        url: v.optional(v.string()),
        files: v.optional(v.array(v.object({ hash: v.string() })), []),
      }),
    ),
    [],
  ),
});

/** Requirement lines of a lock file's text, for its default groups. Throws `lock-format` where the text is not such a lock, or too old a form of it. */
export function lockLines(format: "pylock" | "poetry" | "pdm", content: string, file: string): string[] {
  switch (format) {
    case "pylock": {
      const lock = read(Pylock, content, file);
      return lock.packages.map((entry) =>
        withMarker(pylockLine(entry), groupMarker(entry.marker, lock["default-groups"])),
      );
    }
    case "poetry":
      return poetryLines(read(PoetryLock, content, file), file);
    case "pdm":
      return read(PdmLock, content, file)
        .package.filter((entry) => !entry.extras?.length && (entry.groups ?? ["default"]).includes("default"))
        .map((entry) => withMarker(`${pdmTarget(entry)}${hashOptions(entry.files)}`, entry.marker));
  }
}

/** The packages of a pylock.toml. Throws `lock-format`. */
export function readPylock(content: string, file: string): readonly PylockPackage[] {
  return read(Pylock, content, file).packages;
}

function pylockLine(entry: PylockPackage): string {
  const { name, version, vcs, directory, archive } = entry;
  if (vcs)
    return `${name} @ ${vcs.type}+${vcs.url ?? `file://${vcs.path ?? ""}`}@${vcs["commit-id"]}${subdirectory(vcs.subdirectory)}`;
  if (directory) return `./${directory.path}`.replace(/^\.\/(?=\.{0,2}\/)/, "");
  if (archive)
    return `${name} @ ${archive.url ?? archive.path ?? ""}${subdirectory(archive.subdirectory)}${hashes([archive.hashes.sha256])}`;
  return `${name}==${version ?? ""}${hashes([entry.sdist, ...entry.wheels].map((artifact) => artifact?.hashes.sha256))}`;
}

function poetryLines(lock: v.InferOutput<typeof PoetryLock>, file: string): string[] {
  const wanted = lock.package.filter((entry) => !entry.optional && (entry.groups ?? []).includes("main"));
  if (lock.package.length > 0 && lock.package.every((entry) => entry.groups === undefined))
    throw new WovenError({
      code: "lock-format",
      message: `${file} (lock version ${lock.metadata["lock-version"]}) does not say which packages belong to production`,
      next: "Run `poetry lock` with Poetry 2.0 or later, which writes the groups, and commit the file; or `poetry export -o requirements.txt` and name that file in the `requirements` setting.",
      file,
    });
  return wanted.map((entry) => {
    const marker = typeof entry.markers === "string" ? entry.markers : entry.markers?.["main"];
    const { source } = entry;
    switch (source?.type) {
      case "git":
        return withMarker(
          `${entry.name} @ git+${source.url}@${source.resolved_reference ?? "HEAD"}${subdirectory(source.subdirectory)}`,
          marker,
        );
      case "directory":
      case "file":
        return withMarker(source.url.startsWith("/") ? source.url : `./${source.url}`, marker);
      case "url":
        return withMarker(`${entry.name} @ ${source.url}${hashOptions(entry.files)}`, marker);
      default:
        return withMarker(`${entry.name}==${entry.version}${hashOptions(entry.files)}`, marker);
    }
  });
}

function pdmTarget(entry: v.InferOutput<typeof PdmLock>["package"][number]): string {
  if (entry.path) return entry.path;
  if (entry.git) return `${entry.name} @ git+${entry.git}@${entry.revision ?? "HEAD"}`;
  return entry.url ? `${entry.name} @ ${entry.url}` : `${entry.name}==${entry.version}`;
}

/** A marker goes before the options of a line, and after a blank where a URL ends. */
function withMarker(line: string, marker: string | undefined): string {
  if (!marker) return line;
  const [target = "", ...options] = line.split(" --hash=");
  return [`${target} ; ${marker}`, ...options].join(" --hash=");
}

/** uv knows no groups and extras in a marker: what a plain install makes of them is put in their place. */
function groupMarker(marker: string | undefined, defaultGroups: readonly string[]): string | undefined {
  return marker?.replaceAll(
    /(['"])([^'"]+)\1\s+(not\s+)?in\s+(extras|dependency_groups)/g,
    (_, __, name: string, not: string | undefined, kind: string) => {
      const chosen = kind === "dependency_groups" && defaultGroups.includes(name);
      return chosen === (not === undefined) ? "python_version >= '3'" : "python_version < '3'";
    },
  );
}

function hashOptions(files: readonly { readonly hash: string }[]): string {
  return hashes(files.map((entry) => (entry.hash.startsWith("sha256:") ? entry.hash.slice(7) : undefined)));
}

function hashes(digests: readonly (string | undefined)[]): string {
  return digests.flatMap((digest) => (digest ? [` --hash=sha256:${digest}`] : [])).join("");
}

function subdirectory(path: string | undefined): string {
  return path ? `#subdirectory=${path}` : "";
}

function read<S extends v.GenericSchema>(schema: S, content: string, file: string): v.InferOutput<S> {
  try {
    return v.parse(schema, parse(content));
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
