// How setupnode logs in to a node. The final login is the deploy user on the SSH port of the settings. While it does not work yet, the
// initial login is used: the account and the port that the server came with.
import { WovenError } from "../errors.ts";
import { Host } from "../node/host.ts";
import type { Session, SessionTarget } from "../node/session.ts";
import { sh } from "../node/sh.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { NodeAddress, Settings } from "../settings/settings.ts";

/** Failures of the final login that are normal before the first setup. Any other one, above all a wrong host key, ends the run. */
const normalBeforeSetup = ["connect-refused", "connect-timeout", "connect-reset", "login-refused"];

/** Access to one node by its final login, or by its initial login while the final one does not work yet. */
export class SshAccess {
  readonly address: NodeAddress;
  readonly target: SessionTarget;
  readonly host: Host;
  /** Whether the login in use is the final one. */
  usesFinalLogin = false;
  /** The node's host keys, read over the first connection. Its other port has the same keys. */
  trusted: readonly string[] = [];
  readonly #runtime: Runtime;
  readonly #initial: SessionTarget;
  #onlyFinal = false;
  /** Why the final login is of no use yet, although the node accepts it. */
  #finalUnusable: WovenError | undefined;

  constructor(address: NodeAddress, { login }: Settings, runtime: Runtime) {
    this.address = address;
    this.#runtime = runtime;
    this.target = { user: address.user, host: address.host, port: address.port ?? login.sshPort };
    this.#initial = { user: login.rootUser, host: address.host, port: login.defaultSshPort };
    const { password } = login;
    this.host = new Host({
      address,
      connect: (until) => this.#connect(until),
      log: runtime.log,
      signal: runtime.signal,
      ...(password ? { password } : {}),
    });
  }

  /** Forgets which login works: another run may have changed it. */
  async reset(): Promise<void> {
    await this.host.drop();
    this.usesFinalLogin = false;
    this.#onlyFinal = false;
    this.#finalUnusable = undefined;
  }

  /** Changes to the initial login because the final one is of no use (`reason`). Throws, with the failures of both, if it fails too. */
  async useInitialLogin(reason: WovenError): Promise<void> {
    await this.host.drop();
    const { user, port } = this.#initial;
    if (user === this.target.user && port === this.target.port) throw reason;
    this.usesFinalLogin = false;
    this.#finalUnusable = reason;
    await this.host.session();
  }

  /** Logs in again by the final login, and by no other, and checks sudo. Throws if that fails; then the old access stays open. */
  async useFinalLogin(): Promise<void> {
    await this.host.drop();
    this.#onlyFinal = true;
    this.#finalUnusable = undefined;
    try {
      await this.host.root(sh`:`);
    } catch (error) {
      if (!(error instanceof WovenError)) throw error;
      const { user, port } = this.target;
      const cannot =
        error.code === "no-sudo" ? `logs in on port ${port} but gets no sudo` : `cannot log in on port ${port}`;
      throw new WovenError({
        ...error.details,
        message: `${user} ${cannot}, so the old SSH access stays open: ${error.message}`,
        next: `${this.#advice(error)} Within three minutes the server undoes the change. Then run setupnode again.`,
        cause: error,
      });
    }
  }

  #advice({ code, details }: WovenError): string {
    if (code === "no-sudo")
      return `For sudo, the last rule that matches counts. List the rules with \`sudo -l -U ${this.target.user}\`, and remove what follows Woven's.`;
    if (!code.startsWith("connect-")) return details.next ?? "";
    return `Usually a firewall of the provider blocks port ${this.target.port}. Open the port there, or set ssh-port.`;
  }

  async #connect(until?: AbortSignal): Promise<Session> {
    if (this.#finalUnusable) return this.#connectInitial(this.#finalUnusable, until);
    try {
      const session = await this.#runtime.connect(this.target, this.trusted, until);
      this.usesFinalLogin = true;
      return session;
    } catch (error) {
      if (this.#onlyFinal || !(error instanceof WovenError && this.#isNormalBeforeSetup(error))) throw error;
      return this.#connectInitial(error, until);
    }
  }

  /** A host key may be pinned for the initial port alone: over that port, the node then reports its keys for the other one. */
  #isNormalBeforeSetup({ code }: WovenError): boolean {
    return normalBeforeSetup.includes(code) || (code === "host-key-unknown" && this.#initial.port !== this.target.port);
  }

  async #connectInitial(finalError: WovenError, until: AbortSignal | undefined): Promise<Session> {
    const { user, host, port } = this.#initial;
    const why = isUnusable(finalError) ? "cannot become root" : `cannot log in on port ${this.target.port}`;
    this.#runtime.log.remote(host, `${this.target.user} ${why} yet; trying ${user} on port ${port}`);
    this.#runtime.log.debug(finalError.message);
    try {
      return await this.#runtime.connect(this.#initial, [], until);
    } catch (initialError) {
      if (!(initialError instanceof WovenError)) throw initialError;
      const initialOnFinalPort = { user, host, port: this.target.port };
      // An earlier run may have moved SSH to the final port, and the deploy user may have been removed since.
      const finalRefused = finalError.code === "login-refused" || isUnusable(finalError);
      if (finalRefused && port !== this.target.port && normalBeforeSetup.includes(initialError.code)) {
        const session = await this.#runtime.connect(initialOnFinalPort, this.trusted, until).catch(() => undefined);
        if (session) return session;
      }
      throw bothFailed(initialError, finalError);
    }
  }
}

/** The node accepts the login, but the user cannot become root or run a command. */
function isUnusable({ code }: WovenError): boolean {
  return ["no-sudo", "facts", "login-runs-nothing"].includes(code);
}

/** Reports both failures, first the one of the login that came closer: only the reader knows which one should have worked. */
function bothFailed(initialError: WovenError, finalError: WovenError): WovenError {
  const unusable = isUnusable(finalError);
  if (unusable || (finalError.code === "host-key-unknown" && normalBeforeSetup.includes(initialError.code))) {
    const message = `${finalError.message}. The server's first account cannot log in either: ${initialError.message}`;
    const next = unusable ? initialError.details.next : finalError.details.next;
    return new WovenError({ ...finalError.details, message, next, cause: finalError });
  }
  const message = `${initialError.message}. The deploy user cannot log in either: ${finalError.message}`;
  return new WovenError({ ...initialError.details, message, cause: initialError });
}
