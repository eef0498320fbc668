// The errors of a stage that did not succeed. Each says what failed, what is known about the node, and what to do.
import { asWovenError, WovenError } from "../errors.ts";
import type { StepReport } from "../report.ts";
import { causeOf } from "../traceback.ts";
import type { Stage, Step } from "./stage.ts";
import type { StepOutcome } from "./stage-events.ts";

/** A stage that did not succeed. `steps` holds the steps that ran before the failure. */
export class StageError extends WovenError {
  readonly steps: readonly StepReport[];
  /** `known`: everything that the stage undoes was undone. `unknown`: the node went silent, or could not undo everything. */
  readonly end: "known" | "unknown";
  constructor(
    details: ConstructorParameters<typeof WovenError>[0],
    steps: readonly StepReport[],
    end: StageError["end"],
  ) {
    super(details);
    this.steps = steps;
    this.end = end;
  }
}

/** Which run of which stage, and where. */
export interface StagePlace {
  readonly node: string;
  readonly stage: Stage;
  readonly id: string;
}

/** The steps that are known to have run. */
export interface Ran {
  readonly outcomes: readonly StepOutcome[];
  readonly steps: readonly StepReport[];
}

const logOf = ({ id }: StagePlace) => `/var/local/woven/runs/${id}/log`;
const at = ({ node, stage }: StagePlace) => ({ node, stage: stage.name });

/** The connection broke, and no new login worked. `cause`: the error of the last attempt. */
export function connectionLostDuring(place: StagePlace, { steps }: Ran, cause?: unknown): StageError {
  const why = cause === undefined ? "" : `: ${asWovenError(cause).message}`;
  const details = {
    code: "connection-lost",
    message: `the connection was lost while the stage ran, and Woven could not log in again${why}`,
    state: "The server finishes the stage, or undoes it, without this connection.",
    next: `Run the command again: it reads how the stage ended. Its log is ${logOf(place)} on the server.`,
    ...at(place),
    cause,
  };
  return new StageError(details, steps, "unknown");
}

export function stageNotSent(place: StagePlace, said: string): WovenError {
  const lines = said.trim().split("\n");
  // tar's last line only says that there were errors above it.
  const why = lines.find((line) => line.includes("No space left")) ?? lines.at(-1);
  return new WovenError({
    code: "stage-not-started",
    message: `the stage could not be sent: ${why || "the server gave no reason"}`,
    state: "Nothing was changed on the server.",
    next: "Check `df -h` and `systemctl is-system-running`: the usual causes are a full disk and a systemd that does not run.",
    output: said,
    ...at(place),
  });
}

/** The run was cancelled before the first step began. */
export function stoppedBeforeStart(place: StagePlace): WovenError {
  return new WovenError({
    code: "stopped",
    message: "stopped on request, before the stage began",
    state: "This stage changed nothing on the server.",
    next: "Run the command again to continue.",
    ...at(place),
  });
}

export function stageDied(place: StagePlace, { steps }: Ran, stray: readonly string[]): StageError {
  const details = {
    code: "stage-died",
    message: "the stage ended without a result: the server was rebooted, or somebody killed the stage",
    next: `Run the command again: it continues from what is there. The log of the stage is ${logOf(place)} on the server.`,
    output: stray.filter((line) => line.trim() !== "").join("\n") || undefined,
    ...at(place),
  };
  return new StageError(details, steps, "unknown");
}

/** The stage printed more than any stage needs, so Woven stopped reading. */
export function stageOutputTooLong(place: StagePlace, { steps }: Ran): StageError {
  const details = {
    code: "output-too-long",
    message: "the stage printed more than Woven reads",
    state: "The stage still runs to its end on the server.",
    next: `Find out what fills its log, ${logOf(place)}.`,
    ...at(place),
  };
  return new StageError(details, steps, "unknown");
}

/** The run was cancelled, and had no time to see how the stage ended. `stopRequest`: whether the node got the request to stop. */
export function endNotSeen(place: StagePlace, { steps }: Ran, stopRequest: "sent" | "not-sent"): StageError {
  const details =
    stopRequest === "sent"
      ? {
          code: "stopped",
          message: "stopped on request: the server is still undoing what the stage had begun",
          state: "The server finishes this without you.",
          next: `Run the command again: it reads how the stage ended. Its log is ${logOf(place)} on the server.`,
        }
      : {
          code: "not-told",
          message:
            "the run was cancelled, but the stage was not stopped: the connection was lost, and a new login took too long",
          state: "The stage still runs to its end on the server.",
          next: `Run \`status\` when the server can be reached again. The log of the stage is ${logOf(place)} there.`,
        };
  return new StageError({ ...details, ...at(place) }, steps, "unknown");
}

/** The stage itself reported that it failed or was stopped. */
export function stageFailed(place: StagePlace, { outcomes, steps }: Ran, end: "failed" | "stopped"): StageError {
  const stepOf = (id: string | undefined) => place.stage.steps.find((step) => step.id === id);
  const failed = outcomes.find((outcome) => outcome.status === "failed");
  const step = stepOf(failed?.id);
  const notUndone = outcomes.filter((outcome) => outcome.status === "undo-failed");
  const note =
    notUndone.length > 0 ? ` Not undone: ${notUndone.map(({ id }) => stepOf(id)?.title ?? id).join(", ")}.` : "";
  const stopped = end === "stopped";
  const output = [failed, ...notUndone].flatMap((outcome) => outcome?.output || []).join("\n");
  return new StageError(
    {
      code: stopped ? "stopped" : "step-failed",
      message: stopped
        ? `stopped on request, at: ${step?.title ?? "no step"}.${note}`
        : `${(step && failure(step, failed?.output ?? "")) ?? "the stage failed"}${note && "."}${note}`,
      state: stopped ? undefined : stateAfter(step, failed?.output ?? ""),
      next: stopped ? "Run the command again to continue." : (step?.advice?.(failed?.output ?? "") ?? step?.next),
      step: failed?.id,
      output: output || undefined,
      ...at(place),
    },
    steps,
    notUndone.length > 0 ? "unknown" : "known",
  );
}

function stateAfter(step: Step | undefined, output: string): string | undefined {
  return typeof step?.state === "function" ? step.state(output) : step?.state;
}

function failure({ title, failure: said }: Step, output: string): string {
  const cause = causeOf(output);
  return said?.(output) ?? `${title} failed${cause === undefined ? "" : `: ${cause}`}`;
}
