// The keys of what runs between the build of a release and its switch.
import * as v from "valibot";
import { judged, key, text } from "./config-key.ts";
import { releaseCommandProblem } from "./release-phase.ts";

/** A command that runs once: `loaddata categories`, `manage loaddata categories`, `python scripts/feed.py`. */
export const releaseCommandText = judged(releaseCommandProblem);

export const phaseKeys = {
  "release-commands": key(v.array(releaseCommandText), {
    description:
      "Commands of each new release that run after the migrations and before the switch: management commands, or programs of the virtualenv.",
    example: 'release-commands = ["createcachetable", "loaddata categories"]',
    shown: "`[]`",
  }),
  "first-commands": key(v.array(releaseCommandText), {
    description: "The same, only for the first deployment, before `release-commands`.",
    example: 'first-commands = ["loaddata demo"]',
    shown: "`[]`",
  }),
  "seed-database": key(text("relativePath"), {
    description:
      "A file that fills the empty default database on the first deployment: a dump of PostgreSQL, MySQL or SQLite, or an SQLite file.",
    example: 'seed-database = "seed.sql"',
  }),
};
