// The lease of a run's stages, and the staging folder that is removed with it.
import { sh } from "../node/sh.ts";
import type { Stage } from "../node/stage.ts";
import type { DistributionState } from "../node/state.ts";
import { type Layout, stagingFolder } from "../release/layout.ts";
import { isPreview } from "../settings/preview.ts";
import type { Settings } from "../settings/settings.ts";
import { discardLater } from "../steps/discard-later.ts";
import { type LeaseRequest, newLease, underLease } from "../steps/lease.ts";
import { previewSlice } from "../steps/preview.ts";
import { namesClaimed } from "../steps/release-names.ts";
import type { Runtime } from "./runtime.ts";

export function leaseFor(
  place: Layout,
  state: DistributionState | undefined,
  settings: Settings,
  runtime: Runtime,
): LeaseRequest {
  const { actor, run } = runtime.by;
  return newLease({
    state: place.state,
    owner: actor ?? "somebody",
    command: settings.command,
    ...(run ? { run } : {}),
    ...(place.name ? { release: place.name } : {}),
    expected: { link: place.active, folder: state?.folder ?? "" },
  });
}

/**
 * If the stage fails, removes the staging folder; but not while another run, under its own lease, is building there. For a stage with
 * `claimNames`: without it, the folder may be another distribution's. Commands of a preview's sites run within its limits.
 */
export function underLeaseWithStaging(
  place: Layout,
  lease: LeaseRequest,
  last: "last" | "more to come",
): Pick<Stage, "lock" | "finally" | "slice"> {
  return {
    ...underLease(
      lease,
      last,
      sh`[ ! -e ${namesClaimed} ] || { ${discardLater(place.staging, stagingFolder(place))}; }`,
    ),
    ...(isPreview(place.distribution) ? { slice: previewSlice(place.distribution) } : {}),
  };
}
