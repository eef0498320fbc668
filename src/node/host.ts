// A node we are logged in to: runs text as root, runs stages and goes on following them when the connection breaks.
import type { Readable } from "node:stream";
import { WovenError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Cost } from "../report.ts";
import type { NodeAddress, Secret } from "../settings/settings.ts";
import type { ExecResult, Session } from "./session.ts";
import { type Shell, sh } from "./sh.ts";

export interface HostOptions {
  readonly address: NodeAddress;
  /** Makes a new login; called once at first, and again whenever the connection was lost. */
  readonly connect: () => Promise<Session>;
  /** For a sudo that asks: goes by stdin. */
  readonly password?: Secret;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

export interface RootOptions {
  readonly args?: readonly string[];
  readonly input?: Readable | string;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly timeoutSeconds?: number;
}

/** What it cost until now, over all logins. */
const free: Cost = { logins: 0, roundTrips: 0, bytesSent: 0 };

export class Host implements AsyncDisposable {
  readonly address: NodeAddress;
  readonly log: Log;
  readonly signal: AbortSignal | undefined;
  readonly #options: HostOptions;
  #session: Session | undefined;
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

  async session(): Promise<Session> {
    this.#session ??= await this.#options.connect();
    return this.#session;
  }

  /** Runs a script as root, in one round trip. `args` are its `$1`, `$2`, …; throws only where it could not run at all. */
  async root(script: Shell, options: RootOptions = {}): Promise<ExecResult> {
    const session = await this.session();
    const words = [script.text, "woven", ...(options.args ?? [])];
    const { password } = this.#options;
    const asks = password && session.target.user !== "root";
    const input = asks ? prefixed(`${password.reveal()}\n`, options.input) : options.input;
    const result = await session.exec(elevate(session.target.user, words, asks ? "asks" : "never"), {
      ...(options.onStdout ? { onStdout: options.onStdout } : {}),
      ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: options.timeoutSeconds }),
      ...(input === undefined ? {} : { input }),
    });
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

function elevate(user: string, words: readonly string[], password: "asks" | "never"): Shell {
  if (user === "root") return sh`exec /bin/sh -c ${words}`;
  if (password === "never") return sh`exec sudo -n -- /bin/sh -c ${words}`;
  return sh`IFS= read -r pass; if sudo -n true 2>/dev/null; then exec sudo -n -- /bin/sh -c ${words}; fi
{ printf '%s\n' "$pass"; cat; } | sudo -S -p '' -- /bin/sh -c ${words}`;
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
