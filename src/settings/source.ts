// Everything outside that reading the settings needs, handed in so that a test can hand in small real ones.

export interface RunOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SettingsSource {
  /** The value of an action input, `""` where absent. */
  input(name: string): string;
  /** Names of the `INPUT_*` variables seen, with or without the prefix, in any case: unknown ones are reported. */
  readonly inputNames?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path that `working-directory` is relative to. */
  readonly cwd: string;
  /** Runs a program on the runner without a shell; a program that cannot be started is an outcome with a code other than 0. */
  run(command: string, args: readonly string[], options: { readonly cwd: string }): Promise<RunOutcome>;
  /** Tells the log never to show this text. */
  mask(secret: string): void;
  log(line: string): void;
}
