// Reads Python tracebacks: the exception, and the frames in the project's own code.
// The format: https://docs.python.org/3/library/traceback.html.

export interface Frame {
  /** For the project's own code, the path in its repository. Else as in the traceback. */
  readonly path: string;
  readonly line: number;
  /** The function. Absent for the line of a SyntaxError. */
  readonly name?: string;
  /** The line of code, without its indentation. */
  readonly text?: string;
  readonly of: "project" | "library";
}

export interface Traceback {
  /** `django.db.utils.OperationalError: no such table: shop_item`; empty if the text ends before it. */
  readonly error: string;
  /** The innermost comes last. */
  readonly frames: readonly Frame[];
  /** Numbers of its first line and of the line after `error`, from 0. */
  readonly from: number;
  readonly to: number;
}

const frameLine = /^\s+File "(.+)", line (\d+)(?:, in (.+))?$/;
/** A release has the project's code in `project/` and all other code in `lib/`, also while it is built. */
const ownPath = /\/(?:env|\.staging)\/[^/]+\/project\/(.+)$/;
/** The class of such an error says only that it comes from a database. */
const databaseError = /^(?:django\.db\.utils|psycopg2?(?:\.errors)?|sqlite3|MySQLdb(?:\.\w+)?)\.\w+: (.+)$/;

/** All tracebacks in the text, in order. One whose beginning was cut off counts too. */
export function readTracebacks(text: string): readonly Traceback[] {
  const lines = text.split("\n");
  const found: Traceback[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const headed = line.endsWith("Traceback (most recent call last):");
    if (!headed && !frameLine.test(line)) continue;
    const one = readFrom(lines, at, headed ? at + 1 : at);
    found.push(one);
    at = one.to - 1;
  }
  return found;
}

function readFrom(lines: readonly string[], from: number, first: number): Traceback {
  const frames: Frame[] = [];
  let at = first;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (!/^\s+\S/.test(line)) break;
    const [, file, number, name] = frameLine.exec(line) ?? [];
    if (file !== undefined) frames.push(frameOf(file, Number(number), name, lines[at + 1] ?? ""));
  }
  const error = (lines[at] ?? "").trim();
  return { error, frames, from, to: error === "" ? at : at + 1 };
}

/** The path in the project of a file in a release, or of a relative path, which is below the project. Undefined for others. */
export function projectPath(path: string): string | undefined {
  if (path !== "" && !path.startsWith("/")) return path.replace(/^\.\//, "");
  return ownPath.exec(path)?.[1];
}

function frameOf(file: string, line: number, name: string | undefined, next: string): Frame {
  const [, own] = ownPath.exec(file) ?? [];
  const text = /^\s+[^\s~^]/.test(next) && !frameLine.test(next) ? next.trim() : undefined;
  return {
    path: own ?? file,
    line,
    ...(name === undefined ? {} : { name }),
    ...(text === undefined ? {} : { text }),
    of: own === undefined ? "library" : "project",
  };
}

/**
 * Why a program failed, in one line. If a traceback ends the text, its exception. Else the last line, with the exception of an earlier
 * traceback. Undefined if there was no output.
 */
export function causeOf(text: string): string | undefined {
  const lines = text.trimEnd().split("\n");
  const last = lines.at(-1)?.trim();
  if (!last) return undefined;
  const traceback = readTracebacks(lines.join("\n")).findLast(({ error }) => error !== "");
  if (traceback === undefined) return last;
  const error = shortError(traceback.error);
  // Lines right after the exception belong to it: PostgreSQL shows the statement there.
  const ends = lines.slice(traceback.to).every((line) => line.trim() !== "" && !line.startsWith("---"));
  return ends ? error : `${last}: ${error}`;
}

/** The exception without its module. For a database error, only the message. */
export function shortError(error: string): string {
  const [, message] = databaseError.exec(error) ?? [];
  return message ?? error.replace(/^(?:[A-Za-z_]\w*\.)+(?=[A-Z]\w*(?::|$))/, "");
}

/** The project's own frames of the last traceback that has any, the innermost last, as lines to show. */
export function projectFrames(text: string, most = 6): readonly string[] {
  const own = readTracebacks(text).map(({ frames }) => frames.filter((frame) => frame.of === "project"));
  const frames = own.findLast((each) => each.length > 0) ?? [];
  return frames
    .slice(-most)
    .flatMap(({ path, line, name, text: code }) => [
      `${path}:${line}${name === undefined ? "" : ` in ${name}`}`,
      ...(code === undefined ? [] : [`    ${code}`]),
    ]);
}
