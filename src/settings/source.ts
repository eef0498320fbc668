// Everything that reading the settings needs from outside. Passed in, so that tests can pass their own.

import type { WorkflowEvent } from "./preview-decision.ts";

export interface RunOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SettingsSource {
  /** The value of an action input. `""` if it is absent. */
  input(name: string): string;
  /** Names of the `INPUT_*` variables seen, with or without the prefix, in upper or lower case. Unknown ones are reported. */
  readonly inputNames?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path that `working-directory` is relative to. */
  readonly cwd: string;
  /** Texts of files that are not written yet, by their paths below the working directory. They are read as if they were there. */
  readonly proposed?: Readonly<Record<string, string>>;
  /** The role that a run with the role `local` rehearses: it has the role's own settings, unless `local` has some of its own. */
  readonly rehearsed?: string | undefined;
  /** Runs a program on the runner without a shell. A program that cannot be started gives a code other than 0. */
  run(command: string, args: readonly string[], options: { readonly cwd: string }): Promise<RunOutcome>;
  /** What started the workflow. Undefined in a terminal. */
  readonly event?: WorkflowEvent | undefined;
  /** Masks this text in the log from now on. */
  mask(secret: string): void;
  log(line: string): void;
  /** Milliseconds since 1970; undefined: the clock of the runner. */
  readonly now?: () => number;
}
