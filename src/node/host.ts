// A node that Woven is logged in to. It runs scripts as root, and logs in again after the connection broke.
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
  /** Makes a new login: at first, and each time the connection was lost. `until` ends the attempt. */
  readonly connect: (until?: AbortSignal) => Promise<Session>;
  /** For a sudo that asks for a password. Sent over stdin. */
  readonly password?: Secret;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

export interface RootOptions {
  /** What the script is for, in a word or two: `facts`, `stage switch`. For the debug log. */
  readonly purpose?: string;
  readonly args?: readonly string[];
  readonly input?: Readable | string;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly mostBytes?: number;
  /** After this time, the script and what it started are ended on the node too. */
  readonly timeoutSeconds?: number;
  /** Ends the script, and the login before it. By default, the end of the run. */
  readonly signal?: AbortSignal;
}

const noCost: Cost = { logins: 0, roundTrips: 0, bytesSent: 0 };

export class Host implements AsyncDisposable {
  readonly address: NodeAddress;
  readonly log: Log;
  readonly signal: AbortSignal | undefined;
  readonly #options: HostOptions;
  #session: Session | undefined;
  #connecting: Promise<Session> | undefined;
  #spent: Cost = noCost;
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

  /** The cost of all logins until now. */
  get cost(): Cost {
    return add(this.#spent, this.#session?.cost ?? noCost);
  }

  /** Whether there is a login, as far as is known. */
  get connected(): boolean {
    return this.#session !== undefined;
  }

  /** The open login, or a new one. Callers at the same time share one. */
  async session(until: AbortSignal | undefined = this.signal): Promise<Session> {
    if (this.#session) return this.#session;
    this.#connecting ??= this.#options.connect(until).finally(() => {
      this.#connecting = undefined;
    });
    this.#session = await this.#connecting;
    return this.#session;
  }

  /** Runs a script as root, in one round trip. `args` are its `$1`, `$2`, …. Throws only if the script could not run at all. */
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
      // In case the node goes silent and does not end the script itself.
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

  /** Notes that the node has the files of this name, so that they need not be sent again. */
  keep(name: string): void {
    this.#kept.add(name);
  }

  keeps(name: string): boolean {
    return this.#kept.has(name);
  }

  /** Forgets a connection that broke, so that the next call logs in again. */
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

/** The exit status of timeout(1) for a command that it ended. */
const timedOut = 124;

/** The node itself ends the command, with everything in its process group. Without this it would run on after the runner gave up. */
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
  // "unable to resolve host" is only a warning of sudo about /etc/hosts.
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
    next: `Run setupnode, which gives the deploy user sudo. Or let ${user} use sudo without a password, or set the \`password\` input.`,
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
