// logs: shows what the sites, the web server, the workers and the journal say, and follows it. Changes nothing.
import { Readable } from "node:stream";
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import type { Host } from "../node/host.ts";
import { readLines } from "../node/line-reader.ts";
import { backgroundOf, type Service, startedBy, unitsOf, webServices } from "../node/services.ts";
import type { ExecResult } from "../node/session.ts";
import { sh } from "../node/sh.ts";
import { readPackageFile } from "../package-files.ts";
import type { RunReport } from "../report.ts";
import { fleet } from "../rollout/fleet.ts";
import { deployFacts } from "../rollout/release-facts.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { siteLog } from "../servers/site-log.ts";
import type { LogRequest, LogSource } from "../settings/log-request.ts";
import type { Settings } from "../settings/settings.ts";

/** How much of the output the summary shows at most: the last characters. */
const maximumCharacters = 20_000;

/** How often the runner shows that it is there, and how long a node may take to end when the run is cancelled. In milliseconds. */
const beat = 10_000;
const farewell = 4000;

interface Log {
  readonly name: LogSource;
  readonly files: readonly string[];
  readonly units: readonly string[];
}

export async function logs(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const { logRequest: request } = settings;
  if (request === undefined) throw new Error("the command logs has no request");
  await using nodes = fleet(settings, runtime);
  await nodes.phase(async (node) => {
    const { name } = node.host;
    const facts = await deployFacts(node, settings);
    const wanted = { ...wantedOf(request, runtime.now()), logs: logsOf(request, facts, name) };
    let last = "";
    const output = readLines((line) => {
      runtime.log.remote(name, line);
      last = `${last}${line}\n`.slice(-2 * maximumCharacters);
    });
    const show = request.follow ? follow : once;
    const result = await show(node.host, JSON.stringify(wanted), (chunk) => output.push(chunk), runtime);
    output.end();
    if (result.code !== 0) throw unreadable(result, name);
    if (last === "" && !request.follow) runtime.log.remote(name, "(no lines)");
    node.text = runtime.log.clean(last).slice(-maximumCharacters);
  });
  return runReport(nodes, settings, runtime);
}

function wantedOf({ since, lines, filter, follow }: LogRequest, now: number) {
  const seconds = since && ("at" in since ? since.at / 1000 : now / 1000 - since.ago);
  return { since: seconds ?? null, lines: lines ?? null, filter: filter ?? null, follow };
}

/** The logs by source. Of all releases that the node has: a log goes on across a switch, and what a rollback left has units of its own. */
export function logsOf(
  { sources, site }: Pick<LogRequest, "sources" | "site">,
  { state }: Pick<NodeFacts, "state">,
  node: string,
): readonly Log[] {
  const releases = state?.releases ?? [];
  if (releases.length === 0)
    throw new WovenError({
      code: "nothing-active",
      message: `no version is on ${node}, so there are no logs`,
      next: "Deploy a version first.",
      node,
    });
  const isWanted = (id: number) => site === undefined || site === id;
  const services = releases.flatMap((release) => release.services).filter(({ sites }) => sites.some(isWanted));
  const domains = releases.flatMap(({ sites }) => sites).filter(({ id }) => isWanted(id));
  const web = domains.flatMap((one) => [siteLog(one, "access"), siteLog(one, "nginx")]);
  const own = (all: readonly Service[]) => ({
    files: distinct(all.flatMap((one) => one.logs)),
    units: distinct(allUnits(all)),
  });
  const logs: Readonly<Record<LogSource, Omit<Log, "name">>> = {
    application: own(webServices(services)),
    web: { files: distinct(web), units: [] },
    worker: own(backgroundOf(services)),
    journal: { files: [], units: distinct([...allUnits(services), "nginx.service"]) },
  };
  return sources.map((name) => ({ name, ...logs[name] }));
}

function allUnits(services: readonly Service[]): readonly string[] {
  const units = unitsOf(services);
  return [...units, ...startedBy(units)];
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

/** A program of its own on the node. It gets its request over standard input, which every account could read on a command line. */
const program = () => sh`exec /usr/bin/python3 -IS -c ${readPackageFile("templates/node/logs.py")}`;

function once(host: Host, request: string, onStdout: (chunk: Buffer) => void): Promise<ExecResult> {
  return host.root(program(), { purpose: "logs", input: `${request}\n`, onStdout });
}

/** Until the run is cancelled, which is how a follow ends. Standard input ends then, and with it the program on the node. */
async function follow(
  host: Host,
  request: string,
  onStdout: (chunk: Buffer) => void,
  { signal }: Pick<Runtime, "signal">,
): Promise<ExecResult> {
  const cancelled = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const over = new AbortController();
  let late: NodeJS.Timeout | undefined;
  cancelled.then(() => {
    late = setTimeout(() => over.abort(signal.reason), farewell);
  });
  try {
    const input = Readable.from(signsOfLife(request, cancelled));
    return await host.root(program(), { purpose: "logs", input, onStdout, signal: over.signal });
  } finally {
    clearTimeout(late);
  }
}

/** The request, and then an empty line again and again: without them, the program on the node ends by itself. */
async function* signsOfLife(request: string, cancelled: Promise<void>): AsyncGenerator<string> {
  yield `${request}\n`;
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const next = new Promise<"beat">((resolve) => {
      timer = setTimeout(() => resolve("beat"), beat);
    });
    const end = cancelled.then((): "end" => "end");
    if ((await Promise.race([next, end]).finally(() => clearTimeout(timer))) === "end") return;
    yield "\n";
  }
}

function unreadable({ code, signal, stderr }: ExecResult, node: string): WovenError {
  return new WovenError({
    code: "logs-unreadable",
    message: `the logs on ${node} could not be read (${code === null ? signal : `exit status ${code}`})`,
    next: "The output of the server is above.",
    node,
    output: stderr,
  });
}
