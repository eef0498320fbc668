// A new preview that could not be built leaves nothing on the node.
import { asWovenError } from "../errors.ts";
import { activeRelease } from "../node/state.ts";
import type { NodeRun } from "./fleet.ts";
import { previewRemoval } from "./preview-removal.ts";
import type { Release } from "./rollout.ts";
import type { Runtime } from "./runtime.ts";

/** Removes the previews that this run began, and that failed. What cannot be removed now has an end: the node's own timer. */
export async function removeUnfinished(releases: ReadonlyMap<NodeRun, Release>, runtime: Runtime): Promise<void> {
  await Promise.all(
    [...releases.values()].map(async (release) => {
      if (release.kind !== "built") return;
      const { node, facts, plan } = release;
      // A node may also wait for nothing, because another one has failed.
      const isUnfinished = node.failed || node.status === "skipped";
      const isBegun = node.steps.some(({ step }) => step === "keep-preview");
      const isKnown = node.report().unknown !== true;
      if (!isUnfinished || !isBegun || !isKnown || activeRelease(facts.state) !== undefined) return;
      const { root, distribution } = plan.place;
      try {
        await node.stage(previewRemoval({ distribution, root, sites: [...plan.record.sites] }, runtime.by));
        runtime.log.info(`${node.host.name}: ${distribution} was removed, because it could not be built.`);
      } catch (error) {
        runtime.log.warning(
          `${node.host.name}: ${distribution} could not be removed: ${asWovenError(error).message}. The server removes it at the end of its time to live.`,
        );
      }
    }),
  );
}
