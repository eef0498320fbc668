// A new preview that could not be built leaves nothing on the node.
import { asWovenError } from "../errors.ts";
import type { Stage } from "../node/stage.ts";
import { activeRelease } from "../node/state.ts";
import { removeOrphans } from "../steps/preview-removal.ts";
import type { NodeRun } from "./fleet.ts";
import { previewRemoval } from "./preview-removal.ts";
import type { Release } from "./rollout.ts";
import type { Runtime } from "./runtime.ts";

type Built = Extract<Release, { kind: "built" }>;

/** Removes the previews that this run began, and that failed. What cannot be removed now has an end: the node's own timer. */
export async function removeUnfinished(releases: ReadonlyMap<NodeRun, Release>, runtime: Runtime): Promise<void> {
  await Promise.all(
    [...releases.values()].map(async (release) => {
      const stage = release.kind === "built" ? leftovers(release, runtime) : undefined;
      if (stage === undefined) return;
      const { host } = release.node;
      try {
        await release.node.stage(stage);
      } catch (error) {
        const next = "The server removes it at the end of its time to live. So does the next preview-sweep.";
        runtime.log.warning(`${host.name}: the unfinished preview stays: ${asWovenError(error).message}. ${next}`);
      }
    }),
  );
}

/** The stage that removes what the run has left on the node. */
function leftovers({ node, facts, plan, settings }: Built, { by }: Runtime): Stage | undefined {
  // A node may also wait for nothing, because another one has failed.
  const isUnfinished = node.failed || node.status === "skipped";
  const isUnknown = node.report().unknown === true;
  if (settings.dryRun || !isUnfinished || isUnknown || activeRelease(facts.state) !== undefined) return undefined;
  const { root, distribution } = plan.place;
  const done = (id: string) => node.steps.find(({ step }) => step === id)?.status;
  if (done("keep-preview") !== undefined)
    return previewRemoval({ distribution, root, sites: [...plan.record.sites] }, by);
  // Only the folder of its lease is there.
  const hasLease = done("lease") !== undefined && done("lease") !== "failed";
  return hasLease ? { name: "remove", undoes: "step", steps: [removeOrphans()] } : undefined;
}
