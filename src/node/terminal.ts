// A program on a node with a real terminal: what is typed goes there, and what it draws comes back, until it ends.
import type { Readable, Writable } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { connectionLost } from "./connect-errors.ts";
import { type ExecResult, execRefused } from "./exec.ts";
import type { HostPort } from "./host-key.ts";

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** The terminal in front of the user. */
export interface LocalTerminal {
  readonly input: Readable;
  readonly output: Writable;
  /** terminfo(5): `xterm-256color`. */
  readonly type: string;
  size(): WindowSize;
  /** Calls the listener when the window changed its size, until `stop` is called. */
  onResize(listener: () => void): { stop(): void };
  /** Keys go to the program as they are pressed, Ctrl-C too, until `stop` is called. */
  raw(): { stop(): void };
}

/**
 * Runs the command, and returns how it ended. `end` aborts when the login ends: it then throws its reason. Also throws `exec-refused`.
 * Nothing is masked or escaped: this is the user's own terminal, as with ssh(1).
 */
export async function runInTerminal(
  client: Client,
  command: string,
  terminal: LocalTerminal,
  end: AbortSignal,
  at: HostPort,
): Promise<Pick<ExecResult, "code" | "signal">> {
  const channel = await open(client, command, terminal, at);
  const { input, output } = terminal;
  const keys = terminal.raw();
  const window = terminal.onResize(() => {
    const { columns, rows } = terminal.size();
    channel.setWindow(rows, columns, 0, 0);
  });
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const abort = () => reject(end.reason);
  end.addEventListener("abort", abort);
  if (end.aborted) abort();
  input.pipe(channel);
  channel.pipe(output, { end: false });
  try {
    return await Promise.race([ended(channel), lost]);
  } finally {
    end.removeEventListener("abort", abort);
    input.unpipe(channel);
    input.pause();
    channel.unpipe(output);
    window.stop();
    keys.stop();
    channel.close();
  }
}

function open(client: Client, command: string, { type, size }: LocalTerminal, at: HostPort): Promise<ClientChannel> {
  const { columns, rows } = size();
  return new Promise((resolve, reject) => {
    try {
      client.exec(command, { pty: { term: type, cols: columns, rows, width: 0, height: 0 } }, (error, channel) => {
        if (error) return reject(execRefused(error, at));
        channel.on("error", () => undefined);
        resolve(channel);
      });
    } catch (error) {
      reject(connectionLost(at, error instanceof Error ? error : undefined));
    }
  });
}

function ended(channel: ClientChannel): Promise<Pick<ExecResult, "code" | "signal">> {
  return new Promise((resolve) => {
    let exit: Pick<ExecResult, "code" | "signal"> = { code: null };
    channel.on("exit", (code: number | null, signal?: string) => {
      exit = { code, ...(signal && { signal }) };
    });
    channel.on("close", () => resolve(exit));
  });
}
