// A failure as plain text for the terminal and for annotations: what failed, what is live now, what to do, then the project's own
// frames of a traceback or the last lines of the output. Never longer than a screen: the log has the rest.
import type { WovenError } from "./errors.ts";
import { projectFrames } from "./traceback.ts";

/** Lines. */
const most = { message: 20, next: 10, output: 10 } as const;
/** Characters of a line. */
const widest = 600;

/** `live`: the text of `liveNow`, or undefined if the run does not change what is live. The error must hold no secrets any more. */
export function failureText(error: WovenError, live: string | undefined): string {
  const { lines } = shownOutput(error.details.output ?? "");
  return [failureHead(error, live), ...(lines.length > 0 ? ["", ...lines] : [])].join("\n");
}

/** The same for a place right below the whole output. Of the output, it repeats only the project's own frames. */
export function failureBelow(error: WovenError, live: string | undefined): string {
  const { kind, lines } = shownOutput(error.details.output ?? "");
  return [failureHead(error, live), ...(kind === "frames" ? ["", ...lines] : [])].join("\n");
}

function failureHead({ message, details }: WovenError, live: string | undefined): string {
  const { file, line } = details;
  const place = file === undefined || line === undefined ? "" : `${file}:${line}`;
  return [
    ...firstLines(message.includes(place) ? message : `${message} (${place})`, most.message),
    ...(live === undefined ? [] : [`Live now: ${live}.`]),
    ...adviceLines(details.next),
  ].join("\n");
}

/** The part of an output to show first: the project's own frames, or else the last lines. */
export function shownOutput(output: string): { readonly kind: "frames" | "end"; readonly lines: readonly string[] } {
  const frames = projectFrames(output);
  if (frames.length > 0) return { kind: "frames", lines: frames.map(narrow) };
  return { kind: "end", lines: output.trim() === "" ? [] : output.trim().split("\n").slice(-most.output).map(narrow) };
}

/** The first lines of the advice. */
export const adviceLines = (next: string | undefined): readonly string[] => firstLines(next ?? "", most.next);

function firstLines(text: string, count: number): readonly string[] {
  const lines = text.trim() === "" ? [] : text.trim().split("\n");
  const left = lines.length - count;
  return [...lines.slice(0, count).map(narrow), ...(left > 0 ? [`… ${left} more lines are in the log`] : [])];
}

function narrow(line: string): string {
  return line.length > widest ? `${line.slice(0, widest)} …` : line;
}

/** Steps of the stage `switch` that work on the live traffic. Those before them change nothing that visitors get. */
const switching = ["switch", "verify", "record-doubt", "record", "retire", "discard", "prune"];

/** When a failure happened: `before the switch`, `stage prepare`. The stage `switch` migrates and starts the release first. */
export function stagePlace(stage: string | undefined, step: string | undefined): string | undefined {
  if (stage === undefined) return undefined;
  const isBefore = stage === "migrate" || (stage === "switch" && step !== undefined && !switching.includes(step));
  return isBefore ? "before the switch" : `stage ${stage}`;
}
