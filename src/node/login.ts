// One SSH login over an open stream: it checks the host key against known_hosts, then tries the key, then the password.

import type { Duplex } from "node:stream";
import type { AnyAuthMethod, Client, ConnectConfig, SFTPWrapper } from "ssh2";
import type SftpClient from "ssh2-sftp-client";
import { WovenError } from "../errors.ts";
import { cancelled, type LoginPhase, loginError } from "./connect-errors.ts";
import { type HostKeyAlgorithm, type HostKeyVerdict, type HostTrust, judgeHostKey } from "./host-key.ts";
import type { HostKey } from "./known-hosts.ts";
import type { PrivateKey } from "./private-key.ts";

export interface LoginOptions extends HostTrust {
  readonly target: { readonly user: string; readonly host: string; readonly port: number };
  readonly key?: PrivateKey;
  readonly password?: string;
  readonly hostKeyAlgorithms: readonly HostKeyAlgorithm[];
  readonly timeoutSeconds: number;
  readonly keepaliveSeconds: number;
  readonly signal?: AbortSignal;
}

export interface LoggedIn {
  readonly client: Client;
  readonly sftp: SftpWithClient;
  readonly hostKey: HostKey;
  /** `new`: not pinned, accepted by policy. */
  readonly trust: "pinned" | "new";
}

/** Private fields of ssh2-sftp-client that its types leave out: the connection, and the SFTP channel once it is open. */
export type SftpWithClient = SftpClient & { readonly client: Client; sftp: SFTPWrapper | undefined };

/** Logs in. Throws a WovenError: `host-key-…`, `login-refused`, `connect-reset`, `connect-timeout`, `cancelled`, … */
export async function logIn(stream: Duplex, options: LoginOptions): Promise<LoggedIn> {
  const { default: Sftp } = await import("ssh2-sftp-client");
  const { target, signal } = options;
  if (stream.destroyed) throw loginError(new Error("closed"), factsOf(options, "greeting", []));
  const quiet = { error: () => undefined, end: () => undefined, close: () => undefined };
  const sftp = new Sftp("woven", quiet) as SftpWithClient;
  const { client } = sftp;
  const judge = hostKeyJudge(options);
  const methods: string[] = [];
  let phase: LoginPhase = "greeting";
  client.once("handshake", () => {
    phase = "login";
  });
  const onAbort = () => client.emit("error", cancelled(target, signal?.reason));
  signal?.addEventListener("abort", onAbort);
  try {
    const ready = established(client, {
      sock: stream as Exclude<ConnectConfig["sock"], undefined>,
      username: target.user,
      readyTimeout: options.timeoutSeconds * 1000,
      keepaliveInterval: options.keepaliveSeconds * 1000,
      keepaliveCountMax: 3,
      algorithms: { serverHostKey: [...options.hostKeyAlgorithms] },
      hostVerifier: (blob: Buffer) => {
        phase = "handshake";
        return judge.accepts(blob);
      },
      authHandler: authentication(options, methods),
    });
    if (signal?.aborted) onAbort();
    await ready;
    return { client, sftp, ...judge.accepted() };
  } catch (error) {
    client.destroy();
    stream.destroy();
    const failure = error instanceof Error ? error : new Error(String(error));
    throw (
      judge.refusal() ??
      (failure instanceof WovenError ? failure : loginError(failure, factsOf(options, phase, methods)))
    );
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

function established(client: Client, config: ConnectConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once("ready", resolve);
    client.once("error", reject);
    client.once("close", () => reject(new Error("the server closed the connection")));
    client.connect(config);
  });
}

// ssh2 reports a refused host key only as "Host denied", so the verdict is kept here. ssh2 asks again at each key exchange.
function hostKeyJudge(options: LoginOptions) {
  let verdict: HostKeyVerdict | undefined;
  return {
    accepts(blob: Buffer): boolean {
      if (verdict?.kind === "new") return verdict.key.blob.equals(blob);
      // A copy: ssh2 reuses the buffer behind the blob.
      verdict = judgeHostKey(Buffer.from(blob), options.target, options);
      return verdict.kind !== "refused";
    },
    accepted(): Pick<LoggedIn, "hostKey" | "trust"> {
      if (verdict === undefined || verdict.kind === "refused") throw new Error("logged in without a host key");
      return { hostKey: verdict.key, trust: verdict.kind };
    },
    refusal: () => (verdict?.kind === "refused" ? verdict.error : undefined),
  };
}

// Tries the key first, without the usual `none`, which saves a round trip. Keeps the list of methods that the server then offers.
function authentication({ target, key, password }: LoginOptions, methods: string[]) {
  const username = target.user;
  const attempts: AnyAuthMethod[] = [];
  if (key) attempts.push({ type: "publickey", username, key: key.key });
  if (password !== undefined) attempts.push({ type: "password", username, password });
  if (attempts.length === 0) attempts.push({ type: "none", username });
  return (left: readonly string[] | null): AnyAuthMethod | false => {
    if (left) methods.splice(0, methods.length, ...left);
    const index = attempts.findIndex((attempt) => !left || left.includes(attempt.type));
    return (index >= 0 && attempts.splice(0, index + 1).at(-1)) || false;
  };
}

function factsOf({ target, key, password }: LoginOptions, phase: LoginPhase, methods: readonly string[]) {
  return {
    at: target,
    user: target.user,
    phase,
    methods,
    ...(key && { key }),
    password: password === undefined ? ("none" as const) : ("tried" as const),
  };
}
