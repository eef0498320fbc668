// Pipfile.lock: JSON with a section for each category of packages. Production installs `default`.
import * as v from "valibot";
import { gitTarget, hashOptions, type LockChoice, line, readLock, subdirectory, withMarker } from "./lock-text.ts";

const Package = v.object({
  version: v.optional(line),
  hashes: v.optional(v.array(line), []),
  markers: v.optional(line),
  extras: v.optional(v.array(line), []),
  git: v.optional(line),
  ref: v.optional(line),
  path: v.optional(line),
  file: v.optional(line),
  subdirectory: v.optional(line),
});
type Package = v.InferOutput<typeof Package>;
const Lock = v.looseObject({ default: v.record(line, Package) });

/** The requirement lines of a Pipfile.lock: `default`, and the categories that were chosen as groups. Throws `lock-format`. */
export function pipfileLines(content: string, file: string, { groups = [] }: LockChoice): string[] {
  const lock = readLock(Lock, () => JSON.parse(content), { file, content });
  const chosen = groups.flatMap((group) => {
    const section = v.safeParse(v.record(line, Package), lock[group]);
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
