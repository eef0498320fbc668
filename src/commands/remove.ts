// remove: take one version that is kept, or all of a distribution, off the nodes. What is live goes only with the distribution.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { filesOf } from "../node/services.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import { layout } from "../release/layout.ts";
import type { RunReport } from "../report.ts";
import { fleet, type NodeRun } from "../rollout/fleet.ts";
import { deployFacts, distributionName } from "../rollout/release-facts.ts";
import { distributionRemoval, releaseRemoval } from "../rollout/removal.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { Settings } from "../settings/settings.ts";

/** What the typed name means on a node. */
type Target = { readonly kind: "release"; readonly record: ReleaseRecord } | { readonly kind: "distribution" };

/** All nodes are asked first: where one of them refuses, or none of them has what was named, nothing is removed anywhere. */
export async function remove(settings: Settings, runtime: Runtime): Promise<RunReport> {
  await using nodes = fleet(settings, runtime);
  const name = distributionName(settings);
  const wanted = settings.version ?? "";
  const found = new Map<NodeRun, { readonly facts: NodeFacts; readonly target: Target }>();
  const kept = new Map<NodeRun, readonly ReleaseRecord[]>();
  await nodes.phase(async (node) => {
    const facts = await deployFacts(node, settings);
    const releases = [...(facts.state?.releases ?? []), ...facts.lost];
    kept.set(node, releases);
    const target = targetOf(wanted, name, facts, releases);
    if (target?.kind === "release" && isInUse(facts, target.record)) throw live(target.record, node.host.name);
    if (target) found.set(node, { facts, target });
  });
  if (!nodes.failed && found.size === 0)
    for (const node of nodes.nodes) node.fail(unknown(wanted, name, kept.get(node) ?? [], node.host.name));
  if (nodes.failed) nodes.skipRest();
  else
    await nodes.phase(async (node) => {
      const one = found.get(node);
      if (!one) return node.end();
      const { facts, target } = one;
      if (target.kind === "release") await node.stage(releaseRemoval(facts, target.record, settings, runtime));
      else {
        const place = layout(facts.deploymentRoot, name, "");
        await node.stage(distributionRemoval(place, facts, settings, runtime));
        if (!settings.dryRun) node.serves(undefined);
      }
    });
  return runReport(nodes, settings, runtime);
}

/** A version wins over a distribution of the same name: it is the lesser loss. */
function targetOf(
  wanted: string,
  distribution: string,
  { state }: NodeFacts,
  releases: readonly ReleaseRecord[],
): Target | undefined {
  const record = releases.find(({ version }) => version === wanted);
  if (record) return { kind: "release", record };
  const isThere = releases.length > 0 || (state?.history.length ?? 0) > 0 || state?.active !== undefined;
  return wanted === distribution && isThere ? { kind: "distribution" } : undefined;
}

/** Live, or visited by anybody: of a switch that was cut in the middle, both may be. */
function isInUse({ state, enabled }: NodeFacts, record: ReleaseRecord): boolean {
  return activeRelease(state) === record || filesOf(record.services).some((file) => enabled.includes(file));
}

function live({ distribution, version }: ReleaseRecord, node: string): WovenError {
  return new WovenError({
    code: "release-live",
    message: `${distribution} ${version} is live on ${node}, so it is not removed`,
    next: `Nothing was removed. Activate another version first; or, to remove all of ${distribution}, write version: ${distribution}.`,
    node,
  });
}

function unknown(wanted: string, distribution: string, releases: readonly ReleaseRecord[], node: string): WovenError {
  const versions = releases.map(({ version }) => version).join(", ") || "none";
  return new WovenError({
    code: "version-unknown",
    message: `${node} has nothing of ${distribution} that is called ${JSON.stringify(wanted)}; it keeps these versions: ${versions}`,
    next: `Nothing was removed. Write version: with one of those, or ${distribution} to remove all of it.`,
    node,
  });
}
