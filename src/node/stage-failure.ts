// The ways in which a stage does not end as asked, each said truthfully: what ran, whether the node knows, what to do next.
import { asWovenError, WovenError } from "../errors.ts";
import type { StepReport } from "../report.ts";
import { causeOf } from "../traceback.ts";
import type { Stage, Step } from "./stage.ts";
import type { StepOutcome } from "./stage-events.ts";

/** A stage that did not end as asked; `steps` holds what ran before. */
export class StageError extends WovenError {
  readonly steps: readonly StepReport[];
  /** `told`: what the stage takes back has been. `open`: only the node can say; it fell silent, or could not take back all of it. */
  readonly end: "told" | "open";
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

/** What is known of its steps. */
export interface Ran {
  readonly outcomes: readonly StepOutcome[];
  readonly steps: readonly StepReport[];
}

const logOf = ({ id }: StagePlace) => `/var/local/woven/runs/${id}/log`;
const at = ({ node, stage }: StagePlace) => ({ node, stage: stage.name });

/** `cause`: what the last try to log in again ended with. */
export function lost(place: StagePlace, { steps }: Ran, cause?: unknown): StageError {
  const why = cause === undefined ? "" : `: ${asWovenError(cause).message}`;
  const details = {
    code: "connection-lost",
    message: `the connection was lost while the stage ran, and could not be made again${why}`,
    next: `The node finishes, or takes back, what it had begun. Run the command again: it reads how that ended. The log is ${logOf(place)} there.`,
    ...at(place),
    cause,
  };
  return new StageError(details, steps, "open");
}

export function notStarted(place: StagePlace, said: string): WovenError {
  const lines = said.trim().split("\n");
  // tar's last word is only that there were errors before it.
  const why = lines.find((line) => line.includes("No space left")) ?? lines.at(-1);
  return new WovenError({
    code: "stage-not-started",
    message: `the stage could not be sent: ${why || "no reason given"}`,
    next: "Nothing was changed on the node. A full disk or a node without a running systemd are the usual reasons.",
    output: said,
    ...at(place),
  });
}

/** Cancelled, before any step of it began. */
export function notBegun(place: StagePlace): WovenError {
  return new WovenError({
    code: "stopped",
    message: "stopped on request, before the stage had begun: nothing of it was done on the node",
    next: "Run the command again to go on.",
    ...at(place),
  });
}

export function died(place: StagePlace, { steps }: Ran, stray: readonly string[]): StageError {
  const details = {
    code: "stage-died",
    message: "the stage ended without a word: the node was rebooted, or somebody ended it",
    next: `Run the command again: it goes on from what is there. The log is ${logOf(place)} on the node.`,
    output: stray.filter((line) => line.trim() !== "").join("\n") || undefined,
    ...at(place),
  };
  return new StageError(details, steps, "open");
}

/** More than a stage has to say: it is not read to its end. */
export function tooMuchSaid(place: StagePlace, { steps }: Ran): StageError {
  const details = {
    code: "output-too-long",
    message: "the node said more about the stage than Woven reads",
    next: `The stage goes on there to its end. Look at its log, ${logOf(place)}, and at what fills it.`,
    ...at(place),
  };
  return new StageError(details, steps, "open");
}

/** Cancelled, and its end was not heard in the time that there was: `told`, whether the node knows. */
export function unheard(place: StagePlace, { steps }: Ran, told: "told" | "untold"): StageError {
  const details =
    told === "told"
      ? {
          code: "stopped",
          message: "stopped on request: the node was told so, and is still taking back what it had begun",
          next: `It ends by itself. Run the command again: it reads how that ended. The log is ${logOf(place)} there.`,
        }
      : {
          code: "not-told",
          message:
            "the run was cancelled, and the node could not be told: the connection was lost, and no new one came about in the time that a cancelled run has",
          next: `The stage goes on there to its end. See what \`status\` says when the node can be reached again. The log is ${logOf(place)} there.`,
        };
  return new StageError({ ...details, ...at(place) }, steps, "open");
}

/** It said so itself. */
export function stageFailed(place: StagePlace, { outcomes, steps }: Ran, end: "failed" | "stopped"): StageError {
  const stepOf = (id: string | undefined) => place.stage.steps.find((step) => step.id === id);
  const failed = outcomes.find((outcome) => outcome.status === "failed");
  const step = stepOf(failed?.id);
  const left = outcomes.filter((outcome) => outcome.status === "undo-failed");
  const undone = left.length > 0 ? ` Not taken back: ${left.map(({ id }) => stepOf(id)?.title ?? id).join(", ")}.` : "";
  const stopped = end === "stopped";
  const output = [failed, ...left].flatMap((outcome) => outcome?.output || []).join("\n");
  return new StageError(
    {
      code: stopped ? "stopped" : "step-failed",
      message: stopped
        ? `stopped on request, at: ${step?.title ?? "no step"}.${undone}`
        : `${(step && failure(step, failed?.output ?? "")) ?? "the stage failed"}${undone && "."}${undone}`,
      next: stopped ? "Run the command again to go on." : step?.next,
      step: failed?.id,
      output: output || undefined,
      ...at(place),
    },
    steps,
    left.length > 0 ? "open" : "told",
  );
}

function failure({ title, failure: said }: Step, output: string): string {
  const cause = causeOf(output);
  return said?.(output) ?? `${title} failed${cause === undefined ? "" : `: ${cause}`}`;
}
