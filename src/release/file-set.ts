// Which files of the repository make up a release: what git tracks, plus `include`, less `exclude`.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readFile, readlink } from "node:fs/promises";
import { normalize } from "node:path";
import { pipeline } from "node:stream/promises";
import { WovenError } from "../errors.ts";
import type { Run } from "../run-process.ts";
import { globMatches, includedFiles, unrooted, visibleFiles } from "./included.ts";
import { fsPath, pathBytes, pathText } from "./path-bytes.ts";
import { type Links, leavesRoot } from "./symlink-path.ts";
import { trackedFiles } from "./tracked-files.ts";

export interface ReleaseFile {
  /** Relative to the working directory, with `/`. */
  readonly path: string;
  readonly kind: "file" | "executable" | "symlink";
  /** Hex; of the content, or of the target of a link. */
  readonly sha256: string;
  readonly bytes: number;
  /** Of a symlink. */
  readonly target?: string;
}

/** Never part of a release, though it be tracked. */
const never = [
  ".git",
  ".git/**",
  ".github/**",
  "**/__pycache__/**",
  "**/*.pyc",
  "node_modules/**",
  ".venv/**",
  "venv/**",
  "db.sqlite3",
];

/**
 * The files of a release, sorted by path. Throws where a file cannot be part of one: a link that leads outside, a name with a line
 * break, a file that the checkout has only a pointer to.
 */
export async function fileSet(options: {
  readonly workingDirectory: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly run: Run;
}): Promise<readonly ReleaseFile[]> {
  const { workingDirectory, include, exclude, run } = options;
  const tracked = await trackedFiles(workingDirectory, run);
  const listed = tracked ?? (await visibleFiles(workingDirectory));
  const kept = listed.filter((path) => isPart(path, exclude));
  const included = await includedFiles(workingDirectory, include, (path) => isExcluded(path, exclude));
  const wanted = [...new Set([...kept, ...included].map((path) => normalize(path)))];
  const described = await describeAll(workingDirectory, wanted.sort());
  refuseHollow(described.filter(({ lacks }) => lacks !== undefined));
  const files = described.flatMap(({ file }) => file ?? []);
  checkLinks(files);
  return files;
}

/** Whether a tracked file goes into a release. */
export function isPart(path: string, exclude: readonly string[]): boolean {
  return !isExcluded(path, [...never, ...exclude]);
}

function isExcluded(path: string, exclude: readonly string[]): boolean {
  return exclude.some((pattern) => matches(path, pattern));
}

/** Each link is followed as the node's kernel will, through all others of the release. */
function checkLinks(files: readonly ReleaseFile[]): void {
  const links: Links = new Map(files.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target]])));
  for (const [path, target] of links)
    if (leavesRoot(path, links)) throw unfit(path, `it is a link that leads out of the project, to ${target}`);
}

/** SHA-256, hex, over the paths, kinds and hashes of the files: equal exactly when the trees are. */
export function treeDigest(files: readonly Pick<ReleaseFile, "path" | "kind" | "sha256">[]): string {
  const hash = createHash("sha256");
  for (const { path, kind, sha256 } of files.toSorted((one, other) => (one.path < other.path ? -1 : 1)))
    hash.update(pathBytes(`${kind} ${sha256} ${path}\0`));
  return hash.digest("hex");
}

function matches(path: string, pattern: string): boolean {
  const plain = unrooted(pattern);
  return (
    globMatches(path, plain) ||
    globMatches(path, `${plain}/**`) ||
    (!plain.includes("/") && (globMatches(path, `**/${plain}`) || globMatches(path, `**/${plain}/**`)))
  );
}

interface Described {
  readonly path: string;
  readonly file?: ReleaseFile;
  /** The checkout has only a stand-in: of Git LFS, or the empty folder of a submodule. */
  readonly lacks?: "lfs" | "submodule";
}

/** Several at a time, not all: each holds an open file. */
async function describeAll(folder: string, paths: readonly string[]): Promise<readonly Described[]> {
  const files: Described[] = [];
  for (let at = 0; at < paths.length; at += 32) {
    const some = await Promise.all(paths.slice(at, at + 32).map((path) => describe(folder, path)));
    files.push(...some);
  }
  return files;
}

async function describe(folder: string, path: string): Promise<Described> {
  const full = fsPath(folder, path);
  if (path.startsWith("../")) throw unfit(path, "it lies outside the project");
  const behind = await linkAbove(folder, path);
  if (behind !== undefined) throw unfit(path, `it lies behind ${JSON.stringify(behind)}, which is a link`);
  const stat = await lstat(full).catch(() => undefined);
  // Tracked but deleted in the checkout.
  if (!stat) return { path };
  if (stat.isDirectory()) return { path, lacks: "submodule" };
  if (path.includes("\n")) throw unfit(path, "its name holds a line break");
  if (stat.isSymbolicLink()) {
    const target = pathText(await readlink(full, { encoding: "buffer" }));
    return { path, file: { path, kind: "symlink", sha256: hashText(target), bytes: 0, target } };
  }
  if (!stat.isFile()) return { path };
  const kind = (stat.mode & 0o100) === 0 ? "file" : "executable";
  const file: ReleaseFile = { path, kind, sha256: await hashFile(full), bytes: stat.size };
  return (await isPointer(full, stat.size)) ? { path, file, lacks: "lfs" } : { path, file };
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
async function isPointer(full: string | Buffer, bytes: number): Promise<boolean> {
  if (bytes < 100 || bytes >= 1024) return false;
  const text = await readFile(full, "utf8");
  return /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(ext-.*\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n$/.test(
    text,
  );
}

function refuseHollow(hollow: readonly Described[]): void {
  const first = hollow[0];
  if (first === undefined) return;
  const alike = hollow.filter(({ lacks }) => lacks === first.lacks).map(({ path }) => path);
  const list = `${alike.slice(0, 3).join(", ")}${alike.length > 3 ? ` and ${alike.length - 3} more` : ""}`;
  const advice = `Or leave ${alike.length === 1 ? "it" : "them"} out: exclude = [${JSON.stringify(first.path)}]`;
  const told =
    first.lacks === "lfs"
      ? {
          code: "lfs",
          message: `the checkout has only Git LFS pointers instead of files: ${list}`,
          next: `Write lfs: true below with: of actions/checkout (on your own machine: git lfs pull). ${advice}`,
        }
      : {
          code: "submodule",
          message: `the checkout lacks the files of submodules: ${list}`,
          next: `Write submodules: true below with: of actions/checkout (on your own machine: git submodule update --init). ${advice}`,
        };
  throw new WovenError({ ...told, file: first.path });
}

/** A folder on the way to the file that is a link: what lies behind it may be anywhere on the runner. */
async function linkAbove(root: string, path: string): Promise<string | undefined> {
  const folders = path.split("/").slice(0, -1);
  for (const index of folders.keys()) {
    const folder = folders.slice(0, index + 1).join("/");
    if ((await lstat(fsPath(root, folder)).catch(() => undefined))?.isSymbolicLink()) return folder;
  }
  return undefined;
}

export function hashText(text: string): string {
  return createHash("sha256").update(pathBytes(text)).digest("hex");
}

export async function hashFile(path: string | Buffer): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function unfit(path: string, why: string): WovenError {
  return new WovenError({
    code: "unfit-file",
    message: `${JSON.stringify(path)} cannot be part of a release: ${why}`,
    next: `Rename or remove it, or leave it out: exclude = [${JSON.stringify(path)}]`,
    file: path,
  });
}
