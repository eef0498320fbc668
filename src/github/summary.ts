// The job summary: what a person sees first, perhaps at night. Outcome, what failed and what serves, what to do, then the table; all else folded.

import { type NodeReport, type RunReport, releaseCommands, worstFirst } from "../report.ts";
import { code, details, fence, lastLines, link, plain, table } from "./markdown.ts";
import { failures } from "./summary-failures.ts";
import { nodeTable, stepsOf } from "./summary-nodes.ts";
import { type Block, hasFailed, heading, nodeCount, size, time } from "./summary-words.ts";

/** Nodes whose steps are shown. */
const mostNodes = 20;

export interface SummaryOptions {
  /** GitHub drops a whole summary above 1 MiB, and nobody reads that much: 60 000 unless told. */
  readonly maxBytes?: number;
}

/** The summary as GitHub Markdown. Pure; every value in it is escaped; never longer than `maxBytes`. Secrets must be out of the report already. */
export function renderSummary(report: RunReport, options: SummaryOptions = {}): string {
  const blocks: Block[] = [
    { text: heading(report) },
    ...introduction(report),
    ...failures(report),
    ...nodeTable(report),
    ...texts(report),
    ...bundleLine(report),
    ...knownHosts(report),
    ...allSteps(report),
    ...foundTable(report),
  ];
  return shortened(blocks, options.maxBytes ?? 60_000);
}

function introduction(report: RunReport): Block[] {
  const facts = [
    ...(report.url && serves(report) ? [link(report.url)] : []),
    ...(report.nodes.length > 0 ? [`${nodeCount(report.nodes.length)}${outcomes(report.nodes)}`] : []),
    time(report.seconds),
  ];
  const dry = report.dryRun
    ? [
        {
          text: "This was a dry run: nothing was changed on any node. The steps below are what would be done.",
        },
      ]
    : [];
  return [{ text: facts.join(" · ") }, ...dry];
}

/** Whether this run knows that somebody answers at the site's address. */
function serves(report: RunReport): boolean {
  const asked = releaseCommands.has(report.command) || report.command === "status";
  return asked && !hasFailed(report) && report.nodes.some(({ version }) => version !== undefined);
}

/** `: 1 failed, 2 rolled back`, of several nodes that did not all end the same. */
function outcomes(nodes: readonly NodeReport[]): string {
  const words = { failed: "failed", "rolled-back": "rolled back", skipped: "not switched", ok: "ok" } as const;
  const groups = Map.groupBy(worstFirst(nodes), ({ status }) => words[status]);
  if (groups.size < 2) return "";
  return `: ${[...groups].map(([word, { length }]) => `${length} ${word}`).join(", ")}`;
}

/** Of many nodes, those that whoever mends it looks for first. */
function allSteps(report: RunReport): Block[] {
  const ordered = worstFirst(report.nodes);
  const left = ordered.length - mostNodes;
  const more = left > 0 ? [{ text: `The steps of ${nodeCount(left)} more are in the log.` }] : [];
  return [...ordered.slice(0, mostNodes).flatMap((node) => stepsOf(node, report)), ...more];
}

/** What `status` and `node` are run for. */
function texts(report: RunReport): Block[] {
  const told = report.nodes.filter((node) => node.text?.trim());
  return told.map((node) => {
    const body = fence(lastLines(node.text ?? "", { lines: 400, bytes: 20_000 }));
    const text = told.length === 1 ? body : details(node.host, body);
    return { text, short: `The text of ${code(node.host)} is too long to stand here: it is in the log.` };
  });
}

function bundleLine({ bundle }: RunReport): Block[] {
  if (!bundle) return [];
  const from = bundle.cacheHit ? "found in the cache" : "built anew (not in the cache)";
  return [
    {
      text: `Bundle: ${bundle.wheels} ${bundle.wheels === 1 ? "wheel" : "wheels"}, ${size(bundle.bytes)}, ${from} in ${time(bundle.seconds)}.`,
    },
  ];
}

function knownHosts(report: RunReport): Block[] {
  const lines = [...new Set(report.nodes.flatMap((node) => node.knownHosts ?? []))];
  if (lines.length === 0) return [];
  return [
    {
      text: `These host keys were learned in this run. Compare them with the servers' own, and put them in the \`known-hosts\` input, so that the next run accepts no others:\n\n${fence(lines.join("\n"))}`,
    },
  ];
}

function foundTable({ found }: RunReport): Block[] {
  if (found.length === 0) return [];
  const rows = found.map((entry) => [plain(entry.what), code(entry.found.value), plain(entry.found.from)]);
  return [{ text: details("What Woven found about the project, and where", table(["What", "Found", "From"], rows)) }];
}

/** The blocks in order, the shorter form or none of those that no longer fit; a last line says what is missing. */
function shortened(blocks: readonly Block[], maxBytes: number): string {
  const note = "*Parts of this summary are left out for their length: the log of this step has all of it.*";
  const budget = maxBytes - Buffer.byteLength(`\n\n${note}\n`);
  const kept: string[] = [];
  let bytes = 0;
  let complete: "yes" | "no" = "yes";
  for (const block of blocks) {
    const form = [block.text, block.short].find(
      (text) => text !== undefined && bytes + Buffer.byteLength(text) + 2 <= budget,
    );
    if (form !== block.text) complete = "no";
    if (form === undefined) continue;
    kept.push(form);
    bytes += Buffer.byteLength(form) + 2;
  }
  return `${[...kept, ...(complete === "no" ? [note] : [])].join("\n\n")}\n`;
}
