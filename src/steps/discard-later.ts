// Deletes a folder of a release without waiting for it: on a busy server, that takes many seconds, and a cancelled job has ten.
import { type Shell, sh } from "../node/sh.ts";

/** What is being deleted is `.discarded.…` in the staging folder: on the same disk, and never the name of a release. */
const discarded = ".discarded";

/**
 * Renames the folder, and deletes it in the background. Does nothing if it is not there.
 *
 * @param staging the folder for releases that are built: `<root>/.staging`
 */
export function discardLater(folder: string | Shell, staging: string | Shell): Shell {
  return sh`if [ -e ${folder} ]; then
  if discarded=$(mktemp -d ${staging}/${discarded}.XXXXXX) && mv -T ${folder} "$discarded/release"; then
    ${deleteLater(sh`"$discarded"`)}
  else
    rm -rf --one-file-system ${folder}
  fi
fi`;
}

/** Deletes what an earlier run renamed and, because of a power cut, did not delete. */
export function finishDiscarding(staging: string): Shell {
  return sh`for discarded in ${staging}/${discarded}.*; do [ ! -d "$discarded" ] || ${deleteLater(sh`"$discarded"`)}; done`;
}

function deleteLater(folder: Shell): Shell {
  const remove = sh`rm -rf --one-file-system ${folder}`;
  return sh`{ systemd-run --quiet --collect --nice=19 --property=IOSchedulingClass=idle ${remove} 2>/dev/null || ${remove}; }`;
}
