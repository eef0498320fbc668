// What is live after a failed run, and which migrations stay applied. In the summary, this comes right after the failure.
import { liveNow, type NodeReport, type RunReport, releaseCommands, worstFirst } from "../report.ts";
import { code, plain } from "./markdown.ts";
import { nodeCount } from "./summary-words.ts";

/** The most lines of a list. */
const mostLines = 12;

/** As Markdown. Undefined if the run does not change what is live, or if it reached no node. */
export function liveText(report: RunReport): string | undefined {
  if (!releaseCommands.has(report.command) || report.dryRun || report.nodes.length === 0) return undefined;
  const groups = [...Map.groupBy(worstFirst(report.nodes), liveNow)];
  const [only, ...others] = groups;
  const live = only && others.length === 0 ? `**Live now:** ${plain(only[0])}.` : `**Live now**\n\n${liveList(groups)}`;
  return [live, ...migrated(report)].join("\n\n");
}

function liveList(groups: readonly (readonly [words: string, nodes: readonly NodeReport[]])[]): string {
  const lines = groups.slice(0, mostLines).map(([words, nodes]) => {
    const hosts = nodes.map((node) => code(node.host));
    const shown = hosts.length > 5 ? `${hosts.slice(0, 5).join(", ")} and ${hosts.length - 5} more` : hosts.join(", ");
    return `- ${shown}: ${plain(words)}`;
  });
  const left = groups.slice(mostLines).flatMap(([, nodes]) => nodes).length;
  return [...lines, ...(left > 0 ? [`- and other versions on ${nodeCount(left)}: see the table`] : [])].join("\n");
}

/** Applied migrations are the one change that a failure does not undo: the live release must work with the new schema. */
function migrated({ nodes }: RunReport): readonly string[] {
  const applied = nodes
    .flatMap(({ steps }) => steps.filter(({ step }) => step === "migrate"))
    .flatMap(({ details }) => details);
  const names = [...new Set(applied)];
  if (names.length === 0) return [];
  const shown = names.slice(0, 8).map(code).join(", ");
  const left = names.length > 8 ? ` and ${names.length - 8} more` : "";
  return [`**Migrations were applied and stay applied:** ${shown}${left}. The live version now uses that schema.`];
}
