// Runs a compiled stage for real, with the sh of this machine in a temporary folder: all of it but systemd and SSH.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, vi } from "vitest";
import { type Shell, sh } from "../../src/node/sh.ts";
import { kit, type Stage, type Step, stageFiles } from "../../src/node/stage.ts";
import { parseEvent, type StageEvent, type StepOutcome } from "../../src/node/stage-events.ts";

const folders: string[] = [];
const stages: ChildProcess[] = [];
afterAll(() => {
  // On a node systemd ends what a stage leaves when it is killed; here its heart would beat for ever.
  for (const { pid } of stages) killGroup(pid);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** An empty folder; gone when the test file ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "woven-stage-"));
  folders.push(folder);
  return folder;
}

export interface StageRun {
  /** The folder that is `$run` to the steps. */
  readonly folder: string;
  readonly events: readonly StageEvent[];
  readonly outcomes: readonly StepOutcome[];
  /** `id status`, in the order in which they were told. */
  readonly told: readonly string[];
  readonly status: string | undefined;
}

export function step(id: string, apply: Shell, more: Partial<Step> = {}): Step {
  return { id, title: id, apply, ...more };
}

export function stage(steps: readonly Step[], more: Partial<Stage> = {}): Stage {
  return { name: "test", undoes: "stage", steps, ...more };
}

let hasPython = true;

/** From now on, the stages of this test file run as on a server that has no Python when they start. */
export function withoutPython(): void {
  hasPython = false;
}

/** Starts the stage; `end` is there when it has ended. `marks`: files that are in its folder by then. */
export function start(it: Stage, mode: "run" | "plan" = "run", marks: readonly string[] = []): Started {
  const folder = scratch();
  for (const mark of marks) writeFileSync(join(folder, mark), "");
  for (const { name, content } of [...stageFiles(it, mode), ...kit().files]) {
    if (typeof content !== "string" && !(content instanceof Uint8Array)) throw new Error("only whole files here");
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    // What a node keeps under /var/local is kept in the folder here.
    const local = typeof content === "string" ? content.replaceAll("/var/local/", `${folder}/var-local/`) : content;
    const isShared = name === "kit/stage.sh" && typeof local === "string" && !hasPython;
    writeFileSync(join(folder, name), isShared ? local.replace("command -v python3", "command -v absent") : local);
  }
  const log = openSync(join(folder, "log"), "a");
  const child = spawn("/bin/sh", [join(folder, "stage.sh"), mode], { stdio: ["ignore", log, log], detached: true });
  stages.push(child);
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  return { folder, child, end: ended.then(() => readRun(folder)) };
}

export interface Started {
  readonly folder: string;
  readonly child: ChildProcess;
  readonly end: Promise<StageRun>;
}

export async function run(it: Stage, mode: "run" | "plan" = "run"): Promise<StageRun> {
  return await start(it, mode).end;
}

/** Runs one step, and says how that went. */
export async function runStep(one: Step, mode: "run" | "plan" = "run"): Promise<StepOutcome> {
  const { outcomes, folder } = await run(stage([one]), mode);
  const [outcome] = outcomes;
  if (!outcome) throw new Error(`the step said nothing: ${readFileSync(join(folder, "log"), "utf8")}`);
  return outcome;
}

/** Waits until the file is there, and gives what is in it. */
export async function appears(path: string): Promise<string> {
  return await vi.waitFor(
    () => {
      const text = readFileSync(path, "utf8");
      if (text === "") throw new Error(`${path} is empty`);
      return text;
    },
    { timeout: 10_000, interval: 20 },
  );
}

/** A line in a file for every time something ran. */
export function note(path: string, word: string): Shell {
  return sh`echo ${word} >>${path}`;
}

/** Whether the process still runs; one that only nobody has asked about yet (a zombie) does not. */
export function runs(pid: string): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !readFileSync(stat, "utf8").includes(") Z ");
}

function readRun(folder: string): StageRun {
  const lines = readFileSync(join(folder, "log"), "utf8").split("\n");
  const events = lines.flatMap((line) => parseEvent(line) ?? []);
  const outcomes = events.flatMap((event) => (event.kind === "step" ? [event.outcome] : []));
  const end = events.find((event) => event.kind === "end");
  return {
    folder,
    events,
    outcomes,
    told: outcomes.map(({ id, status }) => `${id} ${status}`),
    status: end?.status,
  };
}
