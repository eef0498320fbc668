// poetry.lock. Poetry 2 writes the groups of each package. For Poetry 1, the dependencies in pyproject.toml say what is for production.
import { parse } from "smol-toml";
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import {
  gitTarget,
  hashOptions,
  type LockChoice,
  line,
  readLock,
  settled,
  versionMarkers,
  withMarker,
} from "./lock-text.ts";

const Files = v.array(v.object({ hash: line }));
const Package = v.object({
  name: line,
  version: line,
  optional: v.optional(v.boolean(), false),
  "python-versions": v.optional(line),
  groups: v.optional(v.array(line)),
  markers: v.optional(v.union([line, v.record(line, line)])),
  files: v.optional(Files, []),
  source: v.optional(
    v.object({
      type: line,
      url: line,
      resolved_reference: v.optional(line),
      subdirectory: v.optional(line),
    }),
  ),
});
type Package = v.InferOutput<typeof Package>;
const Lock = v.object({
  // Before Poetry 1.3 the hashes were in a table of their own. The oldest locks have no version.
  metadata: v.object({
    "lock-version": v.optional(line, "1.0"),
    files: v.optional(v.record(line, Files), {}),
  }),
  package: v.optional(v.array(Package), []),
});

export interface PoetryChoice extends LockChoice {
  /** The project's own requirements, if the lock does not say what is for production. The packages of the lock are then only pins. */
  readonly roots?: readonly string[] | undefined;
}

export function poetryLines(content: string, file: string, choice: PoetryChoice): string[] {
  const lock = readLock(Lock, () => parse(content), { file, content });
  const packages = lock.package.map((entry) => ({
    ...entry,
    files: entry.files.length > 0 ? entry.files : (lock.metadata.files[entry.name] ?? []),
  }));
  if (packages.some((entry) => entry.groups !== undefined))
    return packages.flatMap((entry) => {
      const marker = wantedBy(entry, choice);
      return marker === undefined ? [] : [withMarker(lineOf(entry), marker)];
    });
  if (choice.roots === undefined && packages.length > 0) throw unknownPurpose(lock.metadata["lock-version"], file);
  const markers = versionMarkers(
    packages.map((entry) => ({ name: entry.name, version: entry.version, python: entry["python-versions"] })),
    file,
  );
  return packages.map((entry) => withMarker(lineOf(entry), markers.get(`${entry.name}==${entry.version}`)));
}

/** The marker under which a package is needed. `""`: always. Undefined: never. */
function wantedBy({ groups = [], markers, optional }: Package, { groups: chosen = [], extras = [] }: PoetryChoice) {
  const wanted = ["main", ...chosen].filter((group) => groups.includes(group));
  if (wanted.length === 0) return undefined;
  const each = typeof markers === "string" ? [markers] : wanted.map((group) => markers?.[group] ?? "");
  // If one group needs it without a condition, it is needed without a condition.
  const marker = each.includes("") ? "" : each.map((one) => (each.length > 1 ? `(${one})` : one)).join(" or ");
  const asksExtra = /\bextra\s*==/.test(marker);
  if (optional && !asksExtra) return undefined;
  const names = [...marker.matchAll(/\bextra\s*==\s*["']([^"']+)["']/g)].flatMap(([, name]) => name ?? []);
  if (optional && !names.some((name) => extras.includes(name))) return undefined;
  return marker.replaceAll(/\bextra\s*==\s*["']([^"']+)["']/g, (_, name: string) => settled(extras.includes(name)));
}

function lineOf({ name, version, source, files }: Package): string {
  switch (source?.type) {
    case "git":
      return `${name} @ ${gitTarget(source.url, source.resolved_reference ?? "HEAD", source.subdirectory)}`;
    case "directory":
    case "file":
      return source.url.startsWith("/") ? source.url : `./${source.url}`;
    case "url":
      return `${name} @ ${source.url}${hashOptions(files)}`;
    default:
      return `${name}==${version}${hashOptions(files)}`;
  }
}

function unknownPurpose(version: string, file: string): WovenError {
  return new WovenError({
    code: "lock-format",
    message: `${file} (lock version ${version}) does not say which packages are for production, and there is no pyproject.toml beside it that does`,
    next: "Run `poetry lock` with Poetry 2.0 or newer, which writes the groups, and commit the file. Or run `poetry export -o requirements.txt` and name that file in the `requirements` setting.",
    file,
  });
}
