// How setupnode logs in to a node: by the way that is to stay, or, while that is not possible, by the one the server came with.
import { WovenError } from "../errors.ts";
import { Host } from "../node/host.ts";
import type { Session, SessionTarget } from "../node/session.ts";
import { sh } from "../node/sh.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { NodeAddress, Settings } from "../settings/settings.ts";

/** What a server that Woven has not set up yet may answer; anything else, a wrong host key above all, ends the run. */
const notYet = ["connect-refused", "connect-timeout", "connect-reset", "login-refused"];

/** As the deploy user on its port, or, while that is not possible, as the first user on the first port. */
export class SshAccess {
  readonly address: NodeAddress;
  readonly target: SessionTarget;
  readonly host: Host;
  /** Whether the login in use is the one that is to stay. */
  arrived = false;
  /** The node's own host keys, as it told them over the first login: its other port has the same. */
  trusted: readonly string[] = [];
  readonly #runtime: Runtime;
  readonly #first: SessionTarget;
  #onlyNew = false;
  /** Why the login that is to stay is of no use yet, though it is let in. */
  #unfit: WovenError | undefined;

  constructor(address: NodeAddress, { login }: Settings, runtime: Runtime) {
    this.address = address;
    this.#runtime = runtime;
    this.target = { user: address.user, host: address.host, port: address.port ?? login.sshPort };
    this.#first = { user: login.rootUser, host: address.host, port: login.defaultSshPort };
    const { password } = login;
    this.host = new Host({
      address,
      connect: (until) => this.#connect(until),
      log: runtime.log,
      signal: runtime.signal,
      ...(password ? { password } : {}),
    });
  }

  /** Forgets what was found about the ways in: somebody else may have changed them. */
  async anew(): Promise<void> {
    await this.host.drop();
    this.arrived = false;
    this.#onlyNew = false;
    this.#unfit = undefined;
  }

  /** Logs in as the first user after all. Throws what both ways said where that is not possible either. */
  async goBack(because: WovenError): Promise<void> {
    await this.host.drop();
    const { user, port } = this.#first;
    if (user === this.target.user && port === this.target.port) throw because;
    this.arrived = false;
    this.#unfit = because;
    await this.host.session();
  }

  /** Logs in anew and takes sudo, by the way that is to stay and no other. */
  async changeOver(): Promise<void> {
    await this.host.drop();
    this.#onlyNew = true;
    this.#unfit = undefined;
    try {
      await this.host.root(sh`:`);
    } catch (error) {
      if (!(error instanceof WovenError)) throw error;
      const { user, port } = this.target;
      const cannot =
        error.code === "no-sudo" ? `logs in on port ${port} but gets no sudo` : `cannot log in on port ${port}`;
      throw new WovenError({
        ...error.details,
        message: `${user} ${cannot}, so the old way in stays: ${error.message}`,
        next: `${this.#advice(error)} Within three minutes the node takes back what was changed.`,
        cause: error,
      });
    }
  }

  #advice({ code, details }: WovenError): string {
    if (code === "no-sudo")
      return `Of all rules for sudo the last one counts: see what follows Woven's in \`sudo -l -U ${this.target.user}\`, and take it out.`;
    if (!code.startsWith("connect-")) return details.next ?? "";
    return `A firewall of the provider that does not let port ${this.target.port} through is the usual reason: open it there, or set ssh-port.`;
  }

  async #connect(until?: AbortSignal): Promise<Session> {
    if (this.#unfit) return this.#connectFirst(this.#unfit, until);
    try {
      const session = await this.#runtime.connect(this.target, this.trusted, until);
      this.arrived = true;
      return session;
    } catch (error) {
      if (this.#onlyNew || !(error instanceof WovenError && this.#mayBeNew(error))) throw error;
      return this.#connectFirst(error, until);
    }
  }

  /** A key that is pinned for the first port alone is good for the other one, once the node has told its keys over that one. */
  #mayBeNew({ code }: WovenError): boolean {
    return notYet.includes(code) || (code === "host-key-unknown" && this.#first.port !== this.target.port);
  }

  async #connectFirst(stays: WovenError, until: AbortSignal | undefined): Promise<Session> {
    const { user, host, port } = this.#first;
    const why = isUnfit(stays) ? "cannot become root" : `cannot log in on port ${this.target.port}`;
    this.#runtime.log.remote(host, `${this.target.user} ${why} yet; trying ${user} on port ${port}`);
    this.#runtime.log.debug(stays.message);
    try {
      return await this.#runtime.connect(this.#first, [], until);
    } catch (first) {
      if (!(first instanceof WovenError)) throw first;
      const moved = { user, host, port: this.target.port };
      // SSH may have moved already, and the account that is to stay may have been lost since.
      if ((stays.code === "login-refused" || isUnfit(stays)) && port !== moved.port && notYet.includes(first.code)) {
        const session = await this.#runtime.connect(moved, this.trusted, until).catch(() => undefined);
        if (session) return session;
      }
      throw neither(first, stays);
    }
  }
}

/** It is let in, and can do nothing. */
function isUnfit({ code }: WovenError): boolean {
  return ["no-sudo", "facts"].includes(code);
}

/** The reader may have meant either way in: both are told, first the one that came closer. */
function neither(first: WovenError, stays: WovenError): WovenError {
  if (isUnfit(stays) || (stays.code === "host-key-unknown" && notYet.includes(first.code))) {
    const message = `${stays.message}. Neither was there a way in by the server's first account: ${first.message}`;
    const next = isUnfit(stays) ? first.details.next : stays.details.next;
    return new WovenError({ ...stays.details, message, next, cause: stays });
  }
  const message = `${first.message}. Neither was there a way in by the login that is to stay: ${stays.message}`;
  return new WovenError({ ...first.details, message, cause: first });
}
