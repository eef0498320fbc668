// Files that a node has almost: it keeps the templates that they are rendered from, with the kit, as a dictionary for zlib.
import { deflateRawSync } from "node:zlib";
import { listPackageFiles, readPackageFile } from "../package-files.ts";

const folder = "templates/woven";
/** How far back zlib looks from the beginning of a text: its window, without the longest match and its state (deflateSetDictionary). */
const mostCharacters = 2 ** 15 - 262;

/** The texts of the templates, as far as zlib looks back. Those that every release has come last. */
export function dictionary(): string {
  const isOfRelease = (name: string) => name.startsWith("release/");
  const names = listPackageFiles(folder).toSorted().toReversed();
  const inOrder = [...names.filter((name) => !isOfRelease(name)), ...names.filter(isOfRelease)];
  return inOrder
    .map((name) => readPackageFile(`${folder}/${name}`))
    .join("")
    .slice(-mostCharacters);
}

let held: Buffer | undefined;

/** The text, compressed with the dictionary (RFC 1951). supervisor.py unpacks it. */
export function packed(text: string): Uint8Array {
  held ??= Buffer.from(dictionary());
  return deflateRawSync(text, { level: 9, dictionary: held });
}
