// The part of the summary for a run that failed: what, what the node said, what serves now, what to do next. In that order.
import type { WovenError } from "../errors.ts";
import { type NodeReport, type RunReport, worstFirst } from "../report.ts";
import { code, fence, lastLines, link, plain } from "./markdown.ts";
import { type Block, hasFailed, nodeCount, placeWords, servingCommands } from "./summary-words.ts";

interface Failure {
  readonly error: WovenError;
  readonly node?: NodeReport;
}

/** Different failures that are shown in full, and those that get a line; nobody reads more at once, and the log has all. */
const mostInFull = 4;
const mostLines = 12;

/** By code: what each failure means, and what to do. */
const troubleshooting = "https://github.com/woven/deploy/blob/v1/docs/troubleshooting.md";

/** Nothing for a run that went well. What failed comes first, then what it did to other nodes; what many nodes share stands here once. */
export function failures(report: RunReport): Block[] {
  if (!hasFailed(report)) return [];
  const all: Failure[] = [
    ...worstFirst(report.nodes).flatMap((node) => (node.error ? [{ error: node.error, node }] : [])),
    // The run's own error may be one of the nodes' errors handed on.
    ...(report.error && !report.nodes.some((node) => node.error?.message === report.error?.message)
      ? [{ error: report.error }]
      : []),
  ];
  const groups = Map.groupBy(all, ({ error, node }) =>
    node ? `${error.details.stage}\0${error.details.step}\0${error.message}\0${error.details.output}` : error.message,
  );
  const blocks = [...groups.values()].map(failureBlock);
  const [cause, ...others] = blocks.slice(0, mostInFull);
  // The cause; then at once what visitors get, before what the cause brought about elsewhere.
  return [...(cause ? [cause] : []), ...servingBlock(report), ...others, ...furtherFailures(blocks.slice(mostInFull))];
}

function furtherFailures(blocks: readonly Block[]): Block[] {
  if (blocks.length === 0) return [];
  const lines = blocks.slice(0, mostLines).map(({ short }) => `- ${short}`);
  const left = blocks.length - lines.length;
  const more = left > 0 ? [`- and ${left} more, which are in the log`] : [];
  return [{ text: `Other failures:\n\n${[...lines, ...more].join("\n")}` }];
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
  const more = [`More about ${code(details.code)}: ${link(troubleshooting)}`];
  return {
    text: [sentence, ...file, ...output, ...next, ...more].join("\n\n"),
    short: `**${place ? `${place}: ` : ""}${plain(message.slice(0, 300))}**`,
  };
}

/** What the visitors of the site get now: the first question of whoever is woken by this. */
function servingBlock(report: RunReport): Block[] {
  if (!servingCommands.has(report.command) || report.dryRun || report.nodes.length === 0) return [];
  const groups = [...Map.groupBy(worstFirst(report.nodes), servingWords)];
  const lines = groups.slice(0, mostLines).map(([words, nodes]) => {
    const hosts = nodes.map((node) => code(node.host));
    const shown = hosts.length > 5 ? `${hosts.slice(0, 5).join(", ")} and ${hosts.length - 5} more` : hosts.join(", ");
    return `- ${shown}: ${words}`;
  });
  const left = groups.slice(mostLines).flatMap(([, nodes]) => nodes).length;
  const more = left > 0 ? [`- and on ${nodeCount(left)} other versions: see the table`] : [];
  return [{ text: `**What serves now**\n\n${[...lines, ...more, ...migrated(report)].join("\n")}` }];
}

/** A schema that has gone on is the one thing that no failure takes back: the code that serves has to live with it. */
function migrated({ nodes }: RunReport): readonly string[] {
  const applied = nodes
    .flatMap(({ steps }) => steps.filter(({ step }) => step === "migrate"))
    .flatMap(({ details }) => details);
  const names = [...new Set(applied)];
  if (names.length === 0) return [];
  const shown = names.slice(0, 8).map(code).join(", ");
  const left = names.length > 8 ? ` and ${names.length - 8} more` : "";
  return [`- **Migrations were applied, and stay:** ${shown}${left}. What serves now runs on that schema.`];
}

function servingWords(node: NodeReport): string {
  if (node.unknown)
    return node.previous === undefined
      ? "**not known**: it could not be asked"
      : `**not known**: it was lost from sight at its switch; ${plain(node.previous)} served before`;
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
  // Most messages begin with the title.
  return title && title !== step && !error.message.startsWith(title) ? `${step} (${title})` : step;
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
