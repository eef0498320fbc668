// Sends a stage to a node as one stream, starts it there as a transient systemd unit, and follows its log to the end.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { WovenError } from "../errors.ts";
import type { StepReport } from "../report.ts";
import type { Host } from "./host.ts";
import { readLines } from "./line-reader.ts";
import { lines, type Shell } from "./sh.ts";
import { kit, type Stage, stageFiles } from "./stage.ts";
import { parseEvent, type StageEvent, type StepOutcome } from "./stage-events.ts";
import {
  died,
  lost,
  notBegun,
  notStarted,
  type Ran,
  type StagePlace,
  stageFailed,
  tooMuchSaid,
  unheard,
} from "./stage-failure.ts";
import { follow, prune, receive, stop } from "./stage-scripts.ts";
import { stepReport } from "./step-report.ts";
import { tarball } from "./tar.ts";

export interface StageResult {
  readonly steps: readonly StepReport[];
  /** What a step wrote to file descriptor 3, by step id. */
  readonly data: ReadonlyMap<string, string>;
  readonly changed: boolean;
}

/** Tries to log in again, up to 8 seconds apart: about two minutes, which a reboot or a change of network may take. */
const reconnects = 18;

/** What a node answers while it cannot be reached for a time. */
const unreachable = ["connect-refused", "connect-timeout", "connect-reset", "connect-failed", "no-route"];

/**
 * How long a cancelled run goes on hearing how the stage ends, or trying to reach the node: GitHub kills it 10 s after the cancelling,
 * and outputs, summary and the end of the sessions come after this.
 */
const graceMilliseconds = 6000;

/** An event is a line. A step that names 100 000 files in its details takes a third of this. */
const mostEventCharacters = 32 * 2 ** 20;
/** Of all that is heard of one stage. */
const mostStageBytes = 4 * mostEventCharacters;

/** For the login in use: it may be dead without anybody having noticed. */
const answerMilliseconds = 2000;

/**
 * Runs the stage in one round trip. Throws StageError where a step failed, the stage was stopped (`heeds`: by whom it may be), or
 * nothing more was heard of it. When the run is cancelled, the node is told so, over a new login if need be.
 */
export async function runStage(
  host: Host,
  stage: Stage,
  mode: "run" | "plan" = "run",
  heeds: "cancellation" | "nobody" = "cancellation",
): Promise<StageResult> {
  const id = `${stage.name}-${Date.now().toString(36)}-${randomBytes(3).toString("hex")}`;
  const signal = heeds === "cancellation" ? host.signal : undefined;
  signal?.throwIfAborted();
  using watch = new Watch(host, stage, id, mode);
  const cancel = () => watch.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    await watch.end();
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
  return watch.result();
}

