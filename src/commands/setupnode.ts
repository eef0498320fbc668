// setupnode: turns a bare Debian or Ubuntu server into a node that releases can be deployed to. A second run changes nothing.
import { WovenError } from "../errors.ts";
import { type NodeFacts, readFacts } from "../node/facts.ts";
import { knownHostsLine } from "../node/known-hosts.ts";
import type { StageResult } from "../node/run-stage.ts";
import type { Stage } from "../node/stage.ts";
import { StageError } from "../node/stage-failure.ts";
import type { RunReport } from "../report.ts";
import { Fleet, NodeRun } from "../rollout/fleet.ts";
import { distributionName } from "../rollout/release-facts.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { hasDatabases } from "../settings/data-services.ts";
import type { Settings } from "../settings/settings.ts";
import { serviceClients } from "../setup/service-clients.ts";
import { closeStage, hookStage, type NodePlan, nodePlan, servicesStage, setupStage } from "../setup/setup-stages.ts";
import { SshAccess } from "../setup/ssh-access.ts";
import { awaitSetupLock } from "../steps/setup-lock.ts";
import { proveAccess } from "../steps/ssh-guard.ts";

export async function setupnode(settings: Settings, runtime: Runtime): Promise<RunReport> {
  // A database and its user are named for it.
  if (settings.services.some(hasDatabases)) distributionName(settings);
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
 * Sets up one node. The first stage opens the new SSH access beside the old one. A login by the new access proves it, and the second
 * stage closes the old one. One more login proves that; if it fails, the node undoes the change by itself.
 */
async function setUp(node: NodeRun, access: SshAccess, settings: Settings, runtime: Runtime): Promise<void> {
  const { plan, isFinal, first } = await underLock(node, runtime, async () => {
    // Start from the login: if this run waited for another one, that one may have changed the access and the facts.
    await access.reset();
    const facts = await readFactsOver(access);
    checkSystem(facts, node.host.name);
    const { host, port } = access.target;
    access.trusted = facts.hostKeys.map((key) => knownHostsLine(host, port, key));
    const resolved = await serviceClients(access.address, settings, runtime);
    const plan = await nodePlan(access.address, facts, settings, runtime.by, resolved);
    const isFinal = access.usesFinalLogin || settings.dryRun;
    return { plan, isFinal, first: await node.stage(setupStage(plan, settings, isFinal ? "final" : "opening")) };
  });
  const hostKeys = access.trusted;
  const last = isFinal ? first : await closeOldAccess(node, access, plan, settings, runtime);
  const change = settings.dryRun ? "" : unprovedChange(last);
  if (change) await proveChange(node, access, change);
  for (const stage of [servicesStage(plan, settings), hookStage(plan)])
    if (stage) await stageUnderLock(node, runtime, stage);
  node.knownHosts = hostKeys;
}

async function closeOldAccess(
  node: NodeRun,
  access: SshAccess,
  plan: NodePlan,
  settings: Settings,
  runtime: Runtime,
): Promise<StageResult> {
  await access.useFinalLogin();
  return await stageUnderLock(node, runtime, closeStage(plan, settings));
}

/** Reads the facts of the node. If the deploy user can log in but cannot become root yet, reads them over the initial login. */
export async function readFactsOver(access: SshAccess): Promise<NodeFacts> {
  try {
    return await readFacts(access.host, { stages: 1 });
  } catch (error) {
    if (
      !(
        error instanceof WovenError &&
        ["no-sudo", "facts", "login-runs-nothing"].includes(error.code) &&
        access.usesFinalLogin
      )
    )
      throw error;
    await access.useInitialLogin(error);
    return await readFacts(access.host, { stages: 1 });
  }
}

/** How many seconds to wait for another setupnode on the node: long enough for the last stage of a run whose runner has died. */
const lockTimeout = 60;

function stageUnderLock(node: NodeRun, runtime: Runtime, stage: Stage): Promise<StageResult> {
  return underLock(node, runtime, () => node.stage(stage));
}

/** Runs `work`. If another setupnode has the lock, waits until that run has ended, and runs `work` again from the start. */
async function underLock<T>(node: NodeRun, runtime: Runtime, work: () => Promise<T>): Promise<T> {
  const deadline = runtime.now() + lockTimeout * 1000;
  for (;;) {
    const stepsBefore = node.steps.length;
    try {
      return await work();
    } catch (error) {
      const left = Math.ceil((deadline - runtime.now()) / 1000);
      if (!(error instanceof StageError && error.details.step === "setup-lock") || left <= 0) throw error;
      // Having to wait is not a failed step of this run.
      node.steps.length = stepsBefore;
      runtime.log.remote(node.host.name, `${error.details.output?.trim()}. Waiting for it, at most ${left} s`);
      await node.host.root(awaitSetupLock, { args: [String(left)], timeoutSeconds: left + 30 });
    }
  }
}

/** The change that the node undoes unless a login proves it; empty if there is none. */
function unprovedChange({ data }: StageResult): string {
  return (data.get("guard") ?? "").trim();
}

/** Logs in again by the final login, with sudo, as a deploy does. That proves the change, and the node keeps it. */
async function proveChange(node: NodeRun, access: SshAccess, change: string): Promise<void> {
  await access.useFinalLogin();
  const { code, stderr } = await node.host.root(proveAccess, { args: [change], timeoutSeconds: 300 });
  if (code === 0) return;
  const name = node.host.name;
  throw new WovenError({
    ...(code === 3
      ? {
          code: "overtaken",
          message: `another setupnode is running on ${name}. It took over this run's change of SSH access before a login had proved the change`,
          state: "The other run proves the change, or the server undoes it.",
          next: "Wait until that run has ended, then run setupnode again.",
        }
      : {
          code: "access-not-proved",
          message: `${name} has undone the change of SSH access: ${stderr.trim()}`,
          state: "The old SSH access is open.",
          next: "Run setupnode again.",
        }),
    node: name,
  });
}

/** Throws `unknown-system` if Woven cannot set up such a server. */
export function checkSystem({ os }: NodeFacts, node: string): void {
  if (["debian", "ubuntu"].includes(os)) return;
  throw new WovenError({
    code: "unknown-system",
    message: `${node} runs ${os || "an unknown system"}`,
    next: "Woven sets up Debian and Ubuntu servers.",
    node,
  });
}
