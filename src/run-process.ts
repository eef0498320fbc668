// Runs a program on the runner, without a shell. It prints nothing.
import { getExecOutput } from "@actions/exec";
import { programVariables } from "./program-variables.ts";
import type { RunOutcome } from "./settings/source.ts";

export interface RunOptions {
  readonly cwd: string;
  /** The environment of the program, that of this process by default. The program gets those that `isProgramVariable` allows. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Names of further variables that this program gets. */
  readonly pass?: readonly string[];
  readonly input?: string;
}

export type Run = (command: string, args: readonly string[], options: RunOptions) => Promise<RunOutcome>;

/** Never rejects: a program that cannot be started is an outcome with code 127 and the reason in stderr. */
export const runProcess: Run = async (command, args, { cwd, env = process.env, pass, input }) => {
  try {
    const { exitCode, stdout, stderr } = await getExecOutput(JSON.stringify(command), [...args], {
      cwd,
      env: programVariables(env, pass),
      silent: true,
      ignoreReturnCode: true,
      // No input at all, not even an empty one: if the program ends without reading it, EPIPE would end this process.
      ...(input ? { input: Buffer.from(input) } : {}),
    });
    return { code: exitCode, stdout, stderr };
  } catch (error) {
    return { code: 127, stdout: "", stderr: (error as Error).message };
  }
};
