// Going over to a release that a node keeps: what activate and rollback do, and a fleet that goes back.
import type { NodeFacts } from "../node/facts.ts";
import { activeRelease, type HistoryEvent, type ReleaseRecord } from "../node/state.ts";
import { layout } from "../release/layout.ts";
import type { Settings } from "../settings/settings.ts";
import type { NodeRun } from "./fleet.ts";
import { goToStage, leaseFor } from "./release-stages.ts";
import type { World } from "./world.ts";

export interface Kept {
  readonly node: NodeRun;
  readonly facts: NodeFacts;
  readonly target: ReleaseRecord;
}

/**
 * Starts the kept release, asks it, switches and asks again; throws where the node stays with what it had.
 * `heeds`: whether a cancelled run ends it.
 */
export async function goTo(
  { node, facts, target }: Kept,
  settings: Settings,
  world: World,
  event: HistoryEvent["event"],
  heeds: "cancellation" | "nobody" = "cancellation",
): Promise<void> {
  const root = settings.deploymentRoot ?? facts.home;
  const lease = leaseFor(layout(root, target.distribution, target.name), facts.state, settings, world);
  const state = facts.state ?? { releases: [], history: [] };
  await node.stage(goToStage(target, root, state, lease, historyEvent(event, target.version, facts, world)), heeds);
}

export function historyEvent(
  event: HistoryEvent["event"],
  version: string,
  facts: NodeFacts,
  world: World,
): HistoryEvent {
  const previous = activeRelease(facts.state)?.version;
  const { actor, run } = world.by;
  return {
    at: new Date(world.now()).toISOString(),
    event,
    version,
    ...(previous === undefined ? {} : { previous }),
    ...(actor ? { actor } : {}),
    ...(run ? { run } : {}),
  };
}
