// Files under /var/local/woven, each with the schema it is written in: older ones are brought up to date, newer and broken ones are errors.
import * as v from "valibot";
import { WovenError } from "../errors.ts";

type Json = Readonly<Record<string, unknown>>;

/** Brings a record from one schema to the next. */
export type Upgrade = (record: Json) => Json;

export interface Recorded<Schema extends v.GenericSchema> {
  readonly schema: Schema;
  /** The first brings a record without a schema to schema 1, the second one of schema 1 to 2, …: the newest is as many as there are. */
  readonly upgrades: readonly Upgrade[];
  /** Absolute path on the node, for errors. */
  readonly file: string;
  readonly node: string;
  /** What to do about a file that cannot be read. */
  readonly repair?: string;
}

/** Throws `state-newer` where a newer Woven wrote it, `state-broken` where it cannot be read. */
export function readRecorded<Schema extends v.GenericSchema>(
  text: string,
  { schema, upgrades, file, node, repair }: Recorded<Schema>,
): v.InferOutput<Schema> {
  const broken = (why: string, cause?: unknown) =>
    new WovenError({
      code: "state-broken",
      message: plain(`${file} on ${node} cannot be read: ${why}`),
      state: "Nothing was changed.",
      next: `${repair ?? "Restore it from a backup of the server. If the release it belongs to is not needed any more, move the file elsewhere; Woven then takes the release for absent."}`,
      node,
      cause,
    });
  let record: Json;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
      throw new Error("it is not a JSON object");
    record = parsed as Json;
  } catch (cause) {
    throw broken("it is not a JSON object", cause);
  }
  const { schema: written = 0, woven } = record;
  if (typeof written !== "number" || !Number.isInteger(written) || written < 0)
    throw broken("its schema is not a number");
  if (written > upgrades.length) throw newer({ file, node, written, known: upgrades.length, woven });
  try {
    return v.parse(
      schema,
      upgrades.slice(written).reduce((done, upgrade) => upgrade(done), record),
    );
  } catch (cause) {
    const where = cause instanceof v.ValiError ? v.getDotPath(cause.issues[0]) : undefined;
    throw broken(where ? `${where} is not what Woven writes there` : "it is not what Woven writes there", cause);
  }
}

/** A node says the names of its files, and of what is in them: neither may break a line. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, "?");
}

interface Newer {
  readonly file: string;
  readonly node: string;
  readonly written: number;
  readonly known: number;
  readonly woven: unknown;
}

function newer({ file, node, written, known, woven }: Newer): WovenError {
  const by = typeof woven === "string" && /^[\w.+-]{1,40}$/.test(woven) ? `Woven ${woven}` : "a newer Woven";
  return new WovenError({
    code: "state-newer",
    message: plain(
      `${file} on ${node} was written by ${by}, in schema ${written}; this Woven reads schemas up to ${known}`,
    ),
    state: "Nothing was changed.",
    next: `Use ${by}, or a later version, for this server.`,
    node,
  });
}
