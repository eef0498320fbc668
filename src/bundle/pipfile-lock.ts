// Pipfile.lock: JSON, with a section for each category of packages; `default` is what production installs.
import * as v from "valibot";
import { gitTarget, hashOptions, type LockChoice, readLock, subdirectory, withMarker } from "./lock-text.ts";

const Package = v.object({
  version: v.optional(v.string()),
  hashes: v.optional(v.array(v.string()), []),
  markers: v.optional(v.string()),
  extras: v.optional(v.array(v.string()), []),
  git: v.optional(v.string()),
  ref: v.optional(v.string()),
  path: v.optional(v.string()),
  file: v.optional(v.string()),
  subdirectory: v.optional(v.string()),
});
type Package = v.InferOutput<typeof Package>;
const Lock = v.looseObject({ default: v.record(v.string(), Package) });

/** Requirement lines of a Pipfile.lock: of `default` and of the categories that were chosen as groups. Throws `lock-format`. */
export function pipfileLines(content: string, file: string, { groups = [] }: LockChoice): string[] {
  const lock = readLock(Lock, () => JSON.parse(content), file);
  const chosen = groups.flatMap((group) => {
    const section = v.safeParse(v.record(v.string(), Package), lock[group]);
    return section.success ? Object.entries(section.output) : [];
  });
  return Object.entries({ ...lock.default, ...Object.fromEntries(chosen) }).map(([name, entry]) =>
    withMarker(lineOf(name, entry), entry.markers),
  );
}

function lineOf(name: string, entry: Package): string {
  if (entry.path !== undefined) return entry.path;
  if (entry.git !== undefined) return `${name} @ ${gitTarget(entry.git, entry.ref ?? "HEAD", entry.subdirectory)}`;
  if (entry.file !== undefined) return `${name} @ ${entry.file}${subdirectory(entry.subdirectory)}`;
  return `${name}${entry.version ?? ""}${hashOptions(entry.hashes.map((hash) => ({ hash })))}`;
}
