// The action's outputs. Names and shapes are a contract with users' workflows: docs/design.md, "The contract".
import { type NodeReport, type RunReport, releaseCommands } from "../report.ts";
import { hasFailed } from "./summary-words.ts";

/** The part of `@actions/core` that outputs use. */
export interface OutputCore {
  setOutput(name: string, value: string): void;
}

/** Writes all outputs, also empty ones, so that a workflow can compare each without checking whether it exists. */
export function setOutputs(report: RunReport, core: OutputCore): void {
  for (const [name, value] of Object.entries(outputsOf(report))) core.setOutput(name, value);
}

/** The outputs as text. */
export function outputsOf(report: RunReport): Readonly<Record<string, string>> {
  return {
    version: report.version ?? same(report.nodes.map((node) => node.version)),
    "previous-version": same(report.nodes.map((node) => node.previous)),
    activated: String(isActivated(report)),
    changed: String(report.nodes.some((node) => node.changed)),
    url: report.url ?? "",
    results: JSON.stringify(report.nodes.map(result)),
    bundle: report.bundle?.key ?? "",
    "bundle-digests": report.bundle?.digests.join("\n") ?? "",
    "cache-hit": report.bundle ? String(report.bundle.cacheHit) : "",
    "known-hosts": [...new Set(report.nodes.flatMap((node) => node.knownHosts ?? []))].join("\n"),
  };
}

/** Whether the run's version is live on every node at the end of the run. */
function isActivated(report: RunReport): boolean {
  if (report.dryRun || hasFailed(report) || report.nodes.length === 0) return false;
  if (!releaseCommands.has(report.command)) return false;
  return report.nodes.every(
    (node) =>
      node.status === "ok" &&
      node.version !== undefined &&
      (report.version === undefined || node.version === report.version),
  );
}

function result(node: NodeReport): Readonly<Record<string, unknown>> {
  return {
    host: node.host,
    role: node.role ?? null,
    version: node.version ?? null,
    previous: node.previous ?? null,
    status: node.status,
    changed: node.changed,
    seconds: Math.round(node.seconds * 1000) / 1000,
    error: node.error
      ? {
          code: node.error.code,
          message: node.error.message,
          stage: node.error.details.stage ?? null,
          step: node.error.details.step ?? null,
        }
      : null,
  };
}

/** The first node's value: unless something failed, all nodes of a run have the same. */
function same(values: readonly (string | undefined)[]): string {
  return values.find((value) => value !== undefined) ?? "";
}
