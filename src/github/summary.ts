// The job summary, which people read first. The order: the outcome, what failed, what is live, what to do, the table. The rest is folded.

import { type NodeReport, type RunReport, releaseCommands, worstFirst } from "../report.ts";
import { code, details, fence, lastLines, link, plain, table } from "./markdown.ts";
import { failures } from "./summary-failures.ts";
import { nodeTable, stepsOf } from "./summary-nodes.ts";
import { type Block, hasFailed, heading, nodeCount, size, time } from "./summary-words.ts";

/** How many nodes are shown with their steps. */
const mostNodes = 20;

export interface SummaryOptions {
  /** GitHub drops a summary above 1 MiB, and nobody reads that much. 60 000 by default. */
  readonly maxBytes?: number;
}

/** The summary as GitHub Markdown. Pure; every value in it is escaped; never longer than `maxBytes`. Secrets must be out of the report already. */
export function renderSummary(report: RunReport, options: SummaryOptions = {}): string {
  const blocks: Block[] = [
    { text: heading(report) },
    ...notices(report),
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

/** Before everything else: even a run that succeeds may have taken a domain away. */
function notices({ notices: all = [] }: RunReport): Block[] {
  return all.map((text) => ({ text: `> [!WARNING]\n> ${plain(text)}` }));
}

function introduction(report: RunReport): Block[] {
  const facts = [
    ...(report.url && isLive(report) ? [link(report.url)] : []),
    ...(report.nodes.length > 0 ? [`${nodeCount(report.nodes.length)}${outcomes(report.nodes)}`] : []),
    time(report.seconds),
  ];
  const dry = report.dryRun
    ? [
        {
          text: "This was a dry run: nothing was changed on any server. The steps below show what would be done.",
        },
      ]
    : [];
  return [{ text: facts.join(" · ") }, ...dry];
}

/** Whether this run knows that a release answers at the site's address. */
function isLive(report: RunReport): boolean {
  const asked =
    releaseCommands.has(report.command) || report.command === "status" || report.preview?.outcome === "built";
  return asked && !hasFailed(report) && report.nodes.some(({ version }) => version !== undefined);
}

/** `: 1 failed, 2 rolled back`, of several nodes that did not all end the same. */
function outcomes(nodes: readonly NodeReport[]): string {
  const words = { failed: "failed", "rolled-back": "rolled back", skipped: "not switched", ok: "ok" } as const;
  const groups = Map.groupBy(worstFirst(nodes), ({ status }) => words[status]);
  if (groups.size < 2) return "";
  return `: ${[...groups].map(([word, { length }]) => `${length} ${word}`).join(", ")}`;
}

/** The steps of the most interesting nodes: failed ones first. */
function allSteps(report: RunReport): Block[] {
  const ordered = worstFirst(report.nodes);
  const left = ordered.length - mostNodes;
  const more = left > 0 ? [{ text: `The steps of ${nodeCount(left)} more are in the log.` }] : [];
  return [...ordered.slice(0, mostNodes).flatMap((node) => stepsOf(node, report)), ...more];
}

/** The text that `status` and `node` print. */
function texts(report: RunReport): Block[] {
  const withText = report.nodes.filter((node) => node.text?.trim());
  return withText.map((node) => {
    const body = fence(lastLines(node.text ?? "", { lines: 400, bytes: 20_000 }));
    const text = withText.length === 1 ? body : details(node.host, body);
    return { text, short: `The text of ${code(node.host)} is too long for the summary: see the log.` };
  });
}

function bundleLine({ bundle }: RunReport): Block[] {
  if (!bundle) return [];
  const from = bundle.cacheHit ? "found in the cache" : "built (not in the cache)";
  return [
    {
      text: `Bundle: ${bundle.wheels} ${bundle.wheels === 1 ? "wheel" : "wheels"}, ${size(bundle.bytes)}, ${from} in ${time(bundle.seconds)}.`,
    },
  ];
}

function knownHosts(report: RunReport): Block[] {
  const lines = [...new Set(report.nodes.flatMap((node) => node.knownHosts ?? []))];
  if (lines.length === 0) return [];
  const what =
    report.hostKeyPolicy === "strict"
      ? "The servers' host keys, read over verified logins. Put them into the `known-hosts` input:"
      : "This run accepted these host keys. Compare them with the servers' own keys. Then put them into the `known-hosts` input, so that the next run accepts no others:";
  return [{ text: `${what}\n\n${fence(lines.join("\n"))}` }];
}

function foundTable({ found }: RunReport): Block[] {
  if (found.length === 0) return [];
  const rows = found.map((entry) => [plain(entry.what), code(entry.found.value), plain(entry.found.from)]);
  return [{ text: details("What Woven found about the project, and where", table(["What", "Found", "From"], rows)) }];
}

/** The blocks in order. A block that does not fit gets its shorter form or is left out. A last line says that something is missing. */
function shortened(blocks: readonly Block[], maxBytes: number): string {
  const note = "*This summary was too long, so parts are left out. The log of this step has everything.*";
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
