// Runs a program on the runner, without a shell. It prints nothing.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { text } from "node:stream/consumers";
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
  const variables = programVariables(env, pass);
  try {
    if (input) return await withInput(command, args, { cwd, env: variables, input });
    const { exitCode, stdout, stderr } = await getExecOutput(JSON.stringify(command), [...args], {
      cwd,
      env: variables,
      silent: true,
      ignoreReturnCode: true,
    });
    return { code: exitCode, stdout, stderr };
  } catch (error) {
    return { code: 127, stdout: "", stderr: (error as Error).message };
  }
};

interface WithInput {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly input: string;
}

/** @actions/exec does not listen for errors of the program's stdin. If a program ends without reading it, EPIPE would end this process. */
async function withInput(
  command: string,
  args: readonly string[],
  { cwd, env, input }: WithInput,
): Promise<RunOutcome> {
  const child = spawn(command, args, { cwd, env });
  const written = new Promise<void>((resolve, reject) => {
    child.stdin.on("error", (error: NodeJS.ErrnoException) => (error.code === "EPIPE" ? resolve() : reject(error)));
    child.stdin.end(input, resolve);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child), written]);
  return { code, stdout, stderr };
}

async function exitCode(child: ChildProcess): Promise<number> {
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