/** One run of one stage, as seen from here. */
class Watch implements Disposable {
  readonly #host: Host;
  readonly #stage: Stage;
  readonly #id: string;
  readonly #mode: "run" | "plan";
  readonly #outcomes: StepOutcome[] = [];
  readonly #lines = readLines(
    (line) => this.#hear(line),
    mostEventCharacters,
    () => this.#refuse(),
  );
  #seen = 0;
  /** The last lines of the log that are no events: what the shell itself had to say. */
  #stray: readonly string[] = [];
  #started = false;
  #end: "ok" | "failed" | "stopped" | "died" | undefined;
  #resolveEnd: () => void = () => undefined;
  /** Ends what is being waited for now: an answer, a login, the next attempt. */
  #attempt = new AbortController();
  /** Nothing more is tried. */
  readonly #over = new AbortController();
  #cancelled: "no" | "untold" | "told" = "no";
  #grace: NodeJS.Timeout | undefined;

  constructor(host: Host, stage: Stage, id: string, mode: "run" | "plan") {
    this.#mode = mode;
    this.#host = host;
    this.#stage = stage;
    this.#id = id;
  }

  /** Sends the stage, and returns when it has ended, or when a cancelled run has no more time. */
  async end(): Promise<void> {
    await this.#send();
    for (let tries = 0; !this.#end && !this.#over.signal.aborted; tries++) {
      if (tries === reconnects && this.#cancelled === "no") throw lost(this.#place, this.#ran);
      await this.#resume(tries);
    }
  }

  /** The run is to end: tells the node, and waits no longer than it may. */
  cancel(): void {
    this.#cancelled = "untold";
    this.#grace = setTimeout(() => {
      this.#over.abort();
      this.#attempt.abort();
    }, graceMilliseconds);
    void this.#hurry();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#grace);
    this.#over.abort();
  }

  result(): StageResult {
    const { steps } = this.#ran;
    if (this.#end !== "ok") throw this.#failure();
    return {
      steps,
      data: new Map(this.#outcomes.map((outcome) => [outcome.id, outcome.data])),
      changed: steps.some((step) => step.status === "changed"),
    };
  }

  async #send(): Promise<void> {
    const { name, files } = kit();
    const own = stageFiles(this.#stage, this.#mode);
    const sent = this.#host.keeps(name) ? own : [...own, ...files];
    // Apart, so that it is known whether the node can have heard of it.
    await this.#host.session(this.#attempt.signal).catch((error: unknown) => {
      throw this.#cancelled === "no" ? error : notBegun(this.#place);
    });
    await this.#exec(lines([receive, prune, follow]), 1, tarball(sent), name);
    if (this.#mode === "run") this.#host.keep(name);
  }

  async #resume(tries: number): Promise<void> {
    this.#attempt = new AbortController();
    const wait = this.#cancelled === "no" ? Math.min(500 * 2 ** tries, 8000) : Math.min(250 * tries, 500);
    // Interrupted, it is tried at once.
    await sleep(wait, undefined, { signal: this.#attempt.signal }).catch(() => undefined);
    if (this.#over.signal.aborted) return;
    if (this.#cancelled === "untold") await this.#tell(this.#over.signal);
    if (this.#cancelled === "untold") return;
    await this.#exec(follow, this.#seen + 1).catch((error: unknown) => {
      // Not let in any more: the stage goes on there all the same.
      const said =
        error instanceof WovenError && ["stage-not-started", "stopped", "output-too-long"].includes(error.code);
      throw said ? error : lost(this.#place, this.#ran, error);
    });
  }

  /** Over the login in use, where there is one and it answers; else what is being waited for ends, and a new one is made. */
  async #hurry(): Promise<void> {
    if (this.#host.connected) await this.#tell(AbortSignal.timeout(answerMilliseconds));
    // What has not begun yet must not be sent to its end first.
    if (this.#cancelled === "untold" || this.#seen === 0) this.#attempt.abort();
  }

  async #tell(until: AbortSignal): Promise<void> {
    try {
      const { code } = await this.#host.root(stop, { args: [this.#id, this.#mode], signal: until });
      if (code === 0) this.#cancelled = "told";
    } catch (error) {
      this.#host.log.debug(`${this.#host.name} was not told to stop: ${String(error)}`);
      // Not waited for: a connection that is dead takes its time to end.
      void this.#host.drop();
    }
  }

  /** Follows the log from a byte on, until the stage has ended or the connection has. */
  async #exec(script: Shell, from: number, input?: ReturnType<typeof tarball>, kit = ""): Promise<void> {
    this.#attempt = new AbortController();
    if (this.#over.signal.aborted) this.#attempt.abort();
    const end = new Promise<void>((resolve) => {
      this.#resolveEnd = resolve;
    });
    const args = [this.#id, this.#mode, String(from), kit];
    const run = this.#host.root(script, {
      purpose: `stage ${this.#stage.name}`,
      args,
      onStdout: (chunk) => this.#read(chunk),
      signal: this.#attempt.signal,
      ...(input ? { input } : {}),
    });
    try {
      // A plan is waited for to the end: its folder goes then.
      const result = await (this.#mode === "plan" ? run : Promise.race([run, end]));
      if (this.#end || !result) return void run.catch(() => undefined);
      if (result.code !== 0 && this.#seen === 0) throw this.#notStarted(result.stderr);
    } catch (error) {
      if (this.#attempt.signal.aborted) return;
      const gone = error instanceof WovenError && error.code === "connection-lost";
      const away = error instanceof WovenError && unreachable.includes(error.code);
      if (!gone && !(away && (this.#started || this.#cancelled !== "no"))) throw error;
      this.#started = true;
      await this.#host.drop();
    }
  }

  #read(chunk: Buffer): void {
    this.#seen += chunk.length;
    if (this.#seen > mostStageBytes) this.#refuse();
    this.#lines.push(chunk);
  }

  #hear(line: string): void {
    const event = parseEvent(line);
    if (event) this.#take(event);
    else this.#stray = [...this.#stray, line.slice(0, 1000)].slice(-30);
  }

  #take(event: StageEvent): void {
    if (event.kind === "end") {
      this.#end = event.status;
      this.#resolveEnd();
    }
    if (event.kind !== "step" || !this.#stage.steps.some(({ id }) => id === event.outcome.id)) return;
    this.#outcomes.push(event.outcome);
    const { stage, step, title, status, seconds, details } = stepReport(this.#stage, event.outcome);
    // For whoever has to find a step by its name, which stays, and not by its title.
    this.#host.log.debug(
      `step ${JSON.stringify({ node: this.#host.name, mode: this.#mode, stage, step, status: event.outcome.status })}`,
    );
    const word = this.#word(event.outcome.status === "undone" ? "undone" : status);
    this.#host.log.remote(
      this.#host.name,
      [`${word.padEnd(7)} ${title} (${seconds.toFixed(1)} s)`, ...details.map((line) => `        ${line}`)].join("\n"),
    );
  }

  #refuse(): never {
    throw tooMuchSaid(this.#place, this.#ran);
  }

  /** In a plan, nothing has changed yet. */
  #word(status: string): string {
    return this.#mode === "plan" && status === "changed" ? "would change" : status;
  }

  get #place(): StagePlace {
    return { node: this.#host.name, stage: this.#stage, id: this.#id };
  }

  #notStarted(said: string): WovenError {
    return this.#cancelled === "no" ? notStarted(this.#place, said) : notBegun(this.#place);
  }

  #failure(): WovenError {
    const ran = this.#ran;
    switch (this.#end) {
      case "failed":
      case "stopped":
        return stageFailed(this.#place, ran, this.#end);
      case "died":
        // It was marked before it could begin.
        if (this.#cancelled === "told" && ran.steps.length === 0) return notBegun(this.#place);
        return died(this.#place, ran, this.#stray);
      default:
        return unheard(this.#place, ran, this.#cancelled === "told" ? "told" : "untold");
    }
  }

  get #ran(): Ran {
    return { outcomes: this.#outcomes, steps: this.#outcomes.map((outcome) => stepReport(this.#stage, outcome)) };
  }
}
