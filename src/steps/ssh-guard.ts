// Never lock the owner out: whoever changes access arms a timer on the node first, which takes the change back by itself.
import { type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { readPackageFile } from "../package-files.ts";

/** The script that guarded steps call; a stage that holds such steps carries it. */
export function guardFile(): StageFile {
  return { name: "ssh-guard.sh", content: readPackageFile("templates/node/ssh-guard.sh") };
}

/** The same step, with the way back made ready before it changes anything: these files, and all that access depends on anyway. */
export function guarded(step: Step, files: readonly string[] = []): Step {
  return {
    ...step,
    apply: sh`sh "$files/ssh-guard.sh" arm "$run" ${files}
${step.apply}`,
  };
}

/** Before access is looked at: a way back that an earlier run left armed must not be taken between the look and the proof. */
export function guardHeld(): Step {
  return {
    id: "guard-held",
    title: "Changes of access that an earlier run left unproved",
    check: sh`[ ! -e /var/local/woven/ssh-guard/armed ]`,
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
sh "$files/ssh-guard.sh" arm "$run"`,
  };
}

/**
 * Says, as its data, which change of access waits for a login to prove it. Fails where the node has taken back meanwhile what
 * this stage had changed.
 */
export function guardState(): Step {
  return {
    id: "guard",
    title: "Changes of access that wait for a proof",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
if [ -e /var/local/woven/ssh-guard/armed ] || [ -e "$run/armed" ]; then sh "$files/ssh-guard.sh" arm "$run"; printf '%s\n' "\${run##*/}" >&3; fi`,
    next: "Run setupnode again. The way in is as it was before.",
  };
}

/** Run over a login that was made after the change of the stage `$1`: it works, so it stays. Exits 3 where another run is at it. */
export const proveAccess: Shell = sh`guard=/var/local/woven/ssh-guard/ssh-guard.sh
if [ ! -e "$guard" ]; then
  # Another run has ended it meanwhile, one way or the other.
  [ "$(cat /var/local/woven/.ssh-guard-ended 2>/dev/null)" = proved ] && exit 0
  echo 'the change was taken back already: no login had proved it in time' >&2; exit 1
fi
sh "$guard" disarm "$1"`;
