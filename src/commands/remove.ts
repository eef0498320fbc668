// remove: removes a version, or a whole distribution, from the nodes. The live version is removed only with the distribution.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { type PreviewRecord, readPreviews } from "../node/previews.ts";
import { filesOf } from "../node/services.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import { layout } from "../release/layout.ts";
import type { RunReport } from "../report.ts";
import { fleet, type NodeRun } from "../rollout/fleet.ts";
import { previewRemoval } from "../rollout/preview-removal.ts";
import { deployFacts, distributionName } from "../rollout/release-facts.ts";
import { distributionRemoval, releaseRemoval } from "../rollout/removal.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { previewDistribution } from "../settings/preview.ts";
import type { Settings } from "../settings/settings.ts";

/** What the typed name means on a node. */
type Target = { readonly kind: "release"; readonly record: ReleaseRecord } | { readonly kind: "distribution" };

/** Asks all nodes first. If one refuses, or none has the named version or distribution, nothing is removed anywhere. */
export async function remove(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const wanted = settings.version ?? "";
  const name = distributionName(settings);
  // A version, too, may have the mark: 1.0~rc1.
  if (wanted.startsWith(previewDistribution(name, ""))) return await removeNamedPreview(settings, runtime, wanted);
  await using nodes = fleet(settings, runtime);
  const found = new Map<NodeRun, { readonly facts: NodeFacts; readonly target: Target }>();
  const kept = new Map<NodeRun, readonly ReleaseRecord[]>();
  await nodes.phase(async (node) => {
    const facts = await deployFacts(node, settings);
    const releases = [...(facts.state?.releases ?? []), ...facts.lost];
    kept.set(node, releases);
    const target = targetOf(wanted, name, facts, releases);
    if (target?.kind === "release" && isInUse(facts, target.record)) throw releaseLive(target.record, node.host.name);
    if (target) found.set(node, { facts, target });
  });
  if (!nodes.failed && found.size === 0)
    for (const node of nodes.nodes) node.fail(versionUnknown(wanted, name, kept.get(node) ?? [], node.host.name));
  if (nodes.failed) nodes.skipRest();
  else
    await nodes.phase(async (node) => {
      const one = found.get(node);
      if (!one) return;
      const { facts, target } = one;
      if (target.kind === "release") await node.stage(releaseRemoval(facts, target.record, settings, runtime));
      else {
        const place = layout(facts.deploymentRoot, name, "");
        await node.stage(distributionRemoval(place, facts, settings, runtime));
        if (!settings.dryRun) node.liveNow(undefined);
      }
    });
  return runReport(nodes, settings, runtime);
}

/** `shop~pr-12`: by hand what closing the pull request does. */
async function removeNamedPreview(settings: Settings, runtime: Runtime, wanted: string): Promise<RunReport> {
  await using nodes = fleet(settings, runtime);
  await nodes.phase(async (node) => {
    node.liveAtStart(undefined);
    const kept = (await readPreviews(node.host)).map(({ record }) => record);
    const found = kept.find(({ distribution }) => distribution === wanted);
    if (found) await node.stage(previewRemoval(found, runtime.by));
    else throw previewUnknown(wanted, kept, node.host.name);
  });
  return runReport(nodes, settings, runtime);
}

function previewUnknown(wanted: string, kept: readonly PreviewRecord[], node: string): WovenError {
  return new WovenError({
    code: "version-unknown",
    message: `${node} has no preview ${JSON.stringify(wanted)}. It has: ${kept.map(({ distribution }) => distribution).join(", ") || "none"}`,
    state: "Nothing was removed.",
    next: "Set version to one of those.",
    node,
  });
}

/** If a version and the distribution have the same name, the version is meant: less is lost by mistake. */
function targetOf(
  wanted: string,
  distribution: string,
  { state }: NodeFacts,
  releases: readonly ReleaseRecord[],
): Target | undefined {
  const record = releases.find(({ version }) => version === wanted);
  if (record) return { kind: "release", record };
  const exists = releases.length > 0 || (state?.history.length ?? 0) > 0 || state?.active !== undefined;
  return wanted === distribution && exists ? { kind: "distribution" } : undefined;
}

/** Whether a release is live, or nginx has its configuration: after an interrupted switch, that may be two releases. */
function isInUse({ state, enabled }: NodeFacts, record: ReleaseRecord): boolean {
  return activeRelease(state) === record || filesOf(record.services).some((file) => enabled.includes(file));
}

function releaseLive({ distribution, version }: ReleaseRecord, node: string): WovenError {
  return new WovenError({
    code: "release-live",
    message: `${distribution} ${version} is live on ${node}, so it is not removed`,
    state: "Nothing was removed.",
    next: `Activate another version first. To remove all of ${distribution}, write version: ${distribution}.`,
    node,
  });
}

function versionUnknown(
  wanted: string,
  distribution: string,
  releases: readonly ReleaseRecord[],
  node: string,
): WovenError {
  const versions = releases.map(({ version }) => version).join(", ") || "none";
  return new WovenError({
    code: "version-unknown",
    message: `${node} has no version ${JSON.stringify(wanted)} of ${distribution}. It has: ${versions}`,
    state: "Nothing was removed.",
    next: `Set version to one of those, or to ${distribution} to remove all of it.`,
    node,
  });
}
