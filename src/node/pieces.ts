// Parts of steps that run without a shell, or in several processes: calls of the kit (tool.py), which the supervisor of a stage runs in a
// fork of itself. In a script, such a call costs a start of Python.
import { lines, type Shell, sh } from "./sh.ts";

/** A file in the folder of the run. The files of steps are in `files/`. */
export interface RunFile {
  readonly run: string;
}

/** What the supervisor needs for a call: see part_process.py. */
interface Call {
  readonly tool: readonly (string | RunFile)[];
  readonly in?: string;
  readonly out?: string;
  readonly details?: true;
  readonly err?: string;
  readonly may_fail?: true;
}

export type Piece =
  | { readonly kind: "shell"; readonly shell: Shell }
  | { readonly kind: "tool"; readonly shell: Shell; readonly call: Call };

interface CallOptions {
  /** Its standard input. Without it, the input is empty. */
  readonly in?: RunFile;
  /** A file that gets what it prints. */
  readonly out?: RunFile;
  /** What it prints are details of the step. */
  readonly details?: true;
  /** A file that gets its errors. */
  readonly err?: RunFile;
  /** If it fails, the part goes on. If that matters, the next piece must find out from what it printed. */
  readonly mayFail?: true;
}

/** The pieces of parts. Not a property: a copy of a part with another text is a shell like any other. */
const known = new WeakMap<Shell, readonly Piece[]>();

type Word = string | number | RunFile;

export function inRun(name: string): RunFile {
  return { run: name };
}

/** A call of the kit. As a whole part, or in `inTurn`, it runs in the supervisor. In other shell text, it runs the program `tool`. */
export function tool(words: readonly Word[], options: CallOptions = {}): Shell {
  return call(sh`tool`, [], words, options);
}

/** The same for a program that an account runs. What it prints cannot fill the disk. */
export function asUser(user: string, words: readonly Word[], options: CallOptions = {}): Shell {
  return call(sh`as ${user}`, ["bounded", "runuser", "-u", user, "--"], words, options);
}

/** `first`: how it begins in a script, and `begin`: in the supervisor. */
function call(first: Shell, begin: readonly string[], words: readonly Word[], options: CallOptions): Shell {
  const { in: source, out, details, err, mayFail } = options;
  const redirections = [
    ...(source ? [sh`<${pathOf(source)}`] : []),
    ...(out ? [sh`>${pathOf(out)}`] : []),
    ...(details ? [sh`>>"$run/details"`] : []),
    ...(err ? [sh`2>${pathOf(err)}`] : []),
    ...(mayFail ? [sh`|| :`] : []),
  ];
  const shell = sh`${first} ${[...words.map((word) => (typeof word === "object" ? pathOf(word) : word)), ...redirections]}`;
  const asked: Call = {
    tool: [...begin, ...words.map((word) => (typeof word === "number" ? String(word) : word))],
    ...(source ? { in: source.run } : {}),
    ...(out ? { out: out.run } : {}),
    ...(details ? { details } : {}),
    ...(err ? { err: err.run } : {}),
    ...(mayFail ? { may_fail: mayFail } : {}),
  };
  known.set(shell, [{ kind: "tool", shell, call: asked }]);
  return shell;
}

/** One after the other, each in a process of its own: variables, functions and the folder of one are not those of the next. */
export function inTurn(...parts: readonly Shell[]): Shell {
  const pieces = parts.flatMap((part): readonly Piece[] => known.get(part) ?? [{ kind: "shell", shell: part }]);
  const shell = lines(
    pieces.map((piece) => (piece.kind === "shell" ? sh`(${lines([sh``, piece.shell, sh``])})` : piece.shell)),
  );
  known.set(shell, pieces);
  return shell;
}

/** Undefined for a part that is one shell. */
export function piecesOf(part: Shell): readonly Piece[] | undefined {
  return known.get(part);
}

/** The file, for a shell. */
function pathOf({ run }: RunFile): Shell {
  return sh`"$run"/${run}`;
}
