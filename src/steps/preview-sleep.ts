// Keeps previews within the room that they may take on a node. Those that nobody has visited for longest go to sleep: their files and data
// stay, and the next update starts them again.
import { previewsFolder } from "../node/previews.ts";
import { sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { readPackageFile } from "../package-files.ts";
import { asleepPage } from "../release/layout.ts";
import { unitFunctions } from "./remove.ts";

/** For preview_room.py. Sizes in bytes. */
export interface PreviewRoom {
  /** The preview that is built, and the distribution that it is a preview of. */
  readonly distribution: string;
  readonly base: string;
  /** Its deployment root. */
  readonly root: string;
  /** How many previews of `base` may run. */
  readonly most: number;
  readonly memory: number;
  /** For all previews of `base` that run. Null: half of the node's memory. */
  readonly totalMemory: number | null;
  /** What previews leave free on the disk. */
  readonly keepFree: number;
  /** What is copied on the node for the preview. */
  readonly copies: readonly string[];
}

/** Fails if the preview has no room, even if others sleep. It is the first step of a run, so nothing was touched. */
export function checkPreviewRoom(room: PreviewRoom, needs: number): Step {
  return {
    id: "preview-room",
    title: "Check that the preview has room",
    plan: "quiet",
    files: [specFile({ ...room, needs })],
    preview: sh`tool preview-room check ${spec} | while read -r name; do detail "$name would go to sleep"; done`,
    apply: sh`touch "$run/unchanged"
tool preview-room check ${spec} >/dev/null`,
    failure: (output) => output.trim().split("\n").at(-1),
    state: "Nothing was changed.",
    next: "Close pull requests, or make room on the server, and run the command again.",
  };
}

/** Once the new preview is healthy: puts others to sleep, if too many run now. */
export function sleepOthers(room: PreviewRoom): Step {
  return {
    id: "preview-sleep",
    title: `Limit running previews of ${room.base} to ${room.most}`,
    plan: "quiet",
    files: [
      specFile({ ...room, needs: 0 }),
      { name: "asleep.html", content: readPackageFile("templates/node/preview-asleep.html") },
    ],
    apply: sh`${unitFunctions}
touch "$run/unchanged"
tool preview-room sleepers ${spec} >"$run/sleepers"
while read -r name; do
  folder=${previewsFolder}/$name
  tool write ${asleepPage("")}"$name" 644 root root <"$files/asleep.html"
  units_like "$(cat "$folder/units")" >"$run/units-to-sleep"
  stop_units <"$run/units-to-sleep"
  : >"$folder/asleep"
  detail "$name sleeps until its next update"
  rm -f "$run/unchanged"
done <"$run/sleepers"`,
    state: "The preview was built.",
    next: "Run the command again.",
  };
}

/** Right before the new release answers: the preview no longer counts as asleep. */
export function wakePreview(distribution: string): Step {
  const page = asleepPage(distribution);
  const mark = `${previewsFolder}/${distribution}/asleep`;
  return {
    id: "preview-wake",
    title: `Wake ${distribution}`,
    plan: "quiet",
    apply: sh`[ -e ${mark} ] || touch "$run/unchanged"
[ ! -e ${mark} ] || mv ${mark} "$run/mark-before"
[ ! -e ${page} ] || mv ${page} "$run/page-before"`,
    undo: sh`[ ! -e "$run/page-before" ] || mv "$run/page-before" ${page}
[ ! -e "$run/mark-before" ] || mv "$run/mark-before" ${mark}`,
    next: "Run the command again.",
  };
}

const spec = sh`"$files/preview-room.json"`;

function specFile(room: PreviewRoom & { readonly needs: number }): StageFile {
  return { name: "preview-room.json", content: JSON.stringify(room) };
}
