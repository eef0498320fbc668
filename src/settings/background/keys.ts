// The keys of the configuration about processes and schedules.
import * as v from "valibot";
import { judged, key, text, whole } from "../config-key.ts";
import { dataServiceNames } from "../data-services.ts";
import { shownDefault } from "../defaults.ts";
import { fits } from "../grammar.ts";
import { networkProblem } from "../ufw-rule.ts";
import { readTimes } from "./calendar.ts";
import { readCommand } from "./command.ts";

export const stopSignals = ["TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "WINCH"] as const;

const command = judged((value) => {
  const read = readCommand(value);
  return read.kind === "wrong" ? [read.what, ...(read.next === undefined ? [] : [read.next])].join(". ") : undefined;
});
const times = judged((value) => {
  const read = readTimes(value);
  return read.kind === "wrong" ? [read.what, ...(read.next === undefined ? [] : [read.next])].join(". ") : undefined;
});

/** For a process and a schedule alike. */
const common = {
  memory: key(text("memory"), {
    description: "The most memory that it may use. The kernel ends it if it needs more.",
    example: 'memory = "512M"',
  }),
  site: key(whole(1, 99_999), {
    description: "The SITE_ID of the site whose user, settings and environment it has.",
    example: "site = 2",
    shown: "the first site",
  }),
  role: key(text("role"), {
    description: "The only role on whose servers it runs.",
    example: 'role = "worker"',
    shown: "all servers",
  }),
};

const worker = v.strictObject({
  command: key(command, {
    description: "What it runs: `manage` and a management command, or a program of the virtualenv. No shell runs it.",
    example: 'command = "celery -A shop worker"',
  }),
  count: key(whole(1, 50), {
    description: "How many of it run on each server.",
    example: "count = 2",
    shown: shownDefault("processes.count"),
  }),
  "stop-signal": key(v.picklist(stopSignals), {
    description: "The signal that asks it to stop.",
    example: 'stop-signal = "INT"',
    shown: shownDefault("processes.stop-signal"),
  }),
  drain: key(whole(1, 3600), {
    description: "Seconds that it may take to stop, before it is killed.",
    example: "drain = 300",
    shown: shownDefault("processes.drain"),
  }),
  ...common,
});

const schedule = v.strictObject({
  command: key(command, {
    description: "What it runs, like that of a process.",
    example: 'command = "manage cleanup --days 30"',
    shown: "the management command of its name",
  }),
  when: key(times, {
    description: "When it runs: calendar words of systemd (systemd.time(7)), or the five fields of cron.",
    example: 'when = "Mon..Fri 06:30"',
  }),
  timeout: key(whole(1, 604_800), {
    description: "Seconds that one run may take, before it is stopped.",
    example: "timeout = 600",
    shown: shownDefault("schedules.timeout"),
  }),
  lock: key(text("backgroundName"), {
    description: "Schedules with the same lock never run at the same time. The later one waits.",
    example: 'lock = "reports"',
    shown: "its name",
  }),
  ...common,
});

/** A text, or a table of settings. JSON Schema sees both. */
function textOr<const Text extends v.GenericSchema, const Table extends v.GenericSchema & { entries: object }>(
  short: Text,
  table: Table,
) {
  const either = v.lazy<Text | Table>((input) => {
    if (input === undefined) return v.union([short, table]) as unknown as Table;
    return typeof input === "string" ? short : table;
  });
  return Object.assign(either, { entries: table.entries });
}

const service = v.strictObject({
  role: key(text("role"), {
    description: "The role whose one server has the service for all others.",
    example: 'role = "database"',
    shown: "each server has its own",
  }),
  address: key(text("address"), {
    description: "The address by which the other servers reach it.",
    example: 'address = "10.0.0.5"',
    shown: "that of its server in `roles`",
  }),
  from: key(v.pipe(v.array(judged(sourceProblem)), v.minLength(1, "names no server")), {
    description: "The addresses and networks that may reach it.",
    example: 'from = ["10.0.0.0/24"]',
    shown: "the servers of the other roles",
  }),
});

/** Who may reach a service: as text after the value, what is wrong. */
function sourceProblem(value: string): string | undefined {
  const isNetwork = networkProblem(value) === undefined;
  return isNetwork || (fits("host", value) && !/^[\d.]+$/.test(value))
    ? undefined
    : "is no address, network or host name";
}

const serviceList = v.array(v.picklist(dataServiceNames));
const serviceTable = v.record(v.picklist(dataServiceNames), textOr(text("role"), service));
/** A list of names, or a table for each. JSON Schema sees both. */
const services = Object.assign(
  v.lazy<typeof serviceList | typeof serviceTable>((input) => {
    if (input === undefined) return v.union([serviceList, serviceTable]) as unknown as typeof serviceTable;
    return typeof input === "object" && !Array.isArray(input) ? serviceTable : serviceList;
  }),
  { value: serviceTable.value },
);

export const backgroundKeys = {
  processes: key(v.record(text("backgroundName"), textOr(command, worker)), {
    description: "Processes that run beside the web server, such as workers: a command each, or a table.",
    example: '[tool.woven.processes]\nworker = "celery -A shop worker"',
    shown: "`{}`",
  }),
  schedules: key(v.record(text("backgroundName"), textOr(times, schedule)), {
    description: "Commands that run at set times: when to run the management command of that name, or a table.",
    example: '[tool.woven.schedules]\nclearsessions = "daily"',
    shown: "`{}`",
  }),
  services: key(services, {
    description:
      "Services that setupnode installs, and whose address the Django process gets: `redis` or `valkey` (`REDIS_URL`), `postgresql` or `mariadb` (`DATABASE_URL`), `memcached` (`MEMCACHED_SERVERS`). A list: each server has its own, on loopback only. A table: `role` names the server that has it for all others.",
    example: 'services = ["redis"]',
    shown: "`[]`",
  }),
  settle: key(whole(1, 600), {
    description: "Seconds that each process must stay up after the switch. If it does not, the release is unhealthy.",
    example: "settle = 10",
    shown: shownDefault("settle"),
  }),
};
