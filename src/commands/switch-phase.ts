// The switch of a fleet: all nodes go over, or those that did go back to what served there before.
import { basename } from "node:path";
import { asWovenError, WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import { buildFolder, layout } from "../release/layout.ts";
import type { Settings } from "../settings/settings.ts";
import type { Fleet, NodeRun } from "./fleet.ts";
import { goTo } from "./go-to.ts";
import type { World } from "./world.ts";

export interface GoingOver {
  /** From before the switch. */
  readonly facts: NodeFacts;
  readonly to: ReleaseRecord;
  /** Switches; throws where the node stays with what it had. */
  readonly go: () => Promise<unknown>;
}

/** Switches the nodes that have somewhere to go. Where one fails, those that have switched already go back, each by its own health checks. */
export async function switchPhase(
  nodes: Fleet,
  goingOver: ReadonlyMap<NodeRun, GoingOver>,
  settings: Settings,
  world: World,
): Promise<void> {
  const gone = new Map<NodeRun, GoingOver>();
  await nodes.phase(async (node) => {
    const one = goingOver.get(node);
    if (!one) return;
    // One that has not begun need not come back.
    if (nodes.failed) return node.skip();
    await one.go();
    node.version = one.to.version;
    gone.set(node, one);
  });
  if (nodes.failed && !settings.dryRun) await backTogether(nodes, gone, settings, world);
}

async function backTogether(
  nodes: Fleet,
  gone: ReadonlyMap<NodeRun, GoingOver>,
  settings: Settings,
  world: World,
): Promise<void> {
  const why = `${named(nodes.nodes.filter(({ failed }) => failed).map(({ host }) => host.name))} failed to switch`;
  await nodes.phase(async (node) => {
    const one = gone.get(node);
    if (!one) return;
    const target = wayBack(one.facts, one.to);
    if (!target) throw stays(one, why);
    // Nothing more is begun for somebody who wants it to end.
    if (world.signal.aborted) throw notBack(one.to, target, why, world.signal.reason);
    const root = settings.deploymentRoot ?? one.facts.home;
    try {
      await goTo({ node, facts: afterSwitch(one.facts, one.to, root), target }, settings, world, "rollback");
    } catch (error) {
      throw notBack(one.to, target, why, error);
    }
    node.version = target.version;
    node.wentBack(wentBack(one.to, target, why));
  });
}

/** What a node can go back to: what served before, unless the same version was built anew or patched in its place. */
export function wayBack({ state }: NodeFacts, to: ReleaseRecord): ReleaseRecord | undefined {
  const before = activeRelease(state);
  return before?.name === to.name ? undefined : before;
}

/** The facts of a node that has gone over to `to` since they were read. */
export function afterSwitch(facts: NodeFacts, to: ReleaseRecord, root: string): NodeFacts {
  const { releases, history } = facts.state ?? { releases: [], history: [] };
  return {
    ...facts,
    state: {
      active: to.name,
      folder: basename(buildFolder(layout(root, to.distribution, to.name), to.address)),
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

function stays({ facts, to }: GoingOver, why: string): WovenError {
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
    next: `${to.version} serves here, and not on every node. See what \`status\` says; \`activate\` with version ${target.version} goes back there. ${mend}`,
    stage: details.stage ?? "switch",
    cause: thrown,
  });
}
