// What Woven reads of a uv.lock itself: names, versions and sources of its packages. uv reads the rest.
import { parse } from "smol-toml";
import * as v from "valibot";
import { readLock } from "./lock-text.ts";

const UvLock = v.object({
  package: v.optional(
    v.array(
      v.object({
        name: v.string(),
        version: v.optional(v.string()),
        source: v.optional(v.record(v.string(), v.unknown())),
      }),
    ),
  ),
});
export type UvLock = v.InferOutput<typeof UvLock>;

/** The whole lock, in the order of its text: a bundle's key depends on it. Throws `lock-format`. */
export function readUvLock(content: string, file: string): UvLock {
  let whole: unknown;
  readLock(
    UvLock,
    () => {
      whole = parse(content);
      return whole;
    },
    { file, content },
  );
  return whole as UvLock;
}
