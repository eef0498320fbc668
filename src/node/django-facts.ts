// What a release's describe.py says of its settings, as it is read from the node and kept in the release's record.
import * as v from "valibot";
import { grammars } from "../settings/grammar.ts";

/** As Django has it: a path, with or without its first slash; a URL of somewhere else; or nothing. */
const servedAt = v.pipe(
  v.string(),
  v.regex(/^$|^(https?:)?\/\/[A-Za-z0-9.:_~/-]+$|^\/?([A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*$/),
);
const oneLine = v.pipe(v.string(), v.regex(/^[^\p{Cc}\u2028\u2029]*$/u));
const alias = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/));
const inProject = v.pipe(v.string(), v.regex(grammars.relativePath.pattern));

/** Root writes configuration by it, and the project's code said it: so it is held to the same grammars as what the user writes. */
export const djangoFacts = v.object({
  django: oneLine,
  staticUrl: v.nullable(servedAt),
  mediaUrl: servedAt,
  /** Engine by alias. */
  databases: v.record(alias, oneLine),
  /** Aliases of those that each node may have for itself: files, and servers on the node; not said by a describe.py of the project's own. */
  ownDatabases: v.exactOptional(v.array(alias)),
  /** Names of the SQLite files among those that lie where all sites have them; not said by a describe.py of the project's own. */
  sqliteFiles: v.exactOptional(v.array(v.pipe(v.string(), v.regex(/^(?!\.{1,2}$)[^/\p{Cc}]+$/u)))),
  /** Folders of templates inside the project, relative to it. */
  templateDirs: v.array(inProject),
  /** Folder in the project that holds files its MEDIA_ROOT begins with. */
  mediaSeed: v.nullable(inProject),
});

type Whole<T> = T extends object ? { readonly [K in keyof T]: Whole<T[K]> } : T;
export type DjangoFacts = Whole<v.InferOutput<typeof djangoFacts>>;
