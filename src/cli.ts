// The same commands from a terminal: `npx woven deploy staging`. Options are the action's inputs.

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCommand, succeeded } from "./commands/run.ts";
import { asWovenError, type WovenError } from "./errors.ts";
import { createLog, type Log } from "./log.ts";
import { nodeLine, type RunReport } from "./report.ts";
import { runProcess } from "./run-process.ts";
import { inputNames } from "./settings/inputs.ts";
import { readSettings } from "./settings/read.ts";
import { commandNames } from "./settings/settings.ts";
import { cancellation, realWorld, withLocalNode } from "./surroundings.ts";

const files = ["ssh-key", "known-hosts", "roles", "env"] as const;

const help = `woven COMMAND [ROLE or user@host …] [--input value …]

Commands: ${commandNames.join(", ")}

Every input of the action is an option here (--dry-run, --version 1.2, --migrate none, …); see docs/settings.md.
${files.map((name) => `--${name}-file`).join(", ")} read the value from a file.
Secrets are better given in the environment: WOVEN_SSH_KEY, WOVEN_PASSWORD, WOVEN_ENV, … (WOVEN_<INPUT>).
Without a key and known hosts, ~/.ssh/id_ed25519 and ~/.ssh/known_hosts are used.
`;

export async function runCli(argv: readonly string[], process: NodeJS.Process): Promise<void> {
  const log = createLog((line) => process.stdout.write(`${line}\n`));
  try {
    process.exitCode = await run(argv, process, log);
  } catch (error) {
    tell(log, asWovenError(error));
    process.exitCode = 1;
  }
  // What a cancelled run has left behind (a program that builds, a connection that is dead) would be waited for.
  await new Promise((resolve) => process.stdout.write("", resolve));
  process.exit();
}

async function run(argv: readonly string[], process: NodeJS.Process, log: Log): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: options(),
    allowPositionals: true,
    strict: true,
  });
  if (values["help"] === true || positionals.length === 0) {
    process.stdout.write(help);
    return positionals.length === 0 && values["help"] !== true ? 2 : 0;
  }
  const given = inputs(values, positionals, process.env);
  const asked = await readSettings({
    input: (name) => given.get(name) ?? "",
    env: process.env,
    cwd: process.cwd(),
    run: runProcess,
    mask: (secret) => log.mask(secret),
    log: (line) => log.info(line),
  });
  const settings = await withLocalNode(asked, terminal, log);
  const cacheDir = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "woven");
  await using world = await realWorld(settings, { log, env: process.env, cacheDir, signal: cancellation(process) });
  const report = await runCommand(settings, world);
  conclude(log, report);
  return succeeded(report) ? 0 : 1;
}

/** The process that leads this session, proc_pid_stat(5): the terminal's shell, whatever npx and npm stand in between. */
function terminal(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const leader = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3] ?? "0";
  return existsSync(`/proc/${leader}/stat`) ? Number(leader) : process.ppid;
}

function options() {
  const flags = new Set(["overwrite", "dry-run"]);
  const all = [
    ...inputNames.filter((name) => name !== "command" && name !== "role"),
    ...files.map((name) => `${name}-file`),
  ];
  return {
    help: { type: "boolean", short: "h" },
    ...Object.fromEntries(
      all.map((name) => [name, { type: flags.has(name) ? ("boolean" as const) : ("string" as const) }]),
    ),
  } as const;
}

function inputs(
  values: Readonly<Record<string, unknown>>,
  [command = "", ...rest]: readonly string[],
  env: NodeJS.ProcessEnv,
): ReadonlyMap<string, string> {
  const own = inputNames.flatMap((name): [string, string][] => {
    const value =
      values[name] ??
      fromFile(values[`${name}-file`]) ??
      env[`WOVEN_${name.toUpperCase().replaceAll("-", "_")}`] ??
      usual(name);
    return value === undefined ? [] : [[name, String(value)]];
  });
  const positional: [string, string][] = [
    ["command", command],
    ...(rest.length > 0 ? [["role", rest.join("\n")] as [string, string]] : []),
  ];
  return new Map([...own, ...positional]);
}

function fromFile(path: unknown): string | undefined {
  return typeof path === "string" ? readFileSync(path, "utf8") : undefined;
}

/** What ssh(1) itself would use. */
function usual(name: string): string | undefined {
  const file = { "ssh-key": "id_ed25519", "known-hosts": "known_hosts" }[name];
  if (file === undefined) return undefined;
  try {
    return readFileSync(join(homedir(), ".ssh", file), "utf8");
  } catch {
    return undefined;
  }
}

function conclude(log: Log, report: RunReport): void {
  for (const node of report.nodes) {
    const { error } = node;
    log.info(nodeLine(node, report));
    if (error) tell(log, error);
  }
  if (report.error) tell(log, report.error);
}

/** One failure, as the person who has to act on it needs it. */
export function tell(log: Log, error: WovenError): void {
  const { node, stage, step, output, next, message } = error.details;
  const where = [node, stage, step].filter((part) => part !== undefined).join(" / ");
  if (output) log.remote(node ?? "runner", output);
  log.error(`${where ? `${where}: ` : ""}${message}${next ? `\n${next}` : ""}`);
  if (error.code === "internal" && error.cause instanceof Error) log.debug(error.cause.stack ?? "");
}
