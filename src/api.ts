// Runs commands for users' own scripts: their options become inputs, and a run that fails is an error. entry/api.ts has the functions.
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { usualInput } from "./command-line.ts";
import { runCommand, succeeded } from "./commands/run.ts";
import { asWovenError, WovenError } from "./errors.ts";
import { createLog, type Log } from "./log.ts";
import { readLines } from "./node/line-reader.ts";
import type { Shell } from "./node/sh.ts";
import { openRuntime, withLocalNode } from "./open-runtime.ts";
import type { RunReport } from "./report.ts";
import { fleet } from "./rollout/fleet.ts";
import { runProcess } from "./run-process.ts";
import { inputNames } from "./settings/inputs.ts";
import { readSettings } from "./settings/read.ts";
import type { CommandName, Settings } from "./settings/settings.ts";
import { shellWord } from "./settings/shell-words.ts";

/**
 * The inputs of the action, in camel case, with the same defaults. What is left out is read from the environment variable
 * `WOVEN_<INPUT>` (`WOVEN_SSH_KEY`, `WOVEN_ROLES`, …), and the key and the host keys then from `~/.ssh/id_ed25519` and
 * `~/.ssh/known_hosts`, as on the command line.
 */
export interface RunOptions {
  /** The servers: roles, or hosts as `user@host[:port]`. `local` is a throwaway server on this machine. */
  readonly role?: string | readonly string[];
  /** The servers of each role: `{ production: ["woven@web1.example.com"] }`. Without it, those of the configuration. */
  readonly roles?: string | Readonly<Record<string, readonly string[]>>;
  /** The private key to log in with, as text. */
  readonly sshKey?: string;
  readonly sshPassphrase?: string;
  /** Lines of known_hosts. */
  readonly knownHosts?: string;
  readonly hostKeyPolicy?: "strict" | "accept-new";
  /** Jump hosts in order: `user@host[:port]`. */
  readonly jump?: string | readonly string[];
  readonly jumpSshKey?: string;
  readonly jumpSshPassphrase?: string;
  readonly jumpPassword?: string;
  readonly password?: string;
  /** The folder of the project. A relative one begins at the folder of the process. */
  readonly workingDirectory?: string;
  /** In place of the name that the project states. */
  readonly distribution?: string;
  readonly version?: string;
  readonly overwrite?: boolean;
  /** Of a patch: `project`, `templates`, `static`, `media`, `wsgi`, `webconf`. */
  readonly parts?: readonly string[];
  /** `auto`, `none`, `fake`, `manual`, or an app and a migration. */
  readonly migrate?: string;
  /** The secret environment of the Django process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Secret files of the application: name → content, or `{ base64 }` for bytes. */
  readonly files?: Readonly<Record<string, string | { readonly base64: string }>>;
  /** The name of a preview. */
  readonly preview?: string;
  /** The secret environment of previews. */
  readonly previewEnv?: Readonly<Record<string, string>>;
  /** Only pull requests with this label get a preview. */
  readonly previewLabel?: string;
  /** For the comments of previews. */
  readonly githubToken?: string;
  /** The environment of your hooks. */
  readonly hookEnv?: Readonly<Record<string, string>>;
  /** Lines `user:password`, for `[web] basic-auth = true`. */
  readonly basicAuth?: string;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  /** Shows what would change, and changes nothing. */
  readonly dryRun?: boolean;
  readonly dirty?: boolean;
  /** Of startsites: retires the sites that are no longer listed. */
  readonly retire?: boolean;
  readonly maxParallel?: number;
  readonly cache?: boolean;
  readonly bundleFor?: string;
  readonly bundleDigests?: string;
  readonly managementCommand?: string;
  readonly options?: string | readonly string[];
  /** Of a management command: a SITE_ID. By default, it runs as the first site. */
  readonly site?: number;
  /** Gets each line of the log, without secrets. By default, it is printed. */
  readonly log?: (line: string) => void;
  /** Cancels the run: what it has begun on a server is undone. */
  readonly signal?: AbortSignal;
}

/** A run that did not end as asked on every server. `code`, `message` and `details` are those of the first failure. */
export class RunFailed extends WovenError {
  readonly report: RunReport;

  constructor(report: RunReport, { details, cause }: WovenError) {
    super({ ...details, cause });
    this.report = report;
  }
}

