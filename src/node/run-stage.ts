// Sends a stage to a node as one stream, starts it there as a transient systemd unit, and follows its log to the end.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { WovenError } from "../errors.ts";
import { type StepReport, stepWord } from "../report.ts";
import type { Host } from "./host.ts";
import { readLines } from "./line-reader.ts";
import { packedScript } from "./packed-script.ts";
import type { Shell } from "./sh.ts";
import { kit, type Stage, stageFiles } from "./stage.ts";
import { parseEvent, type StageEvent, type StepOutcome } from "./stage-events.ts";
import {
  connectionLostDuring,
  endNotSeen,
  type Ran,
  type StagePlace,
  stageDied,
  stageFailed,
  stageNotSent,
  stageOutputTooLong,
  stoppedBeforeStart,
} from "./stage-failure.ts";
import { follow, receiveAndFollow, receiveByKit, stop } from "./stage-scripts.ts";
import { stageWords } from "./stage-words.ts";
import { stepReport } from "./step-report.ts";
import { tarball } from "./tar.ts";

export interface StageResult {
  readonly steps: readonly StepReport[];
  /** What a step wrote to file descriptor 3, by step id. */
  readonly data: ReadonlyMap<string, string>;
  readonly changed: boolean;
}

/** Attempts to log in again, up to 8 seconds apart: about two minutes, which a reboot or a network change may take. */
const reconnects = 18;

/** The errors of a node that cannot be reached for a while. */
const unreachable = ["connect-refused", "connect-timeout", "connect-reset", "connect-failed", "no-route"];

/**
 * How long a cancelled run waits for the stage to end, or tries to reach the node. GitHub kills the run 10 s after the cancellation,
 * and the outputs, the summary and the end of the sessions come after this wait.
 */
const graceMilliseconds = 6000;

/** An event is a line. A step that names 100 000 files in its details takes a third of this. */
const mostEventCharacters = 32 * 2 ** 20;
/** The most that Woven reads about one stage. */
const mostStageBytes = 4 * mostEventCharacters;

/** How long the open login may take to answer: its connection may have died without notice. */
const answerMilliseconds = 2000;

/**
 * Runs the stage in one round trip. Throws StageError if a step failed, the stage was stopped, or its end could not be seen.
 * `stoppedBy`: whether cancelling the run stops the stage. If it does, the node gets a request to stop, over a new login if necessary.
 */
