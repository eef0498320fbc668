// Turns a step's outcome on a node into the step of a report.
import type { StepReport, StepStatus } from "../report.ts";
import type { Stage, Step } from "./stage.ts";
import type { StepOutcome } from "./stage-events.ts";

/** One step as the report has it. `plan`: in a dry run. */
export function stepReport(stage: Stage, outcome: StepOutcome, mode: "run" | "plan"): StepReport {
  const step = stage.steps.find(({ id }) => id === outcome.id);
  return {
    stage: stage.name,
    step: outcome.id,
    title: step?.title ?? outcome.id,
    status: reportStatus(outcome.status),
    seconds: outcome.seconds,
    details: outcome.details,
    ...(outcome.status === "undone" ? { undone: true } : {}),
    ...(outcome.status === "ok" && step ? { ok: meaningOfOk(step, mode) } : {}),
  };
}

/** `ok` stands for three things. A step without a check that always reports ok has nothing to change, so it did its work. */
function meaningOfOk({ plan, check, checks, apply }: Step, mode: "run" | "plan"): NonNullable<StepReport["ok"]> {
  if (check !== undefined && (checks === undefined || mode === "plan")) return "already";
  if (mode === "plan" && plan === "quiet") return "not run";
  return plan !== undefined || apply.text.startsWith('touch "$run/unchanged"') ? "done" : "already";
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
