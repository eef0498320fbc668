// The processes and schedules of a distribution: what runs beside its web server, and where.
import type { ConfigFile } from "../config-file.ts";
import { defaults } from "../defaults.ts";
import { nearest } from "../did-you-mean.ts";
import { fits } from "../grammar.ts";
import { present } from "../present.ts";
import type { Report } from "../problems.ts";
import type { Roles } from "../roles.ts";
import type { NodeAddress, Site } from "../settings.ts";
import { readTimes } from "./calendar.ts";
import { type BackgroundCommand, readCommand } from "./command.ts";
import type { stopSignals } from "./keys.ts";

interface Common {
  /** Unique among the processes, or among the schedules. */
  readonly name: string;
  readonly command: BackgroundCommand;
  /** As MemoryMax= has it: `512M`. */
  readonly memory?: string;
  /** SITE_ID. Undefined: the first site. */
  readonly site?: number;
  /** The only nodes that it runs on: those of its role. */
  readonly only?: readonly Pick<NodeAddress, "host" | "port">[];
  /** Where it is written, for messages: `woven.toml: processes.worker (line 7)`. */
  readonly where: string;
}

export interface Process extends Common {
  readonly count: number;
  readonly stopSignal: (typeof stopSignals)[number];
  /** Seconds. */
  readonly drain: number;
}

export interface Schedule extends Common {
  /** A value of OnCalendar= each. */
  readonly when: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly lock: string;
}

export interface Background {
  readonly processes: readonly Process[];
  readonly schedules: readonly Schedule[];
  /** Seconds that each process must stay up after the switch. */
  readonly settle: number;
}

interface Known {
  readonly roles: Roles;
  readonly sites: readonly Site[];
}

export function readBackground(file: ConfigFile, known: Known, report: Report): Background {
  const { processes = {}, schedules = {}, settle = defaults.settle } = file.config;
  return {
    processes: Object.entries(processes).flatMap(([name, given]) => readProcess(file, known, name, given, report)),
    schedules: Object.entries(schedules).flatMap(([name, given]) => readSchedule(file, known, name, given, report)),
    settle,
  };
}

/** What runs on this node. */
export function backgroundOn(background: Background, { host, port }: Pick<NodeAddress, "host" | "port">): Background {
  const runsHere = ({ only }: Common) => only?.some((one) => one.host === host && one.port === port) ?? true;
  return {
    ...background,
    processes: background.processes.filter(runsHere),
    schedules: background.schedules.filter(runsHere),
  };
}

type Given<Key extends "processes" | "schedules"> = NonNullable<ConfigFile["config"][Key]>[string];

function readProcess(
  file: ConfigFile,
  known: Known,
  name: string,
  given: Given<"processes">,
  report: Report,
): readonly Process[] {
  const path = ["processes", name];
  const table = typeof given === "string" ? { command: given } : given;
  checkPlace(file, known, path, table, report);
  const read = table.command === undefined ? undefined : readCommand(table.command);
  if (table.command === undefined && !file.isWrong(...path))
    report(file.problem(path, "has no command", 'For example: command = "celery -A shop worker"'));
  if (read?.kind !== "command") return [];
  return [
    present({
      name,
      command: read.command,
      count: table.count ?? defaults["processes.count"],
      memory: table.memory,
      stopSignal: table["stop-signal"] ?? defaults["processes.stop-signal"],
      drain: table.drain ?? defaults["processes.drain"],
      site: table.site,
      only: nodesOf(known, table.role),
      where: placeOf(file, path),
    }),
  ];
}

function readSchedule(
  file: ConfigFile,
  known: Known,
  name: string,
  given: Given<"schedules">,
  report: Report,
): readonly Schedule[] {
  const path = ["schedules", name];
  const table = typeof given === "string" ? { when: given } : given;
  checkPlace(file, known, path, table, report);
  if (table.when === undefined && !file.isWrong(...path))
    report(file.problem(path, "has no time", 'For example: when = "daily"'));
  const command = table.command ?? `manage ${name}`;
  if (table.command === undefined && !fits("managementCommand", name) && !file.isWrong(...path))
    report(
      file.problem(
        path,
        "has no command, and its name is not one of a management command",
        'Write what it runs: command = "manage cleanup --days 30"',
      ),
    );
  const read = readCommand(command);
  const times = table.when === undefined ? undefined : readTimes(table.when);
  if (read.kind !== "command" || times?.kind !== "times") return [];
  return [
    present({
      name,
      command: read.command,
      when: times.words,
      timeout: table.timeout ?? defaults["schedules.timeout"],
      lock: table.lock ?? name,
      memory: table.memory,
      site: table.site,
      only: nodesOf(known, table.role),
      where: placeOf(file, path),
    }),
  ];
}

/** Reports a site or a role that does not exist. */
function checkPlace(
  file: ConfigFile,
  { roles, sites }: Known,
  path: readonly string[],
  { site, role }: { readonly site?: number | undefined; readonly role?: string | undefined },
  report: Report,
): void {
  if (site !== undefined && sites.length > 0 && !sites.some(({ id }) => id === site)) {
    const known = sites.map(({ id }) => id).join(", ");
    report(file.problem([...path, "site"], `there is no site ${site}`, `The sites are: ${known}.`));
  }
  // Without any role, the run names its servers itself.
  if (role === undefined || roles.size === 0 || roles.has(role)) return;
  const near = nearest(role, [...roles.keys()]);
  const next = near === undefined ? `The roles are: ${[...roles.keys()].join(", ")}.` : `Did you mean ${near}?`;
  report(file.problem([...path, "role"], `there is no role "${role}"`, next));
}

function nodesOf({ roles }: Known, role: string | undefined): Common["only"] {
  return role === undefined ? undefined : (roles.get(role) ?? []).map(({ host, port }) => present({ host, port }));
}

function placeOf(file: ConfigFile, path: readonly string[]): string {
  const { where, line } = file.problem(path, "");
  return line === undefined ? where : `${where} (line ${line})`;
}
