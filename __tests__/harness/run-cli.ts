// Runs the built command line as somebody at a terminal does, or a script: with pipes, or in a terminal of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "vitest";
import { root } from "./run-action.ts";

export interface CliRun {
  readonly args: readonly string[];
  /** The folder in which it is started. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** `80x24`: in a terminal of this size. Without it, standard input is empty, and output goes into pipes. */
  readonly terminal?: string;
  /** Another program than the command line. */
  readonly program?: readonly string[];
}

export interface RunningCli {
  readonly process: ChildProcess;
  /** Everything that was printed until now. */
  text(): string;
  /** Waits until it printed something like this, without colours, since the last call. */
  sees(what: RegExp): Promise<void>;
  type(text: string): void;
  readonly ended: Promise<number>;
}

export const cli = join(root, "dist/cli.js");

export function startCli({ args, cwd, env, terminal, program: other }: CliRun): RunningCli {
  const inTerminal = terminal === undefined ? [] : ["python3", join(root, "__tests__/harness/terminal.py"), terminal];
  const [program = "", ...words] = [...inTerminal, ...(other ?? [process.execPath, cli]), ...args];
  const child = spawn(program, words, { cwd, env: { PATH: process.env["PATH"] ?? "", TERM: "xterm", ...env } });
  if (terminal === undefined) child.stdin.end();
  const said: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 128)));
  const text = () => Buffer.concat(said).toString();
  let from = 0;
  return {
    process: child,
    text,
    async sees(what) {
      const shown = () => stripVTControlCharacters(text().slice(from));
      await expect.poll(shown, { timeout: 30_000, interval: 100 }).toMatch(what);
      from = text().length;
    },
    type: (typed) => child.stdin.write(typed),
    ended,
  };
}

export async function runCli(run: CliRun): Promise<{ readonly code: number; readonly text: string }> {
  const running = startCli(run);
  const code = await running.ended;
  return { code, text: running.text() };
}
