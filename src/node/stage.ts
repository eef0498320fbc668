// A stage: an ordered list of steps that becomes one POSIX sh script and runs on a node in one round trip.
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { listPackageFiles, readPackageFile } from "../package-files.ts";
import { dictionary, packed } from "./packed-files.ts";
import { piecesOf } from "./pieces.ts";
import { lines, type Shell, sh } from "./sh.ts";
import { receiveAndFollow } from "./stage-scripts.ts";
import { stepTable } from "./step-table.ts";

/** A file that is sent with a stage. Steps find it at `$files/<name>`. Only root can read it. */
export interface StageFile {
  readonly name: string;
  readonly content: string | Uint8Array | { readonly bytes: number; open(): Readable };
  /** Sends the text in fewer bytes: see packed-files.ts. For stages of a server that has Python. */
  readonly packed?: true;
}

/**
 * One idempotent change on a node. The shell parts run as root under `set -eu`, each in its own process. They may use `$run`,
 * `$files`, and the functions of templates/node/stage.sh (`detail`, `fail`, `tool`, `as`, `same`, `take_lock`). What they write to
 * file descriptor 3 comes back as the step's data. A part may also be a call of the kit, or several pieces in turn: see pieces.ts.
 */
export interface Step {
  /** Lower-case words joined by dashes. Shown in logs and errors. */
  readonly id: string;
  /** An imperative for the reader: `Install packages`. */
  readonly title: string;
  /** Exits 0 if there is nothing to do. Without it the step is always applied. Touch `$run/unchanged` to report ok. */
  readonly check?: Shell;
  /** `plan`: the check runs only in a dry run, because `apply` finds out by itself what there is to do. */
  readonly checks?: "plan";
  readonly apply: Shell;
  /** Undoes what apply did. Runs if this step or a later step of the stage fails. Must cope with a half-done apply. */
  readonly undo?: Shell;
  /** For dry-run: prints what apply would change, without changing it. */
  readonly preview?: Shell;
  /**
   * By default, a dry run checks a step, and previews it if it would change something. `runs`: the step only reads, so a dry run
   * applies it. `quiet`: the step always runs, and a dry run does not report it as a change.
   */
  readonly plan?: "runs" | "quiet";
  /** After this step, nothing before it is undone any more, and the stage does not stop: later steps only clean up. */
  readonly settles?: true;
  /** Runs after the stage has reported its end, so that nobody waits for it. A failure is kept on the node: see `Stage.finally`. For stages of a server that has Python. */
  readonly afterwards?: true;
  readonly files?: readonly StageFile[];
  /** Its parts get the stage's lock as file descriptor 8. */
  readonly usesLock?: true;
  /** The most seconds that the step may take. 600 by default. */
  readonly limit?: number;
  /** Says in one line what failed, from the step's output. Without it, the error is the title and the cause in the output. */
  readonly failure?: (output: string) => string | undefined;
  /** What is true after this step failed and was undone. The report adds what is live. A function gets the step's output. */
  readonly state?: string | ((output: string) => string | undefined);
  /** What to do if this step fails. */
  readonly next?: string;
  /** The same, from the step's output. Undefined: `next`. */
  readonly advice?: (output: string) => string | undefined;
}

export interface Stage {
  /** One word: `prepare`, `switch`, … */
  readonly name: string;
  readonly steps: readonly Step[];
  readonly files?: readonly StageFile[];
  /** What a failure undoes: all changed steps, newest first, or only the failed step. */
  readonly undoes: "stage" | "step";
  /**
   * Runs when the stage ends. `$1` is `ok`, `failed` or `stopped`, and `$failed_step` the id of the step that failed. `untidied` runs once
   * more if a step failed that comes `afterwards`.
   */
  readonly finally?: Shell | { readonly ok: Shell; readonly failed: Shell; readonly untidied?: Shell };
  /**
   * A file that stays open as descriptor 8 while the stage runs, so that a lock that a step takes on it (`take_lock`) lasts as long
   * as the stage. Only `finally`, and steps with `usesLock`, get the descriptor.
   */
  readonly lock?: string;
  /** The slice (systemd.slice(5)) in which the commands of sites run. */
  readonly slice?: string;
}

const nothing = sh`:`;

/** The stage as one script for `sh`: a function for each part of each step, then the order of steps, then the shared code. */
export function compile(stage: Stage): string {
  const functions = stage.steps.flatMap((step, index) => stepFunctions(step, index + 1));
  const order = stage.steps.map(
    (step, index) =>
      sh`step ${index + 1} ${step.id} ${step.limit ?? 600} ${step.check ? (step.checks ?? "always") : "never"} ${step.plan ?? "previewed"} ${step.settles ? "settles" : "goes-on"}`,
  );
  const script = lines([
    ...functions,
    ...finallyFunctions(stage.finally ?? nothing),
    shellFunction(sh`s_order`, lines(order)),
    ...(stage.lock === undefined ? [] : [openLock(stage.lock)]),
    ...(stage.slice === undefined ? [] : [sh`slice=${stage.slice}`]),
    sh`undoes=${stage.undoes}
run=\${0%/*}
. "$run/kit/stage.sh"`,
  ]);
  return `#!/bin/sh\n${script.text}\n`;
}

