// setupnode: from a bare Debian or Ubuntu server to a node that releases can be deployed to. Run again, it changes nothing.
import { WovenError } from "../errors.ts";
import { type NodeFacts, readFacts } from "../node/facts.ts";
import { Host } from "../node/host.ts";
import type { StageResult } from "../node/run-stage.ts";
import type { Session, SessionTarget } from "../node/session.ts";
import type { RunReport } from "../report.ts";
import type { NodeAddress, Settings } from "../settings/settings.ts";
import { proveAccess } from "../steps/ssh-guard.ts";
import { finish } from "./finish.ts";
import { Fleet, NodeRun } from "./fleet.ts";
import { closeStage, hookStage, nodePlan, setupStage } from "./setup-stages.ts";
import type { World } from "./world.ts";

export async function setupnode(settings: Settings, world: World): Promise<RunReport> {
  const ways = settings.nodes.map((address) => new WayIn(address, settings, world));
  const runs = ways.map((way) => new NodeRun(way.host, world, settings));
  await using nodes = new Fleet(runs, settings.maxParallel);
  await nodes.phase(async (node) => {
    const way = ways[runs.indexOf(node)];
    if (way) await setUp(node, way, settings);
  });
  return finish(nodes, settings, world);
}

/**
 * One node: everything, with a second way in beside the first; a login by the new way, which proves it; then the old way is
 * closed, and one more login proves that too. Until it does, the node is ready to take the change back by itself.
 */
async function setUp(node: NodeRun, way: WayIn, settings: Settings): Promise<void> {
  const facts = await readFacts(node.host, {});
  checkSystem(facts, node.host.name);
  const plan = await nodePlan(way.address, facts, settings);
  const hostKeys = knownHostsLines(node.host.name, way.target.port, facts.hostKeys);
  way.trusted = hostKeys;
  const arrived = way.arrived || settings.dryRun;
  const first = await node.stage(setupStage(plan, settings, arrived ? "final" : "opening"));
  let last = first;
  if (!arrived) {
    await way.changeOver();
    last = await node.stage(closeStage(plan, settings));
  }
  if (!settings.dryRun && waits(last)) await prove(node, way);
  const hook = hookStage(plan);
  if (hook) await node.stage(hook);
  node.knownHosts = hostKeys;
}

/** Whether the node would take back what was changed, unless a login proves it. */
function waits({ data }: StageResult): boolean {
  return (data.get("guard") ?? "").includes("armed");
}

/** A login made now, by the way that is to stay, with everything that a deploy needs. */
async function prove(node: NodeRun, way: WayIn): Promise<void> {
  await way.changeOver();
  const { code, stderr } = await node.host.root(proveAccess);
  if (code === 0) return;
  throw new WovenError({
    code: "access-not-proved",
    message: `the change of SSH access on ${node.host.name} was taken back by the node: ${stderr.trim()}`,
    next: "Run setupnode again. The old way in is open.",
    node: node.host.name,
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

/** What a server that Woven has not set up yet may answer; anything else, a wrong host key above all, ends the run. */
const notYet = ["connect-refused", "connect-timeout", "connect-reset", "login-refused"];

/** How the node is logged in to: as the deploy user on its port, or, while that is not possible, as the first user on the first port. */
class WayIn {
  readonly address: NodeAddress;
  readonly target: SessionTarget;
  readonly host: Host;
  /** Whether the login in use is the one that is to stay. */
  arrived = false;
  /** The node's own host keys, as it told them over the first login: its other port has the same. */
  trusted: readonly string[] = [];
  readonly #world: World;
  readonly #first: SessionTarget;
  #onlyNew = false;

  constructor(address: NodeAddress, { login }: Settings, world: World) {
    this.address = address;
    this.#world = world;
    this.target = { user: address.user, host: address.host, port: address.port ?? login.sshPort };
    this.#first = { user: login.rootUser, host: address.host, port: login.defaultSshPort };
    const { password } = login;
    this.host = new Host({
      address,
      connect: (until) => this.#connect(until),
      log: world.log,
      signal: world.signal,
      ...(password ? { password } : {}),
    });
  }

  /** Logs in anew, by the way that is to stay and no other. */
  async changeOver(): Promise<void> {
    await this.host.drop();
    this.#onlyNew = true;
    try {
      await this.host.session();
    } catch (error) {
      if (!(error instanceof WovenError)) throw error;
      throw new WovenError({
        ...error.details,
        message: `${this.target.user} cannot log in on port ${this.target.port}, so the old way in stays: ${error.message}`,
        next: `${this.#advice(error)} Within three minutes the node takes back what was changed.`,
        cause: error,
      });
    }
  }

  #advice({ code, details }: WovenError): string {
    if (!code.startsWith("connect-")) return details.next ?? "";
    return `A firewall of the provider that does not let port ${this.target.port} through is the usual reason: open it there, or set ssh-port.`;
  }

  async #connect(until?: AbortSignal): Promise<Session> {
    try {
      const session = await this.#world.connect(this.target, this.trusted, until);
      this.arrived = true;
      return session;
    } catch (error) {
      if (this.#onlyNew || !(error instanceof WovenError && notYet.includes(error.code))) throw error;
      const { user, host, port } = this.#first;
      this.#world.log.remote(
        host,
        `${this.target.user} cannot log in on port ${this.target.port} yet; trying ${user} on port ${port}`,
      );
      this.#world.log.debug(error.message);
      return await this.#world.connect(this.#first, [], until).catch((second: unknown) => {
        throw second instanceof WovenError ? bothRefused(second, error) : second;
      });
    }
  }
}

/** The reader may have meant either way in: both are told. */
function bothRefused(first: WovenError, stays: WovenError): WovenError {
  const message = `${first.message}. Neither was there a way in by the login that is to stay: ${stays.message}`;
  return new WovenError({ ...first.details, message, cause: first });
}

function knownHostsLines(host: string, port: number, keys: readonly string[]): readonly string[] {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return keys.map((key) => `${name} ${key.split(" ").slice(0, 2).join(" ")}`);
}
