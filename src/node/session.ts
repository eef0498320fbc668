// One login to a node, kept for the whole run. All commands, and SFTP, use the same connection.

import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import type SftpClient from "ssh2-sftp-client";
import { WovenError } from "../errors.ts";
import type { Cost } from "../report.ts";
import { cancelled, connectionLost } from "./connect-errors.ts";
import { type ExecOptions, type ExecResult, run } from "./exec.ts";
import {
  type Credentials,
  type Hop,
  type HopOptions,
  type LoadedCredentials,
  reach,
  readCredentials,
  type SessionTarget,
} from "./hop.ts";
import { fingerprint, type HostKey, knownHostsLine } from "./known-hosts.ts";
import type { Shell } from "./sh.ts";
import { type LocalTerminal, runInTerminal } from "./terminal.ts";

export type { ExecOptions, ExecResult } from "./exec.ts";
export type { Credentials, SessionTarget } from "./hop.ts";

export interface ConnectOptions extends HopOptions {
  readonly target: SessionTarget;
  /** For the target alone: never sent to a jump host. */
  readonly credentials: Credentials;
  /** The jump hosts in order. The host key of each is checked. */
  readonly jump?: readonly SessionTarget[];
  /** For the jump hosts alone. */
  readonly jumpCredentials?: Credentials;
}

export interface Session extends AsyncDisposable {
  readonly target: SessionTarget;
  readonly hostKey: { readonly type: string; readonly fingerprint: string; readonly line: string };
  /**
   * `logins` counts jump hosts too. `roundTrips` counts commands and SFTP channels. `bytesSent` counts all bytes that the runner's
   * socket sent, handshake and encryption included.
   */
  readonly cost: Cost;
  /** See `run` in exec.ts. Once the connection is closed, it throws WovenError `connection-lost`. */
  exec(command: Shell, options?: ExecOptions): Promise<ExecResult>;
  /** Runs a command with a terminal. See `runInTerminal` in terminal.ts. */
  terminal(command: Shell, terminal: LocalTerminal): Promise<Pick<ExecResult, "code" | "signal">>;
  /** SFTP on this login. The first call opens its channel. Do not `end()` it: close the session. */
  sftp(): Promise<SftpClient>;
  /**
   * Ends the session. Waits until the goodbye is on its way, and not for the server's, which would take a round trip. Commands that
   * still run fail with `cancelled`.
   */
  close(): Promise<void>;
}

/**
 * Logs in once. Throws a WovenError: `ssh-key`, `host-key-…`, `connect-refused`, `connect-timeout`, `connect-reset`, `host-not-found`,
 * `no-route`, `jump-…`, `login-refused`, `cancelled`, … It does not retry.
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  const { target, signal } = options;
  if (signal?.aborted) throw cancelled(target, signal.reason);
  // Many nodes and commands share one signal; Node would warn of a leak at the eleventh.
  if (signal) setMaxListeners(0, signal);
  // Awaited in reach(), so that the keys load while the connection opens.
  const own = withoutUnhandledRejection(readCredentials(options.credentials));
  const jumps = withoutUnhandledRejection(readCredentials(options.jumpCredentials ?? {}, "jump-"));
  const hops: Hop[] = [];
  try {
    for (const next of options.jump ?? []) hops.push(await reach(next, hops.at(-1), jumps, options));
    hops.push(await reach(target, hops.at(-1), own, options));
    return new SshSession(hops, options);
  } catch (error) {
    for (const passed of hops.toReversed()) passed.client.destroy();
    throw error;
  }
}

/** The same promise. If it rejects before anybody awaits it, Node does not end the process. */
function withoutUnhandledRejection(loading: Promise<LoadedCredentials>): Promise<LoadedCredentials> {
  loading.catch(() => undefined);
  return loading;
}

class SshSession implements Session {
  readonly target: SessionTarget;
  readonly hostKey: Session["hostKey"];
  readonly #hops: readonly Hop[];
  readonly #last: Hop;
  readonly #end = new AbortController();
  readonly #detach: () => void;
  #roundTrips = 0;
  #sftp: Promise<SftpClient> | undefined;

