// A stage: an ordered list of steps that becomes one POSIX sh script and runs on a node in one round trip.
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { listPackageFiles, readPackageFile } from "../package-files.ts";
import { lines, type Shell, sh } from "./sh.ts";

/** A file that travels with a stage; the steps find it at `$files/<name>`. Readable by root only. */
export interface StageFile {
  readonly name: string;
  readonly content: string | Uint8Array | { readonly bytes: number; open(): Readable };
}

/**
 * One idempotent change on a node. The shell parts run as root under `set -eu`, each in a process of its own; they may
 * use `$run`, `$files`, and the words of templates/node/stage.sh (`detail`, `fail`, `tool`, `as`, `same`, `take_lock`). What they
 * write to file descriptor 3 comes back as the step's data.
 */
export interface Step {
  /** Lower-case words joined by dashes; stands in logs and errors. */
  readonly id: string;
  /** What a person reads: `Install packages`. */
  readonly title: string;
  /** Exits 0 where nothing needs doing. Without it the step is always applied (touch `$run/unchanged` to report ok). */
  readonly check?: Shell;
  /** `plan`: only a dry run asks the check; else apply sees for itself what needs doing, in the same breath. */
  readonly checks?: "plan";
  readonly apply: Shell;
  /** Takes back what apply did; runs when this or a later step of the stage fails. Must cope with a half-done apply. */
  readonly undo?: Shell;
  /** For dry-run: prints what apply would change, without changing it. */
  readonly preview?: Shell;
  /**
   * In a dry run, a step is checked, and previewed where it would change something. `runs`: it only looks, and looks then, too.
   * `quiet`: it always runs, and that is no change to speak of.
   */
  readonly plan?: "runs" | "quiet";
  /** When it is done, nothing before it is taken back any more, and the stage does not stop: the rest only tidies up. */
  readonly settles?: true;
  readonly files?: readonly StageFile[];
  /** Its parts are given the stage's lock, descriptor 8. */
  readonly usesLock?: true;
  /** Seconds the step may take at the most; 600 by default. */
  readonly limit?: number;
  /** What failed, in one line, from what the step printed; without it, its title and the last word of what it printed. */
  readonly failure?: (output: string) => string | undefined;
  /** What the reader should do when this step fails. What is live then is said beside it, and not here. */
  readonly next?: string;
}

export interface Stage {
  /** One word: `prepare`, `switch`, … */
  readonly name: string;
  readonly steps: readonly Step[];
  readonly files?: readonly StageFile[];
  /** What a failure takes back: every changed step, newest first, or the failed one alone (the rest is right as it is). */
  readonly undoes: "stage" | "step";
  /** Runs last, whatever happened; `$1` is `ok`, `failed` or `stopped`. */
  readonly finally?: Shell;
  /**
   * A file that is open as descriptor 8 while the stage runs: a lock that a step takes on it (`take_lock`) lasts as long as the
   * stage. Only steps that use it, and `finally`, have the descriptor.
   */
  readonly lock?: string;
}

const nothing = sh`:`;

/** The stage as one script for `sh`: a function for each part of each step, the order of events, and what all stages share. */
export function compile(stage: Stage): string {
  const functions = stage.steps.flatMap((step, index) => stepFunctions(step, index + 1));
  const order = stage.steps.map(
    (step, index) =>
      sh`step ${index + 1} ${step.id} ${step.limit ?? 600} ${step.check ? (step.checks ?? "always") : "never"} ${step.plan ?? "previewed"} ${step.settles ? "settles" : "goes-on"}`,
  );
  const script = lines([
    ...functions,
    shellFunction(sh`s_finally`, stage.finally ?? nothing),
    shellFunction(sh`s_order`, lines(order)),
    ...(stage.lock === undefined ? [] : [openLock(stage.lock)]),
    sh`undoes=${stage.undoes}
run=$(dirname "$(readlink -f "$0")")
. "$run/kit/stage.sh"`,
  ]);
  return `#!/bin/sh\n${script.text}\n`;
}

/** In the process that all parts of all steps come from, and not for a plan, which leaves no trace. */
function openLock(path: string): Shell {
  return sh`if [ "\${1:-run}" = run ]; then
  # Earlier versions made some of them for all to read, and so to lock.
  (umask 077; mkdir -p "$(dirname ${path})"; : >>${path}; chmod 600 ${path})
  exec 8>>${path}
fi`;
}

/** What every stage needs besides its own, and a node keeps: under a name that is the digest of its files' names and digests. */
export function kit(): { readonly name: string; readonly files: readonly StageFile[] } {
  const modules = listPackageFiles("templates/node/woven_node").filter((name) => name.endsWith(".py"));
  const names = ["stage.sh", "tool.py", ...modules.map((name) => `woven_node/${name}`)];
  const files = [
    ...names.map((name) => ({ name: `kit/${name}`, content: readPackageFile(`templates/node/${name}`) })),
    { name: "kit/version", content: `${wovenVersion()}\n` },
  ].sort((one, other) => (one.name < other.name ? -1 : 1));
  // As sha256sum(1) prints it: facts.ts asks a node for the same.
  const sums = files.map(({ name, content }) => `${digest(content)}  ./${name.slice("kit/".length)}\n`);
  return { name: `kit-${digest(sums.join("")).slice(0, 12)}`, files };
}

/** What state on a node says it was written by. */
function wovenVersion(): string {
  const { version } = JSON.parse(readPackageFile("package.json")) as { readonly version: string };
  return version;
}

function digest(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Every file that the stage alone needs on the node, the script itself among them. */
export function stageFiles(stage: Stage, mode: "run" | "plan"): readonly StageFile[] {
  const carried = [...(stage.files ?? []), ...stage.steps.flatMap((step) => step.files ?? [])];
  // Several steps may bring the same.
  const named = new Map(carried.map((file) => [file.name, file]));
  return [
    { name: "stage.sh", content: compile(stage) },
    // What is large is only ever applied; a plan does without.
    ...[...named.values()]
      .filter(({ content }) => mode === "run" || typeof content === "string")
      .map((file) => ({ ...file, name: `files/${file.name}` })),
  ];
}

function stepFunctions(step: Step, n: number): readonly Shell[] {
  const title = sh`# ${n}. ${step.title.replaceAll(/\s+/g, " ")}`;
  return [
    title,
    ...(step.check ? [shellFunction(sh`s${n}_check`, step.check)] : []),
    shellFunction(sh`s${n}_apply`, step.apply),
    shellFunction(sh`s${n}_preview`, step.preview ?? nothing),
    ...(step.usesLock ? [sh`s${n}_uses_lock=yes`] : []),
    ...(step.undo ? [sh`s${n}_undoes=yes`, shellFunction(sh`s${n}_undo`, step.undo)] : []),
  ];
}

/** A function of the shell cannot be empty: a part that came to nothing for this run still has the colon. */
function shellFunction(name: Shell, body: Shell): Shell {
  return sh`${name}() {
:
${body}
}`;
}