export async function runStage(
  host: Host,
  stage: Stage,
  mode: "run" | "plan" = "run",
  stoppedBy: "cancellation" | "nobody" = "cancellation",
): Promise<StageResult> {
  const id = `${stage.name}-${Date.now().toString(36)}-${randomBytes(3).toString("hex")}`;
  const signal = stoppedBy === "cancellation" ? host.signal : undefined;
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

/** One run of one stage, as the runner sees it. */
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
  /** The last lines of the log that are no events, such as messages of the shell itself. */
  #stray: readonly string[] = [];
  #started = false;
  #end: "ok" | "failed" | "stopped" | "died" | undefined;
  #resolveEnd: () => void = () => undefined;
  /** Ends the current wait: for an answer, for a login or for the next attempt. */
  #attempt = new AbortController();
  /** Aborted when there are no more attempts. */
  readonly #over = new AbortController();
  /** `requested`: the run is cancelled, and the node does not know yet. `sent`: the node got the request to stop. */
  #cancelled: "no" | "requested" | "sent" = "no";
  #grace: NodeJS.Timeout | undefined;

  constructor(host: Host, stage: Stage, id: string, mode: "run" | "plan") {
    this.#mode = mode;
    this.#host = host;
    this.#stage = stage;
    this.#id = id;
  }

  /** Sends the stage. Returns when the stage has ended, or when a cancelled run has no time left. */
  async end(): Promise<void> {
    await this.#send();
    for (let tries = 0; !this.#end && !this.#over.signal.aborted; tries++) {
      if (tries === reconnects && this.#cancelled === "no") throw connectionLostDuring(this.#place, this.#ran);
      await this.#resume(tries);
    }
  }

  /** The run was cancelled: asks the node to stop, and limits the wait. */
  cancel(): void {
    this.#cancelled = "requested";
    this.#grace = setTimeout(() => {
      this.#over.abort();
      this.#attempt.abort();
    }, graceMilliseconds);
    void this.#requestStop();
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
    // A step of its own: if the login fails, the node cannot have got the stage.
    await this.#host.session(this.#attempt.signal).catch((error: unknown) => {
      throw this.#cancelled === "no" ? error : stoppedBeforeStart(this.#place);
    });
    const shared = this.#host.keeps(name) ? undefined : files;
    const stage = tarball(stageFiles(this.#stage, this.#mode), shared);
    const command = shared === undefined ? receiveByKit(name) : packedScript(receiveAndFollow);
    await this.#exec(command, 1, stage, name);
    if (this.#mode === "run") this.#host.keep(name);
  }

  async #resume(tries: number): Promise<void> {
    this.#attempt = new AbortController();
    const wait = this.#cancelled === "no" ? Math.min(500 * 2 ** tries, 8000) : Math.min(250 * tries, 500);
    // A cancellation ends the wait, and the next attempt starts at once.
    await sleep(wait, undefined, { signal: this.#attempt.signal }).catch(() => undefined);
    if (this.#over.signal.aborted) return;
    if (this.#cancelled === "requested") await this.#sendStop(this.#over.signal);
    if (this.#cancelled === "requested") return;
    await this.#exec(follow, this.#seen + 1).catch((error: unknown) => {
      // The login is refused now, but the stage still runs on the node.
      const alreadyExplained =
        error instanceof WovenError && ["stage-not-started", "stopped", "output-too-long"].includes(error.code);
      throw alreadyExplained ? error : connectionLostDuring(this.#place, this.#ran, error);
    });
  }

  /** Uses the open login if it answers. Else it ends the current wait, and #resume makes a new login. */
  async #requestStop(): Promise<void> {
    if (this.#host.connected) await this.#sendStop(AbortSignal.timeout(answerMilliseconds));
    // A stage that has not started yet need not be sent any further.
    if (this.#cancelled === "requested" || this.#seen === 0) this.#attempt.abort();
  }

  async #sendStop(until: AbortSignal): Promise<void> {
    try {
      const { code } = await this.#host.root(stop, { args: [this.#id, this.#mode], signal: until });
      if (code === 0) this.#cancelled = "sent";
    } catch (error) {
      this.#host.log.debug(`${this.#host.name} did not get the request to stop: ${String(error)}`);
      // Not awaited: a dead connection takes long to close.
      void this.#host.drop();
    }
  }

  /** Follows the log from the given byte on, until the stage or the connection ends. */
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
      // A plan is awaited to its end, because its folder is removed then.
      const result = await (this.#mode === "plan" ? run : Promise.race([run, end]));
      if (this.#end || !result) return void run.catch(() => undefined);
      if (result.code !== 0 && this.#seen === 0) throw this.#notStarted(result.stderr);
    } catch (error) {
      if (this.#attempt.signal.aborted) return;
      const connectionLost = error instanceof WovenError && error.code === "connection-lost";
      const notReached = error instanceof WovenError && unreachable.includes(error.code);
      if (!connectionLost && !(notReached && (this.#started || this.#cancelled !== "no"))) throw error;
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
    // What the node does after the end is not part of the result.
    if (this.#end) return;
    if (event.kind === "end") {
      this.#end = event.status;
      if (event.status === "ok" && this.#mode === "run") this.#tellWhatIsLeft();
      this.#resolveEnd();
    }
    if (event.kind !== "step" || !this.#stage.steps.some(({ id }) => id === event.outcome.id)) return;
    this.#outcomes.push(event.outcome);
    const report = stepReport(this.#stage, event.outcome, this.#mode);
    const { stage, step, title, seconds, details } = report;
    // Step ids are stable and titles are not: tests and scripts find a step by this line.
    this.#host.log.debug(
      `step ${JSON.stringify({ node: this.#host.name, mode: this.#mode, stage, step, status: event.outcome.status })}`,
    );
    const word = stepWord(report, this.#mode);
    const heading = this.#outcomes.length === 1 ? [`— ${stageWords(stage)}`] : [];
    this.#host.log.remote(
      this.#host.name,
      [
        ...heading,
        `${word.padEnd(7)} ${title} (${seconds.toFixed(1)} s)`,
        ...details.map((line) => `        ${line}`),
      ].join("\n"),
    );
  }

  #tellWhatIsLeft(): void {
    const left = this.#stage.steps.filter((step) => step.afterwards).map(({ title }) => `        ${title}`);
    if (left.length > 0)
      this.#host.log.remote(this.#host.name, ["After this run, the server will:", ...left].join("\n"));
  }

  #refuse(): never {
    throw stageOutputTooLong(this.#place, this.#ran);
  }

  get #place(): StagePlace {
    return { node: this.#host.name, stage: this.#stage, id: this.#id };
  }

  #notStarted(said: string): WovenError {
    return this.#cancelled === "no" ? stageNotSent(this.#place, said) : stoppedBeforeStart(this.#place);
  }

  #failure(): WovenError {
    const ran = this.#ran;
    switch (this.#end) {
      case "failed":
      case "stopped":
        return stageFailed(this.#place, ran, this.#end);
      case "died":
        // The request to stop came before the stage could begin.
        if (this.#cancelled === "sent" && ran.steps.length === 0) return stoppedBeforeStart(this.#place);
        return stageDied(this.#place, ran, this.#stray);
      default:
        return endNotSeen(this.#place, ran, this.#cancelled === "sent" ? "sent" : "not-sent");
    }
  }

  get #ran(): Ran {
    const steps = this.#outcomes.map((outcome) => stepReport(this.#stage, outcome, this.#mode));
    return { outcomes: this.#outcomes, steps };
  }
}
