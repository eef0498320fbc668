// Reports as the commands make them, for the tests of what GitHub gets to see of a run.
import { WovenError } from "../../src/errors.ts";
import type { NodeReport, RunReport, StepReport } from "../../src/report.ts";

export function step(more: Partial<StepReport> = {}): StepReport {
  return {
    stage: "prepare",
    step: "venv",
    title: "Make the virtualenv",
    status: "changed",
    seconds: 1.25,
    details: [],
    ...more,
  };
}

export function node(more: Partial<NodeReport> = {}): NodeReport {
  return {
    host: "web1.example.com",
    role: "production",
    version: "1.2",
    previous: "1.1",
    status: "ok",
    changed: true,
    seconds: 12.34,
    steps: [step()],
    cost: { logins: 1, roundTrips: 5, bytesSent: 1_234_567 },
    ...more,
  };
}

export function report(more: Partial<RunReport> = {}): RunReport {
  return {
    command: "deploy",
    distribution: "shop",
    version: "1.2",
    url: "http://shop.example.com",
    dryRun: false,
    seconds: 15,
    nodes: [node()],
    found: [],
    ...more,
  };
}

export function migrationFailed(output = "django.db.utils.OperationalError: no such table: shop_item"): WovenError {
  return new WovenError({
    code: "step-failed",
    message: "The migrations did not run",
    next: "Mend the migration and deploy again.",
    node: "web1.example.com",
    stage: "migrate",
    step: "migrate",
    output,
  });
}
