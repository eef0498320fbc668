// The nodes of one run: they go through each phase together, and a node that failed takes no part in the next.
import { asWovenError, WovenError } from "../errors.ts";
import { Host } from "../node/host.ts";
import { runStage, type StageResult } from "../node/run-stage.ts";
import type { Stage } from "../node/stage.ts";
import { StageError } from "../node/stage-failure.ts";
import type { NodeReport, StepReport } from "../report.ts";
import type { CommandName, NodeAddress, Settings } from "../settings/settings.ts";
import type { Runtime } from "./runtime.ts";

/** Commands whose report says what serves. */
const asksWhatServes: ReadonlySet<CommandName> = new Set([
  "deploy",
  "patch",
  "activate",
  "rollback",
  "status",
  "remove",
]);

/** One node's part in the run, as it goes along. */
export class NodeRun {
  readonly host: Host;
  readonly steps: StepReport[] = [];
  readonly #started: number;
  readonly #runtime: Runtime;
  readonly #plan: "run" | "plan";
  #ended: number | undefined;
  error: WovenError | undefined;
  /** What serves now, as far as it is known, and what served when the run began. */
  #version: string | undefined;
  #previous: string | undefined;
  #known: "known" | "unknown";
  status: NodeReport["status"] = "ok";
  text: string | undefined;
  knownHosts: readonly string[] | undefined;

  constructor(host: Host, runtime: Runtime, settings: Settings) {
    this.host = host;
    this.#runtime = runtime;
    this.#started = runtime.now();
    this.#plan = settings.dryRun ? "plan" : "run";
    this.#known = asksWhatServes.has(settings.command) ? "unknown" : "known";
  }

  /** What the node said at first. */
  served(version: string | undefined): void {
    this.#previous = version;
    this.serves(version);
  }

  serves(version: string | undefined): void {
    this.#version = version;
    this.#known = "known";
  }

  /** It fell silent at a moment when it may have gone over, or not. */
  lostFromSight(): void {
    this.#version = undefined;
    this.#known = "unknown";
  }

  get failed(): boolean {
    return this.error !== undefined;
  }

  /** Runs a stage on the node and keeps what its steps said, also when it fails. */
  async stage(stage: Stage, heeds: "cancellation" | "nobody" = "cancellation"): Promise<StageResult> {
    try {
      const result = await runStage(this.host, stage, this.#plan, heeds);
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

  /** Went along, and back again with another that failed; the error says which. */
  wentBack(error: WovenError): void {
    this.#endWith("rolled-back", error);
  }

  /** Puts other advice in the place of its error's, where more was found out since. */
  advise(next: (before: string) => string): void {
    if (!this.error) return;
    const { details, cause } = this.error;
    this.error = new WovenError({ ...details, next: next(details.next ?? ""), cause });
  }

  /** Took no harm, in a run that ended because of another. */
  skip(): void {
    this.status = "skipped";
  }

  #endWith(status: "failed" | "rolled-back", thrown: unknown): void {
    const { signal } = this.#runtime;
    // What a cancelled run stumbles over is no fault of its own.
    const why = signal.aborted && !(thrown instanceof WovenError) ? signal.reason : thrown;
    this.error = asWovenError(why).at({ node: this.host.name });
    this.status = status;
    this.end();
  }

  end(): void {
    this.#ended ??= this.#runtime.now();
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
      seconds: ((this.#ended ?? this.#runtime.now()) - this.#started) / 1000,
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
          await work(node);
        } catch (error) {
          node.fail(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#maxParallel, waiting.length) }, worker));
  }

  skipRest(): void {
    for (const node of this.alive) node.skip();
  }

  reports(): readonly NodeReport[] {
    for (const node of this.nodes) node.end();
    return this.nodes.map((node) => node.report());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.host.drop()));
  }
}

/** The nodes of the settings, not yet logged in to; `port` is where an entry names none. */
export function fleet(settings: Settings, runtime: Runtime): Fleet {
  const nodes = settings.nodes.map((address) => new NodeRun(host(address, settings, runtime), runtime, settings));
  return new Fleet(nodes, settings.maxParallel);
}

function host(address: NodeAddress, settings: Settings, runtime: Runtime): Host {
  const { sshPort, password } = settings.login;
  const target = { user: address.user, host: address.host, port: address.port ?? sshPort };
  return new Host({
    address,
    connect: (until) => runtime.connect(target, [], until),
    log: runtime.log,
    signal: runtime.signal,
    ...(password ? { password } : {}),
  });
}
