// What a file of the checkout is: its kind, its size and its hash, or why it cannot be in a release.
import { createHash, hash } from "node:crypto";
import {
  closeSync,
  constants,
  createReadStream,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { WovenError } from "../errors.ts";
import { type HashCache, type Hashed, hashCache } from "./hash-cache.ts";
import { fsPath, pathBytes, pathText } from "./path-bytes.ts";

export interface ReleaseFile {
  /** Relative to the working directory, with `/`. */
  readonly path: string;
  readonly kind: "file" | "executable" | "symlink";
  /** Hex. Of the content, or of a link's target. */
  readonly sha256: string;
  readonly bytes: number;
  /** Of a symlink. */
  readonly target?: string;
  /** Made or changed by a build command: it is in the copy of the checkout where the build ran. */
  readonly built?: true;
}

export interface Described {
  readonly path: string;
  readonly file?: ReleaseFile;
  /** The checkout lacks the content: it has only a Git LFS pointer, or the empty folder of a submodule. */
  readonly lacks?: "lfs" | "submodule";
}

/** Bytes up to which a file is read in one piece. */
const small = 2 ** 20;
const space = Buffer.allocUnsafe(small + 1);

/**
 * Throws if a file cannot be in a release.
 *
 * @param hashes the folder of hashes that earlier runs have kept
 */
export async function describeFiles(
  folder: string,
  paths: readonly string[],
  hashes?: string | undefined,
): Promise<readonly Described[]> {
  const files: Described[] = [];
  const linkAbove = linksAbove(folder);
  const cache = await hashCache(hashes, folder, { count: paths.length, now: Date.now() });
  for (const [index, path] of paths.entries()) {
    const described = describe(folder, path, linkAbove, cache);
    files.push("stat" in described ? await withHash(folder, described, cache) : described);
    // Reading without a wait is ten times as fast, but the connections of this process need their turn.
    if (index % 200 === 199) await setImmediate();
  }
  await cache.save();
  return files;
}

/** A file that is too large to be read in one piece. */
interface Large {
  readonly path: string;
  readonly kind: "file" | "executable";
  readonly stat: Stats;
}

function describe(
  folder: string,
  path: string,
  linkAbove: (path: string) => string | undefined,
  cache: HashCache,
): Described | Large {
  const full = fsPath(folder, path);
  if (path.startsWith("../")) throw unfit(path, "it is outside the project");
  const behind = linkAbove(path);
  if (behind !== undefined) throw unfit(path, `${JSON.stringify(behind)} in its path is a link`);
  const stat = statOf(full);
  // Git tracks it, but it was deleted in the checkout.
  if (!stat) return { path };
  if (stat.isDirectory()) return { path, lacks: "submodule" };
  if (path.includes("\n")) throw unfit(path, "its name has a line break");
  if (stat.isSymbolicLink()) {
    const target = pathText(readlinkSync(full, { encoding: "buffer" }));
    return { path, file: { path, kind: "symlink", sha256: hashText(target), bytes: 0, target } };
  }
  if (!stat.isFile()) return { path };
  const kind = (stat.mode & 0o100) === 0 ? "file" : "executable";
  const known = cache.find(path, stat);
  if (known) return hashed(path, kind, stat.size, known);
  const content = stat.size > small ? undefined : readSmall(full);
  if (content === undefined) return { path, kind, stat };
  const now = { sha256: hash("sha256", content, "hex"), isPointer: isPointer(content) };
  cache.note(path, stat, now);
  return hashed(path, kind, content.length, now);
}

function hashed(path: string, kind: ReleaseFile["kind"], bytes: number, { sha256, isPointer }: Hashed): Described {
  const file: ReleaseFile = { path, kind, sha256, bytes };
  return isPointer ? { path, file, lacks: "lfs" } : { path, file };
}

/**
 * The content, valid until the next call. Undefined if the file has become larger meanwhile. Takes two thirds of the time of
 * readFileSync, which asks for the size first and allocates a buffer for each file.
 */
function readSmall(full: string | Buffer): Buffer | undefined {
  const file = openSync(full, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    // Of a file on a disk, read(2) gives less than was asked for only at its end.
    const length = readSync(file, space, 0, space.length, null);
    return length > small ? undefined : space.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

async function withHash(folder: string, { path, kind, stat }: Large, cache: HashCache): Promise<Described> {
  const now = { sha256: await hashFile(fsPath(folder, path)), isPointer: false };
  cache.note(path, stat, now);
  return hashed(path, kind, stat.size, now);
}

function statOf(full: string | Buffer) {
  return lstatSync(full, { throwIfNoEntry: false });
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
function isPointer(content: Buffer): boolean {
  if (content.length < 100 || content.length >= 1024) return false;
  return /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(ext-.*\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n$/.test(
    content.toString("utf8"),
  );
}

/** Finds a folder in a file's path that is a link: it may lead anywhere on the runner. */
function linksAbove(root: string): (path: string) => string | undefined {
  const found = new Map<string, string | undefined>([[".", undefined]]);
  const linkAt = (folder: string): string | undefined => {
    if (found.has(folder)) return found.get(folder);
    const link = linkAt(dirname(folder)) ?? (statOf(fsPath(root, folder))?.isSymbolicLink() ? folder : undefined);
    found.set(folder, link);
    return link;
  };
  return (path) => linkAt(dirname(path));
}

export function hashText(text: string): string {
  return hash("sha256", pathBytes(text), "hex");
}

export async function hashFile(path: string | Buffer): Promise<string> {
  const digest = createHash("sha256");
  await pipeline(createReadStream(path), digest);
  return digest.digest("hex");
}

export function unfit(path: string, why: string): WovenError {
  return new WovenError({
    code: "unfit-file",
    message: `${JSON.stringify(path)} cannot be part of a release: ${why}`,
    next: `Rename or remove it, or exclude it: exclude = [${JSON.stringify(path)}]`,
    file: path,
  });
}
