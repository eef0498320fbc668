// A node that Woven is logged in to. It runs scripts as root, and logs in again after the connection broke.
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { WovenError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Cost } from "../report.ts";
import type { NodeAddress, Secret } from "../settings/settings.ts";
import { commandTimeout } from "./exec.ts";
import { awaitScript, ReadyShell } from "./ready-shell.ts";
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
  /** `when needed`: opens neither a login nor a shell in advance, which saves waiting and takes memory. */
  readonly opens?: "in advance" | "when needed";
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
  /** A login that nobody has asked for yet. */
  #early: { readonly session: Promise<Session>; readonly stop: AbortController } | undefined;
  /** Of the open login. */
  #ready: ReadyShell[] = [];
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

  /** Begins to log in. Whoever needs the login first gets it, or its error. */
  logIn(): void {
    if (this.#session || this.#connecting || this.#early || this.#options.opens === "when needed") return;
    const stop = new AbortController();
    const until = this.signal ? AbortSignal.any([this.signal, stop.signal]) : stop.signal;
    const session = this.#options.connect(until);
    session.catch(() => undefined);
    this.#early = { session, stop };
  }

  /** The open login, or a new one. Callers at the same time share one. */
  async session(until: AbortSignal | undefined = this.signal): Promise<Session> {
    if (this.#session) return this.#session;
    const early = this.#early;
    this.#early = undefined;
    this.#connecting ??= (early?.session ?? this.#options.connect(until)).finally(() => {
      this.#connecting = undefined;
    });
    this.#session = await this.#connecting;
    return this.#session;
  }

  /**
   * Opens so many shells as root, for scripts that are known later: those then need no round trip to start. Does not wait, and nothing
   * fails if the server refuses.
   */
  standBy(count: number): void {
    if (this.#options.opens === "when needed") return;
    const open = (session: Session) => {
      const { asks, first } = this.#sudo(session);
      const command = elevate(session.target.user, sh`/bin/sh -c ${[awaitScript.text, "woven"]}`, asks);
      while (this.#session === session && this.#ready.length < count)
        this.#ready.push(new ReadyShell(session, command, first));
    };
    this.session().then(open, () => undefined);
  }

  /** Whether sudo asks for a password, and what it reads then. */
  #sudo(session: Session): { readonly asks: "asks" | "never"; readonly first: string } {
    const { password } = this.#options;
    const asks = password && session.target.user !== "root";
    return asks ? { asks: "asks", first: `${password.reveal()}\n` } : { asks: "never", first: "" };
  }

  /** Runs a script as root, in one round trip. `args` are its `$1`, `$2`, …. Throws only if the script could not run at all. */
  async root(script: Shell, options: RootOptions = {}): Promise<ExecResult> {
    const { signal = this.signal, timeoutSeconds, purpose } = options;
    const session = await this.session(signal);
    if (purpose !== undefined) this.log.debug(`${this.name}: ${purpose}`);
    // Without such a shell, not even a tick is lost: a server may allow few sessions, and the first one asked for counts.
    const ready = this.#runReady(script, options);
    const result = (ready && (await ready)) ?? (await this.#runPatiently(session, script, options));
    if (timeoutSeconds !== undefined && result.code === timedOut)
      throw commandTimeout({ host: this.name, port: session.target.port }, timeoutSeconds);
    const refusal = sudoRefusal(result.stderr);
    if (refusal && result.code !== 0) throw noSudo(session.target.user, this.name, refusal);
    return result;
  }

  /** Runs it in a shell that is open already. Undefined if there is none. */
  #runReady(script: Shell, options: RootOptions): Promise<ExecResult | undefined> | undefined {
    const { args = [], onStdout, timeoutSeconds, input, signal = this.signal } = options;
    const line = sh`set -- ${args}; `.text + script.text;
    if (onStdout === undefined || timeoutSeconds !== undefined || line.includes("\n")) return undefined;
    return this.#ready.shift()?.run({ line, onStdout, signal, ...(input === undefined ? {} : { input }) });
  }

  /** A server that allows one command at a time may not have noticed yet that the one before has ended. */
  async #runPatiently(session: Session, script: Shell, options: RootOptions): Promise<ExecResult> {
    for (let left = 10; ; left -= 1) {
      try {
        return await this.#run(session, script, options);
      } catch (error) {
        const refused = error instanceof WovenError && error.code === "exec-refused";
        if (!refused || left === 0 || session.cost.roundTrips === 1) throw error;
        await sleep(100);
      }
    }
  }

  #run(session: Session, script: Shell, options: RootOptions): Promise<ExecResult> {
    const { signal = this.signal, timeoutSeconds, purpose } = options;
    const words = [script.text, "woven", ...(options.args ?? [])];
    const { asks, first } = this.#sudo(session);
    const input = first === "" ? options.input : prefixed(first, options.input);
    const limited = timeoutSeconds === undefined ? sh`/bin/sh -c ${words}` : within(timeoutSeconds, words);
    return session.exec(elevate(session.target.user, limited, asks), {
      ...(purpose === undefined ? {} : { purpose }),
      ...(options.onStdout ? { onStdout: options.onStdout } : {}),
      ...(options.mostBytes === undefined ? {} : { mostBytes: options.mostBytes }),
      // In case the node goes silent and does not end the script itself.
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds: timeoutSeconds + 10 }),
      ...(input === undefined ? {} : { input }),
      ...(signal ? { signal } : {}),
    });
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
    this.#ready = [];
    await session.close().catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const early = this.#early;
    this.#early = undefined;
    early?.stop.abort(new Error("the run ends"));
    await early?.session.then((session) => session.close()).catch(() => undefined);
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
