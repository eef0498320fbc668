// Simulates a job of a runner on this machine, for the demo and the benchmark. Its steps run the built action one after another against
// one local node and share one RUNNER_TEMP. Their log is shown as on GitHub.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ActionResult, startAction } from "../__tests__/harness/run-action.ts";
import { wayOut } from "../__tests__/harness/way-out.ts";
import type { KeyPair } from "../src/local/key-pair.ts";
import type { LocalNode } from "../src/local/node.ts";

export interface JobOptions {
  readonly node: Pick<LocalNode, "host" | "knownHosts">;
  readonly keys: KeyPair;
  /** Gets the log line by line. */
  readonly print: (line: string) => void;
  /** Cancels the running step, and prevents further ones. */
  readonly signal: AbortSignal;
  /** RUNNER_TEMP of another job, to reuse its files. */
  readonly temp?: string;
}

export interface Job extends AsyncDisposable {
  /** The folder that stays between steps, as on a runner. */
  readonly temp: string;
  /** Runs one step. Throws if it fails. */
  step(workspace: string, inputs: Readonly<Record<string, string>>): Promise<ActionResult>;
}

export async function startJob({ node, keys, print, signal, temp: given }: JobOptions): Promise<Job> {
  const temp = given ?? (await mkdtemp(join(tmpdir(), "woven-job-")));
  const login = {
    roles: JSON.stringify({ production: [`woven@${node.host}`] }),
    "ssh-key": await readFile(keys.privateKeyFile, "utf8"),
    "known-hosts": (await node.knownHosts()).join("\n"),
    env: "DJANGO_SECRET_KEY=only-for-this-throwaway-node",
  };
  return {
    temp,
    async step(workspace, inputs) {
      signal.throwIfAborted();
      const env = { ...wayOut, RUNNER_TEMP: temp };
      const running = await startAction({ workspace, inputs: { ...login, ...inputs }, env });
      const cancel = () => running.process.kill("SIGINT");
      signal.addEventListener("abort", cancel);
      const show = logLines(print);
      running.process.stdout?.on("data", show);
      const result = await running.result;
      signal.removeEventListener("abort", cancel);
      signal.throwIfAborted();
      if (result.code !== 0)
        throw new Error(
          `${inputs["command"]} ended with exit code ${result.code}${result.stderr && `\n${result.stderr}`}`,
        );
      return result;
    },
    async [Symbol.asyncDispose]() {
      if (given === undefined) await rm(temp, { recursive: true, force: true });
    },
  };
}

/** The log of a step as its page shows it: with open groups and applied commands. */
function logLines(print: (line: string) => void): (chunk: Buffer) => void {
  let rest = "";
  let indent = "";
  return (chunk) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, command, text = ""] = /^::(\w[\w-]*)(?: [^:]*)?::(.*)$/.exec(line) ?? [];
      if (command === "group") print(`▼ ${text}`);
      else if (command === "error" || command === "warning")
        print(`${indent}${command}: ${text.replaceAll("%0A", "\n  ")}`);
      else if (command === undefined) print(`${indent}${line}`);
      if (command === "group") indent = "  ";
      if (command === "endgroup") indent = "";
    }
  };
}
