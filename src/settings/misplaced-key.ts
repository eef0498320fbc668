// A line below a table's header belongs to that table, which is easily overlooked: a setting in `[env]` would have no effect.
import { configKeys } from "./config-schema.ts";

export interface Misplaced {
  readonly what: string;
  readonly next: string;
}

/**
 * What to report of a setting that was written into another table, such as `env.server`. Undefined if the name is none of a setting.
 *
 * @param prefix the path of Woven's table in the file
 */
export function misplacedKey(path: readonly string[], prefix: readonly string[]): Misplaced | undefined {
  const name = path.at(-1) ?? "";
  if (path.length < 2 || !configKeys.includes(name)) return undefined;
  const table = `[${[...prefix, ...path.slice(0, -1)].join(".")}]`;
  const move =
    prefix.length === 0 ? "Move the line above the first [table]." : `Move the line to [${prefix.join(".")}].`;
  return path.at(-2) === "env"
    ? {
        what: "is a setting of Woven, but here it is an environment variable",
        next: `${move} If you mean a variable, put it into the input env.`,
      }
    : { what: `is a setting of Woven, but not of ${table}`, next: move };
}
