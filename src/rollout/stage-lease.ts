// The lease of a run's stages, and what a stage that holds it leaves tidy when it ends.
import { sh } from "../node/sh.ts";
import type { DistributionState } from "../node/state.ts";
import type { Layout } from "../release/layout.ts";
import type { Settings } from "../settings/settings.ts";
import { type LeaseRequest, newLease, underLease } from "../steps/lease.ts";
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
    seen: { link: place.active, folder: state?.folder ?? "" },
  });
}

/** A release that came to nothing leaves nothing behind; one that another run is building, under a lease of its own, is not touched. */
export function tidyStaging(
  place: Layout,
  lease: LeaseRequest,
  last: "last" | "more to come",
): ReturnType<typeof underLease> {
  return underLease(lease, last, sh`rm -rf --one-file-system ${place.staging}`);
}
