// Keeps two runs from working on one distribution at the same time. The first stage that changes something takes a lease on the node,
// and the last one ends it (lease.py).
import { randomBytes } from "node:crypto";
import { inRun, inTurn, tool } from "../node/pieces.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { Stage, Step } from "../node/stage.ts";
import { discardLater } from "./discard-later.ts";

/** Seconds that a lease lasts between two stages. While a stage runs, a kernel lock keeps others out. */
const lifetime = 300;

/** Further seconds that a run waits for what another one does after its end: see `Step.afterwards`. Servers are stopped meanwhile. */
const tidyingSeconds = 540;

export interface LeaseRequest {
  /** `/var/local/woven/<dist>` */
  readonly state: string;
  readonly token: string;
  readonly owner: string;
  readonly command: string;
  readonly run?: string;
  /** Name of the release that the run works on. Absent: on the whole distribution. */
  readonly release?: string;
  /** The release that is live as far as this run knows, and that it will switch from. */
  readonly expected: ExpectedLive;
}

export interface ExpectedLive {
  /** `<root>/env/<dist>` */
  readonly link: string;
  /** Name of the folder that it leads to; empty if there is no link; null if it does not matter. */
  readonly folder: string | null;
}

export function newLease(request: Omit<LeaseRequest, "token">): LeaseRequest {
  return { ...request, token: randomBytes(12).toString("hex") };
}

/** The lease, as the steps of a stage and its end read it. A file, so that the token is never on a command line. */
const spec = inRun("files/lease.json");
const other = tool(["lease", "other", spec]);

/**
 * Takes the lock for the stage and the lease for the run, or fails and names the run that has it. Also fails if another run has
 * switched since this one read the facts: this run would switch from a release that is no longer live. A run's first stage takes
 * over an expired lease. A later one fails if the lease is no longer the run's own: another run may have replaced what it has built.
 */
export function takeLease(lease: LeaseRequest, stage: "first" | "later"): Step {
  const { expected, ...rest } = lease;
  return {
    id: "lease",
    title: "Take the lease",
    plan: "quiet",
    usesLock: true,
    limit: tidyingSeconds + 60,
    files: [{ name: "lease.json", content: JSON.stringify({ ...rest, ...expected, stage, seconds: lifetime }) }],
    apply: inTurn(
      sh`touch "$run/unchanged"
# Waits for an earlier stage of this run, or while a run that has ended tidies up, but not for another run.
flock -n 8 || ${other}
take_lock ${lockFile(lease)} 10 || take_lock ${lockFile(lease)} ${tidyingSeconds} || { ${other}; fail "this server still removes what an earlier run has replaced"; }`,
      tool(["lease", "take", spec]),
    ),
    ...(stage === "first" ? noLease : lostLease),
  };
}

const noLease = {
  state: "Nothing was changed.",
  next: "Wait for the other run or cancel it, and run the command again. The lease of a run that died expires within five minutes.",
} as const;
const lostLease = {
  state: "Migrations that ran stay applied.",
  next: "Wait for the other run if it is still going, or cancel it. Then run the command again.",
} as const;

/** For a step that `usesLock`: fails if this run no longer holds the lease. To be run right before a change that only one run may make. */
export const assertLease: Shell = tool(["lease", "holds", spec]);

/**
 * Ends a lease outside a stage, when no further stage follows. `$1`: the token, `$2`: the folder of the state, `$3`: what the run was
 * building. Removes the lease and the build, unless another run has the lease by now, or a stage of this run is still running.
 */
export const abandonLease: Shell = sh`umask 077
grep -qF "$1" "$2/lease.json" 2>/dev/null || exit 0
exec 8>>"$2/.lease.lock"
flock -w 1 8 || exit 0
if grep -qF "$1" "$2/lease.json"; then rm -f "$2/lease.json"; ${discardLater(sh`"$3"`, sh`"$(dirname "$3")"`)}; fi`;

/**
 * For a stage that holds the lease. When the stage ends, it renews the lease for the next stage, or ends it. If it fails, it ends the
 * lease, notes the failed attempt and runs `leftovers`, still under the lock, and only if the lease was its own.
 */
export function underLease(
  lease: LeaseRequest,
  last: "last" | "more to come",
  leftovers: Shell = sh`:`,
): Pick<Stage, "lock" | "finally"> {
  const end = tool(["lease", "end", spec]);
  const ok = last === "last" ? end : tool(["lease", "renew", spec]);
  const attempt = sh`tool attempt "$files/lease.json" "$failed_step" "$1"`;
  const failed = sh`if ${end} 2>/dev/null; then ${attempt} || :; ${leftovers}; fi`;
  return { lock: lockFile(lease), finally: { ok, failed, untidied: attempt } };
}

function lockFile({ state }: LeaseRequest): string {
  return `${state}/.lease.lock`;
}
