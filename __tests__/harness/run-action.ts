// Runs the built action as GitHub's runner does: a clean environment, inputs and their defaults, the command files.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";

export const root = resolve(import.meta.dirname, "../..");

export interface ActionRun {
  readonly inputs: Readonly<Record<string, string>>;
  /** The user's checkout: the working directory and GITHUB_WORKSPACE. */
  readonly workspace: string;
  /** Added to the environment, and winning over it: a fake cache's `env`, a proxy, `GITHUB_REF`. */
  readonly env?: Readonly<Record<string, string>>;
  /** The webhook's payload. */
  readonly event?: unknown;
  /** Where the action lies; its dist/index.js is run. */
  readonly action?: string;
}

export interface Annotation {
  readonly kind: "error" | "warning" | "notice";
  readonly message: string;
  /** `title`, `file`, `line`, … */
  readonly properties: Readonly<Record<string, string>>;
}

/** One step as the debug log tells it: by its id, which stays, and not by its title. */
export interface StepTrace {
  readonly node: string;
  readonly mode: "run" | "plan";
  readonly stage: string;
  readonly step: string;
  readonly status: "ok" | "changed" | "failed" | "skipped" | "undone" | "undo-failed";
}

/** What a run, or one node of it, failed with; by its code, which stays, and not by its sentences. */
export interface FailureTrace {
  readonly code: string;
  readonly node?: string;
  readonly stage?: string;
  readonly step?: string;
  /** Of the settings: `input roles`, `woven.toml: server`. */
  readonly where?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface ActionResult {
  /** The exit code, or 128 + the signal's number. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** What would be shown as the job summary: Markdown. */
  readonly summary: string;
  /** What the runner was told to hide. */
  readonly masks: readonly string[];
  readonly annotations: readonly Annotation[];
  /** In the order in which they ended. */
  readonly steps: readonly StepTrace[];
  /** Those of the nodes, then the run's own. */
  readonly failures: readonly FailureTrace[];
  readonly seconds: number;
}

export interface RunningAction {
  /** For a cancelled job, send SIGINT as the runner does first. */
  readonly process: ChildProcess;
  readonly result: Promise<ActionResult>;
  /** Everything on stdout until now. */
  stdout(): string;
  /** The steps that have ended until now. */
  steps(): readonly StepTrace[];
}

interface Metadata {
  readonly inputs: Readonly<Record<string, { readonly default?: string | number | boolean } | null>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Runs the action to its end. */
export async function runAction(run: ActionRun): Promise<ActionResult> {
  const running = await startAction(run);
  return running.result;
}

/** Starts the action, for a test that wants to interrupt it. Throws on an input that action.yml does not have. */
export async function startAction(run: ActionRun): Promise<RunningAction> {
  const action = run.action ?? root;
  const temp = await mkdtemp(join(tmpdir(), "woven-action-"));
  const files = await commandFiles(temp);
  await writeFile(join(temp, "event.json"), JSON.stringify(run.event ?? {}));
  const started = performance.now();
  const child = spawn(process.execPath, [join(action, "dist/index.js")], {
    cwd: run.workspace,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...runnerEnv(temp, run.workspace),
      ...files,
      ...inputEnv(await readMetadata(action), run.inputs),
      ...run.env,
    },
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const exited = new Promise<number>((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  const result = exited.then(async (code): Promise<ActionResult> => {
    const seconds = (performance.now() - started) / 1000;
    const stdout = Buffer.concat(out).toString();
    const outputs = parseCommandFile(await readFile(files.GITHUB_OUTPUT, "utf8"));
    const summary = await readFile(files.GITHUB_STEP_SUMMARY, "utf8");
    await rm(temp, { recursive: true, force: true });
    return { code, stdout, stderr: Buffer.concat(err).toString(), outputs, summary, ...parseCommands(stdout), seconds };
  });
  const said = () => Buffer.concat(out).toString();
  return { process: child, result, stdout: said, steps: () => parseCommands(wholeLines(said())).steps };
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

/** action.yml, as far as running needs it. */
export async function readMetadata(action: string = root): Promise<Metadata> {
  return parse(await readFile(join(action, "action.yml"), "utf8")) as Metadata;
}

/**
 * The inputs as the runner hands them over: upper case, hyphens kept, defaults applied. A default that is an expression
 * (`${{ github.token }}`) becomes empty.
 */
export function inputEnv(metadata: Metadata, given: Readonly<Record<string, string>>): Record<string, string> {
  const unknown = Object.keys(given).filter((name) => !(name in metadata.inputs));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(", ")}`);
  return Object.fromEntries(
    Object.entries(metadata.inputs).map(([name, input]) => {
      const preset = String(input?.default ?? "");
      const value = given[name] ?? (preset.includes("${{") ? "" : preset);
      return [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value];
    }),
  );
}

/** GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE: `name=value`, and `name<<END` … `END` for more than a line. */
export function parseCommandFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const heredoc = /^([^=]+?)<<(.+)$/.exec(line);
    if (heredoc) {
      const [, name = "", end = ""] = heredoc;
      values[name] = lines.splice(0, lines.indexOf(end)).join("\n");
      lines.shift();
    } else if (line.includes("=")) {
      values[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
    }
  }
  return values;
}

/** The workflow commands on stdout that a test asks about. */
export function parseCommands(stdout: string): Pick<ActionResult, "masks" | "annotations" | "steps" | "failures"> {
  const commands = [...stdout.matchAll(/^\s*::([a-z-]+)(?: ([^\n]*?))?::(.*)$/gm)];
  const masks = commands.filter(([, name]) => name === "add-mask").map(([, , , value = ""]) => unescapeData(value));
  const annotations = commands.flatMap(([, kind, properties = "", message = ""]): Annotation[] => {
    if (kind !== "error" && kind !== "warning" && kind !== "notice") return [];
    const pairs = properties.split(",").filter((pair) => pair.includes("="));
    return [
      {
        kind,
        message: unescapeData(message),
        properties: Object.fromEntries(
          pairs.map((pair) => [pair.split("=")[0], unescapeData(pair.slice(pair.indexOf("=") + 1))]),
        ),
      },
    ];
  });
  const traces = <T>(what: "step" | "failure") =>
    commands.flatMap(([, kind, , text = ""]): T[] =>
      kind === "debug" && text.startsWith(`${what} {`) ? [JSON.parse(unescapeData(text.slice(what.length + 1)))] : [],
    );
  return { masks, annotations, steps: traces<StepTrace>("step"), failures: traces<FailureTrace>("failure") };
}

function unescapeData(text: string): string {
  const unescaped: Readonly<Record<string, string>> = { "%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": "," };
  return text.replaceAll(/%(?:25|0D|0A|3A|2C)/g, (escaped) => unescaped[escaped] ?? escaped);
}

async function commandFiles(temp: string): Promise<Record<CommandFile, string>> {
  const names = ["GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"] as const;
  await Promise.all(names.map((name) => writeFile(join(temp, name.toLowerCase()), "")));
  return Object.fromEntries(names.map((name) => [name, join(temp, name.toLowerCase())])) as Record<CommandFile, string>;
}

type CommandFile = "GITHUB_OUTPUT" | "GITHUB_STATE" | "GITHUB_ENV" | "GITHUB_PATH" | "GITHUB_STEP_SUMMARY";

function runnerEnv(temp: string, workspace: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: process.env["HOME"] ?? "/root",
    // Where local nodes are kept, for `role: local`.
    WOVEN_LOCAL_HOME: process.env["WOVEN_LOCAL_HOME"] ?? "",
    LANG: "C.UTF-8",
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTOR: "octocat",
    GITHUB_API_URL: "http://127.0.0.1:9",
    GITHUB_EVENT_NAME: "push",
    GITHUB_EVENT_PATH: join(temp, "event.json"),
    GITHUB_JOB: "deploy",
    GITHUB_REF: "refs/heads/main",
    GITHUB_REF_NAME: "main",
    GITHUB_REF_TYPE: "branch",
    GITHUB_REPOSITORY: "octocat/shop",
    GITHUB_REPOSITORY_OWNER: "octocat",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_RUN_ID: "1",
    GITHUB_RUN_NUMBER: "1",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_SHA: "0".repeat(40),
    GITHUB_WORKFLOW: "Deploy",
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: "X64",
    RUNNER_NAME: "harness",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: join(temp, "tools"),
  };
}
