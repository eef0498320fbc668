// One command on an open login. Its input has back-pressure, its output is limited, and its end does not wait for children.

import { Readable } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { WovenError } from "../errors.ts";
import { CommandOutput } from "./command-output.ts";
import { cancelled, connectionLost } from "./connect-errors.ts";
import type { HostPort } from "./host-key.ts";

export interface ExecOptions {
  /** Sent to the command's standard input, which is closed after it. Without it, standard input is closed at once. */
  readonly input?: string | Uint8Array | Readable | AsyncIterable<Uint8Array>;
  /** Gets standard output as it comes. `stdout` of the result then holds only the last 64 KiB. */
  readonly onStdout?: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
  readonly timeoutSeconds?: number;
  /** What the command is for, in a word or two: `facts`, `stage switch`. For the debug log. */
  readonly purpose?: string;
  /** The most bytes of standard output, if there is no `onStdout`: more is an error. 8 MiB by default. */
  readonly mostBytes?: number;
}

const mostBytes = 8 * 2 ** 20;

export interface ExecResult {
  /** Exit status. Null if a signal ended the command, or if the server did not send one. */
  readonly code: number | null;
  /** `SIGTERM`, … */
  readonly signal?: string;
  readonly stdout: string;
  /** The last 64 KiB. */
  readonly stderr: string;
}

/**
 * Runs one command and returns how it ended. A status other than 0 is a result, not an error. The command is done when its exit
 * status has come and its output has ended. If a child in the background holds the output open, one quiet second is enough.
 * `end` aborts when the login ends: a running command then fails with its reason, a WovenError.
 * Also throws `cancelled`, `command-timeout`, `input-failed`, `output-too-long` and `exec-refused`. In these cases Woven closes the
 * command's input and output and asks sshd to send SIGTERM. sshd does not do that for root, so the command may still run.
 */
export async function run(
  client: Client,
  command: string,
  options: ExecOptions,
  end: AbortSignal,
  at: HostPort,
): Promise<ExecResult> {
  if (options.signal?.aborted) throw cancelled(at, options.signal.reason);
  using stop = new Stop(options, end, at);
  const opening = open(client, command, options, stop, at);
  try {
    const running = await Promise.race([opening, stop.stopped]);
    feed(running.channel, options.input, stop.over).catch((error: unknown) => stop.now(inputFailed(error, at)));
    const exit = await Promise.race([running.exited, stop.stopped]);
    return { ...exit, stdout: running.stdout.text(), stderr: running.stderr.text() };
  } catch (error) {
    if (error instanceof WovenError && error.code === "input-failed") opening.then(kill, () => undefined);
    else opening.then(giveUp, () => undefined);
    throw error;
  } finally {
    if (options.input instanceof Readable) options.input.destroy();
  }
}

/** Everything on the runner that can end a command: one promise that rejects, and one signal for the code that writes the input. */
class Stop implements Disposable {
  readonly stopped: Promise<never>;
  readonly now: (reason: unknown) => void;
  readonly #over = new AbortController();
  readonly #undo: (() => void)[] = [];

  constructor({ signal, timeoutSeconds }: ExecOptions, end: AbortSignal, at: HostPort) {
    let reject: (reason: unknown) => void = () => undefined;
    this.stopped = new Promise((_resolve, rejecting) => {
      reject = rejecting;
    });
    this.stopped.catch(() => undefined);
    this.now = reject;
    this.#on(end, () => reject(end.reason));
    if (signal) this.#on(signal, () => reject(cancelled(at, signal.reason)));
    if (timeoutSeconds !== undefined) {
      const timer = setTimeout(() => reject(commandTimeout(at, timeoutSeconds)), timeoutSeconds * 1000);
      this.#undo.push(() => clearTimeout(timer));
    }
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  #on(signal: AbortSignal, listener: () => void): void {
    if (signal.aborted) listener();
    signal.addEventListener("abort", listener);
    this.#undo.push(() => signal.removeEventListener("abort", listener));
  }

