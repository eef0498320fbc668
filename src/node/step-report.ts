// Turns a step's outcome on a node into the step of a report.
import type { StepReport, StepStatus } from "../report.ts";
import type { Stage } from "./stage.ts";
import type { StepOutcome } from "./stage-events.ts";

/** One step as the report has it. */
export function stepReport(stage: Stage, outcome: StepOutcome): StepReport {
  return {
    stage: stage.name,
    step: outcome.id,
    title: stage.steps.find(({ id }) => id === outcome.id)?.title ?? outcome.id,
    status: reportStatus(outcome.status),
    seconds: outcome.seconds,
    details: outcome.details,
    ...(outcome.status === "undone" ? { undone: true } : {}),
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
