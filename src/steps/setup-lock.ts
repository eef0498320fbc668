// One setupnode at a time on a node: a lock that the stage itself holds, so that it ends with the stage, however that ends.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

/** Open as long as a stage of setupnode runs (`Stage.lock`); what it holds is who took it last. */
export const setupLock = "/var/local/woven/.setupnode.lock";

export interface SetupLockHolder {
  readonly owner: string;
  /** Address of the run, for whoever has to wait for it. */
  readonly run?: string;
}

/** Takes the lock, or fails saying who has it. Nothing has been changed by then. */
export function takeSetupLock({ owner, run }: SetupLockHolder, lock = setupLock): Step {
  const said = run ? ` (${run})` : "";
  return {
    id: "setup-lock",
    title: "One setupnode at a time",
    plan: "quiet",
    usesLock: true,
    apply: sh`touch "$run/unchanged"
take_lock ${lock} 0.1 || fail "another setupnode is at work here: $(cat ${lock})"
printf '%s, since %s%s\n' ${owner} "$(date -u +%H:%M:%S) UTC" ${said} >${lock}`,
    next: "This run has changed nothing since it was told so. Wait for the other one to end, and run setupnode again.",
  };
}

/** Waits until nobody has the lock, at most `$1` seconds; whoever comes first may take it then. */
export const awaitSetupLock: Shell = sh`umask 077; flock -w "$1" ${setupLock} true || :`;
