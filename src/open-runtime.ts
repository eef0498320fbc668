// Opens the real runtime of a run: this process, this machine, the network. main.ts and cli.ts share it.
import { lookup } from "node:dns/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { BundleCache } from "./bundle/build-context.ts";
import { loginUntil, unlessCancelled } from "./cancellation.ts";
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
  /** The folder in which this run makes its own temporary folder. */
  readonly scratch?: string | undefined;
  readonly cache?: BundleCache | undefined;
  readonly signal: AbortSignal;
  readonly pullRequests?: Runtime["pullRequests"];
}

/** A runtime that removes its scratch space when it is disposed of. */
export async function openRuntime(settings: Settings, options: RuntimeOptions): Promise<Runtime & AsyncDisposable> {
  const { log, env, cacheDir, scratch, cache, signal, pullRequests } = options;
  const tempDir = await mkdtemp(join(scratch ?? tmpdir(), "woven-"));
  const { login } = settings;
  const actor = env["GITHUB_ACTOR"] || env["USER"] || accountName();
  const knownHosts = parseKnownHosts(login.knownHosts);
  for (const { where, what } of knownHosts.problems) log.warning(`${where}: ${what}`);
  const accepted = new AcceptedKeys();
  return {
    log,
    env,
    run: (command, args, how) => unlessCancelled(signal, () => runProcess(command, args, how)),
    tempDir,
    cacheDir,
    cache: cache && {
      restore: (key, directory) => unlessCancelled(signal, () => cache.restore(key, directory)),
      save: (key, directory) => unlessCancelled(signal, () => cache.save(key, directory)),
    },
    signal,
    pullRequests,
    now: Date.now,
    lookup: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
    started: Date.now(),
    by: {
      ...(actor ? { actor } : {}),
      ...(runUrl(env) ? { run: runUrl(env) as string } : {}),
      ...(env["GITHUB_SHA"] ? { commit: env["GITHUB_SHA"] } : {}),
    },
    connect: (target, trusted = [], until = signal) =>
      loginUntil(until, (attempt) =>
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
          signal: attempt,
        }),
      ),
    [Symbol.asyncDispose]: () => rm(tempDir, removal),
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
 * Woven offers a jump host the nodes' key: a signature is valid for one session only (RFC 4252, 7). It never offers their password,
 * because the jump host would then know it.
 */
function jumpCredentialsOf({ privateKey, passphrase, jumpLogin = {} }: Login): Credentials {
  const key = jumpLogin.privateKey ? {} : { ...(privateKey && { privateKey }), ...(passphrase && { passphrase }) };
  return credentialsOf({ ...key, ...jumpLogin });
}

/** The retries are for a program of a cancelled run that still writes there. */
const removal = { recursive: true, force: true, maxRetries: 5 } as const;

function runUrl(env: RuntimeOptions["env"]): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined;
}

/**
 * For `role: local`, starts a node on this machine and returns the settings with its address. The node is removed when the process
 * `owner()` ends. Returns other settings unchanged, without loading anything.
 */
export async function withLocalNode(settings: Settings, owner: () => number, log: Log): Promise<Settings> {
  if (settings.nodes.every(({ host }) => host !== localRole)) return settings;
  const { rehearse } = await import("./local/rehearsal.ts");
  return await log.group("Local node", () => rehearse(settings, { owner: owner(), log: (line) => log.info(line) }));
}

/** For a terminal without USER. In a container, an account may have no name. */
function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
