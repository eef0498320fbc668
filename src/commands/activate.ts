// activate: go over to a version that is kept on the nodes. Its own code, packages and web configuration; no migrations.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import type { RunReport } from "../report.ts";
import type { Settings } from "../settings/settings.ts";
import { finish } from "./finish.ts";
import { fleet, type NodeRun } from "./fleet.ts";
import { goTo } from "./go-to.ts";
import { deployFacts, serves } from "./node-facts.ts";
import { type GoingOver, switchPhase } from "./switch-phase.ts";
import type { World } from "./world.ts";

export async function activate(settings: Settings, world: World): Promise<RunReport> {
  const version = settings.version ?? "";
  return goBack(settings, world, "activate", (facts, node) => {
    const releases = facts.state?.releases ?? [];
    const target = releases.find((release) => release.version === version);
    if (target) return target;
    const kept = releases.map((release) => release.version).join(", ") || "none";
    throw new WovenError({
      code: "version-unknown",
      message: `${node} keeps no version ${JSON.stringify(version)}; it keeps: ${kept}`,
      next: "Set the version input to one of those, or deploy this version.",
      node,
    });
  });
}

/** Every node reads what it keeps and settles where to go; only when all know does any of them go, and all go or none. */
export async function goBack(
  settings: Settings,
  world: World,
  event: "activate" | "rollback",
  choose: (facts: NodeFacts, node: string) => ReleaseRecord,
): Promise<RunReport> {
  await using nodes = fleet(settings, world);
  const going = new Map<NodeRun, GoingOver>();
  await nodes.phase(async (node) => {
    const facts = await deployFacts(node, settings);
    const target = choose(facts, node.host.name);
    if (target === activeRelease(facts.state) && serves(facts, target)) return;
    going.set(node, { facts, to: target, go: () => goTo({ node, facts, target }, settings, world, event) });
  });
  if (nodes.failed) nodes.skipRest();
  else await switchPhase(nodes, going, settings, world);
  return finish(nodes, settings, world);
}
