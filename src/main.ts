// The action: reads its inputs, runs one command, writes the report, sets the exit code.
import { appendFile, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnnotationProperties,
  debug,
  endGroup,
  error,
  setOutput,
  setSecret,
  startGroup,
  warning,
} from "@actions/core";
import { cancellation } from "./cancellation.ts";
import { runCommand, succeeded } from "./commands/run.ts";
import { asWovenError, SettingsError, type WovenError } from "./errors.ts";
import { withoutRepeats } from "./failure-text.ts";
import { annotate } from "./github/annotations.ts";
import { actionsCache } from "./github/cache.ts";
import { setOutputs } from "./github/outputs.ts";
import { pullRequests } from "./github/pull-requests.ts";
import { renderSummary } from "./github/summary.ts";
import type { InputVariables } from "./handover.ts";
import { createLog, type Log } from "./log.ts";
import { openRuntime, withLocalNode } from "./open-runtime.ts";
import { cleanReport, nodeLine, type RunReport } from "./report.ts";
import { runProcess } from "./run-process.ts";
import { readSettings } from "./settings/read.ts";
import { commandNames } from "./settings/settings.ts";

/** `inputs`: the INPUT_* variables, which the environment of `process` does not have. */
export async function runAction(process: NodeJS.Process, inputs: InputVariables): Promise<void> {
  const log = createLog((line) => process.stdout.write(`${line}\n`), {
    surface: {
      warning: (text, place) => warning(text, annotation(place)),
      error: (text, place) => error(text, annotation(place)),
      debug,
      startGroup,
      endGroup,
      mask: setSecret,
    },
    nodes: () => "several",
  });
  const told = await run(process, inputs, log).catch((thrown: unknown) => failedEarly(process, inputs, thrown));
  const report = cleanReport(told, (text) => log.clean(text));
  tellOutputs(report, log);
  await writeSummary(report, log, process.env);
  setOutputs(report, { setOutput });
  annotate(report, { error: (message, properties) => error(log.clean(message), properties) });
  // Sockets of libraries may stay open for minutes. Everything of Woven has ended by now.
  await new Promise((resolve) => process.stdout.write("", resolve));
  process.exit(succeeded(report) ? 0 : 1);
}

async function run(process: NodeJS.Process, inputs: InputVariables, log: Log): Promise<RunReport> {
  const { env } = process;
  const event = await readEvent(env);
  const given = await readSettings({
    event: { name: env["GITHUB_EVENT_NAME"] ?? "", payload: event },
    input: (name) => inputs[inputVariable(name)] ?? "",
    inputNames: Object.keys(inputs),
    env,
    cwd: env["GITHUB_WORKSPACE"] || process.cwd(),
    run: runProcess,
    mask: (secret) => log.mask(secret),
    log: (line) => log.info(line),
  });
  // The runner's worker, one process for each job, starts actions.
  const settings = await withLocalNode(given, () => process.ppid, log);
  const scratch = env["RUNNER_TEMP"] || tmpdir();
  const cacheDir = join(scratch, "woven-cache");
  const cache = settings.cache
    ? actionsCache({
        cacheDir,
        env,
        event,
        log: (line) => log.info(line),
        debug: (line) => log.debug(line),
        printer: process.stdout,
      })
    : undefined;
  const signal = cancellation(process);
  const { preview, githubToken } = settings;
  const github = preview && githubToken ? pullRequests({ token: githubToken.reveal(), env, log, signal }) : undefined;
  await using world = await openRuntime(settings, {
    log,
    env,
    cacheDir,
    scratch,
    cache,
    signal,
    pullRequests: github,
  });
  return await runCommand(settings, world);
}

/** The runner's variable for an input: upper case, spaces as `_`, dashes unchanged. */
function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`;
}

async function readEvent(env: NodeJS.ProcessEnv): Promise<unknown> {
  const path = env["GITHUB_EVENT_PATH"];
  if (!path) return undefined;
  return JSON.parse((await readFile(path, "utf8")) || "{}");
}

/** The report of a run whose settings were wrong. */
function failedEarly(process: NodeJS.Process, inputs: InputVariables, thrown: unknown): RunReport {
  return {
    command: commandNames.find((name) => name === inputs["INPUT_COMMAND"]) ?? "deploy",
    dryRun: false,
    seconds: process.uptime(),
    nodes: [],
    found: [],
    error: asWovenError(thrown),
  };
}

/** Logs the whole output of each failure. The annotation has only its end. */
function tellOutputs(report: RunReport, log: Log): void {
  for (const { error } of [...report.nodes, report]) {
    const { output, node, streamed } = error?.details ?? {};
    if (output && !streamed) log.remote(node ?? "runner", withoutRepeats(output));
    for (const failure of error ? traces(error) : []) log.debug(`failure ${JSON.stringify(failure)}`);
    if (error?.code === "internal" && error.cause instanceof Error) log.debug(error.cause.stack ?? "");
  }
  // Right above the annotations, which give the reasons.
  for (const node of report.nodes) log.info(nodeLine(node, report));
}

/** The place and the code of each failure. They are stable and the sentences are not, so tests and scripts use these. */
function traces(error: WovenError) {
  const { code, details } = error;
  if (error instanceof SettingsError)
    return error.problems.map(({ where, file, line }) => ({ code, where, file, line }));
  const { node, stage, step, file, line } = details;
  return [{ code, node, stage, step, file, line }];
}

async function writeSummary(report: RunReport, log: Log, env: NodeJS.ProcessEnv): Promise<void> {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file) await appendFile(file, log.clean(renderSummary(report)));
}

function annotation({
  title,
  file,
  line,
}: {
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
}): AnnotationProperties {
  return {
    ...(title === undefined ? {} : { title }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { startLine: line }),
  };
}
