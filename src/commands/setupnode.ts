// setupnode: from a bare Debian or Ubuntu server to a node that releases can be deployed to. Run again, it changes nothing.
import { WovenError } from "../errors.ts";
import { type NodeFacts, readFacts } from "../node/facts.ts";
import type { StageResult } from "../node/run-stage.ts";
import type { Stage } from "../node/stage.ts";
import { StageError } from "../node/stage-failure.ts";
import type { RunReport } from "../report.ts";
import type { Settings } from "../settings/settings.ts";
import { proveAccess } from "../steps/ssh-guard.ts";
import { awaitTurn } from "../steps/turn.ts";
import { finish } from "./finish.ts";
import { Fleet, NodeRun } from "./fleet.ts";
import { closeStage, hookStage, type NodePlan, nodePlan, setupStage } from "./setup-stages.ts";
import { WayIn } from "./way-in.ts";
import type { World } from "./world.ts";

export async function setupnode(settings: Settings, world: World): Promise<RunReport> {
  const ways = settings.nodes.map((address) => new WayIn(address, settings, world));
  const runs = ways.map((way) => new NodeRun(way.host, world, settings));
  await using nodes = new Fleet(runs, settings.maxParallel);
  await nodes.phase(async (node) => {
    const way = ways[runs.indexOf(node)];
    if (way) await setUp(node, way, settings, world);
  });
  return finish(nodes, settings, world);
}

/**
 * One node: everything, with a second way in beside the first; a login by the new way, which proves it; then the old way is
 * closed, and one more login proves that too. Until it does, the node is ready to take the change back by itself.
 */
async function setUp(node: NodeRun, way: WayIn, settings: Settings, world: World): Promise<void> {
  const { plan, arrived, first } = await inTurn(node, world, async () => {
    // While another run was waited for, it may have changed all of this.
    await way.anew();
    const facts = await factsBy(way);
    checkSystem(facts, node.host.name);
    way.trusted = knownHostsLines(node.host.name, way.target.port, facts.hostKeys);
    const plan = await nodePlan(way.address, facts, settings, world.by);
    const arrived = way.arrived || settings.dryRun;
    return { plan, arrived, first: await node.stage(setupStage(plan, settings, arrived ? "final" : "opening")) };
  });
  const hostKeys = way.trusted;
  const last = arrived ? first : await close(node, way, plan, settings, world);
  const change = settings.dryRun ? "" : waiting(last);
  if (change) await prove(node, way, change);
  const hook = hookStage(plan);
  if (hook) await stageInTurn(node, world, hook);
  node.knownHosts = hostKeys;
}

async function close(
  node: NodeRun,
  way: WayIn,
  plan: NodePlan,
  settings: Settings,
  world: World,
): Promise<StageResult> {
  await way.changeOver();
  return await stageInTurn(node, world, closeStage(plan, settings));
}

/** Facts of the node; by its first account where the one that is to stay is let in, but cannot run anything, or become root, yet. */
async function factsBy(way: WayIn): Promise<NodeFacts> {
  try {
    return await readFacts(way.host, {});
  } catch (error) {
    if (!(error instanceof WovenError && ["no-sudo", "facts"].includes(error.code) && way.arrived)) throw error;
    await way.goBack(error);
    return await readFacts(way.host, {});
  }
}

/** Seconds that another setupnode on the same node is waited for: long enough for what is left of a run that has died. */
const patience = 60;

function stageInTurn(node: NodeRun, world: World, stage: Stage): Promise<StageResult> {
  return inTurn(node, world, () => node.stage(stage));
}

/** Does it again, from the start, when another setupnode that was at work on the node has ended. */
async function inTurn<T>(node: NodeRun, world: World, work: () => Promise<T>): Promise<T> {
  const deadline = world.now() + patience * 1000;
  for (;;) {
    const told = node.steps.length;
    try {
      return await work();
    } catch (error) {
      const left = Math.ceil((deadline - world.now()) / 1000);
      if (!(error instanceof StageError && error.details.step === "turn") || left <= 0) throw error;
      // It is no step of this run that has failed.
      node.steps.length = told;
      world.log.remote(node.host.name, `${error.details.output?.trim()}; waiting for it, at most ${left} s`);
      await node.host.root(awaitTurn, { args: [String(left)], timeoutSeconds: left + 30 });
    }
  }
}

/** The change that the node would take back, unless a login proves it; empty where there is none. */
function waiting({ data }: StageResult): string {
  return (data.get("guard") ?? "").trim();
}

/** A login made now, by the way that is to stay, with everything that a deploy needs. */
async function prove(node: NodeRun, way: WayIn, change: string): Promise<void> {
  await way.changeOver();
  const { code, stderr } = await node.host.root(proveAccess, { args: [change], timeoutSeconds: 300 });
  if (code === 0) return;
  const name = node.host.name;
  throw new WovenError({
    ...(code === 3
      ? {
          code: "overtaken",
          message: `another setupnode is at work on ${name}: it has gone on from this run's change of SSH access before a login had proved it`,
          next: "Nothing is lost: the other run proves the access, or the node takes it back. Wait for its end, and run setupnode again.",
        }
      : {
          code: "access-not-proved",
          message: `the change of SSH access on ${name} was taken back by the node: ${stderr.trim()}`,
          next: "Run setupnode again. The old way in is open.",
        }),
    node: name,
  });
}

function checkSystem({ os }: NodeFacts, node: string): void {
  if (["debian", "ubuntu"].includes(os)) return;
  throw new WovenError({
    code: "unknown-system",
    message: `${node} runs ${os || "an unknown system"}`,
    next: "Woven sets up Debian and Ubuntu servers.",
    node,
  });
}

function knownHostsLines(host: string, port: number, keys: readonly string[]): readonly string[] {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return keys.map((key) => `${name} ${key.split(" ").slice(0, 2).join(" ")}`);
}
