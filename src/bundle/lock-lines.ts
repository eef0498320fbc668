// Turns lock files that uv cannot read into requirement lines with exact versions and hashes.
// pylock.toml: https://packaging.python.org/en/latest/specifications/pylock-toml/
import { parse } from "smol-toml";
import * as v from "valibot";
import { knownDigest } from "./digests.ts";
import { gitTarget, hashes, type LockChoice, line, readLock, settled, subdirectory, withMarker } from "./lock-text.ts";
import { pdmLines } from "./pdm-lock.ts";
import { pipfileLines } from "./pipfile-lock.ts";
import { type PoetryChoice, poetryLines } from "./poetry-lock.ts";

const Hashes = v.optional(v.record(line, line), {});
const Artifact = v.object({ url: v.optional(line), path: v.optional(line), hashes: Hashes });
const Vcs = v.object({
  type: line,
  url: v.optional(line),
  path: v.optional(line),
  "commit-id": line,
  subdirectory: v.optional(line),
});
const Directory = v.object({
  path: line,
  editable: v.optional(v.boolean()),
  subdirectory: v.optional(line),
});
const PylockPackage = v.object({
  name: line,
  version: v.optional(line),
  marker: v.optional(line),
  vcs: v.optional(Vcs),
  directory: v.optional(Directory),
  archive: v.optional(v.object({ ...Artifact.entries, subdirectory: v.optional(line) })),
  sdist: v.optional(Artifact),
  wheels: v.optional(v.array(Artifact), []),
});
const Pylock = v.object({
  "lock-version": line,
  "default-groups": v.optional(v.array(line), []),
  packages: v.optional(v.array(PylockPackage), []),
});
export type PylockPackage = v.InferOutput<typeof PylockPackage>;

/**
 * The requirement lines of a lock file: its production packages, and the chosen groups and extras. Throws `lock-format` if the text
 * is not such a lock, or does not say what is for production.
 */
export function lockLines(
  format: "pylock" | "poetry" | "pdm" | "pipfile",
  content: string,
  file: string,
  choice: PoetryChoice = {},
): string[] {
  switch (format) {
    case "pylock": {
      const lock = readLock(Pylock, () => parse(content), { file, content });
      const groups = [...lock["default-groups"], ...(choice.groups ?? [])];
      return lock.packages.map((entry) =>
        withMarker(pylockLine(entry), choiceMarker(entry.marker, { groups, extras: choice.extras })),
      );
    }
    case "poetry":
      return poetryLines(content, file, choice);
    case "pdm":
      return pdmLines(content, file, choice);
    case "pipfile":
      return pipfileLines(content, file, choice);
  }
}

/** The packages of a pylock.toml. Throws `lock-format`. */
export function readPylock(content: string, file: string): readonly PylockPackage[] {
  return readLock(Pylock, () => parse(content), { file, content }).packages;
}

function pylockLine(entry: PylockPackage): string {
  const { name, version, vcs, directory, archive } = entry;
  if (vcs?.type === "git" && vcs.url) return `${name} @ ${gitTarget(vcs.url, vcs["commit-id"], vcs.subdirectory)}`;
  if (vcs)
    return `${name} @ ${vcs.type}+${vcs.url ?? `file://${vcs.path ?? ""}`}@${vcs["commit-id"]}${subdirectory(vcs.subdirectory)}`;
  if (directory) return `./${directory.path}`.replace(/^\.\/(?=\.{0,2}\/)/, "");
  if (archive)
    return `${name} @ ${archive.url ?? archive.path ?? ""}${subdirectory(archive.subdirectory)}${hashes(digestsOf(archive))}`;
  return `${name}==${version ?? ""}${hashes([entry.sdist, ...entry.wheels].flatMap((artifact) => (artifact ? digestsOf(artifact) : [])))}`;
}

/** The digests of an artifact, `sha256:…`. */
export function digestsOf({ hashes: stated }: v.InferOutput<typeof Artifact>): string[] {
  return Object.entries(stated).flatMap(([algorithm, digits]) => knownDigest(`${algorithm}:${digits}`) ?? []);
}

/** uv knows no groups and extras in a marker, so each is replaced by true or false, depending on whether it was chosen. */
function choiceMarker(marker: string | undefined, { groups = [], extras = [] }: LockChoice): string | undefined {
  return marker?.replaceAll(
    /(['"])([^'"]+)\1\s+(not\s+)?in\s+(extras|dependency_groups)/g,
    (_, __, name: string, not: string | undefined, kind: string) =>
      settled((kind === "dependency_groups" ? groups : extras).includes(name) === (not === undefined)),
  );
}
