// A failure as plain text for the terminal and for annotations: what failed, what is live now, what to do, then the project's own
// frames of a traceback or the last lines of the output. Never longer than a screen: the log has the rest.
import type { WovenError, WovenErrorDetails } from "./errors.ts";
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
    ...stateLine(details, live),
    ...adviceLines(details.next),
  ].join("\n");
}

/** What is live, and what else is true now, in one line. */
function stateLine({ state }: WovenErrorDetails, live: string | undefined): readonly string[] {
  const parts = [...(live === undefined ? [] : [`Live now: ${live}.`]), ...(state === undefined ? [] : [state])];
  return parts.length === 0 ? [] : [narrow(parts.join(" "))];
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
const switching = ["switch", "verify", "record-doubt", "record"];

/** When a failure happened: `before the switch`, `stage prepare`. The stage `switch` migrates and starts the release first. */
export function stagePlace(stage: string | undefined, step: string | undefined): string | undefined {
  if (stage === undefined) return undefined;
  const isBefore = stage === "migrate" || (stage === "switch" && step !== undefined && !switching.includes(step));
  return isBefore ? "before the switch" : `stage ${stage}`;
}

/** Lines of a part that is looked for again: a traceback of Django fits. */
const longestPart = 60;

/** The same output, with a part that comes several times in a row shown once: an error log has a traceback for each request. */
export function withoutRepeats(output: string): string {
  const lines = output.split("\n");
  const kept: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const { size, times } = repeatsAt(lines, at);
    kept.push(...lines.slice(at, at + size), ...(times > 1 ? [`(the same, ${times - 1} more times)`] : []));
    at += size * times;
  }
  return kept.join("\n");
}

/** The shortest part of at least three lines that begins here and comes again right after itself. */
function repeatsAt(lines: readonly string[], at: number): { readonly size: number; readonly times: number } {
  for (let size = 3; size <= longestPart && at + 2 * size <= lines.length; size++) {
    let times = 1;
    while (isSame(lines, at, at + times * size, size)) times++;
    if (times > 1) return { size, times };
  }
  return { size: 1, times: 1 };
}

function isSame(lines: readonly string[], one: number, other: number, size: number): boolean {
  if (other + size > lines.length) return false;
  for (let index = 0; index < size; index++) if (lines[one + index] !== lines[other + index]) return false;
  return true;
}
