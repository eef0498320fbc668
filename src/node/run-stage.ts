// Sends a stage to a node as one stream, starts it there as a transient systemd unit, and follows its log to the end.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { WovenError } from "../errors.ts";
import type { StepReport, StepStatus } from "../report.ts";
import type { Host } from "./host.ts";
import { readLines } from "./line-reader.ts";
import { lines, type Shell, sh } from "./sh.ts";
import { kit, type Stage, stageFiles } from "./stage.ts";
import { parseEvent, type StageEvent, type StepOutcome } from "./stage-events.ts";
import { tarball } from "./tar.ts";

export interface StageResult {
  readonly steps: readonly StepReport[];
  /** What a step wrote to file descriptor 3, by step id. */
  readonly data: ReadonlyMap<string, string>;
  readonly changed: boolean;
}

/** A stage that did not end as asked; `steps` holds what ran before. */
export class StageError extends WovenError {
  readonly steps: readonly StepReport[];
  constructor(details: ConstructorParameters<typeof WovenError>[0], steps: readonly StepReport[]) {
    super(details);
    this.steps = steps;
  }
}

// A plan leaves no trace: its folder is in /run, and goes when it has been read.
const folder = sh`if [ "$2" = plan ]; then run=/run/woven/$1; else run=/var/local/woven/runs/$1; fi`;

const receive = sh`set -eu; umask 077
${folder}
mkdir -p "$run"
trap 'rm -rf "$run"' EXIT
tar -xzf - -C "$run"
kept=/var/local/woven/tools/$4
if [ ! -d "$run/kit" ]; then cp -R "$kept" "$run/kit"
elif [ "$2" != plan ]; then
  mkdir -p /var/local/woven/tools
  cp -R "$run/kit" "$run/kit.new"; rm -rf "$kept"
  mv -T "$run/kit.new" "$kept" 2>/dev/null || rm -rf "$run/kit.new"
fi
systemd-run --quiet --collect --unit="woven-$1" --service-type=exec -p KillMode=mixed -p TimeoutStopSec=600 \
  -p StandardOutput="append:$run/log" -p StandardError="append:$run/log" /bin/sh "$run/stage.sh" "$2"
trap - EXIT`;

const follow = sh`${folder}
[ -e "$run/stage.sh" ] || { echo "no such run: $1" >&2; exit 44; }
pid=$(systemctl show --property=MainPID --value "woven-$1.service")
if [ "$pid" != 0 ]; then tail -c "+$3" -s 0.05 --pid="$pid" -f "$run/log"; else tail -c "+$3" "$run/log"; fi
# Ended by somebody else, by a reboot or by a fault of its own: nothing will tell of the end any more.
if ! grep -q '^{"event":"end"' "$run/log" && ! systemctl is-active -q "woven-$1.service"; then printf '\n{"event":"end","status":"died"}\n'; fi
if [ "$2" = plan ]; then rm -rf "$run"; rmdir /run/woven 2>/dev/null || :; fi`;

/** Runs of earlier commands that are kept for reading; older ones go. */
const prune = sh`cd /var/local/woven/runs 2>/dev/null && ls -1t | tail -n +21 | while read -r old; do
  systemctl is-active -q "woven-$old.service" || rm -rf -- "./$old"; done; cd /`;

/** Tries to log in again, up to 8 seconds apart: about two minutes, which a reboot or a change of network may take. */
const reconnects = 18;

/** What a node answers while it cannot be reached for a time. */
const unreachable = ["connect-refused", "connect-timeout", "connect-reset", "connect-failed", "no-route"];

/** Runs the stage in one round trip. Throws StageError where a step failed or the stage was stopped. */
export async function runStage(host: Host, stage: Stage, mode: "run" | "plan" = "run"): Promise<StageResult> {
  const id = `${stage.name}-${Date.now().toString(36)}-${randomBytes(3).toString("hex")}`;
  host.signal?.throwIfAborted();
  const watch = new Watch(host, stage, id, mode);
  const stop = () =>
    void host.root(sh`systemctl stop --no-block "woven-$1.service"`, { args: [id] }).catch(() => undefined);
  host.signal?.addEventListener("abort", stop, { once: true });
  try {
    await watch.send();
    for (let tries = 0; !watch.ended; tries++) {
      if (tries === reconnects) throw watch.lost();
      await watch.resume(tries);
    }
  } finally {
    host.signal?.removeEventListener("abort", stop);
  }
  return watch.result();
}

/** One run of one stage, as seen from here. */
class Watch {
  readonly #host: Host;
  readonly #stage: Stage;
  readonly #id: string;
  readonly #outcomes: StepOutcome[] = [];
  // An event is a line however long it is.
  readonly #lines = readLines((line) => this.#hear(line), Number.POSITIVE_INFINITY);
  #seen = 0;
  /** The last lines of the log that are no events: what the shell itself had to say. */
  #stray: readonly string[] = [];
  #started = false;
  #end: "ok" | "failed" | "stopped" | "died" | undefined;
  #resolveEnd: () => void = () => undefined;

  readonly #mode: "run" | "plan";

  constructor(host: Host, stage: Stage, id: string, mode: "run" | "plan") {
    this.#mode = mode;
    this.#host = host;
    this.#stage = stage;
    this.#id = id;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  async send(): Promise<void> {
    const { name, files } = kit();
    const own = stageFiles(this.#stage, this.#mode);
    const sent = this.#host.keeps(name) ? own : [...own, ...files];
    await this.#exec(lines([receive, prune, follow]), 1, tarball(sent), name);
    if (this.#mode === "run") this.#host.keep(name);
  }

  async resume(tries: number): Promise<void> {
    await sleep(Math.min(500 * 2 ** tries, 8000));
    await this.#exec(follow, this.#seen + 1);
  }

  lost(): WovenError {
    return this.#error({
      code: "connection-lost",
      message: "the connection was lost while the stage ran, and could not be made again",
      next: `The node finishes, or takes back, what it had begun. Run the command again: it reads how that ended. The log is /var/local/woven/runs/${this.#id}/log there.`,
    });
  }

