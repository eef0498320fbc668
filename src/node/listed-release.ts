// The files of a release on a node, as the node lists them (manifest.py): a new release shares them, and a patch keeps most of them.
import { inflateSync } from "node:zlib";
import * as v from "valibot";
import type { Manifest } from "../release/manifest.ts";
import { partOf, parts } from "../release/manifest-digests.ts";
import { line } from "./services.ts";

export interface ListedRelease extends Manifest {
  /** Name of the release. */
  readonly release: string;
  /** Paths of files that are not as Woven put them there. */
  readonly drifted: ReadonlySet<string>;
}

/** The list of 500 000 files needs less. */
const mostBytes = 64 * 2 ** 20;

const List = v.object({
  files: v.record(line, v.pipe(v.string(), v.regex(/^x?[0-9a-f]{64}$/))),
  symlinks: v.record(line, v.string()),
  drifted: v.array(line),
  /** The parts whose files are those of the runner. */
  same: v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(parts - 1))),
});

/**
 * Undefined if there is no list, or if it is damaged. Then nothing is shared, and nothing can be patched.
 *
 * @param packed JSON, compressed and in base64
 * @param own the runner's files, if their digests were sent: the node leaves out the parts that it has, too
 */
export function listedRelease(release: string, packed: string, own?: Manifest): ListedRelease | undefined {
  if (release === "" || packed === "") return undefined;
  const list = unpacked(packed);
  if (list === undefined) return undefined;
  const same = new Set(list.same);
  const shared = (kind: keyof Manifest) => [...(own?.[kind] ?? [])].filter(([path]) => same.has(partOf(path)));
  return {
    release,
    files: new Map([...shared("files"), ...Object.entries(list.files)]),
    symlinks: new Map([...shared("symlinks"), ...Object.entries(list.symlinks)]),
    drifted: new Set(list.drifted),
  };
}

/** The contents that a release on the node has, by `sharedKey`. */
export function intactKeys({ files, drifted }: ListedRelease): ReadonlySet<string> {
  return new Set([...files].flatMap(([path, key]) => (drifted.has(path) ? [] : key)));
}

function unpacked(packed: string): v.InferOutput<typeof List> | undefined {
  try {
    const text = inflateSync(Buffer.from(packed, "base64"), { maxOutputLength: mostBytes }).toString("utf8");
    const { success, output } = v.safeParse(List, JSON.parse(text));
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}
