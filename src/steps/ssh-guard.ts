// Keeps the owner from being locked out. Before access is changed, a timer on the node is armed. Unless a login proves the change in
// time, the node undoes it.
import { type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { readPackageFile } from "../package-files.ts";

/** The script that guarded steps call. Every stage with such steps needs it among its files. */
export function guardFile(): StageFile {
  return { name: "ssh-guard.sh", content: readPackageFile("templates/node/ssh-guard.sh") };
}

/** The same step, which first saves `files` and everything else that access depends on, and arms the timer. */
export function guarded(step: Step, files: readonly string[] = []): Step {
  return {
    ...step,
    apply: sh`sh "$files/ssh-guard.sh" arm "$run" ${files}
${step.apply}`,
  };
}

/** Restarts a timer that an earlier run left armed, before access is checked: the node must not undo a change between check and proof. */
export function extendGuard(): Step {
  return {
    id: "guard-held",
    title: "Keep the SSH undo timer running",
    check: sh`[ ! -e /var/local/woven/ssh-guard/armed ]`,
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
sh "$files/ssh-guard.sh" arm "$run"`,
  };
}

/**
 * Reports, as its data, which change of access waits for a login to prove it. Fails if the node has undone this stage's change in
 * the meantime.
 */
export function reportGuard(): Step {
  return {
    id: "guard",
    title: "Check for SSH changes that still need a test login",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
if [ -e /var/local/woven/ssh-guard/armed ] || [ -e "$run/armed" ]; then sh "$files/ssh-guard.sh" arm "$run"; printf '%s\n' "\${run##*/}" >&3; fi`,
    state: "SSH access is as it was before.",
    next: "Run setupnode again.",
  };
}

/** Disarms the timer of the stage `$1`. A login that was made after the change runs it. Exits with 3 if another run has taken over. */
export const proveAccess: Shell = sh`guard=/var/local/woven/ssh-guard/ssh-guard.sh
if [ ! -e "$guard" ]; then
  # The guard has ended in the meantime: the change was proved by another run, or undone by the node.
  [ "$(cat /var/local/woven/.ssh-guard-ended 2>/dev/null)" = proved ] && exit 0
  echo 'no login proved the change in time, so the server has undone it' >&2; exit 1
fi
sh "$guard" disarm "$1"`;
