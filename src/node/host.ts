// A node we are logged in to: runs text as root, runs stages and goes on following them when the connection breaks.
import type { Readable } from "node:stream";
import { WovenError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Cost } from "../report.ts";
import type { NodeAddress, Secret } from "../settings/settings.ts";
import { commandTimeout } from "./exec.ts";
import type { ExecResult, Session } from "./session.ts";
import { type Shell, sh } from "./sh.ts";

export interface HostOptions {
  readonly address: NodeAddress;
  /** Makes a new login; called once at first, and again whenever the connection was lost. `until` ends the attempt. */
  readonly connect: (until?: AbortSignal) => Promise<Session>;
  /** For a sudo that asks: goes by stdin. */
  readonly password?: Secret;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

export interface RootOptions {
  /** What it is for, in a word or two: `facts`, `stage switch`. For the debug log. */
  readonly purpose?: string;
  readonly args?: readonly string[];
  readonly input?: Readable | string;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly mostBytes?: number;
  /** The script is ended there, too, with what it has started. */
  readonly timeoutSeconds?: number;
  /** What gives it up, and the login before it: the end of the run, unless told otherwise. */
  readonly signal?: AbortSignal;
}

/** What it cost until now, over all logins. */
const free: Cost = { logins: 0, roundTrips: 0, bytesSent: 0 };

export class Host implements AsyncDisposable {
  readonly address: NodeAddress;
  readonly log: Log;
  readonly signal: AbortSignal | undefined;
  readonly #options: HostOptions;
  #session: Session | undefined;
  #connecting: Promise<Session> | undefined;
  #spent: Cost = free;
  readonly #kept = new Set<string>();

  constructor(options: HostOptions) {
    this.#options = options;
    this.address = options.address;
    this.log = options.log;
    this.signal = options.signal;
  }

  get name(): string {
    return this.address.host;
  }

  get cost(): Cost {
    return add(this.#spent, this.#session?.cost ?? free);
  }

  /** Whether a login is there, as far as is known. */
  get connected(): boolean {
    return this.#session !== undefined;
  }

  /** The login in use, or a new one. Those who ask at once get the same. */
  async session(until: AbortSignal | undefined = this.signal): Promise<Session> {
    if (this.#session) return this.#session;
    this.#connecting ??= this.#options.connect(until).finally(() => {
      this.#connecting = undefined;
    });
    this.#session = await this.#connecting;
    return this.#session;
  }

  /** Runs a script as root, in one round trip. `args` are its `$1`, `$2`, …; throws only where it could not run at all. */
  async root(script: Shell, options: RootOptions = {}): Promise<ExecResult> {
    const { signal = this.signal, timeoutSeconds, purpose } = options;
    const session = await this.session(signal);
    if (purpose !== undefined) this.log.debug(`${this.name}: ${purpose}`);
    const words = [script.text, "woven", ...(options.args ?? [])];
    const { password } = this.#options;
    const asks = password && session.target.user !== "root";
    const input = asks ? prefixed(`${password.reveal()}\n`, options.input) : options.input;
    const limited = timeoutSeconds === undefined ? sh`/bin/sh -c ${words}` : within(timeoutSeconds, words);
    const result = await session.exec(elevate(session.target.user, limited, asks ? "asks" : "never"), {
      ...(purpose === undefined ? {} : { purpose }),
      ...(options.onStdout ? { onStdout: options.onStdout } : {}),
      ...(options.mostBytes === undefined ? {} : { mostBytes: options.mostBytes }),
      // For a node that says nothing any more.
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds: timeoutSeconds + 10 }),
      ...(input === undefined ? {} : { input }),
      ...(signal ? { signal } : {}),
    });
    if (timeoutSeconds !== undefined && result.code === timedOut)
      throw commandTimeout({ host: this.name, port: session.target.port }, timeoutSeconds);
    const refusal = sudoRefusal(result.stderr);
    if (refusal && result.code !== 0) throw noSudo(session.target.user, this.name, refusal);
    return result;
  }

  /** Notes that the node keeps something (by its name there), which then need not be sent again. */
  keep(name: string): void {
    this.#kept.add(name);
  }

  keeps(name: string): boolean {
    return this.#kept.has(name);
  }

  /** Forgets a connection that broke, so that the next call logs in anew. */
  async drop(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    this.#spent = add(this.#spent, session.cost);
    this.#session = undefined;
    await session.close().catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drop();
  }
}

/** What timeout(1) answers for a command that it ended. */
const timedOut = 124;

/** Ended on the node itself, with everything in its process group: what is only given up here goes on there. */
function within(seconds: number, words: readonly string[]): Shell {
  return sh`timeout -k 5 ${seconds} /bin/sh -c ${words}`;
}

function elevate(user: string, command: Shell, password: "asks" | "never"): Shell {
  if (user === "root") return sh`exec ${command}`;
  if (password === "never") return sh`exec sudo -n -- ${command}`;
  return sh`IFS= read -r pass; if sudo -n true 2>/dev/null; then exec sudo -n -- ${command}; fi
{ printf '%s\n' "$pass"; cat; } | sudo -S -p '' -- ${command}`;
}

async function* prefixed(first: string, rest: Readable | string | undefined): AsyncIterable<Uint8Array> {
  yield Buffer.from(first);
  if (typeof rest === "string") yield Buffer.from(rest);
  else if (rest) yield* rest as AsyncIterable<Uint8Array>;
}

function sudoRefusal(stderr: string): string | undefined {
  // "unable to resolve host" is a complaint of sudo's about /etc/hosts, after which it goes on.
  return stderr
    .split("\n")
    .find((line) =>
      /^sudo: (?!unable to resolve host)|sudo: (command )?not found|is not in the sudoers file|not allowed to (execute|run)/.test(
        line,
      ),
    );
}

function noSudo(user: string, node: string, said: string): WovenError {
  return new WovenError({
    code: "no-sudo",
    message: `${user} cannot become root on ${node}: ${said.trim()}`,
    next: `Let ${user} use sudo without a password, give the password input, or run setupnode, which sets this up.`,
    node,
    output: said,
  });
}

function add(one: Cost, other: Cost): Cost {
  return {
    logins: one.logins + other.logins,
    roundTrips: one.roundTrips + other.roundTrips,
    bytesSent: one.bytesSent + other.bytesSent,
  };
}
