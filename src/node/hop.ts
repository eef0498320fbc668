// One hop on the way to a node: the connection, direct or through a jump host, and the login over it.

import type { Duplex } from "node:stream";
import { WovenError } from "../errors.ts";
import type { HostKeyPolicy } from "../settings/settings.ts";
import { AcceptedKeys } from "./accepted-keys.ts";
import { cancelled, jumpError, timedOut } from "./connect-errors.ts";
import { dial } from "./dial.ts";
import { hostKeyAlgorithms, place, unsupportedKinds } from "./host-key.ts";
import { fingerprint, type KnownHosts, knownHostsLine, lookup } from "./known-hosts.ts";
import { type LoggedIn, type LoginOptions, logIn } from "./login.ts";

export interface SessionTarget {
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

/** The credentials for one server. They are sent to no other. */
export interface Credentials {
  /** As the user pasted it, or as readPrivateKey repaired it. */
  readonly privateKey?: string;
  readonly passphrase?: string;
  readonly password?: string;
}

export interface HopOptions {
  readonly knownHosts: KnownHosts;
  readonly hostKeyPolicy: HostKeyPolicy;
  /** The host keys that `accept-new` accepted in this run. Newly accepted keys are added. Without it, nothing is remembered. */
  readonly accepted?: AcceptedKeys;
  /** The limit for each connection, and for each login over it. Default 20. */
  readonly timeoutSeconds?: number;
  /** Time between keepalives. Three without an answer end the session. Default 10. */
  readonly keepaliveSeconds?: number;
  readonly log: (line: string) => void;
  /** Called with the known_hosts line of each key that `accept-new` accepted, after the login succeeded. */
  readonly onHostKey?: (line: string) => void;
  /** Ends the login or the session, with every command that runs in it. */
  readonly signal?: AbortSignal;
}

export interface Hop extends LoggedIn {
  readonly target: SessionTarget;
  readonly stream: Duplex;
}

/** Logs in to `target`, directly or through the previous hop. */
export async function reach(
  target: SessionTarget,
  through: Hop | undefined,
  loading: Promise<LoadedCredentials>,
  options: HopOptions,
): Promise<Hop> {
  const timeoutSeconds = options.timeoutSeconds ?? 20;
  const open = () =>
    through ? forward(through, target, timeoutSeconds, options.signal) : dial(target, timeoutSeconds, options.signal);
  const { accepted = new AcceptedKeys() } = options;
  const pins = lookup(options.knownHosts.entries, target.host, target.port);
  const algorithms = hostKeyAlgorithms(pins, accepted.at(target));
  if (algorithms.length === 0) throw unsupportedKinds(target, pins);
  // The SSH library and the key load while the connection opens.
  const [opened, credentials] = await Promise.allSettled([open(), loading]);
  if (credentials.status === "rejected") {
    if (opened.status === "fulfilled") opened.value.destroy();
    throw credentials.reason;
  }
  if (opened.status === "rejected") throw opened.reason;
  const stream = opened.value;
  const login: LoginOptions = {
    target,
    ...credentials.value,
    knownHosts: options.knownHosts,
    hostKeyPolicy: options.hostKeyPolicy,
    accepted,
    hostKeyAlgorithms: algorithms,
    timeoutSeconds,
    keepaliveSeconds: options.keepaliveSeconds ?? 10,
    ...(options.signal && { signal: options.signal }),
  };
  const loggedIn = await logIn(stream, login).catch(async (error: unknown) => {
    const expected = pins.pinned.length > 0 || accepted.at(target) !== undefined;
    throw expected && isHostKeyAlgorithm(error) ? await whichKey(open, login, error) : error;
  });
  const { hostKey, trust } = loggedIn;
  options.log(
    `logged in as ${target.user}@${place(target)}; its ${hostKey.type} key ${fingerprint(hostKey.blob)} is ${trust}`,
  );
  if (trust === "new" && accepted.isNews(target))
    options.onHostKey?.(knownHostsLine(target.host, target.port, hostKey));
  return { ...loggedIn, target, stream };
}

export type LoadedCredentials = Pick<LoginOptions, "key" | "password">;

/** Reads the key, and loads the SSH library for it. Throws WovenError `ssh-key`, which names the inputs that begin with `prefix`. */
export async function readCredentials(
  { privateKey, passphrase, password }: Credentials,
  prefix: "" | "jump-" = "",
): Promise<LoadedCredentials> {
  const { readPrivateKey } = await import("./private-key.ts");
  try {
    return {
      ...(privateKey !== undefined && { key: readPrivateKey(privateKey, passphrase) }),
      ...(password !== undefined && { password }),
    };
  } catch (error) {
    if (!(error instanceof WovenError)) throw error;
    throw error.map((text) => text.replaceAll(/\bssh-(key|passphrase)\b/g, `${prefix}ssh-$1`));
  }
}

function isHostKeyAlgorithm(error: unknown): error is WovenError {
  return error instanceof WovenError && error.code === "host-key-algorithm";
}

// The server has no key of a pinned kind. A second attempt asks for any kind, so that the error can name the key that it has.
async function whichKey(open: () => Promise<Duplex>, login: LoginOptions, error: WovenError): Promise<WovenError> {
  const { key: _key, password: _password, ...rest } = login;
  const every = hostKeyAlgorithms({ pinned: [], revoked: [], authorities: [] });
  try {
    const asked = await logIn(await open(), { ...rest, hostKeyAlgorithms: every });
    asked.client.destroy();
    return error;
  } catch (seen) {
    return seen instanceof WovenError && seen.code.startsWith("host-key-") ? seen : error;
  }
}

/** A stream to `to` through the previous hop. */
function forward(through: Hop, to: SessionTarget, timeoutSeconds: number, signal?: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled(to, signal?.reason));
    signal?.addEventListener("abort", abort);
    const late = setTimeout(() => reject(timedOut(to, `through ${place(through.target)}`)), timeoutSeconds * 1000);
    through.client.forwardOut("127.0.0.1", 0, to.host, to.port, (error, channel) => {
      clearTimeout(late);
      signal?.removeEventListener("abort", abort);
      if (error) reject(jumpError(error, to, through.target));
      else resolve(channel);
    });
  });
}