/** What a command said on one server. */
export interface ServerAnswer {
  readonly host: string;
  readonly role?: string;
  /** The exit status. Null if a signal ended the command. */
  readonly code: number | null;
  /** Without secrets of this run. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Throws RunFailed, or a SettingsError with all problems. */
export async function run(process: NodeJS.Process, command: CommandName, options: RunOptions): Promise<RunReport> {
  const log = logOf(process, options);
  const settings = await settingsOf(process, command, options, log);
  await using world = await openRuntime(settings, runtimeOptions(process, options, log));
  const report = await runCommand(settings, world);
  if (succeeded(report)) return report;
  const failures = [report.error, ...report.nodes.map(({ error }) => error)];
  throw new RunFailed(
    report,
    failures.find((error) => error !== undefined) ?? asWovenError(new Error("the run failed")),
  );
}

/** Runs a command on every server at the same time. A status other than 0 is a result, not an error. */
export async function runEverywhere(
  process: NodeJS.Process,
  command: Shell,
  { as, ...options }: RunOptions & { readonly as: "root" | "deploy-user" },
): Promise<readonly ServerAnswer[]> {
  const log = logOf(process, options);
  const settings = await settingsOf(process, "status", options, log);
  await using world = await openRuntime(settings, runtimeOptions(process, options, log));
  await using nodes = fleet(settings, world);
  const answers: ServerAnswer[] = [];
  await nodes.phase(async ({ host }) => {
    const session = await host.session();
    const { code, stdout, stderr } = await (as === "root" ? host.root(command) : session.exec(command));
    const lines = readLines((line) => log.remote(host.name, line));
    lines.push(Buffer.from(stdout + stderr));
    lines.end();
    const { role } = host.address;
    const clean = { stdout: log.clean(stdout), stderr: log.clean(stderr) };
    answers.push({ host: host.name, ...(role === undefined ? {} : { role }), code, ...clean });
  });
  const failed = nodes.nodes.find(({ error }) => error !== undefined)?.error;
  if (failed) throw failed;
  return settings.nodes.flatMap((node) => answers.filter(({ host }) => host === node.host));
}

function logOf({ stdout }: NodeJS.Process, { log }: RunOptions): Log {
  return createLog(log ?? ((line) => stdout.write(`${line}\n`)), { nodes: () => "several" });
}

async function settingsOf(
  process: NodeJS.Process,
  command: CommandName,
  options: RunOptions,
  log: Log,
): Promise<Settings> {
  const inputs = inputsOf(options);
  const { env } = process;
  const settings = await readSettings({
    input: (name) => (name === "command" ? command : (inputs.get(name) ?? usualInput(name, env) ?? "")),
    env,
    cwd: process.cwd(),
    run: runProcess,
    mask: (secret) => log.mask(secret),
    log: (line) => log.info(line),
  });
  return await withLocalNode(settings, () => process.pid, log);
}

function runtimeOptions({ env }: NodeJS.Process, { signal }: RunOptions, log: Log) {
  const cacheDir = join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "woven");
  return { log, env, cacheDir, scratch: tmpdir(), signal: signal ?? new AbortController().signal };
}

/** The options as inputs of the action. Throws a TypeError if one is none. */
export function inputsOf({ log: _, signal: __, ...options }: RunOptions): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(options).flatMap(([option, value]) => {
      const name = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const known = inputNames.find((input) => input === name);
      if (known === undefined || known === "command") throw new TypeError(`there is no option ${option}`);
      return value === undefined ? [] : [[known, asText(known, value)] as const];
    }),
  );
}

function asText(name: string, value: unknown): string {
  if (Array.isArray(value))
    return name === "options" ? value.map((word) => shellWord(String(word))).join(" ") : value.join("\n");
  if (typeof value !== "object" || value === null) return String(value);
  if (name === "roles" || name === "files") return JSON.stringify(value);
  return Object.entries(value)
    .map(([key, text]) => `${key}=${envValue(key, String(text))}`)
    .join("\n");
}

/** A value as it is written in the inputs env and hook-env: in the kind of quotes that it does not have itself. */
function envValue(name: string, value: string): string {
  if (/^[^\s"'#]+$/.test(value)) return value;
  for (const quote of ['"', "'"]) if (!value.includes(quote)) return `${quote}${value}${quote}`;
  if (/^[^\s"'#].*\S$/.test(value)) return value;
  throw new TypeError(`the value of ${name} has both kinds of quotes, and a line break or blanks at its ends`);
}
