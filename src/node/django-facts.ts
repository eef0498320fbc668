// The facts about a release's Django settings: what its describe.py reports, and what the release's record keeps.
import * as v from "valibot";
import { grammars } from "../settings/grammar.ts";

/** STATIC_URL or MEDIA_URL as Django has it: a path with or without its first slash, a URL on another host, or empty. */
const servedAt = v.pipe(
  v.string(),
  v.regex(/^$|^(https?:)?\/\/[A-Za-z0-9.:_~/-]+$|^\/?([A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*$/),
);
const oneLine = v.pipe(v.string(), v.regex(/^[^\p{Cc}\u2028\u2029]*$/u));
const alias = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/));
const inProject = v.pipe(v.string(), v.regex(grammars.relativePath.pattern));

/** The project's code reports these values, and root writes configuration with them. So they must fit the grammars of user input. */
export const djangoFacts = v.object({
  django: oneLine,
  staticUrl: v.nullable(servedAt),
  mediaUrl: servedAt,
  /** Engine by alias. */
  databases: v.record(alias, oneLine),
  /** The SITE_ID in the project's own settings. Absent if the project has its own describe.py. */
  siteId: v.exactOptional(v.nullable(v.number())),
  /**
   * The databases that want migrations. `database` is the same for two sites exactly if one `migrate` is enough for both. `own`: each node
   * may have it for itself. `migrated`: no migration was pending, and nothing of the project runs at each `migrate`; only for the run that
   * asked. `site` and `subdomain` are not reported: Woven adds them. Absent if the project has its own describe.py.
   */
  migrations: v.exactOptional(
    v.array(
      v.object({
        alias,
        database: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
        own: v.boolean(),
        migrated: v.exactOptional(v.boolean()),
        site: v.exactOptional(v.number()),
        subdomain: v.exactOptional(oneLine),
      }),
    ),
  ),
  /** Aliases of databases that each node may have for itself: files, and servers on the node. Absent if the project has its own describe.py. */
  ownDatabases: v.exactOptional(v.array(alias)),
  /** Names of the SQLite files in the folder that all sites share. Absent if the project has its own describe.py. */
  sqliteFiles: v.exactOptional(v.array(v.pipe(v.string(), v.regex(/^(?!\.{1,2}$)[^/\p{Cc}]+$/u)))),
  /**
   * Folders inside the project whose files `collectstatic` collects. Null if it may collect others, too. Absent if the project has its own
   * describe.py, and in records of older versions of Woven.
   */
  staticDirs: v.exactOptional(v.nullable(v.array(v.union([v.literal("."), inProject])))),
  /**
   * SHA-256 in hex of what the static files are made from: settings, traits of the code, and the inodes of the files. Null if code of the
   * project decides what is collected, or if none were collected. Absent like `staticDirs`.
   */
  staticInputs: v.exactOptional(v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)))),
  /** Folders of templates inside the project, relative to it. */
  templateDirs: v.array(inProject),
  /** The folder in the project whose files a new MEDIA_ROOT starts with. */
  mediaSeed: v.nullable(inProject),
});

type Whole<T> = T extends object ? { readonly [K in keyof T]: Whole<T[K]> } : T;
export type DjangoFacts = Whole<v.InferOutput<typeof djangoFacts>>;
