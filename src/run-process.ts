// Runs a program on the runner, without a shell and without printing anything.
import { getExecOutput } from "@actions/exec";
import type { RunOutcome } from "./settings/source.ts";

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment of the program, but for this run's secrets; that of this process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

export type Run = (command: string, args: readonly string[], options: RunOptions) => Promise<RunOutcome>;

// A package or a project that is built runs code of its own, which is not to be trusted with this run's inputs and tokens. What
// the user's step sets for pip, uv, git, proxies and compilers stays.
const secret = /^(INPUT_|WOVEN_|ACTIONS_)/;

/** Never rejects: a program that cannot be started is an outcome with code 127 and the reason in stderr. */
export const runProcess: Run = async (command, args, { cwd, env = process.env, input }) => {
  try {
    const { exitCode, stdout, stderr } = await getExecOutput(JSON.stringify(command), [...args], {
      cwd,
      env: Object.fromEntries(
        Object.entries(env).flatMap(([name, value]) =>
          value === undefined || secret.test(name) ? [] : [[name, value]],
        ),
      ),
      silent: true,
      ignoreReturnCode: true,
      // Without any, not even an empty one: a program that ends without reading would end this process with EPIPE.
      ...(input ? { input: Buffer.from(input) } : {}),
    });
    return { code: exitCode, stdout, stderr };
  } catch (error) {
    return { code: 127, stdout: "", stderr: (error as Error).message };
  }
};
