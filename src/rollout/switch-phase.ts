// The switch of a fleet: all nodes switch, or those that did roll back. A node that becomes unreachable counts as failed: the others
// roll back, and that node finishes or undoes its switch on its own.
import { basename } from "node:path";
import { asWovenError, WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { sh } from "../node/sh.ts";
import { StageError } from "../node/stage-failure.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import { buildFolder } from "../release/build.ts";
import { layout } from "../release/layout.ts";
import type { Settings } from "../settings/settings.ts";
import { activateRelease } from "./activate-release.ts";
import type { Fleet, NodeRun } from "./fleet.ts";
import { distributionFacts } from "./release-facts.ts";
import type { Runtime } from "./runtime.ts";

export interface PendingSwitch {
  /** The facts from before the switch. */
  readonly facts: NodeFacts;
  readonly to: ReleaseRecord;
  /** Switches. Throws if the node keeps its live release. */
  readonly switch: () => Promise<unknown>;
}

/**
 * Switches the nodes that have a release to switch to. If one fails, or the run is cancelled, the nodes that have switched roll back,
 * each with its own health checks.
 */
export async function switchPhase(
  nodes: Fleet,
  pending: ReadonlyMap<NodeRun, PendingSwitch>,
  settings: Settings,
  runtime: Runtime,
): Promise<void> {
  const switched = new Map<NodeRun, PendingSwitch>();
  const unclear = new Map<NodeRun, PendingSwitch>();
  await nodes.phase(async (node) => {
    const one = pending.get(node);
    if (!one) return;
    // A node that has not begun its switch need not roll back.
    if (nodes.failed) return node.skip();
    try {
      await one.switch();
    } catch (error) {
      if (error instanceof StageError && error.end === "unknown") unclear.set(node, one);
      throw error;
    }
    if (settings.dryRun) return;
    node.liveNow(one.to.version);
    switched.set(node, one);
  });
  if (settings.dryRun) return;
  if (nodes.failed) await rollBackTogether(nodes, switched, unclear, settings, runtime);
  await Promise.all([...unclear].map(([node, one]) => node.during(() => findLiveVersion(node, one, settings))));
}

async function rollBackTogether(
  nodes: Fleet,
  switched: ReadonlyMap<NodeRun, PendingSwitch>,
  unclear: Map<NodeRun, PendingSwitch>,
  settings: Settings,
  runtime: Runtime,
): Promise<void> {
  const why = runtime.signal.aborted
    ? "the run was cancelled before all servers had switched"
    : `${named(nodes.nodes.filter(({ failed }) => failed).map(({ host }) => host.name))} failed to switch`;
  await nodes.phase(async (node) => {
    const one = switched.get(node);
    if (!one) return;
    const target = previousRelease(one.facts, one.to);
    if (!target) throw nothingToRollBackTo(one, why);
    const root = one.facts.deploymentRoot;
    const facts = afterSwitch(one.facts, one.to, root);
    try {
      // Cancelling does not stop a rollback: it takes a second or two, and without it the nodes would have different versions.
      const unproved = wasHealthy(one) ? {} : { unproved: layout(root, one.to.distribution, one.to.name) };
      await activateRelease({ node, facts, target, ...unproved }, settings, runtime, "rollback", {
        stoppedBy: "nobody",
      });
    } catch (error) {
      if (error instanceof StageError && error.end === "unknown") unclear.set(node, one);
      throw rollbackFailed(one.to, target, why, error);
    }
    node.liveNow(target.version);
    node.rolledBack(rolledBack(one.to, target, why));
  });
}

/** Succeeds while a switch is going on or being undone. One that has reported its end only tidies up. */
const whetherSwitching = sh`for unit in $(systemctl list-units --plain --no-legend --state=active,activating,deactivating 'woven-switch-*.service' | cut -d' ' -f1); do
  id=\${unit#woven-}
  grep -qs '^{"event":"end"' "/var/local/woven/runs/\${id%.service}/log" || exit 0
done
exit 1`;

/** For a node whose switch did not report its end: asks the node which version is live. If it cannot be asked, nobody knows. */
async function findLiveVersion(node: NodeRun, { to }: PendingSwitch, settings: Settings): Promise<void> {
  node.liveUnknown();
  let live = { state: "The live version there is not known.", next: "Run `status` when the server can be reached. " };
  try {
    const switching = await node.host.root(whetherSwitching, { purpose: "whether a switch is still running" });
    if (switching.code !== 0) {
      const facts = await distributionFacts(node.host, to.distribution, settings);
      const version = activeRelease(facts.state)?.version;
      node.liveNow(version);
      live = { state: `${version ?? "No version"} is live there now.`, next: "" };
    }
  } catch (error) {
    node.host.log.debug(asWovenError(error).message);
  }
  // The advice of a failed step is right only if its undo succeeded.
  const { code, details } = node.error ?? {};
  const next = code === "step-failed" ? fixAndRunAgain : (details?.next ?? "");
  node.advise({ state: live.state, next: `${live.next}${next}` });
}

/** The release that a node can roll back to. Undefined if this run replaced it by a new build of the same version. */
function previousRelease({ state }: NodeFacts, to: ReleaseRecord): ReleaseRecord | undefined {
  const before = activeRelease(state);
  return before?.name === to.name ? undefined : before;
}

/** Whether this build was already recorded as healthy before the run. */
function wasHealthy({ facts: { state }, to }: PendingSwitch): boolean {
  return state?.releases.some(({ name, build, healthy }) => name === to.name && build === to.build && healthy) ?? false;
}

/** The facts of a node after its switch to `to`. */
function afterSwitch(facts: NodeFacts, to: ReleaseRecord, root: string): NodeFacts {
  const { releases, history } = facts.state ?? { releases: [], history: [] };
  return {
    ...facts,
    state: {
      active: to.name,
      folder: basename(buildFolder(layout(root, to.distribution, to.name), to.build)),
      releases: [...releases.filter(({ name }) => name !== to.name), to],
      history,
    },
  };
}

/** `web1, web2, web3 and 4 more` */
function named(hosts: readonly string[]): string {
  const shown = hosts.slice(0, 3).join(", ");
  return hosts.length > 3 ? `${shown} and ${hosts.length - 3} more` : shown;
}

const fixAndRunAgain = "Fix the cause, and run the command again. Migrations that ran stay applied.";

function rolledBack(to: ReleaseRecord, target: ReleaseRecord, why: string): WovenError {
  return new WovenError({
    code: "went-back",
    message: `rolled back from ${to.version} to ${target.version}, because ${why}`,
    state: `${to.version} is kept.`,
    next: fixAndRunAgain,
    stage: "switch",
  });
}

function nothingToRollBackTo({ facts, to }: PendingSwitch, why: string): WovenError {
  const reason = activeRelease(facts.state)
    ? `this run replaced the previous build of ${to.version}`
    : "no version was live before";
  return new WovenError({
    code: "not-back",
    message: `${to.version} stays live, although ${why}: there is no release to roll back to, because ${reason}`,
    state: `${to.version} is live here, but not on every server.`,
    next: fixAndRunAgain,
    stage: "switch",
  });
}

function rollbackFailed(to: ReleaseRecord, target: ReleaseRecord, why: string, thrown: unknown): WovenError {
  const { details } = asWovenError(thrown);
  return new WovenError({
    ...details,
    code: "not-back",
    message: `could not roll back from ${to.version} to ${target.version}: ${details.message}. The rollback was needed because ${why}`,
    state: `${to.version} is live here, but not on every server.`,
    next: `Run \`activate\` with \`version: ${target.version}\`, to switch all servers to ${target.version}. ${fixAndRunAgain}`,
    stage: details.stage ?? "switch",
    cause: thrown,
  });
}