  constructor(hops: readonly Hop[], { target, signal }: ConnectOptions) {
    const last = hops.at(-1);
    if (last === undefined) throw new Error("a session needs a login");
    this.target = target;
    this.#hops = hops;
    this.#last = last;
    this.hostKey = describe(target, last.hostKey);
    setMaxListeners(0, this.#end.signal);
    for (const { client } of hops) {
      client.on("error", (error) => this.#lose(error));
      client.on("close", () => this.#lose(undefined));
    }
    const abort = () => this.#over(cancelled(target, signal?.reason));
    this.#detach = () => signal?.removeEventListener("abort", abort);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
  }

  get cost(): Cost {
    const socket = this.#hops[0]?.stream as Socket | undefined;
    return { logins: this.#hops.length, roundTrips: this.#roundTrips, bytesSent: socket?.bytesWritten ?? 0 };
  }

  async exec(command: Shell, options: ExecOptions = {}): Promise<ExecResult> {
    this.#end.signal.throwIfAborted();
    this.#roundTrips++;
    return await run(this.#last.client, command.text, options, this.#end.signal, this.target);
  }

  async terminal(command: Shell, terminal: LocalTerminal): Promise<Pick<ExecResult, "code" | "signal">> {
    this.#end.signal.throwIfAborted();
    this.#roundTrips++;
    return await runInTerminal(this.#last.client, command.text, terminal, this.#end.signal, this.target);
  }

  sftp(): Promise<SftpClient> {
    this.#sftp ??= this.#openSftp().catch((error: unknown) => {
      this.#sftp = undefined;
      throw this.#end.signal.aborted ? this.#end.signal.reason : sftpRefused(error, this.target);
    });
    return this.#sftp;
  }

  // The same as connect() of ssh2-sftp-client, without its second login.
  async #openSftp(): Promise<SftpClient> {
    this.#end.signal.throwIfAborted();
    this.#roundTrips++;
    const { sftp, client } = this.#last;
    sftp.sftp = await new Promise((resolve, reject) => {
      client.sftp((error, channel) => (error ? reject(error) : resolve(channel)));
    });
    return sftp;
  }

  async close(): Promise<void> {
    if (!this.#end.signal.aborted) this.#end.abort(cancelled(this.target, "the session was closed"));
    this.#detach();
    for (const { client, stream } of this.#hops.toReversed()) await hangUp(client, stream);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #lose(why: Error | undefined): void {
    if (!this.#end.signal.aborted) this.#over(connectionLost(this.target, why));
  }

  #over(reason: WovenError): void {
    this.#detach();
    this.#end.abort(reason);
    for (const { client } of this.#hops.toReversed()) client.destroy();
  }
}

function sftpRefused(cause: unknown, { host }: SessionTarget): WovenError {
  return new WovenError({
    code: "sftp-refused",
    message: `${host} did not open SFTP on this login`,
    next: "Add `Subsystem sftp internal-sftp` to sshd_config on the server, and reload ssh.",
    node: host,
    cause,
  });
}

function describe(target: SessionTarget, key: HostKey): Session["hostKey"] {
  const line = knownHostsLine(target.host, target.port, key);
  return { type: key.type, fingerprint: fingerprint(key.blob), line };
}

const farewellMilliseconds = 2000;

/**
 * Says goodbye to the server and ends this side of the connection. Waits until the kernel has both, a limited time: it then delivers
 * them, even after this process has ended. The server's own end is not waited for, and the connection is dropped if it does not come.
 */
async function hangUp(client: Client, stream: Duplex): Promise<void> {
  if (stream.destroyed || !stream.writable) return;
  await new Promise<void>((resolve) => {
    const late = setTimeout(() => {
      client.destroy();
      resolve();
    }, farewellMilliseconds);
    stream.once("finish", () => {
      // From here on, it must not keep the process alive.
      late.unref();
      resolve();
    });
    client.once("close", () => {
      clearTimeout(late);
      resolve();
    });
    client.end();
  });
}
