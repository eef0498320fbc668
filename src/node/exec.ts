// One command on an open login: input with back-pressure, bounded output, and an end that does not wait for children.

import { Readable } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { WovenError } from "../errors.ts";
import { CommandOutput } from "./command-output.ts";
import { cancelled, connectionLost } from "./connect-errors.ts";
import type { HostPort } from "./host-key.ts";

export interface ExecOptions {
  /** Sent to the command's standard input, which is then closed; without it, closed at once. */
  readonly input?: string | Uint8Array | Readable | AsyncIterable<Uint8Array>;
  /** Gets standard output as it comes. `stdout` of the result then holds only the last 64 KiB. */
  readonly onStdout?: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
  readonly timeoutSeconds?: number;
  /** What it is for, in a word or two: `facts`, `stage switch`. For the debug log. */
  readonly purpose?: string;
  /** Of standard output, without `onStdout`: more is an error. 8 MiB unless told. */
  readonly mostBytes?: number;
}

const mostBytes = 8 * 2 ** 20;

export interface ExecResult {
  /** Exit status; null where a signal ended the command, or the server did not say. */
  readonly code: number | null;
  /** `SIGTERM`, … */
  readonly signal?: string;
  readonly stdout: string;
  /** The last 64 KiB. */
  readonly stderr: string;
}

/**
 * Runs one command and gives how it ended: a status other than 0 is a result, not an error. Done when the exit status
 * has come and the output is at its end, or, where a child in the background holds it open, has been quiet for a second.
 * `end` is the life of the login: its reason, a WovenError, is what a running command fails with.
 * Also throws `cancelled`, `command-timeout`, `input-failed`, `output-too-long` and `exec-refused`. A command that is given up
 * loses its input and output, and is sent SIGTERM where its input is still open and sshd sends signals (not for root): it may go on.
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

/** All that can end a command from this side, as one promise that rejects and one signal for who writes its input. */
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
    // Everything is listened to inside the callback: a short command's exit may come in the same packet.
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
      // ssh2 throws "Not connected" when the connection has ended and nobody was told yet.
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

/** Writes the input as fast as the node takes it, and stops quietly when the command is over before its input is. */
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

// So that a command does not take half its input for the whole, it is killed before the channel, and so its input, closes.
// sshd kills nothing for root and behind a ForceCommand: what matters must carry its own size or checksum.
function kill({ channel }: Running): void {
  channel.signal("KILL");
  channel.close();
}

function inputFailed(cause: unknown, { host }: HostPort): WovenError {
  const message = `what was being sent to ${host} broke off: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new WovenError({ code: "input-failed", message, node: host, cause });
}

/** `seconds`: what it was allowed. */
export function commandTimeout({ host }: HostPort, seconds: number): WovenError {
  return new WovenError({
    code: "command-timeout",
    message: `a command on ${host} was not done after ${seconds} s`,
    next: "Look at what the node is busy with (`top`, `systemctl list-jobs`), then run again.",
    node: host,
  });
}

function execRefused(error: Error, { host }: HostPort): WovenError {
  return new WovenError({
    code: "exec-refused",
    message: `${host} did not start a command on this login`,
    next: "Check `command=` in authorized_keys, ForceCommand and MaxSessions (10 by default) in sshd_config, and the user's login shell.",
    node: host,
    output: error.message,
    cause: error,
  });
}
