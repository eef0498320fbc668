// Runs a user's workflow, unchanged, with nektos/act on this machine: `uses: woven/deploy@v1` means this checkout.
// What act does not have: annotations in files, environments, concurrency, OIDC, several runners.
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { act } from "../../scripts/tools.ts";
import { root } from "./run-action.ts";

export interface WorkflowRun {
  /** The user's repository; it is made a git repository where it is not one yet. */
  readonly workspace: string;
  /** Relative to the workspace; all of `.github/workflows` where it is left out. */
  readonly workflow?: string;
  /** `push` where it is left out. */
  readonly event?: "push" | "workflow_dispatch" | "pull_request";
  /** The inputs of a `workflow_dispatch`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The webhook's payload beside the inputs. */
  readonly payload?: object;
  /** Folders in place of other people's actions, by what follows `uses:`. */
  readonly actions?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** For every step: a fake cache's `env`, say. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface WorkflowStep {
  /** The step's `id`, or its number from 0. */
  readonly id: string;
  readonly result: "success" | "failure" | "skipped" | "unknown";
  readonly outputs: Readonly<Record<string, string>>;
  /** What the step printed, secrets masked, workflow commands left out. */
  readonly log: string;
  readonly summary: string;
  readonly errors: readonly string[];
}

export interface WorkflowResult {
  readonly code: number;
  readonly steps: readonly WorkflowStep[];
  /** Everything act said, line by line, for a failing test's message. */
  readonly log: string;
}

/** One line of `act --json`, as far as it is read here. */
interface ActEvent {
  readonly msg: string;
  readonly stage?: string;
  readonly stepID?: readonly string[];
  readonly stepResult?: WorkflowStep["result"];
  readonly raw_output?: boolean;
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
}

/** Runs to the workflow's end. Installs act first where it is not there yet. */
export async function runWorkflow(run: WorkflowRun): Promise<WorkflowResult> {
  const temp = await mkdtemp(join(tmpdir(), "woven-act-"));
  try {
    const action = join(temp, "action");
    await copyOfAction(action);
    makeRepository(run.workspace);
    const eventFile = join(temp, "event.json");
    await writeFile(eventFile, JSON.stringify({ ...run.payload, ...(run.inputs && { inputs: run.inputs }) }));
    return await runAct([...actArgs(run, action), "--eventpath", eventFile], run);
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

/** What git would hand to a user of this very tree: no node_modules, which act would copy for every step. */
async function copyOfAction(into: string): Promise<void> {
  const list = [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "action.yml",
    "package.json",
    "dist",
    "templates",
  ];
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const file of files.filter((name) => existsSync(join(root, name)))) await cp(join(root, file), join(into, file));
  makeRepository(into);
}

function makeRepository(folder: string): void {
  if (existsSync(join(folder, ".git"))) return;
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: folder, stdio: "pipe" });
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", "https://github.com/octocat/shop.git");
  git("add", "--all");
  git("-c", "user.name=Octocat", "-c", "user.email=octocat@example.com", "commit", "--quiet", "--message=As it is");
}

function actArgs(run: WorkflowRun, action: string): readonly string[] {
  const pairs = (flag: string, values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    run.event ?? "push",
    "--json",
    "--no-cache-server",
    ...["ubuntu-latest", "ubuntu-24.04"].flatMap((runner) => ["--platform", `${runner}=-self-hosted`]),
    ...Object.entries({ ...run.actions, "woven/deploy@v1": action }).flatMap(([uses, folder]) => [
      "--local-repository",
      `${uses}=${folder}`,
    ]),
    ...(run.workflow === undefined ? [] : ["--workflows", run.workflow]),
    // By name only: act takes the value from its own environment, so that it stands on no command line.
    ...Object.keys(run.secrets ?? {}).flatMap((name) => ["--secret", name]),
    ...pairs("--var", run.vars),
    ...pairs("--env", run.env),
  ];
}

async function runAct(args: readonly string[], run: WorkflowRun): Promise<WorkflowResult> {
  const child = spawn(await act(), args, {
    cwd: run.workspace,
    stdio: ["ignore", "pipe", "pipe"],
    // act runs actions with whatever `node` comes first, whatever action.yml says.
    env: { ...process.env, ...run.secrets, PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter) },
  });
  const chunks: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  const code = await new Promise<number>((done, failed) => {
    child.on("error", failed);
    child.on("close", (status) => done(status ?? 1));
  });
  const lines = Buffer.concat(chunks).toString().split("\n");
  const events = lines.filter((line) => line.startsWith("{")).map((line): ActEvent => JSON.parse(line));
  const log = [...events.map(({ msg }) => msg.trimEnd()), Buffer.concat(complaints).toString()].join("\n");
  return { code, steps: stepsOf(events), log };
}

function stepsOf(events: readonly ActEvent[]): readonly WorkflowStep[] {
  const main = events.filter(({ stage, stepID }) => stage === "Main" && stepID !== undefined);
  const byStep = Map.groupBy(main, ({ stepID }) => stepID?.[0] ?? "");
  return [...byStep].map(([id, own]) => {
    const commands = (name: string) => own.filter(({ command }) => command === name);
    return {
      id,
      result: own.find(({ stepResult }) => stepResult !== undefined)?.stepResult ?? "unknown",
      outputs: Object.fromEntries(commands("set-output").map(({ name = "", arg = "" }) => [name, arg])),
      log: own.flatMap(({ raw_output, msg }) => (raw_output ? msg : [])).join(""),
      summary: commands("summary")
        .map(({ content = "" }) => content)
        .join(""),
      errors: commands("error").map(({ arg = "" }) => arg),
    };
  });
}
