// The table of nodes, and the folded list of each node's steps.
import {
  knowsChanges,
  type NodeReport,
  type RunReport,
  releaseCommands,
  type StepReport,
  stepWord,
  worstFirst,
} from "../report.ts";
import { code, details, plain, table } from "./markdown.ts";
import { type Block, size, time } from "./summary-words.ts";

const nodeMarks: Readonly<Record<NodeReport["status"], string>> = {
  ok: "✅ ok",
  failed: "❌ failed",
  "rolled-back": "↩️ rolled back",
  skipped: "⏭️ not switched",
};
/** How many rows are open, and how many are folded. */
const mostShown = 20;
const mostRows = 150;

interface Column {
  readonly head: string;
  readonly cell: (node: NodeReport) => string;
}

/** One row for each node. Failed nodes come first. A column without values is left out. */
export function nodeTable(report: RunReport): Block[] {
  if (report.nodes.length === 0) return [];
  const ordered = worstFirst(report.nodes);
  const columns = columnsFor(report).filter((column) => report.nodes.some((node) => column.cell(node) !== ""));
  const rows = ordered.slice(0, mostRows).map((node) => columns.map((column) => column.cell(node)));
  const heads = columns.map((column) => column.head);
  const left = ordered.length - rows.length;
  const more =
    left > 0
      ? `\n\nand ${left} more nodes, of which ${ordered.slice(mostRows).filter((node) => node.status !== "ok").length} not ok.`
      : "";
  const shown = table(heads, rows.slice(0, mostShown));
  if (rows.length <= mostShown) return [{ text: shown }];
  const rest = details(`The other ${ordered.length - mostShown} nodes`, table(heads, rows.slice(mostShown)) + more);
  return [{ text: `${shown}\n\n${rest}`, short: shown }];
}

/** The node's steps, folded. The visible line says how many there are and which one failed. */
export function stepsOf(node: NodeReport, { command, dryRun }: Pick<RunReport, "command" | "dryRun">): Block[] {
  if (node.steps.length === 0 || command === "status") return [];
  const changed = node.steps.filter((step) => step.status === "changed").length;
  const failed = node.steps.find((step) => step.status === "failed");
  const count = `${node.steps.length} ${node.steps.length === 1 ? "step" : "steps"}`;
  const summary = [
    `${node.host}: ${count}`,
    dryRun ? `${changed} would change` : `${changed} changed`,
    ...(failed ? [`failed at ${failed.title}`] : []),
    time(node.seconds),
  ].join(", ");
  const rows = node.steps.map((step) => [
    plain(step.stage),
    plain(step.title),
    step.status === "failed" ? "❌ **failed**" : stepWord(step, dryRun ? "plan" : "run"),
    step.seconds.toFixed(1),
    changes(step),
  ]);
  const head = ["Stage", "Step", "Status", "Seconds", "Changes"];
  const short = rows.filter((_, index) => ["failed", "changed"].includes(node.steps[index]?.status ?? "")).slice(0, 30);
  return [
    {
      text: details(summary, table(head, rows)),
      short: details(`${summary} (those that ${dryRun ? "would change" : "changed"} or failed)`, table(head, short)),
    },
  ];
}

function columnsFor(report: RunReport): Column[] {
  const { command, dryRun } = report;
  const version: Column = {
    head: "Version",
    cell: (node) => (node.unknown ? "not known" : plain(node.version ?? (command === "status" ? "none" : ""))),
  };
  const identity: Column[] = [
    { head: "Host", cell: (node) => code(node.host) },
    { head: "Role", cell: (node) => plain(node.role ?? "") },
  ];
  const status: Column = { head: "Status", cell: (node) => nodeMarks[node.status] };
  if (command === "status")
    return [...identity, version, { head: "Before that", cell: (node) => plain(node.previous ?? "") }, status];
  return [
    ...identity,
    version,
    { head: "Before", cell: (node) => plain(node.previous ?? "") },
    status,
    ...(knowsChanges(report)
      ? [{ head: dryRun ? "Would change" : "Changed", cell: (node: NodeReport) => changedWord(node, report) }]
      : []),
    { head: "Time", cell: (node) => time(node.seconds) },
    { head: "Logins / round trips", cell: ({ cost }) => `${cost.logins} / ${cost.roundTrips}` },
    { head: "Sent", cell: ({ cost }) => size(cost.bytesSent) },
  ];
}

/** A failed run undoes what it did, so what it changed on the way is not what is live. */
function changedWord({ changed, status, unknown, version, previous, steps }: NodeReport, report: RunReport): string {
  if (!changed) return "no";
  const undone = status !== "ok" && !unknown && version === previous && releaseCommands.has(report.command);
  if (!undone || report.dryRun) return "yes";
  return steps.some(({ step, details: lines }) => step === "migrate" && lines.length > 0)
    ? "only the database"
    : "nothing live";
}

function changes({ details: lines }: StepReport): string {
  const shown = lines.slice(0, 6).map((line) => code(line.slice(0, 200)));
  return [...shown, ...(lines.length > 6 ? [`and ${lines.length - 6} more`] : [])].join("<br>");
}
