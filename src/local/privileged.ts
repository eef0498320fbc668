// Runs programs as root on this machine: directly if this process is root, and else through `sudo -n`.
import { spawn } from "node:child_process";
import { WovenError } from "../errors.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | undefined;
  /** Called with each line of both streams as it comes, for long work. */
  readonly onLine?: ((line: string) => void) | undefined;
}

// Debian users have no sbin in PATH, and sudo sets its own PATH.
const rootEnvironment = ["env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"];

/** The error for a machine that cannot run local nodes. */
export function unsupported(message: string, next: string, output?: string): WovenError {
  return new WovenError({ code: "local-node-unsupported", message, next, output });
}

/** Runs a program to its end. A missing program gives code 127, as in a shell. */
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
    // A program may close its input unread. Its exit code says whether that was an error.
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

/** `argv` as a command that runs as root. Throws `local-node-unsupported` if this user cannot become root. */
export async function rootArgv(argv: readonly string[]): Promise<readonly string[]> {
  prefix ??= findPrefix();
  return [...(await prefix), ...argv];
}

async function findPrefix(): Promise<readonly string[]> {
  if (process.platform !== "linux") {
    throw unsupported(
      `a local node needs Linux, but this is ${process.platform}`,
      "Run it on a Debian or Ubuntu machine, a virtual machine, or a GitHub ubuntu runner.",
    );
  }
  if (process.getuid?.() === 0) return rootEnvironment;
  const sudo = await run(["sudo", "-n", "true"]);
  if (sudo.code === 0) return ["sudo", "-n", ...rootEnvironment];
  throw unsupported(
    "a local node needs root, but this user is not root and cannot use sudo without a password",
    "Run the command as root, or allow this user sudo with NOPASSWD.",
    sudo.stderr.trim(),
  );
}

/** Runs a program as root, and returns any exit code. */
export async function asRoot(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return run(await rootArgv(argv), options);
}

/**
 * Runs a `sh -eu` script as root. Values are positional parameters, never script text. `what` names the script in the error. Returns
 * its stdout, without the last newline.
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
    next: "The output shows the reason. `npm run node -- list` lists the local nodes. `npm run node -- down --all` removes them.",
    output: tail(outcome.stderr || outcome.stdout),
  });
}

/** The last lines of a program's output. */
export function tail(text: string): string {
  return text.trim().split("\n").slice(-25).join("\n");
}
