// Keeps two runs apart: a lease on the node, taken in the first stage that changes something, ended by the last (lease.py).
import { randomBytes } from "node:crypto";
import { type Shell, sh } from "../node/sh.ts";
import type { Stage, Step } from "../node/stage.ts";

/** Seconds a lease lasts between two stages. While a stage runs, the kernel's lock keeps others out. */
const lifetime = 300;

export interface LeaseRequest {
  /** `/var/local/woven/<dist>` */
  readonly state: string;
  readonly token: string;
  readonly owner: string;
  readonly command: string;
  readonly run?: string;
  /** What this run believes to be active, and plans to go over from. */
  readonly seen: Seen;
}

export interface Seen {
  /** `<root>/env/<dist>` */
  readonly link: string;
  /** Name of the folder that it leads to; empty where there is none. */
  readonly folder: string;
}

export function newLease(request: Omit<LeaseRequest, "token">): LeaseRequest {
  return { ...request, token: randomBytes(12).toString("hex") };
}

/** What the steps of a stage, and its end, read of the lease that takeLease took: no token is ever on a command line. */
const spec = sh`"$files/lease.json"`;

/**
 * Takes the lock for as long as the stage runs, and the lease for as long as the run does, or fails saying who has it. A lease that
 * has run out is taken over. Fails, too, where another run ended since this one looked: it would switch from something that is not
 * live any more.
 */
export function takeLease(lease: LeaseRequest): Step {
  const { seen, ...rest } = lease;
  return {
    id: "lease",
    title: "Take the lease",
    plan: "quiet",
    usesLock: true,
    files: [{ name: "lease.json", content: JSON.stringify({ ...rest, ...seen, seconds: lifetime }) }],
    apply: sh`touch "$run/unchanged"
# A stage of another run is not waited for; an earlier one of this run, which is just ending, is.
other() { said=$(tool lease other ${spec}); [ -z "$said" ] || fail "another run is at work here: $said"; }
flock -n 8 || other
take_lock ${lockFile(lease)} 10 || { other; fail "another run is at work here, and has not said yet whose it is"; }
tool lease take ${spec}`,
    next: "Nothing was touched. Wait for the other run, or end it, and run the command again. A run that died gives its lease up by itself within five minutes.",
  };
}

/** For a step that `usesLock`, right before what only one run may do: fails where this one is not that run any more. */
export const assertLease: Shell = sh`tool lease holds ${spec}`;

/**
 * Outside a stage, where no other one is to follow: `$1` the token, `$2` the folder of the state, `$3` what the run was building. Both
 * go, unless the lease is another run's by now, or a stage of this run still goes on.
 */
export const abandonLease: Shell = sh`umask 077
grep -qF "$1" "$2/lease.json" 2>/dev/null || exit 0
exec 8>>"$2/.lease.lock"
flock -w 1 8 || exit 0
if grep -qF "$1" "$2/lease.json"; then rm -rf --one-file-system "$3"; rm -f "$2/lease.json"; fi`;

/**
 * A stage that holds the lease: it has the lock, and when it ends, it renews the lease for the next stage, or gives it up. One that
 * fails then takes `leftovers` away, still under the lock, and only if the lease was its own.
 */
export function underLease(
  lease: LeaseRequest,
  last: "last" | "more to come",
  leftovers: Shell = sh`:`,
): Pick<Stage, "lock" | "finally"> {
  const end = sh`tool lease end ${spec} 2>/dev/null`;
  const ok = last === "last" ? sh`${end} || :` : sh`tool lease renew ${spec}`;
  return { lock: lockFile(lease), finally: sh`if [ "$1" = ok ]; then ${ok}; elif ${end}; then ${leftovers}; fi` };
}

function lockFile({ state }: LeaseRequest): string {
  return `${state}/.lease.lock`;
}
