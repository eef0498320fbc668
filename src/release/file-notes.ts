// What the record of a release notes of its files. All of them would be too many: its folder lists them (manifest.py).
import { hash } from "node:crypto";
import { present } from "../settings/present.ts";

export interface FileNotes {
  /** A digest of its wheels and their lock file. Releases with the same ones can share installed packages. */
  readonly wheels: string;
  /** The project's own migrations, as `catalogue.0003_genus`. */
  readonly migrations: readonly string[];
  /** The project brings the settings of its sites. Absent: Woven writes them. */
  readonly ownSettings?: true;
}

/** @param files paths in the release, with their keys */
export function fileNotes(files: Iterable<readonly [path: string, key: string]>): FileNotes {
  const all = [...files];
  const wheels = all.filter(([path]) => path.startsWith("dist/")).map((entry) => entry.join(" "));
  return present({
    wheels: hash("sha256", wheels.toSorted().join("\n"), "hex"),
    migrations: all.flatMap(([path]) => migrationOf(path) ?? []).toSorted(),
    ownSettings: all.some(([path]) => path === "project/sitesettings/settings.py") ? (true as const) : undefined,
  });
}

function migrationOf(path: string): string | undefined {
  const [, app, name] = /^project\/(?:.+\/)?([^/]+)\/migrations\/([^/]+)\.py$/.exec(path) ?? [];
  return app === undefined || name === undefined || name === "__init__" ? undefined : `${app}.${name}`;
}
