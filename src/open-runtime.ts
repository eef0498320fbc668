// Opens the real runtime of a run: this process, this machine, the network. main.ts and cli.ts share it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { BundleCache } from "./bundle/build-context.ts";
import { WovenError } from "./errors.ts";
import type { Log } from "./log.ts";
import { AcceptedKeys } from "./node/accepted-keys.ts";
import { parseKnownHosts } from "./node/known-hosts.ts";
import { type Credentials, connect } from "./node/session.ts";
import type { Runtime } from "./rollout/runtime.ts";
import { runProcess } from "./run-process.ts";
import { localRole } from "./settings/roles.ts";
import type { Login, Secret, Settings } from "./settings/settings.ts";

export interface RuntimeOptions {
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cacheDir: string;
  /** A folder in which this run makes its own. */
  readonly scratch?: string | undefined;
  readonly cache?: BundleCache | undefined;
  readonly signal: AbortSignal;
}

/** A runtime whose scratch space is removed when it is disposed. */
export async function openRuntime(settings: Settings, around: RuntimeOptions): Promise<Runtime & AsyncDisposable> {
  const { log, env, cacheDir, scratch, cache, signal } = around;
  const tempDir = await mkdtemp(join(scratch ?? tmpdir(), "woven-"));
  const { login } = settings;
  const actor = env["GITHUB_ACTOR"] || env["USER"] || accountName();
  const knownHosts = parseKnownHosts(login.knownHosts);
  for (const { where, what } of knownHosts.problems) log.warning(`${where}: ${what}`);
  const accepted = new AcceptedKeys();
  return {
    log,
    env,
    run: (command, args, options) => unlessCancelled(signal, () => runProcess(command, args, options)),
    tempDir,
    cacheDir,
    cache: cache && {
      restore: (key, directory) => unlessCancelled(signal, () => cache.restore(key, directory)),
      save: (key, directory) => unlessCancelled(signal, () => cache.save(key, directory)),
    },
    signal,
    now: Date.now,
    started: Date.now(),
    by: {
      ...(actor ? { actor } : {}),
      ...(runUrl(env) ? { run: runUrl(env) as string } : {}),
      ...(env["GITHUB_SHA"] ? { commit: env["GITHUB_SHA"] } : {}),
    },
    connect: (target, trusted = [], until = signal) =>
      whileWanted(until, (wanted) =>
        connect({
          target,
          credentials: credentialsOf(login),
          jumpCredentials: jumpCredentialsOf(login),
          knownHosts: trusted.length > 0 ? parseKnownHosts([login.knownHosts, ...trusted].join("\n")) : knownHosts,
          hostKeyPolicy: login.hostKeyPolicy,
          accepted,
          jump: login.jump.map(({ user, host, port }) => ({ user, host, port: port ?? 22 })),
          log: (line) => log.debug(line),
          onHostKey: (line) => log.info(`accepted a host key that is not pinned. Pin it in known-hosts:\n${line}`),
          signal: wanted,
        }),
      ),
    [Symbol.asyncDispose]: () => rm(tempDir, tidying),
  };
}

function credentialsOf({ privateKey, passphrase, password }: Pick<Login, "privateKey" | "passphrase" | "password">) {
  const revealed = (name: keyof Credentials, secret: Secret | undefined): Credentials =>
    secret === undefined ? {} : { [name]: secret.reveal() };
  return {
    ...revealed("privateKey", privateKey),
    ...revealed("passphrase", passphrase),
    ...revealed("password", password),
  };
}

/**
 * A jump host may get a signature of the nodes' key, which is valid for that one session only (RFC 4252, 7). It never gets their
 * password, which it could use again.
 */
function jumpCredentialsOf({ privateKey, passphrase, jumpLogin = {} }: Login): Credentials {
  const key = jumpLogin.privateKey ? {} : { ...(privateKey && { privateKey }), ...(passphrase && { passphrase }) };
  return credentialsOf({ ...key, ...jumpLogin });
}

/** Retries, because a program that a cancelled run left behind may still write there. */
const tidying = { recursive: true, force: true, maxRetries: 5 } as const;

/** Throws as soon as the run is cancelled. Programs here are then not awaited: the runner ends them with the job. */
async function unlessCancelled<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([work(), cancelled]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Ends an attempt to log in when `until` aborts, but not the session after it: the request to stop is sent to the nodes over open
 * sessions.
 */
async function whileWanted<T>(until: AbortSignal, logIn: (wanted: AbortSignal) => Promise<T>): Promise<T> {
  until.throwIfAborted();
  const login = new AbortController();
  const abort = () => login.abort(until.reason);
  until.addEventListener("abort", abort);
  try {
    return await logIn(login.signal);
  } finally {
    until.removeEventListener("abort", abort);
  }
}

function runUrl(env: RuntimeOptions["env"]): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined;
}

/**
 * The settings with `role: local` replaced by a node on this machine, which is removed when the process `owner()` ends.
 * Other settings are returned unchanged, at no cost.
 */
export async function withLocalNode(settings: Settings, owner: () => number, log: Log): Promise<Settings> {
  if (settings.nodes.every(({ host }) => host !== localRole)) return settings;
  const { rehearse } = await import("./local/rehearsal.ts");
  return await log.group("Local node", () => rehearse(settings, { owner: owner(), log: (line) => log.info(line) }));
}

/** A signal that is aborted by the first SIGINT or SIGTERM: GitHub sends them 7.5 seconds apart, then kills. */
export function cancellation(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const cancel = (signal: string) =>
    controller.abort(
      new WovenError({
        code: "cancelled",
        message: `the run was cancelled (${signal})`,
        next: "Run the command again to continue.",
      }),
    );
  process.on("SIGINT", cancel);
  process.on("SIGTERM", cancel);
  return controller.signal;
}

/** The account's name, for a terminal without the usual variables. An account in a container may have none. */
function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
