// Which files of the repository make up a release: what git tracks, plus `include`, less `exclude`.
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { basename, dirname, join, matchesGlob, normalize } from "node:path";
import { pipeline } from "node:stream/promises";
import { WovenError } from "../errors.ts";
import type { Run } from "../run-process.ts";

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

/** Never part of a release, whatever else is said. */
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
 * The files of a release, sorted by path. Throws where a file cannot be part of one: a link that leads outside, a
 * name with a line break.
 */
export async function fileSet(options: {
  readonly workingDirectory: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly run: Run;
}): Promise<readonly ReleaseFile[]> {
  const { workingDirectory, include, exclude } = options;
  const tracked = await trackedFiles(workingDirectory, options.run);
  const included = (await Promise.all(include.map((pattern) => includedFiles(workingDirectory, pattern)))).flat();
  const wanted = [...new Set([...tracked, ...included].map((path) => normalize(path)))];
  const kept = wanted.filter((path) => ![...never, ...exclude].some((pattern) => matches(path, pattern)));
  return await describeAll(workingDirectory, kept.sort());
}

/** SHA-256, hex, over the paths, kinds and hashes of the files: equal exactly when the trees are. */
export function treeDigest(files: readonly Pick<ReleaseFile, "path" | "kind" | "sha256">[]): string {
  const hash = createHash("sha256");
  for (const { path, kind, sha256 } of files.toSorted((one, other) => (one.path < other.path ? -1 : 1)))
    hash.update(`${kind} ${sha256} ${path}\0`);
  return hash.digest("hex");
}

async function trackedFiles(workingDirectory: string, run: Run): Promise<readonly string[]> {
  const words = ["ls-files", "-z", "--cached", "--recurse-submodules", "--", "."];
  const listed = await run("git", words, { cwd: workingDirectory });
  const files = listed.code === 0 ? listed.stdout.split("\0").filter(Boolean) : [];
  if (files.length > 0) return files;
  // Never a guess where git knows better: what it does not track may be a secret.
  if (listed.code !== 0 && inRepository(workingDirectory)) throw unlisted(workingDirectory, listed.stderr);
  return await Array.fromAsync(walk(workingDirectory, ".", (path) => basename(path).startsWith(".")));
}

function inRepository(folder: string): boolean {
  return existsSync(join(folder, ".git")) || (dirname(folder) !== folder && inRepository(dirname(folder)));
}

function unlisted(folder: string, said: string): WovenError {
  return new WovenError({
    code: "git",
    message: `git did not list the files of ${folder}: ${said.trim().split("\n")[0]}`,
    next: "Woven deploys what git tracks. In a container job, git may need: git config --global --add safe.directory '*'",
    output: said,
  });
}

/** A pattern, a file or a folder, from the working directory. */
async function includedFiles(workingDirectory: string, pattern: string): Promise<readonly string[]> {
  const plain = unrooted(pattern);
  const folders = plain.split("/");
  const magic = folders.findIndex((name) => /[*?[{]/.test(name));
  const within = (path: string) => globMatches(path, plain) || globMatches(path, `${plain}/**`);
  if (magic < 0 && !(await isFolder(join(workingDirectory, plain)))) return [plain];
  const start = magic < 0 ? plain : folders.slice(0, magic).join("/") || ".";
  return (await Array.fromAsync(walk(workingDirectory, start, () => false))).filter(within);
}

/** Files and links below `folder`, with paths from `root`; what is never part of a release is not looked into. */
async function* walk(root: string, folder: string, skip: (path: string) => boolean): AsyncGenerator<string> {
  const entries = (await isFolder(join(root, folder)))
    ? await readdir(join(root, folder), { withFileTypes: true })
    : [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (skip(path) || never.some((pattern) => matches(path, pattern))) continue;
    if (entry.isDirectory()) yield* walk(root, path, skip);
    else yield path;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function matches(path: string, pattern: string): boolean {
  const plain = unrooted(pattern);
  return (
    globMatches(path, plain) ||
    globMatches(path, `${plain}/**`) ||
    (!plain.includes("/") && (globMatches(path, `**/${plain}`) || globMatches(path, `**/${plain}/**`)))
  );
}

function unrooted(pattern: string): string {
  return pattern.replace(/^\.?\/+/, "").replace(/\/+$/, "");
}

/** A dot at the start of a name is a character as any other here: what is left out must not stay for being hidden. */
function globMatches(path: string, pattern: string): boolean {
  const shown = (text: string) => text.replaceAll(/(^|[/{,])\./g, "$1\u0001.");
  return matchesGlob(shown(path), shown(pattern));
}

/** Several at a time, not all: each holds an open file. */
async function describeAll(folder: string, paths: readonly string[]): Promise<readonly ReleaseFile[]> {
  const files: ReleaseFile[] = [];
  for (let at = 0; at < paths.length; at += 32) {
    const some = await Promise.all(paths.slice(at, at + 32).map((path) => describe(folder, path)));
    files.push(...some.flat());
  }
  return files;
}

async function describe(folder: string, path: string): Promise<readonly ReleaseFile[]> {
  const full = join(folder, path);
  const stat = await lstat(full).catch(() => undefined);
  // Tracked but deleted in the checkout, or a submodule that was not fetched.
  if (!stat || stat.isDirectory()) return [];
  if (/[\n\r\\]/.test(path)) throw unfit(path, "its name holds a line break or a backslash");
  if (stat.isSymbolicLink()) {
    const target = await readlink(full);
    if (target.startsWith("/") || /^\.\.(\/|$)/.test(join(path, "..", target)))
      throw unfit(path, `it is a link that leads out of the project, to ${target}`);
    return [{ path, kind: "symlink", sha256: hashText(target), bytes: 0, target }];
  }
  if (!stat.isFile()) return [];
  const kind = (stat.mode & 0o100) === 0 ? "file" : "executable";
  return [{ path, kind, sha256: await hashFile(full), bytes: stat.size }];
}

export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export async function hashFile(path: string): Promise<string> {
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
