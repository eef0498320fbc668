// Whether the default database of a new preview is empty: only then does a preview run what a first deployment runs. It may have got a
// copy of live data, or `preview-env` names a database that is in use already.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { readPackageFile } from "../package-files.ts";
import { type Layout, siteUser } from "../release/layout.ts";

interface Place {
  readonly place: Layout;
  /** Of the release: where it is built, or in place. */
  readonly folder: string;
  readonly site: number;
}

/** Before any migration, in the stage of the steps that `ifEmpty` changes. A later attempt does what an earlier one has begun. */
export function findFilledDatabase({ place, folder, site }: Place): Step {
  const begun = `${place.state}/first.json`;
  return {
    id: "database-filled",
    title: "Find out whether the database is empty",
    plan: "quiet",
    files: [
      { name: "seed_database.py", content: readPackageFile("templates/node/seed_database.py") },
      { name: "first.json", content: '{"schema":1}\n' },
    ],
    apply: sh`touch "$run/unchanged"
[ ! -e ${begun} ] || exit 0
as ${siteUser(site)} env SITE_ID=${site} ${`${folder}/bin/python`} - ${folder} look <"$files/seed_database.py" >"$run/database"
case $(tail -n 1 "$run/database") in
empty) tool state put ${begun} <"$files/first.json" ;;
'tables '*) : >"$run/database-filled" ;;
*) cat "$run/database"; fail "the release did not say what the database has" ;;
esac`,
    state: "Nothing that is live was changed.",
    next: "Fix what the output reports, and run the command again.",
  };
}

/** The step, unless `findFilledDatabase` has found data. */
export function ifEmpty(step: Step): Step {
  return {
    ...step,
    apply: sh`if [ -e "$run/database-filled" ]; then touch "$run/unchanged"; detail "not run: the database holds data"; exit 0; fi
${step.apply}`,
  };
}
