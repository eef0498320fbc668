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
    apply: sh`sh "$files/ssh-guard.sh" arm ${files}
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
sh "$files/ssh-guard.sh" arm`,
  };
}

/** Says, as its data, whether a change of access waits for a login to prove it. */
export function guardState(): Step {
  return {
    id: "guard",
    title: "Changes of access that wait for a proof",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
if [ -e /var/local/woven/ssh-guard/armed ]; then sh "$files/ssh-guard.sh" arm; echo armed >&3; fi`,
  };
}

/** Run over a login that was made after the change: it works, so it stays. */
export const proveAccess: Shell = sh`sh /var/local/woven/ssh-guard/ssh-guard.sh disarm`;
