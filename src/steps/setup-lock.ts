// The setup lock: one setupnode at a time on a node. The stage itself holds it, so the lock ends with the stage, however that ends.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

/** Held while a stage of setupnode runs (`Stage.lock`). Its content says who took it last. */
export const setupLock = "/var/local/woven/.setupnode.lock";

export interface SetupLockHolder {
  readonly owner: string;
  /** Address of the run, reported to a run that has to wait for it. */
  readonly run?: string;
}

/** Takes the lock, or fails and names its holder. Nothing has been changed by then. */
export function takeSetupLock({ owner, run }: SetupLockHolder, lock = setupLock): Step {
  const address = run ? ` (${run})` : "";
  return {
    id: "setup-lock",
    title: "Take the setup lock",
    plan: "quiet",
    usesLock: true,
    apply: sh`touch "$run/unchanged"
take_lock ${lock} 0.1 || fail "another setupnode is running on this server: $(cat ${lock})"
printf '%s, since %s%s\n' ${owner} "$(date -u +%H:%M:%S) UTC" ${address} >${lock}`,
    next: "This stage changed nothing. Wait until the other run has ended, then run setupnode again.",
  };
}

/** Waits until the lock is free, at most `$1` seconds. It does not take the lock: another run may take it first. */
export const awaitSetupLock: Shell = sh`umask 077; flock -w "$1" ${setupLock} true || :`;