/** Opens the lock in the parent process of all steps. Not in a plan, which leaves no trace. */
function openLock(path: string): Shell {
  return sh`if [ "\${1:-run}" = run ]; then
  # Earlier versions made some of them for all to read, and so to lock.
  (umask 077; mkdir -p "$(dirname ${path})"; : >>${path}; chmod 600 ${path})
  exec 8>>${path}
fi`;
}

interface Kit {
  readonly name: string;
  readonly files: readonly StageFile[];
}

let heldKit: Kit | undefined;

/** The files that all stages share. A node keeps them under a name that holds a digest of their names and contents. */
export function kit(): Kit {
  heldKit ??= readKit();
  return heldKit;
}

function readKit(): Kit {
  const modules = listPackageFiles("templates/node/woven_node").filter((name) => name.endsWith(".py"));
  const names = ["stage.sh", "supervise.sh", "tool.py", ...modules.map((name) => `woven_node/${name}`)];
  const files = [
    ...names.map((name) => ({ name: `kit/${name}`, content: readPackageFile(`templates/node/${name}`) })),
    { name: "kit/version", content: `${wovenVersion()}\n` },
    { name: "kit/dictionary", content: dictionary() },
    { name: "kit/receive.sh", content: `${receiveAndFollow.text}\n` },
  ].sort((one, other) => (one.name < other.name ? -1 : 1));
  // The format of sha256sum(1): the probe in facts.ts computes the same digest.
  const sums = files.map(({ name, content }) => `${digest(content)}  ./${name.slice("kit/".length)}\n`);
  return { name: `kit-${digest(sums.join("")).slice(0, 12)}`, files };
}

/** The version that state on a node names as its writer. */
export function wovenVersion(): string {
  const { version } = JSON.parse(readPackageFile("package.json")) as { readonly version: string };
  return version;
}

function digest(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** All files that only this stage needs on the node, with its script. */
export function stageFiles(stage: Stage, mode: "run" | "plan"): readonly StageFile[] {
  const carried = [...(stage.files ?? []), ...stage.steps.flatMap((step) => step.files ?? [])];
  // Several steps may bring the same file.
  const named = new Map(carried.map((file) => [file.name, file]));
  return [
    { name: "stage.sh", content: compile(stage) },
    { name: "steps.json", content: stepTable(stage) },
    // A plan needs no large files.
    ...[...named.values()]
      .filter(({ content }) => mode === "run" || typeof content === "string")
      .map(({ name, content, packed: isPacked }) => ({
        name: `files/${name}`,
        content: isPacked && typeof content === "string" ? packed(content) : content,
      })),
  ];
}

function stepFunctions(step: Step, n: number): readonly Shell[] {
  return [
    ...(step.check ? partFunctions(sh`s${n}_check`, step.check) : []),
    ...partFunctions(sh`s${n}_apply`, step.apply),
    ...partFunctions(sh`s${n}_preview`, step.preview ?? nothing),
    ...(step.usesLock ? [sh`s${n}_uses_lock=yes`] : []),
    ...(step.undo ? [sh`s${n}_undoes=yes`, ...partFunctions(sh`s${n}_undo`, step.undo)] : []),
  ];
}

function finallyFunctions(last: NonNullable<Stage["finally"]>): readonly Shell[] {
  if ("text" in last) return [shellFunction(sh`s_finally`, last)];
  return [
    shellFunction(
      sh`s_finally`,
      sh`if [ "$1" = ok ]; then
${last.ok}
elif [ "$1" = untidied ]; then
${last.untidied ?? nothing}
else
${last.failed}
fi`,
    ),
  ];
}

/** A part as a function. If it has pieces, those in shell are functions of their own, each run in a process of its own. */
function partFunctions(name: Shell, part: Shell): readonly Shell[] {
  const pieces = piecesOf(part);
  if (pieces === undefined) return [shellFunction(name, part)];
  const one = (index: number) => sh`${name}_${index + 1}`;
  return [
    ...pieces.flatMap((piece, index) => (piece.kind === "shell" ? [shellFunction(one(index), piece.shell)] : [])),
    shellFunction(
      name,
      lines(pieces.map((piece, index) => (piece.kind === "shell" ? sh`(${one(index)})` : piece.shell))),
    ),
  ];
}

/** A shell function. The colon is there because a function cannot be empty. */
function shellFunction(name: Shell, body: Shell): Shell {
  return sh`${name}() {
:
${body}
}`;
}
