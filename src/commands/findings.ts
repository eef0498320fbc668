// What doctor finds, row by row, and the table of it.
import { asWovenError, problemLine, SettingsError } from "../errors.ts";

/** A row of the table. */
export interface Finding {
  /** `web1: login`, `DNS of shop.example.com`. */
  readonly check: string;
  readonly state: "ok" | "problem" | "not checked";
  readonly text: string;
  /** What to do. */
  readonly next?: string | undefined;
}

/** One row of a check that throws its problem, or several for a SettingsError. */
export async function tried(check: string, work: () => Promise<string>): Promise<readonly Finding[]> {
  try {
    return [{ check, state: "ok", text: await work() }];
  } catch (error) {
    return problemsOf(check, error);
  }
}

export function problemsOf(check: string, error: unknown): readonly Finding[] {
  if (error instanceof SettingsError)
    return error.problems.map((one) => ({ check, state: "problem", text: problemLine(one), next: one.next }));
  const { message, details } = asWovenError(error);
  return [{ check, state: "problem", text: message, next: details.next }];
}

/** The rows in columns, with what to do below each problem. */
export function table(found: readonly Finding[]): readonly string[] {
  const width = Math.max(...found.map(({ check }) => check.length));
  const indent = " ".repeat(13 + width + 2);
  const rows = found.flatMap(({ check, state, text, next = "" }) => [
    ...block(`${state.padEnd(13)}${check.padEnd(width)}  `, text, indent),
    ...(next === "" || state === "ok" ? [] : block(`${indent}→ `, next, `${indent}  `)),
  ]);
  const count = found.filter(({ state }) => state === "problem").length;
  const problems = `${count} ${count === 1 ? "problem" : "problems"}`;
  return [
    "",
    ...rows,
    "",
    count === 0
      ? "No problem was found. Nothing was changed on a server."
      : `${problems}. Nothing was changed on a server.`,
  ];
}

function block(first: string, text: string, indent: string): readonly string[] {
  return text.split("\n").map((line, index) => `${index === 0 ? first : indent}${line}`.trimEnd());
}
