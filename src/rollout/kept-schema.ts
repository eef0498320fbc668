// What a switch to an earlier release leaves in the database: migrations are never undone.
import type { ReleaseRecord } from "../node/state.ts";

/** How many migrations are named. */
const mostNames = 8;

/** Undefined if the release that is left has no migration of the project that the new live one lacks. */
export function keptSchema(left: ReleaseRecord | undefined, live: ReleaseRecord): string | undefined {
  if (left === undefined) return undefined;
  const known = new Set(live.migrations);
  const more = [...new Set(left.migrations)].filter((name) => !known.has(name)).toSorted();
  if (more.length === 0) return undefined;
  const rest = more.length > mostNames ? ` and ${more.length - mostNames} more` : "";
  return `The database was not rolled back. Migrations that ${left.version} has and ${live.version} lacks stay as they are: ${more.slice(0, mostNames).join(", ")}${rest}.`;
}
