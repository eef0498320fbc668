// How many processes a server runs for each site, and within which limits: the configuration's options, or what suits the node.
import { defaults } from "../settings/defaults.ts";
import { present } from "../settings/present.ts";
import { hasOption, runningOf } from "../settings/server.ts";
import type { Running, ServerName, ServerOptions, Site } from "../settings/settings.ts";

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

/** A site, and what runs it on this machine. All sites of the release share the machine. */
export function webSites<Known extends Pick<Site, "id" | "runs">>(
  all: Running,
  sites: readonly Known[],
  machine: Machine,
): readonly (Known & { readonly server: ServerName; readonly processes: Processes })[] {
  return sites.map((site) => {
    const { server, serverOptions } = runningOf(all, site);
    return { ...site, server, processes: processesFor(serverOptions, machine, sites.length) };
  });
}

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

interface Shown {
  readonly id: number;
  readonly server: ServerName;
  readonly processes: Processes;
}

/** For the log, a line for each way in which sites run: `gunicorn: 2 workers with 15 threads each, for each site (1 core, 1.9 GB of memory)`. */
export function shownProcesses(sites: readonly Shown[], machine: Machine): readonly string[] {
  const lines = Map.groupBy(sites, ({ server, processes }) => `${server}: ${numbers(server, processes)}`);
  return [...lines].map(([line, same]) => {
    const where = lines.size === 1 ? "each site" : `site ${same.map(({ id }) => id).join(", ")}`;
    const why = same[0]?.processes.given.includes("workers") ? "server.workers" : sizeOf(machine);
    return `${line}, for ${where} (${why})`;
  });
}

function numbers(server: ServerName, { workers, threads }: Processes): string {
  const all = count(workers, "worker");
  return hasOption(server, "threads") ? `${all} with ${count(threads, "thread")} each` : all;
}

function sizeOf({ cores, memory }: Machine): string {
  return `${count(cores, "core")}, ${(memory / 2 ** 30).toFixed(1)} GB of memory`;
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