  result(): StageResult {
    const steps = this.#outcomes.map((outcome) => stepReport(this.#stage, outcome));
    if (this.#end !== "ok") throw this.#failure(steps);
    return {
      steps,
      data: new Map(this.#outcomes.map((outcome) => [outcome.id, outcome.data])),
      changed: steps.some((step) => step.status === "changed"),
    };
  }

  /** Follows the log from a byte on, until the stage has ended or the connection has. */
  async #exec(script: Shell, from: number, input?: ReturnType<typeof tarball>, kit = ""): Promise<void> {
    const end = new Promise<void>((resolve) => {
      this.#resolveEnd = resolve;
    });
    const args = [this.#id, this.#mode, String(from), kit];
    const run = this.#host.root(script, { args, onStdout: (chunk) => this.#read(chunk), ...(input ? { input } : {}) });
    try {
      // A plan is waited for to the end: its folder goes then.
      const result = await (this.#mode === "plan" ? run : Promise.race([run, end]));
      if (this.ended || !result) return void run.catch(() => undefined);
      if (result.code !== 0 && this.#seen === 0) throw this.#notStarted(result.stderr);
    } catch (error) {
      if (
        !(
          error instanceof WovenError &&
          (error.code === "connection-lost" || (this.#started && unreachable.includes(error.code)))
        )
      )
        throw error;
      this.#started = true;
      await this.#host.drop();
    }
  }

  #read(chunk: Buffer): void {
    this.#seen += chunk.length;
    this.#lines.push(chunk);
  }

  #hear(line: string): void {
    const event = parseEvent(line);
    if (event) this.#take(event);
    else this.#stray = [...this.#stray, line].slice(-30);
  }

  #take(event: StageEvent): void {
    if (event.kind === "end") {
      this.#end = event.status;
      this.#resolveEnd();
    }
    if (event.kind !== "step") return;
    this.#outcomes.push(event.outcome);
    const { title, status, seconds, details } = stepReport(this.#stage, event.outcome);
    const word = event.outcome.status === "undone" ? "undone" : status;
    this.#host.log.remote(
      this.#host.name,
      [`${word.padEnd(7)} ${title} (${seconds.toFixed(1)} s)`, ...details.map((line) => `        ${line}`)].join("\n"),
    );
  }

  #notStarted(said: string): WovenError {
    const lines = said.trim().split("\n");
    // tar's last word is only that there were errors before it.
    const why = lines.find((line) => line.includes("No space left")) ?? lines.at(-1);
    return this.#error({
      code: "stage-not-started",
      message: `the stage could not be sent: ${why || "no reason given"}`,
      next: "Nothing was changed on the node. A full disk or a node without a running systemd are the usual reasons.",
      output: said,
    });
  }

  #died(steps: readonly StepReport[]): StageError {
    const details = {
      code: "stage-died",
      message: "the stage ended without a word: the node was rebooted, or somebody ended it",
      next: `Run the command again: it goes on from what is there. The log is /var/local/woven/runs/${this.#id}/log on the node.`,
      node: this.#host.name,
      stage: this.#stage.name,
      output: this.#stray.filter((line) => line.trim() !== "").join("\n") || undefined,
    };
    return new StageError(details, steps);
  }

  #failure(steps: readonly StepReport[]): StageError {
    if (this.#end === "died") return this.#died(steps);
    const failed = this.#outcomes.find((outcome) => outcome.status === "failed");
    const step = this.#stage.steps.find(({ id }) => id === failed?.id);
    const left = this.#outcomes.filter((outcome) => outcome.status === "undo-failed");
    const undone = left.length > 0 ? ` Not taken back: ${left.map(({ id }) => this.#title(id)).join(", ")}.` : "";
    const stopped = this.#end === "stopped";
    return new StageError(
      {
        code: stopped ? "stopped" : "step-failed",
        message: stopped
          ? `stopped on request, at: ${step?.title ?? "no step"}.${undone}`
          : `${step?.title ?? "the stage"} failed.${undone}`,
        next: stopped ? "Run the command again to go on." : step?.next,
        node: this.#host.name,
        stage: this.#stage.name,
        step: failed?.id,
        output: [failed, ...left].flatMap((outcome) => outcome?.output || []).join("\n") || undefined,
      },
      steps,
    );
  }

  #title(id: string): string {
    return this.#stage.steps.find((step) => step.id === id)?.title ?? id;
  }

  #error(details: { code: string; message: string; next: string; output?: string }): WovenError {
    return new WovenError({ ...details, node: this.#host.name, stage: this.#stage.name });
  }
}

function stepReport(stage: Stage, outcome: StepOutcome): StepReport {
  return {
    stage: stage.name,
    step: outcome.id,
    title: stage.steps.find(({ id }) => id === outcome.id)?.title ?? outcome.id,
    status: reportStatus(outcome.status),
    seconds: outcome.seconds,
    details: outcome.details,
  };
}

function reportStatus(status: StepOutcome["status"]): StepStatus {
  switch (status) {
    case "undone":
      return "skipped";
    case "undo-failed":
      return "failed";
    default:
      return status;
  }
}
