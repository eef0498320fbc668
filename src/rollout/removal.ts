// The stages that remove a release, or a whole distribution, from a node.
import type { NodeFacts } from "../node/facts.ts";
import type { Stage, Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { type Layout, layout } from "../release/layout.ts";
import type { Settings } from "../settings/settings.ts";
import { takeLease, underLease } from "../steps/lease.ts";
import { removeUnusedPythons } from "../steps/python.ts";
import { closeDomains, removeDistribution, removeRelease } from "../steps/remove.ts";
import { removeUnusedPackages } from "../steps/virtualenv.ts";
import { historyEvent } from "./activate-release.ts";
import type { Runtime } from "./runtime.ts";
import { leaseFor } from "./stage-lease.ts";

export function releaseRemoval(facts: NodeFacts, record: ReleaseRecord, settings: Settings, runtime: Runtime): Stage {
  const place = layout(facts.deploymentRoot, record.distribution, record.name);
  const lease = leaseFor(place, facts.state, settings, runtime);
  const event = historyEvent("remove", record.version, facts, runtime);
  return {
    name: "remove",
    undoes: "step",
    steps: [
      takeLease(lease, "first"),
      removeRelease({ place, record }, event),
      removeUnusedPackages(place),
      ...unusedPythons(facts, place),
    ],
    ...underLease(lease, "last"),
  };
}

export function distributionRemoval(place: Layout, facts: NodeFacts, settings: Settings, runtime: Runtime): Stage {
  const lease = leaseFor(place, facts.state, settings, runtime);
  const stamp = new Date(runtime.now()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const releases = [...(facts.state?.releases ?? []), ...facts.lost];
  return {
    name: "remove",
    undoes: "stage",
    steps: [
      takeLease(lease, "first"),
      closeDomains(place),
      ...removeDistribution(place, releases, stamp),
      removeUnusedPackages(place),
      ...unusedPythons(facts, place),
    ],
    ...underLease(lease, "last"),
  };
}

/** Removes the Pythons that only the removed releases ran on. */
function unusedPythons({ pythons }: NodeFacts, place: Layout): readonly Step[] {
  return pythons.length > 0 ? [removeUnusedPythons(place)] : [];
}
