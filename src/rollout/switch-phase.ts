// The switch of a fleet: all nodes go over, or those that did go back to what served there before. A node that is lost from sight
// counts as one that failed: the others go back, and it ends its own switch by itself, one way or the other.
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
  /** From before the switch. */
  readonly facts: NodeFacts;
  readonly to: ReleaseRecord;
  /** Switches; throws where the node stays with what it had. */
  readonly go: () => Promise<unknown>;
}

/**
 * Switches the nodes that have somewhere to go. Where one fails, or the run is cancelled, those that have switched already go back,
 * each by its own health checks.
 */
export async function switchPhase(
  nodes: Fleet,
  pending: ReadonlyMap<NodeRun, PendingSwitch>,
  settings: Settings,
  runtime: Runtime,
): Promise<void> {
  const switched = new Map<NodeRun, PendingSwitch>();
  const open = new Map<NodeRun, PendingSwitch>();
  await nodes.phase(async (node) => {
    const one = pending.get(node);
    if (!one) return;
    // One that has not begun need not come back.
    if (nodes.failed) return node.skip();
    try {
      await one.go();
    } catch (error) {
      if (error instanceof StageError && error.end === "unknown") open.set(node, one);
      throw error;
    }
    if (settings.dryRun) return;
    node.serves(one.to.version);
    switched.set(node, one);
  });
  if (settings.dryRun) return;
  if (nodes.failed) await rollBackTogether(nodes, switched, open, settings, runtime);
  await Promise.all([...open].map(([node, one]) => askWhatServes(node, one, settings)));
}

async function rollBackTogether(
  nodes: Fleet,
  switched: ReadonlyMap<NodeRun, PendingSwitch>,
  open: Map<NodeRun, PendingSwitch>,
  settings: Settings,
  runtime: Runtime,
): Promise<void> {
  const why = runtime.signal.aborted
    ? "the run was cancelled before all had switched"
    : `${named(nodes.nodes.filter(({ failed }) => failed).map(({ host }) => host.name))} failed to switch`;
  await nodes.phase(async (node) => {
    const one = switched.get(node);
    if (!one) return;
    const target = previousRelease(one.facts, one.to);
    if (!target) throw stays(one, why);
    const root = one.facts.deploymentRoot;
    const facts = afterSwitch(one.facts, one.to, root);
    try {
      // Also of a run that is cancelled: it must not leave some nodes here and some there, and each needs a second or two.
      const doubted = hadProved(one) ? {} : { doubted: layout(root, one.to.distribution, one.to.name) };
      await activateRelease({ node, facts, target, ...doubted }, settings, runtime, "rollback", "nobody");
    } catch (error) {
      if (error instanceof StageError && error.end === "unknown") open.set(node, one);
      throw notBack(one.to, target, why, error);
    }
    node.serves(target.version);
    node.wentBack(wentBack(one.to, target, why));
  });
}

/** A node whose switch had no end that was told: what serves is what it says itself, once more asked; or nobody knows. */
async function askWhatServes(node: NodeRun, { to }: PendingSwitch, settings: Settings): Promise<void> {
  node.lostFromSight();
  let now = "What serves there is not known: see what `status` says as soon as it can be reached.";
  try {
    const atWork = await node.host.root(sh`systemctl is-active --quiet 'woven-switch-*.service'`, {
      purpose: "whether a switch is at work",
    });
    if (atWork.code !== 0) {
      const facts = await distributionFacts(node.host, to.distribution, settings);
      const version = activeRelease(facts.state)?.version;
      node.serves(version);
      now = `Asked once more, it said that ${version ?? "no version"} serves.`;
    }
  } catch (error) {
    node.host.log.debug(asWovenError(error).message);
  }
  // What a failed step advises counts on an undo that went well.
  node.advise((next) => `${now} ${node.error?.code === "step-failed" ? mend : next}`);
}

/** What a node can go back to: what served before, unless the same version was built anew or patched in its place. */
function previousRelease({ state }: NodeFacts, to: ReleaseRecord): ReleaseRecord | undefined {
  const before = activeRelease(state);
  return before?.name === to.name ? undefined : before;
}

/** Whether this very build had proved itself before the run. */
function hadProved({ facts: { state }, to }: PendingSwitch): boolean {
  return state?.releases.some(({ name, build, healthy }) => name === to.name && build === to.build && healthy) ?? false;
}

/** The facts of a node that has switched over to `to` since they were read. */
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

const mend = "When what failed is mended, run the command again. Migrations that ran stay applied.";

function wentBack(to: ReleaseRecord, target: ReleaseRecord, why: string): WovenError {
  return new WovenError({
    code: "went-back",
    message: `went back from ${to.version} to ${target.version}, because ${why}`,
    next: `${target.version} serves here, as before; ${to.version} is kept. ${mend}`,
    stage: "switch",
  });
}

function stays({ facts, to }: PendingSwitch, why: string): WovenError {
  const reason = activeRelease(facts.state)
    ? `the build of ${to.version} that served before was replaced by this one`
    : "no version served before";
  return new WovenError({
    code: "not-back",
    message: `${to.version} stays, though ${why}: there is nothing to go back to, ${reason}`,
    next: `${to.version} serves here, and not on every node. ${mend}`,
    stage: "switch",
  });
}

function notBack(to: ReleaseRecord, target: ReleaseRecord, why: string, thrown: unknown): WovenError {
  const { details } = asWovenError(thrown);
  return new WovenError({
    ...details,
    code: "not-back",
    message: `did not go back from ${to.version} to ${target.version}, as it should have, because ${why}: ${details.message}`,
    next: `${to.version} serves here, and not on every node: \`activate\` with \`version: ${target.version}\` brings all back there. ${mend}`,
    stage: details.stage ?? "switch",
    cause: thrown,
  });
}
