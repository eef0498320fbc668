// From the words of a node about a step to the words of a report.
import type { StepReport, StepStatus } from "../report.ts";
import type { Stage } from "./stage.ts";
import type { StepOutcome } from "./stage-events.ts";

/** How a step ended, as a report says it. */
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
