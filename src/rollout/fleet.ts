// The nodes of one run. They go through each phase together. A node that failed takes no part in the next phase.
import { setFlagsFromString } from "node:v8";
import { asWovenError, WovenError, type WovenErrorDetails } from "../errors.ts";
import { Host } from "../node/host.ts";
import { runStage, type StageResult } from "../node/run-stage.ts";
import type { Stage } from "../node/stage.ts";
import { StageError } from "../node/stage-failure.ts";
import type { NodeReport, StepReport } from "../report.ts";
import type { CommandName, NodeAddress, Settings } from "../settings/settings.ts";
import type { Runtime } from "./runtime.ts";

/** With more nodes, the run has enough to do while one of them answers. */
const fewNodes = 10;

/** Commands whose report names the live version. */
const reportsLiveVersion: ReadonlySet<CommandName> = new Set([
  "deploy",
  "patch",
  "activate",
  "rollback",
  "status",
  "remove",
  "preview",
  "startsites",
]);

/** One node's part in the run: its steps, its outcome, and what is live on it. */
export class NodeRun {
  readonly host: Host;
  readonly steps: StepReport[] = [];
  readonly #runtime: Runtime;
  readonly #plan: "run" | "plan";
  #worked = 0;
  error: WovenError | undefined;
  /** The live version now, and when the run began. */
  #version: string | undefined;
  #previous: string | undefined;
  /** Whether the live version is known. */
  #known: "known" | "unknown";
  status: NodeReport["status"] = "ok";
  text: string | undefined;
  knownHosts: readonly string[] | undefined;

  constructor(host: Host, runtime: Runtime, settings: Settings) {
    this.host = host;
    this.#runtime = runtime;
    this.#plan = settings.dryRun ? "plan" : "run";
    this.#known = reportsLiveVersion.has(settings.command) ? "unknown" : "known";
  }

  /** Notes the version that is live when the run begins. */
  liveAtStart(version: string | undefined): void {
    this.#previous = version;
    this.liveNow(version);
  }

  /** Notes the version that is live from now on. */
  liveNow(version: string | undefined): void {
    this.#version = version;
    this.#known = "known";
  }

  /** The connection broke at a moment when the node may have switched, or not. */
  liveUnknown(): void {
    this.#version = undefined;
    this.#known = "unknown";
  }

  get failed(): boolean {
    return this.error !== undefined;
  }

  /** Runs a stage on the node, and keeps the reports of its steps even if it fails. */
  async stage(stage: Stage, stoppedBy: "cancellation" | "nobody" = "cancellation"): Promise<StageResult> {
    try {
      const result = await runStage(this.host, stage, this.#plan, stoppedBy);
      this.steps.push(...result.steps);
      return result;
    } catch (error) {
      if (error instanceof StageError) this.steps.push(...error.steps);
      throw error;
    }
  }

  fail(thrown: unknown): void {
    this.#endWith("failed", thrown);
  }

  /** The node switched, and rolled back because another node failed. The error names that node. */
  rolledBack(error: WovenError): void {
    this.#endWith("rolled-back", error);
  }

  /** Replaces what the error says of the state, and its advice, once more is known. */
  advise(advice: Partial<Pick<WovenErrorDetails, "state" | "next">>): void {
    if (!this.error) return;
    const { details, cause } = this.error;
    this.error = new WovenError({ ...details, ...advice, cause });
  }

  /** The node is unchanged, because the run ended early on account of another node. */
  skip(): void {
    this.status = "skipped";
  }

  #endWith(status: "failed" | "rolled-back", thrown: unknown): void {
    const { signal } = this.#runtime;
    // In a cancelled run, an unexpected error is only a consequence.
    const cause = signal.aborted && !(thrown instanceof WovenError) ? signal.reason : thrown;
    this.error = asWovenError(cause).at({ node: this.host.name });
    this.status = status;
  }

  /** Does a part of the work on this node, and adds its time to the node's own. The parts must not overlap. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const began = this.#runtime.now();
    try {
      return await work();
    } finally {
      this.#worked += this.#runtime.now() - began;
    }
  }

  report(): NodeReport {
    const { role } = this.host.address;
    return {
      host: this.host.name,
      ...(role === undefined ? {} : { role }),
      ...(this.#version === undefined ? {} : { version: this.#version }),
      ...(this.#previous === undefined ? {} : { previous: this.#previous }),
      ...(this.#known === "known" ? {} : { unknown: true as const }),
      status: this.status,
      changed: this.steps.some(({ status }) => status === "changed"),
      seconds: this.#worked / 1000,
      ...(this.error === undefined ? {} : { error: this.error }),
      steps: this.steps,
      cost: this.host.cost,
      ...(this.knownHosts === undefined ? {} : { knownHosts: this.knownHosts }),
      ...(this.text === undefined ? {} : { text: this.text }),
    };
  }
}

export class Fleet implements AsyncDisposable {
  readonly nodes: readonly NodeRun[];
  readonly #maxParallel: number;
  readonly #notices = new Set<string>();

  constructor(nodes: readonly NodeRun[], maxParallel: number) {
    this.nodes = nodes;
    this.#maxParallel = maxParallel;
  }

  get alive(): readonly NodeRun[] {
    return this.nodes.filter((node) => !node.failed);
  }

  get failed(): boolean {
    return this.nodes.some((node) => node.failed);
  }

  /** Runs `work` on every node that has not failed, `max-parallel` at a time, and waits for all of them. */
  async phase(work: (node: NodeRun) => Promise<void>): Promise<void> {
    const waiting = [...this.alive];
    const worker = async (): Promise<void> => {
      for (let node = waiting.shift(); node; node = waiting.shift()) {
        try {
          await node.during(() => work(node));
        } catch (error) {
          node.fail(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#maxParallel, waiting.length) }, worker));
  }

  /** Begins to log in to the nodes that the first phase begins with, while this run reads the project. A build may take too long for that. */
  logInEarly({ build }: Pick<Settings, "build">): void {
    if (build.length > 0) return;
    for (const { host } of this.nodes.slice(0, this.#maxParallel)) host.logIn();
  }

  /** Notes a line for the top of the summary. False if it is there already. */
  notice(text: string): boolean {
    if (this.#notices.has(text)) return false;
    this.#notices.add(text);
    return true;
  }

  get notices(): readonly string[] {
    return [...this.#notices];
  }

  skipRest(): void {
    for (const node of this.alive) node.skip();
  }

  reports(): readonly NodeReport[] {
    return this.nodes.map((node) => node.report());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map(({ host }) => host[Symbol.asyncDispose]()));
  }
}

/** The nodes of the settings, before any login. */
export function fleet(settings: Settings, runtime: Runtime): Fleet {
  const nodes = settings.nodes.map((address) => new NodeRun(hostAt(address, settings, runtime), runtime, settings));
  // V8 lets memory double before it looks for what is no longer used: 70 MB more on 200 nodes. Looking earlier takes some 5 % more time.
  if (nodes.length > fewNodes) setFlagsFromString("--heap-growing-percent=50");
  return new Fleet(nodes, settings.maxParallel);
}

/** A node before its login, which the first command makes. */
export function hostAt(address: NodeAddress, settings: Settings, runtime: Runtime): Host {
  const { sshPort, password } = settings.login;
  const target = { user: address.user, host: address.host, port: address.port ?? sshPort };
  return new Host({
    address,
    connect: (until) => runtime.connect(target, [], until),
    log: runtime.log,
    signal: runtime.signal,
    opens: settings.nodes.length > fewNodes ? "when needed" : "in advance",
    ...(password ? { password } : {}),
  });
}
