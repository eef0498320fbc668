// activate: switches to a version that the nodes keep, with its own code, packages and web configuration. It runs no migrations.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import type { RunReport } from "../report.ts";
import { activateRelease } from "../rollout/activate-release.ts";
import { domainCheck } from "../rollout/domains.ts";
import { type Fleet, fleet, type NodeRun } from "../rollout/fleet.ts";
import { keptSchema } from "../rollout/kept-schema.ts";
import { withDistribution } from "../rollout/node-distribution.ts";
import { deployFacts, isLive } from "../rollout/release-facts.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { type PendingSwitch, switchPhase } from "../rollout/switch-phase.ts";
import type { Settings } from "../settings/settings.ts";

export async function activate(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const version = settings.version ?? "";
  return switchToKept(settings, runtime, "activate", (facts, node) => {
    const releases = facts.state?.releases ?? [];
    const target = releases.find((release) => release.version === version);
    if (target) return target;
    const kept = releases.map((release) => release.version).join(", ") || "none";
    throw new WovenError({
      code: "version-unknown",
      message: `${node} does not have version ${JSON.stringify(version)}. It has: ${kept}`,
      state: "Nothing was changed.",
      next: "Set the version input to one of those, or deploy this version.",
      node,
    });
  });
}

/** Chooses a release on every node first. The nodes switch only if all of them have one; then all switch, or none. */
export async function switchToKept(
  settings: Settings,
  runtime: Runtime,
  event: "activate" | "rollback",
  choose: (facts: NodeFacts, node: string) => ReleaseRecord,
): Promise<RunReport> {
  await using nodes = fleet(settings, runtime);
  const known = await withDistribution(settings, nodes, runtime);
  if (known === undefined) {
    nodes.skipRest();
    return runReport(nodes, settings, runtime);
  }
  const domains = domainCheck(nodes, runtime);
  const pending = new Map<NodeRun, PendingSwitch>();
  await nodes.phase(async (node) => {
    const facts = await deployFacts(node, known, { stages: 1 });
    const target = choose(facts, node.host.name);
    if (target === activeRelease(facts.state) && isLive(facts, target)) return;
    domains.compare(activeRelease(facts.state), target.sites, target.version, "nothing");
    pending.set(node, {
      facts,
      to: target,
      switch: () => activateRelease({ node, facts, target }, known, runtime, event),
    });
  });
  if (nodes.failed) nodes.skipRest();
  else await switchPhase(nodes, pending, known, runtime);
  if (!settings.dryRun) tellSchema(nodes, pending, runtime, event);
  return runReport(nodes, known, runtime);
}

/** Says what a switch has left in the database, in the log and at the top of the summary. */
function tellSchema(
  nodes: Fleet,
  switched: ReadonlyMap<NodeRun, PendingSwitch>,
  { log }: Runtime,
  event: "activate" | "rollback",
): void {
  const done = [...switched].filter(([node]) => node.status === "ok");
  const kept = done.flatMap(([, { facts, to }]) => keptSchema(activeRelease(facts.state), to) ?? []);
  for (const text of kept) if (nodes.notice(text)) log.warning(text, { title: "Woven: database" });
  if (event === "rollback" && done.length > 0 && kept.length === 0)
    log.info("The database stays as it is: a rollback never changes it.");
}
