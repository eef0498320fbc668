// Switches to a release that a node keeps. activate and rollback do this, and so does a fleet that rolls back.
import type { NodeFacts } from "../node/facts.ts";
import type { Stage, Step } from "../node/stage.ts";
import { activeRelease, type DistributionState, type HistoryEvent, type ReleaseRecord } from "../node/state.ts";
import { type Layout, layout } from "../release/layout.ts";
import type { Settings } from "../settings/settings.ts";
import { type LeaseRequest, takeLease, underLease } from "../steps/lease.ts";
import { linkOlderStatic } from "../steps/older-static.ts";
import { type PlacedFile, placeNginxConf } from "../steps/place-file.ts";
import { recordChange, recordUnproved } from "../steps/record.ts";
import { requirePackages, type Switch } from "../steps/services.ts";
import type { NodeRun } from "./fleet.ts";
import type { Runtime } from "./runtime.ts";
import { leaseFor } from "./stage-lease.ts";
import { switchStage } from "./switch-stage.ts";

export interface KeptRelease {
  readonly node: NodeRun;
  readonly facts: NodeFacts;
  readonly target: ReleaseRecord;
  /** The release to switch away from, if it failed on another server: its record must not count as healthy. */
  readonly unproved?: Layout;
  /** Files to place before nginx is reloaded: a new certificate. */
  readonly placed?: readonly PlacedFile[];
}

/**
 * Starts the kept release, checks its health, switches, and checks again as a visitor. Throws if the node keeps its live release.
 */
export async function activateRelease(
  { node, facts, target, unproved, placed = [] }: KeptRelease,
  settings: Settings,
  runtime: Runtime,
  kind: HistoryEvent["event"],
  { stoppedBy = "cancellation", before = [] }: ActivateOptions = {},
): Promise<void> {
  const root = facts.deploymentRoot;
  const lease = leaseFor(layout(root, target.distribution, target.name), facts.state, settings, runtime);
  const state = facts.state ?? { releases: [], history: [] };
  const event = historyEvent(kind, target.version, facts, runtime);
  await node.stage(
    activationStage({
      target,
      root,
      state,
      lease,
      event,
      drain: settings.drain,
      before,
      placed,
      ...(unproved ? { unproved } : {}),
    }),
    stoppedBy,
  );
}

interface ActivateOptions {
  /** Whether a cancelled run stops it. */
  readonly stoppedBy?: "cancellation" | "nobody";
  /** Steps before its start. */
  readonly before?: readonly Step[];
}

interface Activation {
  readonly target: ReleaseRecord;
  readonly root: string;
  readonly state: DistributionState;
  readonly lease: LeaseRequest;
  readonly event: HistoryEvent;
  readonly unproved?: Layout;
  readonly drain: Switch["drain"];
  readonly before?: readonly Step[];
  readonly placed?: readonly PlacedFile[];
}

/** The stage that activate, rollback and a fleet that rolls back send to a node. */
export function activationStage({
  target,
  root,
  state,
  lease,
  event,
  unproved,
  drain,
  before = [],
  placed = [],
}: Activation): Stage {
  const place = layout(root, target.distribution, target.name);
  return switchStage({
    change: { to: { place, record: target }, ...liveRelease(state, place), drain },
    lease: takeLease(lease, "first"),
    place: [...requirePackages(target.services), ...before],
    record: [...placeNginxConf(placed), linkOlderStatic({ place, record: target }, state.releases)],
    settle: [...(unproved ? [recordUnproved(unproved)] : []), recordChange(place, event)],
    tidy: [],
    around: underLease(lease, "last"),
  });
}

/** The live release, as the one to switch from. */
export function liveRelease(state: DistributionState | undefined, place: Layout): Pick<Switch, "from"> {
  const record = activeRelease(state);
  if (!record) return {};
  return { from: { place: layout(place.root, place.distribution, record.name), record } };
}

export function historyEvent(
  event: HistoryEvent["event"],
  version: string,
  facts: NodeFacts,
  runtime: Runtime,
): HistoryEvent {
  const previous = activeRelease(facts.state)?.version;
  const { actor, run } = runtime.by;
  return {
    at: new Date(runtime.now()).toISOString(),
    event,
    version,
    ...(previous === undefined ? {} : { previous }),
    ...(actor ? { actor } : {}),
    ...(run ? { run } : {}),
  };
}
