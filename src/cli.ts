// The same commands from a terminal: `node dist/cli.js deploy staging`.

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cancellation } from "./cancellation.ts";
import { readCommandLine } from "./command-line.ts";
import { openConsole, requireTerminal } from "./commands/console.ts";
import { doctor } from "./commands/doctor.ts";
import { runCommand, succeeded } from "./commands/run.ts";
import { asWovenError, type WovenError } from "./errors.ts";
import { failureBelow, stagePlace, withoutRepeats } from "./failure-text.ts";
import { createLog, type Log } from "./log.ts";
import type { LocalTerminal } from "./node/terminal.ts";
import { openRuntime, withLocalNode } from "./open-runtime.ts";
import { liveNow, nodeLine, type RunReport, releaseCommands } from "./report.ts";
import { runProcess } from "./run-process.ts";
import { readSettings } from "./settings/read.ts";
import type { Settings } from "./settings/settings.ts";
import { questions } from "./starting/questions.ts";
import { runStarting, startingCommand } from "./starting/starting.ts";

export async function runCli(argv: readonly string[], process: NodeJS.Process): Promise<void> {
  // Lines of logs say where they come from, of one server too.
  let nodes: "one" | "several" = argv[0] === "logs" ? "several" : "one";
  const log = createLog((line) => process.stdout.write(`${line}\n`), { nodes: () => nodes });
  const several = () => {
    nodes = "several";
  };
  try {
    process.exitCode = await run(argv, process, log, several);
  } catch (error) {
    tell(log, asWovenError(error));
    process.exitCode = 1;
  }
  // Without this, Node would wait for what a cancelled run left behind, such as a build or a dead connection.
  await new Promise((resolve) => process.stdout.write("", resolve));
  process.exit();
}

/** `several` is called once it is known that the command works on more than one server. */
async function run(argv: readonly string[], process: NodeJS.Process, log: Log, several: () => void): Promise<number> {
  const starting = startingCommand(argv[0]);
  if (starting !== undefined) {
    const world = { cwd: process.cwd(), env: process.env, run: runProcess, print: (line: string) => log.info(line) };
    await runStarting(starting, argv.slice(1), { ...world, ...questions(process) });
    return 0;
  }
  const given = readCommandLine(argv, { env: process.env, cwd: process.cwd() });
  if (given.kind === "help") {
    process.stdout.write(given.text);
    return given.asked === "yes" ? 0 : 2;
  }
  if (given.terminal === "console") requireTerminal(process);
  const read = async (owner: () => number, changed: Readonly<Record<string, string>> = {}, rehearsed?: string) => {
    const asked = await readSettings({
      input: (name) => changed[name] ?? given.inputs.get(name) ?? "",
      env: process.env,
      cwd: process.cwd(),
      rehearsed,
      run: runProcess,
      mask: (secret) => log.mask(secret),
      log: (line) => log.info(line),
    });
    if (asked.nodes.length > 1) several();
    return await withLocalNode(asked, owner, log);
  };
  const cacheDir = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "woven");
  const signal = cancellation(process);
  const open = (settings: Settings) => openRuntime(settings, { log, env: process.env, cacheDir, signal });
  if (given.terminal === "doctor") {
    const found = await doctor({
      log,
      // A node of its own, which ends with this process: the one of the shell may have another release.
      read: (command, it) => read(() => process.pid, { command, ...(it ? { role: it.role } : {}) }, it?.of),
      open,
      rehearsal: given.rehearsal,
    });
    return found.some(({ state }) => state === "problem") ? 1 : 0;
  }
  const settings = await read(shellOfTerminal);
  await using world = await open(settings);
  if (given.terminal === "console") return await openConsole(settings, world, localTerminal(process));
  const report = await runCommand(settings, world);
  conclude(log, report);
  return succeeded(report) ? 0 : 1;
}

/** The leader of this session, proc_pid_stat(5): the terminal's shell, also if npx or npm started this process. */
function shellOfTerminal(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const leader = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3] ?? "0";
  return existsSync(`/proc/${leader}/stat`) ? Number(leader) : process.ppid;
}

function localTerminal({ stdin, stdout, env }: NodeJS.Process): LocalTerminal {
  return {
    input: stdin,
    output: stdout,
    type: env["TERM"] ?? "xterm-256color",
    size: () => ({ columns: stdout.columns, rows: stdout.rows }),
    onResize(listener) {
      stdout.on("resize", listener);
      return { stop: () => stdout.off("resize", listener) };
    },
    raw() {
      stdin.setRawMode(true);
      return { stop: () => stdin.setRawMode(false) };
    },
  };
}

function conclude(log: Log, report: RunReport): void {
  for (const node of report.nodes) {
    const { error } = node;
    if (error) tell(log, error, releaseCommands.has(report.command) && !report.dryRun ? liveNow(node) : undefined);
    log.info(nodeLine(node, report));
  }
  if (report.error) tell(log, report.error);
}

/** Prints one failure: the whole output first, then the summary of what failed. `live`: what is live now. */
export function tell(log: Log, error: WovenError, live?: string): void {
  // Before anything is cut, because only a whole secret can be found.
  const clean = error.map((text) => log.clean(text));
  const { node, stage, step, output, streamed } = clean.details;
  const where = [node, stagePlace(stage, step), step].filter((part) => part !== undefined).join(" / ");
  if (output && !streamed) log.remote(node ?? "runner", withoutRepeats(output));
  log.error(`${where ? `${where}: ` : ""}${failureBelow(clean, live)}`);
  if (error.code === "internal" && error.cause instanceof Error) log.debug(error.cause.stack ?? "");
}
