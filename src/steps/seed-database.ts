// `seed-database`: fills the empty default database on the first deployment, as the user of the first site, before any migration.
import { createReadStream, statSync } from "node:fs";
import { type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { readPackageFile } from "../package-files.ts";
import { type Layout, siteUser } from "../release/layout.ts";
import type { Seed } from "../settings/release-phase.ts";
import { seedNames } from "../settings/seed-kind.ts";
import { causeOf } from "../traceback.ts";
import { projectFailure } from "./project-failure.ts";

/** `everywhere`: nothing was live before on any node of the run. `here`: on this one only, so another may share its database. */
export type First = "everywhere" | "here";

interface Seeding {
  readonly place: Layout;
  /** Of the release: where it is built, or in place. */
  readonly folder: string;
  readonly site: number;
  readonly seed: Seed;
}

/** That an earlier attempt of the first deployment has filled the database: then it may hold tables. */
const markerSchema = 1;

function marker({ state }: Layout): string {
  return `${state}/seeded.json`;
}

function script(): StageFile {
  return { name: "seed_database.py", content: readPackageFile("templates/node/seed_database.py") };
}

/** Before anything is changed: whether the file is for the database, and whether that is empty. */
export function checkSeed(seeding: Seeding, first: First): Step {
  const { seed } = seeding;
  return {
    id: "seed-check",
    title: `Check that ${seed.path} fits the database`,
    plan: "quiet",
    files: [script()],
    preview: sh`detail "not run, because a dry run builds no release"`,
    apply: sh`touch "$run/unchanged"
${lookAt(seeding, first)}`,
    ...failing(seeding),
    state: "Nothing was changed.",
  };
}

export function seedDatabase(seeding: Seeding): Step {
  const { place, folder, site, seed } = seeding;
  const file = `${folder}/.seed`;
  const content = { bytes: statSync(seed.file).size, open: () => createReadStream(seed.file) };
  const atomic = seed.kind !== "mysql-sql" && seed.kind !== "sql";
  return {
    id: "seed",
    title: `Fill the database from ${seed.path}`,
    limit: 3600,
    files: [
      script(),
      { name: "seed", content },
      { name: "seeded.json", content: `${JSON.stringify({ schema: markerSchema, file: seed.path })}\n` },
    ],
    preview: sh`detail ${`would fill the default database from ${seedNames[seed.kind]}, if it is empty`}`,
    apply: sh`${lookAt(seeding, "everywhere")}
if [ "$found" != empty ]; then
  touch "$run/unchanged"
  detail "an earlier attempt has filled it"
  exit 0
fi
install -m 640 -g ${siteUser(site)} "$files/seed" ${file}
code=0
${python(seeding, "load")} ${seed.kind} ${file} <"$files/seed_database.py" || code=$?
rm -f ${file}
[ "$code" = 0 ]
tool state put ${marker(place)} <"$files/seeded.json"`,
    undo: sh`rm -f ${file}`,
    ...failing(seeding),
    state: atomic
      ? "The database was not changed."
      : "The database may hold a part of the file. Empty it before you deploy again.",
  };
}

function python({ folder, site }: Seeding, verb: "check" | "load"): Shell {
  return sh`as ${siteUser(site)} env SITE_ID=${site} ${`${folder}/bin/python`} - ${folder} ${verb}`;
}

/** `$found` is `empty` or `tables …`. Fails if the database has tables that nobody accounts for. */
function lookAt(seeding: Seeding, first: First): Shell {
  const { place, seed } = seeding;
  const mayBeFilled = first === "here" ? sh`:` : sh`[ -e ${marker(place)} ]`;
  return sh`${python(seeding, "check")} ${seed.kind} <"$files/seed_database.py" >"$run/seed-found"
found=$(tail -n 1 "$run/seed-found")
case $found in
empty) ;;
'tables '*) ${mayBeFilled} || fail "the database is not empty: it has the tables $(printf %s "\${found#tables }" | cut -c-200)" ;;
*) cat "$run/seed-found"; fail "the release did not say what the database has" ;;
esac`;
}

function failing({ seed }: Seeding): Pick<Step, "failure" | "advice" | "next"> {
  return {
    failure: (output) => `${seed.path} cannot fill the database: ${projectFailure(output)?.message ?? causeOf(output)}`,
    advice,
    next: "Fix what the output reports, and deploy again.",
  };
}

function advice(output: string): string | undefined {
  const [, program] = /lacks the program \S+, .* Its package: (\S+)/.exec(output) ?? [];
  if (program !== undefined)
    return `Add it to woven.toml, run setupnode, and deploy again: extra-packages = ["${program}"]`;
  if (/^the database is not empty/m.test(output))
    return "To keep what it holds, remove seed-database from the configuration. To start over, empty the database. Then deploy again.";
  if (/^seed-database is /m.test(output))
    return "Make a dump of a database of the same kind. If the settings should use another database, check the variable that names it (such as DATABASE_URL).";
  if (/role "[^"]+" does not exist|must be (owner|superuser|able to SET ROLE)|permission denied/i.test(output))
    return "Make the dump again, without owners and rights: pg_dump --no-owner --no-privileges";
  return projectFailure(output)?.next;
}
