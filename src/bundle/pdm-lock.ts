// pdm.lock. Since PDM 2.11 it has groups. In older ones, the dependencies in pyproject.toml say what is for production.
import { parse } from "smol-toml";
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import { gitTarget, hashOptions, line, readLock, subdirectory, versionMarkers, withMarker } from "./lock-text.ts";
import type { PoetryChoice } from "./poetry-lock.ts";

const Package = v.object({
  name: line,
  version: line,
  extras: v.optional(v.array(line)),
  groups: v.optional(v.array(line)),
  marker: v.optional(line),
  requires_python: v.optional(line),
  path: v.optional(line),
  git: v.optional(line),
  revision: v.optional(line),
  url: v.optional(line),
  subdirectory: v.optional(line),
  files: v.optional(v.array(v.object({ hash: line })), []),
});
type Package = v.InferOutput<typeof Package>;
const Lock = v.object({
  metadata: v.optional(v.object({ groups: v.optional(v.array(line)) }), {}),
  package: v.optional(v.array(Package), []),
});

/** The requirement lines of a pdm.lock. Throws `lock-format` if it cannot be read, or if nothing says what is for production. */
export function pdmLines(content: string, file: string, { groups = [], extras = [], roots }: PoetryChoice): string[] {
  const lock = readLock(Lock, () => parse(content), { file, content });
  // An entry with extras repeats the plain entry of its package.
  const packages = lock.package.filter((entry) => !entry.extras?.length);
  if (packages.some((entry) => entry.groups !== undefined)) {
    // PDM lists an extra as a group, too.
    const chosen = ["default", ...groups, ...extras];
    return packages
      .filter((entry) => entry.groups?.some((group) => chosen.includes(group)))
      .map((entry) => withMarker(lineOf(entry), entry.marker));
  }
  const onlyDefault = lock.metadata.groups?.every((group) => group === "default");
  if (roots === undefined && !onlyDefault && packages.length > 0) throw unknownPurpose(file);
  const markers = versionMarkers(
    packages.map(({ name, version, requires_python: python }) => ({ name, version, python })),
    file,
  );
  return packages.map((entry) =>
    withMarker(lineOf(entry), entry.marker ?? markers.get(`${entry.name}==${entry.version}`)),
  );
}

function lineOf({ name, version, path, git, revision, url, subdirectory: folder, files }: Package): string {
  if (path) return `${path}${hashOptions(files)}`;
  if (git) return `${name} @ ${gitTarget(git, revision ?? "HEAD", folder)}`;
  return `${name}${url ? ` @ ${url}${subdirectory(folder)}` : `==${version}`}${hashOptions(files)}`;
}

function unknownPurpose(file: string): WovenError {
  return new WovenError({
    code: "lock-format",
    message: `${file} does not say which packages are for production, and there is no pyproject.toml beside it that does`,
    next: "Run `pdm lock` with PDM 2.11 or newer, which writes the groups, and commit the file.",
    file,
  });
}
