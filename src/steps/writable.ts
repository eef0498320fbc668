// The folders on a node that an application writes to, and that outlive its releases.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { codeGroup, type Layout, siteUser } from "../release/layout.ts";

export interface WritableFolders {
  readonly place: Layout;
  /** Plain paths, relative to the project. */
  readonly folders: readonly string[];
  /** Paths of the release's files: those in its folder `writable` fill a new folder. */
  readonly files: readonly string[];
  /** The ids of all sites. The folders belong to the first one, and to the group of all. */
  readonly sites: readonly number[];
}

/** Makes the folders that are missing, with the repository's files. A folder that exists keeps what it has. */
export function writableFolders({ place, folders, files, sites }: WritableFolders): readonly Step[] {
  if (folders.length === 0) return [];
  const filesOf = (folder: string) =>
    files.filter((path) => path.startsWith(`writable/${folder}/`) && !/\/\.git(keep|ignore)$/.test(path)).length;
  const spec = {
    base: place.writable,
    user: siteUser(sites[0] ?? 1),
    group: codeGroup(place.distribution),
    sites: sites.length,
    source: `${place.staging}/writable`,
    folders: Object.fromEntries(folders.map((folder) => [folder, filesOf(folder)])),
  };
  return [
    {
      id: "writable",
      title: `Prepare the folders that the application writes to: ${folders.join(", ")}`,
      files: [{ name: "writable.json", content: JSON.stringify(spec) }],
      check: sh`[ -z "$(tool writable list "$files/writable.json")" ]`,
      checks: "plan",
      preview: sh`tool writable list "$files/writable.json" >>"$run/details"`,
      apply: sh`tool writable apply "$files/writable.json" >>"$run/details"
grep -q '^new: ' "$run/details" || touch "$run/unchanged"`,
      state: "Nothing that is live was changed, and no file in these folders.",
      next: "Fix what the message names, and deploy again.",
    },
  ];
}