  [Symbol.dispose](): void {
    for (const undo of this.#undo) undo();
    this.#over.abort();
  }
}

interface Running {
  readonly channel: ClientChannel;
  readonly exited: Promise<Pick<ExecResult, "code" | "signal">>;
  readonly stdout: CommandOutput;
  readonly stderr: CommandOutput;
}

function open(client: Client, command: string, options: ExecOptions, stop: Stop, at: HostPort): Promise<Running> {
  return new Promise((resolve, reject) => {
    // All listeners are added inside the callback: the exit of a short command may come in the same packet.
    const opened = (error: Error | undefined, channel: ClientChannel) => {
      if (error) return reject(execRefused(error, at));
      channel.on("error", () => undefined);
      const all = { kind: "all", most: options.mostBytes ?? mostBytes } as const;
      const stdout = new CommandOutput(options.onStdout ? { kind: "tail" } : all, options.onStdout, stop.now);
      const stderr = new CommandOutput({ kind: "tail" }, undefined, stop.now);
      channel.on("data", (chunk: Buffer) => stop.over.aborted || stdout.take(chunk));
      channel.stderr.on("data", (chunk: Buffer) => stop.over.aborted || stderr.take(chunk));
      resolve({ channel, exited: exitOf(channel, stop.over), stdout, stderr });
    };
    try {
      client.exec(command, opened);
    } catch (error) {
      // ssh2 throws "Not connected" if the connection has ended but its "close" event has not come yet.
      reject(connectionLost(at, error instanceof Error ? error : undefined));
    }
  });
}

const quietMilliseconds = 1000;

function exitOf(channel: ClientChannel, over: AbortSignal): Running["exited"] {
  return new Promise((resolve) => {
    let exit: Pick<ExecResult, "code" | "signal"> = { code: null };
    let quiet: NodeJS.Timeout | undefined;
    const closed = () => {
      clearTimeout(quiet);
      resolve(exit);
    };
    const waitForQuiet = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        channel.close();
        closed();
      }, quietMilliseconds);
    };
    channel.on("exit", (code: number | null, signal?: string) => {
      exit = { code, ...(signal && { signal }) };
      waitForQuiet();
    });
    for (const stream of [channel, channel.stderr]) stream.on("data", () => quiet && waitForQuiet());
    channel.on("close", closed);
    over.addEventListener("abort", () => clearTimeout(quiet));
  });
}

/** Writes the input as fast as the node reads it. Stops without an error if the command ends before its input. */
async function feed(channel: ClientChannel, input: ExecOptions["input"], over: AbortSignal): Promise<void> {
  if (input === undefined || typeof input === "string" || input instanceof Uint8Array) {
    channel.end(input ?? "");
    return;
  }
  for await (const chunk of input as AsyncIterable<Uint8Array>) {
    if (over.aborted || channel.writableEnded) return;
    if (!channel.write(chunk)) await drained(channel, over);
  }
  channel.end();
}

function drained(channel: ClientChannel, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      channel.off("drain", done);
      channel.off("close", done);
      over.removeEventListener("abort", done);
      resolve();
    };
    channel.on("drain", done);
    channel.on("close", done);
    over.addEventListener("abort", done);
    if (over.aborted) done();
  });
}

function giveUp({ channel }: Running): void {
  channel.signal("TERM");
  channel.close();
}

// The command is killed before its input closes, so that it does not take half of its input for all of it. sshd does not kill for
// root or behind a ForceCommand, so important data must carry its own size or checksum.
function kill({ channel }: Running): void {
  channel.signal("KILL");
  channel.close();
}

function inputFailed(cause: unknown, { host }: HostPort): WovenError {
  const message = `the data sent to ${host} broke off: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new WovenError({ code: "input-failed", message, node: host, cause });
}

/** `seconds`: the limit. */
export function commandTimeout({ host }: HostPort, seconds: number): WovenError {
  return new WovenError({
    code: "command-timeout",
    message: `a command on ${host} took longer than ${seconds} s`,
    next: "Find out what keeps the server busy (`top`, `systemctl list-jobs`). Then run the command again.",
    node: host,
  });
}

/** sshd opens no command on this login. */
export function execRefused(error: Error, { host }: HostPort): WovenError {
  return new WovenError({
    code: "exec-refused",
    message: `${host} refused to start a command on this login`,
    next: "On the server, check the user's login shell, `command=` in authorized_keys, and ForceCommand and MaxSessions (10 by default) in sshd_config.",
    node: host,
    output: error.message,
    cause: error,
  });
}
