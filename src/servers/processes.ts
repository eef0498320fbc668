// How many processes a server runs for each site, and within which limits: the configuration's options, or what suits the node.
import { defaults } from "../settings/defaults.ts";
import { present } from "../settings/present.ts";
import type { ServerOptions } from "../settings/settings.ts";

export interface Processes extends ServerOptions {
  readonly workers: number;
  readonly threads: number;
  readonly timeout: number;
  readonly arguments: readonly string[];
  /** The options that the configuration gives. A project's own templates must use them. */
  readonly given: readonly (keyof ServerOptions)[];
}

/** What a node has for them: NodeFacts. `memory` in bytes. 0: not known. */
interface Machine {
  readonly cores: number;
  readonly memory: number;
}

/** A Django process with its packages, in bytes: larger than most, so that a default fits. */
const processMemory = 150 * 2 ** 20;

/** More than this helps no site, unless its owner has measured it. */
const mostWorkers = 12;

export function processesFor(options: ServerOptions, machine: Machine, sites: number): Processes {
  return {
    workers: defaultWorkers(machine, sites),
    threads: defaults["server.threads"],
    timeout: defaults["server.timeout"],
    arguments: [],
    ...present(options),
    given: Object.keys(options) as (keyof ServerOptions)[],
  };
}

/**
 * One more than the cores. All sites together may take half of the memory: after a switch, the processes of the previous release run
 * beside them for a while.
 */
function defaultWorkers({ cores, memory }: Machine, sites: number): number {
  if (cores === 0 || memory === 0) return 2;
  const fitting = Math.floor(memory / 2 / processMemory / Math.max(sites, 1));
  return Math.max(1, Math.min(cores + 1, fitting, mostWorkers));
}

/** For the log: `2 workers with 15 threads each for each site (1 core, 1.9 GB of memory)`. */
export function shownProcesses({ workers, threads, given }: Processes, { cores, memory }: Machine): string {
  const what = `${count(workers, "worker")} with ${count(threads, "thread")} each, for each site`;
  const why = given.includes("workers")
    ? "server.workers"
    : `${count(cores, "core")}, ${(memory / 2 ** 30).toFixed(1)} GB of memory`;
  return `${what} (${why})`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** Those of a template's options that the configuration gives. */
export function requiredOptions(
  { given }: Pick<Processes, "given">,
  used: readonly (keyof ServerOptions)[],
): { readonly required?: readonly string[] } {
  const required = used.filter((name) => given.includes(name));
  return required.length === 0 ? {} : { required };
}
