// One error annotation for each failure, on the user's own file where the failure has one. GitHub shows ten errors a step and cuts each at 4096 characters.
import type { WovenError } from "../errors.ts";
import { type NodeReport, type RunReport, worstFirst } from "../report.ts";

/** What an annotation needs of `@actions/core`. */
export interface AnnotationCore {
  error(message: string, properties: { title?: string; file?: string; startLine?: number }): void;
}

const mostAnnotations = 10;
const mostCharacters = 4000;

/** Writes them. What many nodes share is written once, with all their names. */
export function annotate(report: RunReport, core: AnnotationCore): void {
  const failed = worstFirst(report.nodes).flatMap((node) => (node.error ? [{ error: node.error, node }] : []));
  const own =
    report.error && !failed.some(({ error }) => error.message === report.error?.message)
      ? [{ error: report.error }]
      : [];
  const all: { readonly error: WovenError; readonly node?: NodeReport }[] = [...own, ...failed];
  const groups = [
    ...Map.groupBy(
      all,
      ({ error }) => `${error.message}\0${error.details.step}\0${error.details.file}\0${error.details.line}`,
    ).values(),
  ];
  for (const group of groups.slice(0, mostAnnotations)) {
    const error = group[0]?.error;
    if (error) core.error(body(error), { title: title(error, group), ...place(error) });
  }
}

function title({ details }: WovenError, group: readonly { readonly node?: NodeReport }[]): string {
  const hosts = group.flatMap(({ node }) => node?.host ?? details.node ?? []);
  const where = [
    ...(hosts.length > 3 ? [`${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more`] : hosts),
    ...(details.stage ? [`stage ${details.stage}`] : []),
    ...(details.step ? [`step ${details.step}`] : []),
  ];
  return ["Woven", ...(where.length > 0 ? [where.join(", ")] : [])].join(": ").slice(0, 250);
}

function body({ message, details }: WovenError): string {
  const lines = (details.output ?? "").trim().split("\n").slice(-10).join("\n");
  const parts = [message, ...(details.next ? [details.next] : []), ...(lines ? [lines] : [])];
  const text = parts.join("\n\n");
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)} …` : text;
}

function place({ details: { file, line } }: WovenError): { file?: string; startLine?: number } {
  if (!file) return {};
  return line === undefined ? { file } : { file, startLine: line };
}
