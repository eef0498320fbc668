// The failures in the summary. The order: what failed, what is live now, what to do, the output.
import { problemLine, SettingsError, type WovenError } from "../errors.ts";
import { adviceLines, shownOutput, stagePlace, withoutRepeats } from "../failure-text.ts";
import { type NodeReport, type RunReport, worstFirst } from "../report.ts";
import { code, fence, details as foldedText, lastLines, link, plain } from "./markdown.ts";
import { liveText } from "./summary-live.ts";
import { type Block, hasFailed, placeWords } from "./summary-words.ts";

interface Failure {
  readonly error: WovenError;
  readonly node?: NodeReport;
}

/** How many different failures are shown in full, and how many get a line. The log has all of them. */
const mostInFull = 4;
const mostLines = 12;
const mostProblems = 20;

/** By code: what each failure means, and what to do. */
const troubleshooting = "https://github.com/woven/deploy/blob/v1/docs/troubleshooting.md";

/**
 * Empty if nothing failed. The cause comes first, with what is live now. Then come the failures that it caused on other nodes. A
 * failure of several nodes is shown once.
 */
export function failures(report: RunReport): Block[] {
  if (!hasFailed(report)) return [];
  const all: Failure[] = [
    ...worstFirst(report.nodes).flatMap((node) => (node.error ? [{ error: node.error, node }] : [])),
    // The run's own error may be the same as a node's.
    ...(report.error && !report.nodes.some((node) => node.error?.message === report.error?.message)
      ? [{ error: report.error }]
      : []),
  ];
  const groups = Map.groupBy(all, ({ error, node }) =>
    node ? `${error.details.stage}\0${error.details.step}\0${error.message}\0${error.details.output}` : error.message,
  );
  const [first, ...others] = [...groups.values()];
  const live = liveText(report);
  if (!first) return live === undefined ? [] : [{ text: live }];
  const more = others.map((group) => failureBlock(group, undefined));
  return [failureBlock(first, live), ...more.slice(0, mostInFull - 1), ...furtherFailures(more.slice(mostInFull - 1))];
}

function furtherFailures(blocks: readonly Block[]): Block[] {
  if (blocks.length === 0) return [];
  const lines = blocks.slice(0, mostLines).map(({ short }) => `- ${short}`);
  const left = blocks.length - lines.length;
  const more = left > 0 ? [`- and ${left} more: see the log`] : [];
  return [{ text: `Other failures:\n\n${[...lines, ...more].join("\n")}` }];
}

/** One failure: what failed, what is live now (for the first failure), what to do, and the output, mostly folded. */
function failureBlock(group: Failure[], live: string | undefined): Block {
  const [first] = group;
  if (!first) return { text: "" };
  const { error } = first;
  const hosts = group.map(({ node }) => node?.host ?? error.details.node).filter((host) => host !== undefined);
  const shown = hosts.length > 3 ? `${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more` : hosts.join(", ");
  const place = placeWords([
    ["", shown],
    ["", stagePlace(error.details.stage, error.details.step)],
    ["step", titleOf(first)],
  ]);
  const [sentence, ...others] = paragraphs(error.message);
  const what = `**${place ? `${place}: ` : ""}${sentence}**`;
  const several = error instanceof SettingsError && error.problems.length > 1;
  const rest = several ? problemList(error) : [...others, ...fileLine(error), ...nextText(error)];
  const more = `More about ${code(error.code)}: ${link(`${troubleshooting}#${rowOf(error)}`)}`;
  return {
    text: [
      what,
      ...(live === undefined ? [] : [live]),
      ...stateText(error, live),
      ...rest,
      ...outputText(error),
      more,
    ].join("\n\n"),
    short: [
      `**${place ? `${place}: ` : ""}${plain(error.message.slice(0, 300))}**`,
      ...(live === undefined ? [] : [live]),
    ].join("\n\n"),
  };
}

/** The anchor of the failure's row (scripts/anchors.ts): that of its step, if it has one. Steps of a kind share a row. */
export function rowOf({ code, details: { step } }: WovenError): string {
  if (code !== "step-failed" || step === undefined) return code;
  return `step-${step.replace(/^(etc|hook|ufw-rule|release-command|first-command)-.*/, "$1")}`;
}

function fileLine({ message, details: { file, line } }: WovenError): readonly string[] {
  if (file === undefined || message.startsWith(file)) return [];
  return [`In ${code(line === undefined ? file : `${file}:${line}`)}.`];
}

/** Of migrations, `live` says it already. */
function stateText({ details: { state } }: WovenError, live: string | undefined): readonly string[] {
  if (!state?.trim() || (live !== undefined && state.startsWith("Stays applied"))) return [];
  return [advice(state)];
}

function nextText({ details: { next } }: WovenError): readonly string[] {
  return next?.trim() ? [`**What to do:** ${advice(adviceLines(next).join("\n"))}`] : [];
}

/** Each problem with its place and its own hint. */
function problemList({ problems: all }: SettingsError): readonly string[] {
  const items = all.slice(0, mostProblems).map((problem) => {
    const hint = problem.next?.trim() ? `  \n${advice(problem.next)}`.replaceAll("\n", "\n  ") : "";
    return `- ${plain(problemLine(problem))}${hint}`;
  });
  const left = all.length - items.length;
  return [[...items, ...(left > 0 ? [`- and ${left} more: see the log`] : [])].join("\n")];
}

/** The output of the node or a tool. The most useful lines are open, the rest is folded. */
function outputText({ details }: WovenError): readonly string[] {
  const output = withoutRepeats(details.output?.trim() ?? "");
  if (output === "") return [];
  const { kind, lines } = shownOutput(output);
  const count = output.split("\n").length;
  const open = fence(lines.join("\n"));
  if (kind === "end" && count <= lines.length) return ["Output:", open];
  const whole = fence(lastLines(output, { lines: 200, bytes: 6000 }));
  const title = kind === "frames" ? "In the project's own code:" : "The last lines of the output:";
  return [title, open, foldedText(`The whole output (${count} ${count === 1 ? "line" : "lines"})`, whole)];
}

function titleOf({ error, node }: Failure): string | undefined {
  const { step, stage } = error.details;
  if (step === undefined) return undefined;
  const title = node?.steps.find(
    (report) => report.step === step && (stage === undefined || report.stage === stage),
  )?.title;
  // Most messages begin with the title, so it is not repeated.
  return title && title !== step && !error.message.startsWith(title) ? `${step} (${title})` : step;
}

/** Advice with its own lines: a list stays a list, every other line stays a line. */
function advice(next: string): string {
  return next
    .split("\n")
    .map((line) => (/^\s*- /.test(line) ? `- ${withCode(line.replace(/^\s*- /, ""))}` : `${withCode(line)}  `))
    .join("\n")
    .replaceAll(/ {2}\n(?=- )/g, "\n\n")
    .trimEnd();
}

/** Woven's own advice marks commands with backticks. */
function withCode(line: string): string {
  return line
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : keepBlanks(part)))
    .join("");
}

/** Keeps the blanks around a text, which `plain` trims: they separate it from code. */
function keepBlanks(text: string): string {
  const trimmed = plain(text);
  return trimmed === ""
    ? text.replaceAll(/\s+/g, " ")
    : `${/^\s/.test(text) ? " " : ""}${trimmed}${/\s$/.test(text) ? " " : ""}`;
}

function paragraphs(message: string): string[] {
  return message
    .slice(0, 1500)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, 10)
    .map(plain);
}
