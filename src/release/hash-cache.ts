// Hashes of the checkout's files from earlier runs on this machine. As in git's index, a file is read again only if its size, a time, or its
// inode is another one. git's own hashes do not help: they are of what is committed, not of the bytes that a filter or a line ending made.
import { hash, randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Hashed {
  readonly sha256: string;
  /** It is a pointer of Git LFS. */
  readonly isPointer: boolean;
}

export interface HashCache {
  /** The hash of a file that has not changed since it was noted. */
  find(path: string, stat: Stats): Hashed | undefined;
  note(path: string, stat: Stats, hashed: Hashed): void;
  /** Keeps what was noted, for the paths that were asked for. */
  save(): Promise<void>;
}

/** Projects with fewer files are read faster than a cache. */
const fewestFiles = 1000;
/** A file that was changed just before it was read may change again, and look the same: some disks have times in steps of 2 seconds. */
const settledMilliseconds = 3000;

type Entry = readonly [size: number, modified: number, changed: number, inode: number, device: number, hash: string];

/**
 * @param folder of all such caches. Undefined: no cache
 * @param root the folder of the files
 * @param now milliseconds since 1970
 */
export async function hashCache(
  folder: string | undefined,
  root: string,
  { count, now }: { readonly count: number; readonly now: number },
): Promise<HashCache> {
  if (folder === undefined || count < fewestFiles) return none;
  const file = join(folder, `${hash("sha256", root, "hex").slice(0, 32)}.json`);
  const before = await read(file);
  const after = new Map<string, Entry>();
  let isNew = false;
  return {
    find(path, stat) {
      const entry = before.get(path);
      if (!looksSame(entry, stat)) return undefined;
      after.set(path, entry);
      return { sha256: entry[5].slice(0, 64), isPointer: entry[5].length > 64 };
    },
    note(path, stat, { sha256, isPointer }) {
      if (Math.max(stat.mtimeMs, stat.ctimeMs) > now - settledMilliseconds) return;
      isNew = true;
      const { size, mtimeMs, ctimeMs, ino, dev } = stat;
      after.set(path, [size, mtimeMs, ctimeMs, ino, dev, isPointer ? `${sha256}p` : sha256]);
    },
    async save() {
      if (isNew) await write(folder, file, JSON.stringify(Object.fromEntries(after)));
    },
  };
}

const none: HashCache = { find: () => undefined, note: () => undefined, save: () => Promise.resolve() };

/** `entry`: as it was read from the disk, so it may be anything. */
function looksSame(entry: unknown, { size, mtimeMs, ctimeMs, ino, dev }: Stats): entry is Entry {
  if (!Array.isArray(entry) || !/^[0-9a-f]{64}p?$/.test(String(entry[5]))) return false;
  const [was, modified, changed, inode, device] = entry;
  return was === size && modified === mtimeMs && changed === ctimeMs && inode === ino && device === dev;
}

async function read(file: string): Promise<ReadonlyMap<string, unknown>> {
  try {
    return new Map(Object.entries(JSON.parse(await readFile(file, "utf8"))));
  } catch {
    // There is none yet, or it is damaged: then every file is read.
    return new Map();
  }
}

/** A cache that cannot be written costs time, and nothing else. */
async function write(folder: string, file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}
