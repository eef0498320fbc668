// setupnode: from a bare Debian or Ubuntu server to a node that releases can be deployed to. Run again, it changes nothing.
import { WovenError } from "../errors.ts";
import { type NodeFacts, readFacts } from "../node/facts.ts";
import { knownHostsLine } from "../node/known-hosts.ts";
import type { StageResult } from "../node/run-stage.ts";
import type { Stage } from "../node/stage.ts";
import { StageError } from "../node/stage-failure.ts";
import type { RunReport } from "../report.ts";
import { Fleet, NodeRun } from "../rollout/fleet.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { Settings } from "../settings/settings.ts";
import { closeStage, hookStage, type NodePlan, nodePlan, setupStage } from "../setup/setup-stages.ts";
import { SshAccess } from "../setup/ssh-access.ts";
import { awaitSetupLock } from "../steps/setup-lock.ts";
import { proveAccess } from "../steps/ssh-guard.ts";

export async function setupnode(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const accesses = settings.nodes.map((address) => new SshAccess(address, settings, runtime));
  const runs = accesses.map((access) => new NodeRun(access.host, runtime, settings));
  await using nodes = new Fleet(runs, settings.maxParallel);
  await nodes.phase(async (node) => {
    const access = accesses[runs.indexOf(node)];
    if (access) await setUp(node, access, settings, runtime);
  });
  return runReport(nodes, settings, runtime);
}

/**
 * One node: everything, with a second access in beside the first; a login by the new access, which proves it; then the old access is
 * closed, and one more login proves that too. Until it does, the node is ready to take the change back by itself.
 */
async function setUp(node: NodeRun, access: SshAccess, settings: Settings, runtime: Runtime): Promise<void> {
  const { plan, arrived, first } = await inTurn(node, runtime, async () => {
    // While another run was waited for, it may have changed all of this.
    await access.anew();
    const facts = await factsBy(access);
    checkSystem(facts, node.host.name);
    const { host, port } = access.target;
    access.trusted = facts.hostKeys.map((key) => knownHostsLine(host, port, key));
    const plan = await nodePlan(access.address, facts, settings, runtime.by);
    const arrived = access.arrived || settings.dryRun;
    return { plan, arrived, first: await node.stage(setupStage(plan, settings, arrived ? "final" : "opening")) };
  });
  const hostKeys = access.trusted;
  const last = arrived ? first : await close(node, access, plan, settings, runtime);
  const change = settings.dryRun ? "" : waiting(last);
  if (change) await prove(node, access, change);
  const hook = hookStage(plan);
  if (hook) await stageInTurn(node, runtime, hook);
  node.knownHosts = hostKeys;
}

async function close(
  node: NodeRun,
  access: SshAccess,
  plan: NodePlan,
  settings: Settings,
  runtime: Runtime,
): Promise<StageResult> {
  await access.changeOver();
  return await stageInTurn(node, runtime, closeStage(plan, settings));
}

/** Facts of the node; by its first account where the one that is to stay is let in, but cannot run anything, or become root, yet. */
async function factsBy(access: SshAccess): Promise<NodeFacts> {
  try {
    return await readFacts(access.host, {});
  } catch (error) {
    if (!(error instanceof WovenError && ["no-sudo", "facts"].includes(error.code) && access.arrived)) throw error;
    await access.goBack(error);
    return await readFacts(access.host, {});
  }
}

/** Seconds that another setupnode on the same node is waited for: long enough for what is left of a run that has died. */
const patience = 60;

function stageInTurn(node: NodeRun, runtime: Runtime, stage: Stage): Promise<StageResult> {
  return inTurn(node, runtime, () => node.stage(stage));
}

/** Does it again, from the start, when another setupnode that was at work on the node has ended. */
async function inTurn<T>(node: NodeRun, runtime: Runtime, work: () => Promise<T>): Promise<T> {
  const deadline = runtime.now() + patience * 1000;
  for (;;) {
    const told = node.steps.length;
    try {
      return await work();
    } catch (error) {
      const left = Math.ceil((deadline - runtime.now()) / 1000);
      if (!(error instanceof StageError && error.details.step === "setup-lock") || left <= 0) throw error;
      // It is no step of this run that has failed.
      node.steps.length = told;
      runtime.log.remote(node.host.name, `${error.details.output?.trim()}; waiting for it, at most ${left} s`);
      await node.host.root(awaitSetupLock, { args: [String(left)], timeoutSeconds: left + 30 });
    }
  }
}

/** The change that the node would take back, unless a login proves it; empty where there is none. */
function waiting({ data }: StageResult): string {
  return (data.get("guard") ?? "").trim();
}

/** A login made now, by the access that is to stay, with everything that a deploy needs. */
async function prove(node: NodeRun, access: SshAccess, change: string): Promise<void> {
  await access.changeOver();
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
          next: "Run setupnode again. The old access in is open.",
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
