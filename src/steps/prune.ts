// Removes old releases after a switch: all but the newest few, and those that must be kept.
import { inTurn } from "../node/pieces.ts";
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { layout } from "../release/layout.ts";
import { discardRelease, notePaths, unitFunctions } from "./remove.ts";

/**
 * Removes all releases but the newest `keep` and those whose names are in `protect`: the live one, and the one that a rollback
 * would switch to. Undefined if there is none to remove.
 */
export function pruneReleases(
  root: string,
  releases: readonly ReleaseRecord[],
  keep: number,
  protect: readonly string[],
): Step | undefined {
  const newest = releases.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
  const old = newest.slice(keep).filter(({ name }) => !protect.includes(name));
  if (old.length === 0) return undefined;
  return {
    id: "prune",
    preview: lines(old.map(({ version }) => sh`detail ${version}`)),
    title: "Remove old releases",
    apply: inTurn(
      ...old.flatMap((record) => {
        const place = layout(root, record.distribution, record.name);
        const discard = lines([
          unitFunctions,
          discardRelease({ place, record }, "later"),
          sh`detail ${record.version}`,
        ]);
        return [notePaths(place), discard];
      }),
    ),
  };
}
