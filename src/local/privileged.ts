// The one place where the local node does things as root: directly when we are root, through `sudo -n` when not.
import { spawn } from "node:child_process";
import { WovenError } from "../errors.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | undefined;
  /** Called with every line of both streams as it comes, for work that takes long. */
  readonly onLine?: ((line: string) => void) | undefined;
}

// Debian users have no sbin in PATH, and sudo's PATH is not ours.
const rootEnvironment = ["env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"];

/** The error for a machine that cannot hold a local node. */
export function unsupported(message: string, next: string, output?: string): WovenError {
  return new WovenError({ code: "local-node-unsupported", message, next, output });
}

/** Runs a program to its end. A program that is not there gives code 127, as in a shell. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [program = "", ...rest] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: ["pipe", "pipe", "pipe"] });
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    for (const stream of ["stdout", "stderr"] as const) {
      const split = options.onLine && lineSplitter(options.onLine);
      child[stream].on("data", (chunk: Buffer) => {
        chunks[stream].push(chunk);
        split?.(chunk.toString());
      });
    }
    // A program that does not read its input closes the pipe: that is its right, its exit code tells the rest.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.once("error", (error) => resolve({ code: 127, stdout: "", stderr: error.message }));
    child.once("close", (code) => {
      const stdout = Buffer.concat(chunks.stdout).toString();
      const stderr = Buffer.concat(chunks.stderr).toString();
      resolve({ code: code ?? 128, stdout, stderr });
    });
  });
}

function lineSplitter(onLine: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.trimEnd());
  };
}

let prefix: Promise<readonly string[]> | undefined;

/** `argv` as root would run it. Throws `local-node-unsupported` where there is no way to be root. */
export async function rootArgv(argv: readonly string[]): Promise<readonly string[]> {
  prefix ??= findPrefix();
  return [...(await prefix), ...argv];
}

async function findPrefix(): Promise<readonly string[]> {
  if (process.platform !== "linux") {
    throw unsupported(
      `a local node needs Linux, and this is ${process.platform}`,
      "Run it on a Debian or Ubuntu machine, a virtual machine, or a GitHub ubuntu runner.",
    );
  }
  if (process.getuid?.() === 0) return rootEnvironment;
  const sudo = await run(["sudo", "-n", "true"]);
  if (sudo.code === 0) return ["sudo", "-n", ...rootEnvironment];
  throw unsupported(
    "a local node needs root, and this user is not root and has no sudo without a password",
    "Run the command as root, or give this user NOPASSWD sudo.",
    sudo.stderr.trim(),
  );
}

/** Runs a program as root, whatever its exit code. */
export async function asRoot(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return run(await rootArgv(argv), options);
}

/**
 * Runs a `sh -eu` script as root; values come in as positional parameters, never as script text.
 * `what` names it in the error. Gives what it printed on stdout, without the last newline.
 */
export async function rootScript(
  what: string,
  script: string,
  values: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const outcome = await asRoot(["sh", "-euc", script, "woven-local", ...values], options);
  if (outcome.code === 0) return outcome.stdout.trimEnd();
  throw new WovenError({
    code: "local-node-failed",
    message: `local node: ${what} ended with exit code ${outcome.code}`,
    next: "The output says why. `npm run node -- list` shows what is there; `npm run node -- down --all` clears it.",
    output: tail(outcome.stderr || outcome.stdout),
  });
}

/** The last lines of what a program said. */
export function tail(text: string): string {
  return text.trim().split("\n").slice(-25).join("\n");
}
