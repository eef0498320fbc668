// The events that a stage reports while it runs: lines of JSON in its log, parsed and checked. A node may send anything.
import * as v from "valibot";

export type StageEvent =
  | { readonly kind: "begin"; readonly n: number; readonly id: string }
  | { readonly kind: "step"; readonly outcome: StepOutcome }
  | { readonly kind: "alive" }
  | { readonly kind: "end"; readonly status: "ok" | "failed" | "stopped" | "died" };

export type StepOutcome = v.InferOutput<typeof Outcome>;

/** The most lines of details that a step reports: nobody reads more. */
const mostDetails = 5000;
const mostCharacters = 1_000_000;
/** The node sends the last 20 000 bytes of a failed step's output. */
const mostOutput = 20_000;

const number = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const id = v.pipe(v.string(), v.regex(/^[\w.:@-]{1,100}$/));
const text = v.pipe(
  v.string(),
  v.transform((base64) => Buffer.from(base64, "base64").toString("utf8")),
);

const Outcome = v.pipe(
  v.object({
    n: number,
    id,
    status: v.picklist(["ok", "changed", "failed", "skipped", "undone", "undo-failed"]),
    ms: number,
    details: v.pipe(text, v.transform(detailLines)),
    data: text,
    output: v.pipe(text, v.transform(wholeLines)),
  }),
  v.transform(({ ms, ...rest }) => ({
    ...rest,
    seconds: ms / 1000,
  })),
  v.readonly(),
);

const Begin = v.object({ n: number, id });
const End = v.object({ status: v.picklist(["ok", "failed", "stopped", "died"]) });

/**
 * One line of a stage's log as an event. Undefined for other lines: a message of the shell itself, an event that a full disk cut
 * short, an event that no stage reports.
 */
export function parseEvent(line: string): StageEvent | undefined {
  if (!line.startsWith('{"event":')) return undefined;
  const raw = parse(line);
  switch (raw["event"]) {
    case "begin":
      return read(Begin, raw, (begin) => ({ kind: "begin", ...begin }));
    case "alive":
      return { kind: "alive" };
    case "end":
      return read(End, raw, (end) => ({ kind: "end", ...end }));
    case "step":
      return read(Outcome, raw, (outcome) => ({ kind: "step", outcome }));
    default:
      return undefined;
  }
}

function read<T extends v.GenericSchema>(
  schema: T,
  raw: unknown,
  event: (output: v.InferOutput<T>) => StageEvent,
): StageEvent | undefined {
  const parsed = v.safeParse(schema, raw);
  return parsed.success ? event(parsed.output) : undefined;
}

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The first lines, without blank ones. */
function detailLines(all: string): readonly string[] {
  const lines: string[] = [];
  let from = 0;
  while (from < all.length && from < mostCharacters && lines.length < mostDetails) {
    const newline = all.indexOf("\n", from);
    const end = Math.min(newline < 0 ? all.length : newline, mostCharacters);
    if (end > from) lines.push(all.slice(from, end));
    from = end === newline ? end + 1 : end;
  }
  return from < all.length ? [...lines, "… the rest is in the log on the server"] : lines;
}

/** Drops the first line of an output that was cut at its start: it may begin in the middle of a secret. */
function wholeLines(all: string): string {
  if (Buffer.byteLength(all) < mostOutput) return all;
  const end = all.slice(-mostOutput);
  return end.slice(end.indexOf("\n") + 1);
}
