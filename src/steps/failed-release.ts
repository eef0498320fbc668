// The release of a first deployment that fails its health check. Often its pages only need data that the new database does not have.
// So it stays where `node` finds it, recorded and without traffic, and what was sent is not sent again.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder } from "../release/build.ts";
import { stagingFolder } from "../release/layout.ts";
import { discardLater } from "./discard-later.ts";
import { anyBuild, takenNames } from "./release-names.ts";
import type { PlacedRelease } from "./services.ts";

/** The undo of steps with `unlessKept` then leaves what they did. Of the version, only this build stays. */
export function keepFailed(release: PlacedRelease): Shell {
  const { place, record } = release;
  return sh`touch "$run/kept"
if [ -z "$(${takenNames(release)})" ]; then
  for folder in ${anyBuild(place)}; do
    if [ ! -d "$folder" ] || [ -L "$folder" ] || [ "$folder" = ${buildFolder(place, record.build)} ]; then continue; fi
    ${discardLater(sh`"$folder"`, stagingFolder(place))}
  done
fi`;
}

/** The same step. If the release stays although the stage fails, the step is not undone. */
export function unlessKept(step: Step): Step {
  if (step.undo === undefined) return step;
  return {
    ...step,
    undo: sh`[ ! -e "$run/kept" ] || { touch "$run/stays"; exit 0; }
${step.undo}`,
  };
}
