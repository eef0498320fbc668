// The errors that Woven throws. Each says what failed, where, and what to do next.

export interface WovenErrorDetails {
  /** Machine-readable, stable: `settings`, `host-key-unknown`, `step-failed`, … */
  readonly code: string;
  /** What failed, in one sentence, without guesses. */
  readonly message: string;
  /** What is true now, in a sentence: `Nothing was changed.` Absent: what is live says it all. */
  readonly state?: string | undefined;
  /** What the reader should do. Begins with what to do first. May have several lines. */
  readonly next?: string | undefined;
  readonly node?: string | undefined;
  readonly stage?: string | undefined;
  readonly step?: string | undefined;
  /** The output of the node, or of a tool on the runner. Without secrets, but not safe to print raw. */
  readonly output?: string | undefined;
  /** The log has shown the output already, as it came. */
  readonly streamed?: true | undefined;
  /** The file in the repository that the error is about, as a relative path. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly cause?: unknown;
}

export class WovenError extends Error {
  override readonly name = "WovenError";
  readonly code: string;
  readonly details: WovenErrorDetails;

  constructor(details: WovenErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.details = details;
  }

  /** The same error with `change` applied to all its texts. */
  map(change: (text: string) => string): WovenError {
    const { message, state, next, output } = this.details;
    return new WovenError({
      ...this.details,
      message: change(message),
      ...(state === undefined ? {} : { state: change(state) }),
      ...(next === undefined ? {} : { next: change(next) }),
      ...(output === undefined ? {} : { output: change(output) }),
      cause: this.cause,
    });
  }

  /** The same error with the parts of `place` that it did not have. */
  at(place: Partial<Pick<WovenErrorDetails, "node" | "stage" | "step">>): WovenError {
    const { node, stage, step } = this.details;
    return new WovenError({
      ...this.details,
      node: node ?? place.node,
      stage: stage ?? place.stage,
      step: step ?? place.step,
      cause: this.cause ?? this,
    });
  }
}

/** One problem in what the user wrote: where it is, what is wrong, and what to write instead. */
export interface Problem {
  /** `input roles`, `woven.toml: server`, `pyproject.toml: project.version` … */
  readonly where: string;
  readonly what: string;
  readonly next?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** All problems in the user's input, found together before anything is changed. Each has its own hint. */
export class SettingsError extends WovenError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], { node, stage, step }: Partial<WovenErrorDetails> = {}) {
    const [only, ...others] = problems;
    const single = others.length === 0 ? only : undefined;
    super({
      code: "settings",
      message: single ? problemLine(single) : [`${problems.length} problems:`, ...problems.flatMap(listed)].join("\n"),
      next: single?.next,
      file: single?.file,
      line: single?.line,
      node,
      stage,
      step,
    });
    this.problems = problems;
  }

  override at(place: Partial<Pick<WovenErrorDetails, "node" | "stage" | "step">>): SettingsError {
    const { node, stage, step } = this.details;
    return new SettingsError(this.problems, {
      node: node ?? place.node,
      stage: stage ?? place.stage,
      step: step ?? place.step,
    });
  }

  override map(change: (text: string) => string): SettingsError {
    return new SettingsError(
      this.problems.map((problem) => ({
        ...problem,
        where: change(problem.where),
        what: change(problem.what),
        ...(problem.next === undefined ? {} : { next: change(problem.next) }),
      })),
      this.details,
    );
  }
}

/** `site/woven.toml:7: keep-release: is not a setting`, or `input env: …` where the problem is in no file. */
export function problemLine({ where, what, file, line }: Problem): string {
  if (file === undefined) return `${where}: ${what}`;
  // `where` often begins with the file's name, which is written once.
  const key = where.replace(/^\S+\.\w+(?::\d+)?:?(?: |$)/, "");
  return [`${file}${line === undefined ? "" : `:${line}`}`, ...(key === "" ? [] : [key]), what].join(": ");
}

function listed(problem: Problem): readonly string[] {
  const hint = problem.next?.split("\n").map((line) => `  ${line}`) ?? [];
  return [`- ${problemLine(problem)}`, ...hint];
}

/** Any thrown value as a WovenError, so that reports handle one type. */
export function asWovenError(thrown: unknown): WovenError {
  if (thrown instanceof WovenError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new WovenError({
    code: "internal",
    message,
    next: "This is a bug in Woven. Please report it, with the log of a run with debug logging on.",
    cause: thrown,
  });
}
