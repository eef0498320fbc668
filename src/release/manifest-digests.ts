// What a runner says of its own files before it asks a node for the list of a release: so the node answers with the differences alone.
import { crc32 } from "node:zlib";
import { type Manifest, manifestDigest } from "./manifest.ts";
import { pathBytes } from "./path-bytes.ts";

/** The files of a list fall into as many parts, by their paths. A part of 10,000 files has 160. */
export const parts = 64;
/** Hexadecimal digits of a digest. A mistake costs a failed run, not a wrong release: the node compares the digest of the whole list later. */
const digits = 10;

/** The part of a file. The node computes the same: manifest.py. */
export function partOf(path: string): number {
  return crc32(path.isWellFormed() ? path : pathBytes(path)) % parts;
}

/** The digests of all parts, one behind the other. */
export function partDigests({ files, symlinks }: Manifest): string {
  const byPart = Array.from({ length: parts }, () => ({
    files: new Map<string, string>(),
    symlinks: new Map<string, string>(),
  }));
  for (const [path, key] of files) byPart[partOf(path)]?.files.set(path, key);
  for (const [path, target] of symlinks) byPart[partOf(path)]?.symlinks.set(path, target);
  return byPart.map((part) => manifestDigest(part).slice(0, digits)).join("");
}
