// A user's checkout: the example projects, version over version, in a git repository of its own.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../../src/local/privileged.ts";
import { root } from "../../harness/run-action.ts";

/** The folders of examples/ that make up a tree, in the order in which they are laid over one another. */
export const shop = {
  "0.1": ["shop"],
  "0.2": ["shop", "shop-0.2"],
  "0.3": ["shop", "shop-0.2", "shop-0.3"],
  badMigration: ["shop", "shop-0.2", "shop-faults/bad-migration"],
  badCheck: ["shop", "shop-0.2", "shop-faults/bad-check"],
  badHealth: ["shop", "shop-0.2", "shop-faults/bad-health"],
  badRequirement: ["shop", "shop-0.2", "shop-faults/bad-requirement"],
} as const;

export interface Checkout extends AsyncDisposable {
  readonly path: string;
  read(file: string): Promise<string>;
  /** Writes a file, or removes it where `text` is undefined. */
  write(file: string, text: string | Uint8Array | undefined): Promise<void>;
  /** Replaces text in a file; throws where it is not there, so that no test goes on with an edit that was none. */
  edit(file: string, from: string, to: string): Promise<void>;
  /** Commits all of it, as a push does. */
  commit(): Promise<void>;
  /** Tags the last commit. */
  tag(name: string): Promise<void>;
}

/** The tree of these example folders, as `actions/checkout` leaves it. */
export async function checkout(layers: readonly string[]): Promise<Checkout> {
  const path = await mkdtemp(join(tmpdir(), "woven-checkout-"));
  const add = () => git(path, "add", "--all");
  // What running an example in place leaves behind is no part of it.
  const filter = (from: string) => !/(__pycache__|\.pyc|db\.sqlite3)$/.test(from);
  for (const layer of layers) await cp(join(root, "examples", layer), path, { recursive: true, filter });
  await git(path, "init", "--quiet", "--initial-branch=main");
  await add();
  return {
    path,
    read: (file) => readFile(join(path, file), "utf8"),
    async write(file, text) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await (text === undefined ? rm(join(path, file)) : writeFile(join(path, file), text));
      await add();
    },
    async edit(file, from, to) {
      const text = await readFile(join(path, file), "utf8");
      if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
      await writeFile(join(path, file), text.replace(from, to));
      await add();
    },
    commit: () =>
      git(path, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--message", "Next"),
    tag: (name) => git(path, "tag", name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

async function git(path: string, ...words: readonly string[]): Promise<void> {
  const done = await run(["git", "-C", path, ...words]);
  if (done.code !== 0) throw new Error(`git ${words[0]}: ${done.stderr}`);
}
