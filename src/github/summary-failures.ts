// The part of the summary for a run that failed: what, what the node said, what serves now, what to do next. In that order.
import type { WovenError } from "../errors.ts";
import type { NodeReport, RunReport } from "../report.ts";
import { code, fence, lastLines, plain } from "./markdown.ts";
import { type Block, hasFailed, placeWords, servingCommands } from "./summary-words.ts";

interface Failure {
  readonly error: WovenError;
  readonly node?: NodeReport;
}

/** Nothing for a run that went well. The errors that many nodes share stand here once. */
export function failures(report: RunReport): Block[] {
  if (!hasFailed(report)) return [];
  const all: Failure[] = [
    ...report.nodes.flatMap((node) => (node.error ? [{ error: node.error, node }] : [])),
    // The run's own error may be one of the nodes' errors handed on.
    ...(report.error && !report.nodes.some((node) => node.error?.message === report.error?.message)
      ? [{ error: report.error }]
      : []),
  ];
  const groups = Map.groupBy(all, ({ error, node }) =>
    node ? `${error.details.stage}\0${error.details.step}\0${error.message}\0${error.details.output}` : error.message,
  );
  return [...[...groups.values()].map(failureBlock), ...servingBlock(report)];
}

function failureBlock(group: Failure[]): Block {
  const [first] = group;
  if (!first) return { text: "" };
  const { details, message } = first.error;
  const hosts = group.map(({ node, error }) => node?.host ?? error.details.node);
  const place = placeWords([
    [
      "",
      hosts.length > 3
        ? `${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more`
        : hosts.filter(Boolean).join(", "),
    ],
    ["stage", details.stage],
    ["step", titleOf(first)],
  ]);
  const sentence = `**${place ? `${place}: ` : ""}${paragraphs(message).join("** \n**")}**`;
  const file = details.file ? [`In ${code(details.line ? `${details.file}:${details.line}` : details.file)}.`] : [];
  const speaker = details.stage ? "What the node said:" : "What was said:";
  const output = details.output?.trim()
    ? [`${speaker}\n\n${fence(lastLines(details.output, { lines: 30, bytes: 6000 }))}`]
    : [];
  const next = details.next?.trim() ? [`**What to do next**\n\n${advice(details.next)}`] : [];
  return {
    text: [sentence, ...file, ...output, ...next].join("\n\n"),
    short: `**${place ? `${place}: ` : ""}${plain(message.slice(0, 300))}**`,
  };
}

/** What the visitors of the site get now: the first question of whoever is woken by this. */
function servingBlock(report: RunReport): Block[] {
  if (!servingCommands.has(report.command) || report.dryRun || report.nodes.length === 0) return [];
  const groups = Map.groupBy(report.nodes, servingWords);
  const lines = [...groups].map(([words, nodes]) => {
    const hosts = nodes.map((node) => code(node.host));
    const shown = hosts.length > 5 ? `${hosts.slice(0, 5).join(", ")} and ${hosts.length - 5} more` : hosts.join(", ");
    return `- ${shown}: ${words}`;
  });
  return [{ text: `**What serves now**\n\n${lines.join("\n")}` }];
}

function servingWords(node: NodeReport): string {
  if (node.version === undefined)
    return node.previous === undefined
      ? "no version serves; none did before"
      : `**no version serves**; ${plain(node.previous)} did before`;
  if (node.status === "rolled-back") return `went back to ${plain(node.version)}, which serves`;
  if (node.version === node.previous) return `${plain(node.version)} serves, as before`;
  return node.previous === undefined
    ? `${plain(node.version)} serves`
    : `${plain(node.version)} serves (before: ${plain(node.previous)})`;
}

function titleOf({ error, node }: Failure): string | undefined {
  const { step, stage } = error.details;
  if (step === undefined) return undefined;
  const title = node?.steps.find(
    (report) => report.step === step && (stage === undefined || report.stage === stage),
  )?.title;
  return title && title !== step ? `${step} (${title})` : step;
}

/** Advice as it was written: its list stays a list, each other line a paragraph's line. */
function advice(next: string): string {
  return next
    .split("\n")
    .map((line) => (/^\s*- /.test(line) ? `- ${withCode(line.replace(/^\s*- /, ""))}` : `${withCode(line)}  `))
    .join("\n")
    .replaceAll(/ {2}\n(?=- )/g, "\n\n")
    .trimEnd();
}

/** Advice is ours, and marks what is to be typed with backticks. */
function withCode(line: string): string {
  return line
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : keepBlanks(part)))
    .join("");
}

/** `plain` trims: between two pieces of code the blanks matter. */
function keepBlanks(text: string): string {
  const trimmed = plain(text);
  return trimmed === ""
    ? text.replaceAll(/\s+/g, " ")
    : `${/^\s/.test(text) ? " " : ""}${trimmed}${/\s$/.test(text) ? " " : ""}`;
}

function paragraphs(message: string): string[] {
  return message
    .slice(0, 2000)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(plain);
}
