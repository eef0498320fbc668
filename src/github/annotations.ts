// Error annotations: one for each failure, and one on the right line for each problem in the user's files. GitHub shows ten errors for
// each step, and cuts each at 4096 characters.
import { type Problem, problemLine, SettingsError, type WovenError } from "../errors.ts";
import { failureText, stagePlace } from "../failure-text.ts";
import { liveNow, type NodeReport, type RunReport, releaseCommands, worstFirst } from "../report.ts";

/** The part of `@actions/core` that annotations use. */
export interface AnnotationCore {
  error(message: string, properties: { title?: string; file?: string; startLine?: number }): void;
}

const mostAnnotations = 10;
const mostCharacters = 4000;

interface Failure {
  readonly error: WovenError;
  readonly node?: NodeReport;
}

interface Annotation {
  readonly title: string;
  readonly text: string;
  readonly at: { readonly file?: string | undefined; readonly line?: number | undefined };
}

/** Writes the annotations. A failure of several nodes is written once, with all their names. */
export function annotate(report: RunReport, core: AnnotationCore): void {
  const failed = worstFirst(report.nodes).flatMap((node): Failure[] =>
    node.error ? [{ error: node.error, node }] : [],
  );
  const own =
    report.error && !failed.some(({ error }) => error.message === report.error?.message)
      ? [{ error: report.error }]
      : [];
  const groups = Map.groupBy(
    [...own, ...failed],
    ({ error }) => `${error.message}\0${error.details.step}\0${error.details.file}\0${error.details.line}`,
  );
  const all = [...groups.values()].flatMap((group) => annotationsOf(group, report));
  for (const { title, text, at } of limited(all)) {
    const cut = text.length > mostCharacters ? `${text.slice(0, mostCharacters)} …` : text;
    core.error(cut, {
      title: title.slice(0, 250),
      ...(at.file === undefined ? {} : { file: at.file }),
      ...(at.file === undefined || at.line === undefined ? {} : { startLine: at.line }),
    });
  }
}

function annotationsOf(group: readonly Failure[], report: RunReport): readonly Annotation[] {
  const [first] = group;
  if (!first) return [];
  const { error } = first;
  if (error instanceof SettingsError) return error.problems.map(ofProblem);
  const lives = new Set(group.flatMap(({ node }) => (node ? liveNow(node) : [])));
  const asks = releaseCommands.has(report.command) && !report.dryRun && lives.size === 1;
  return [
    { title: title(error, group), text: failureText(error, asks ? [...lives][0] : undefined), at: error.details },
  ];
}

function ofProblem(problem: Problem): Annotation {
  const { where, next } = problem;
  return { title: `Woven: ${where}`, text: `${problemLine(problem)}${next ? `\n${next}` : ""}`, at: problem };
}

/** The last of ten says how many more there are. */
function limited(all: readonly Annotation[]): readonly Annotation[] {
  if (all.length <= mostAnnotations) return all;
  const shown = all.slice(0, mostAnnotations);
  return shown.map((one, index) =>
    index < mostAnnotations - 1
      ? one
      : {
          ...one,
          text: `${one.text}\n\nand ${all.length - mostAnnotations} more: see the summary and the log`,
        },
  );
}

function title({ details }: WovenError, group: readonly Failure[]): string {
  const hosts = group.flatMap(({ node }) => node?.host ?? details.node ?? []);
  const where = [
    ...(hosts.length > 3 ? [`${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more`] : hosts),
    ...[stagePlace(details.stage, details.step) ?? []].flat(),
    ...(details.step ? [`step ${details.step}`] : []),
  ];
  return ["Woven", ...(where.length > 0 ? [where.join(", ")] : [])].join(": ");
}
