// What a stage tells while it runs: lines of JSON in its log, read back into typed events.
import type { StepStatus } from "../report.ts";

export type StageEvent =
  | { readonly kind: "begin"; readonly n: number; readonly id: string }
  | { readonly kind: "step"; readonly outcome: StepOutcome }
  | { readonly kind: "alive" }
  | { readonly kind: "end"; readonly status: "ok" | "failed" | "stopped" | "died" };

export interface StepOutcome {
  readonly n: number;
  readonly id: string;
  readonly status: StepStatus | "undone" | "undo-failed";
  readonly seconds: number;
  readonly details: readonly string[];
  /** What the step wrote to file descriptor 3. */
  readonly data: string;
  /** What a failed step printed. */
  readonly output: string;
}

/**
 * One line of a stage's log as an event; undefined for a line that is none (a stray message of the shell itself, an
 * event that a full disk cut short).
 */
export function parseEvent(line: string): StageEvent | undefined {
  if (!line.startsWith('{"event":')) return undefined;
  const raw = parse(line);
  switch (raw["event"]) {
    case "begin":
      return { kind: "begin", n: Number(raw["n"]), id: String(raw["id"]) };
    case "alive":
      return { kind: "alive" };
    case "end":
      return { kind: "end", status: raw["status"] as "ok" | "failed" | "stopped" | "died" };
    case "step":
      return { kind: "step", outcome: outcome(raw) };
    default:
      return undefined;
  }
}

function outcome(raw: Record<string, unknown>): StepOutcome {
  return {
    n: Number(raw["n"]),
    id: String(raw["id"]),
    status: raw["status"] as StepOutcome["status"],
    seconds: Number(raw["ms"]) / 1000,
    details: text(raw["details"]).split("\n").filter(Boolean),
    data: text(raw["data"]),
    output: text(raw["output"]),
  };
}

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function text(base64: unknown): string {
  return Buffer.from(String(base64 ?? ""), "base64").toString("utf8");
}
