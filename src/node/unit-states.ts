// The state of systemd units on a node: whether they run, how often they were started again, when they ran last and how that ended.
import type { Host } from "./host.ts";
import { sh } from "./sh.ts";

export interface UnitState {
  /** `active`, `activating`, `failed`, … */
  readonly active: string;
  readonly restarts: number;
  /** `success`, `exit-code`, `signal`, `timeout`, `oom-kill`, … */
  readonly result: string;
  /** The exit status, or the number of the signal. Undefined: it has not ended since the node booted. */
  readonly exit?: number;
  /** `2026-01-02 12:34:56`, in UTC. */
  readonly started?: string;
  readonly ended?: string;
  /** Of a timer. */
  readonly nextRun?: string;
}

const show = sh`export LC_ALL=C TZ=UTC
systemctl show -p Id -p ActiveState -p NRestarts -p Result -p ExecMainStatus -p ExecMainStartTimestamp -p ExecMainExitTimestamp -p NextElapseUSecRealtime -- "$@"`;

/** The states of these units, by their names. */
export async function readUnitStates(host: Host, units: readonly string[]): Promise<ReadonlyMap<string, UnitState>> {
  if (units.length === 0) return new Map();
  const { stdout } = await host.root(show, { purpose: "units", args: units, timeoutSeconds: 60 });
  return parseUnitStates(stdout);
}

/** The output of `systemctl show`: a block of `Name=value` for each unit. */
export function parseUnitStates(text: string): ReadonlyMap<string, UnitState> {
  return new Map(
    text.split(/\n{2,}/).flatMap((block) => {
      const fields = new Map([...block.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));
      const id = fields.get("Id");
      return id === undefined ? [] : [[id, stateOf((name) => fields.get(name) ?? "")] as const];
    }),
  );
}

function stateOf(field: (name: string) => string): UnitState {
  const times = {
    started: time(field("ExecMainStartTimestamp")),
    ended: time(field("ExecMainExitTimestamp")),
    nextRun: time(field("NextElapseUSecRealtime")),
  };
  const known = Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined));
  return {
    active: /^[a-z-]+$/.exec(field("ActiveState"))?.[0] ?? "unknown",
    restarts: Number(/^\d+$/.exec(field("NRestarts"))?.[0] ?? 0),
    result: /^[a-z-]+$/.exec(field("Result"))?.[0] ?? "success",
    ...(times.ended === undefined ? {} : { exit: Number(/^\d+$/.exec(field("ExecMainStatus"))?.[0] ?? 0) }),
    ...known,
  };
}

/** `Mon 2026-11-30 12:36:47 UTC` without the weekday and the zone. */
function time(text: string): string | undefined {
  return /\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/.exec(text)?.[0];
}
