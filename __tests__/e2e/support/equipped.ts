// Nodes that setupnode has been over: one real setupnode for each suite and each build of the action, kept as an image.
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type KeyPair, ownKeyPair } from "../../../src/local/key-pair.ts";
import { withLock } from "../../../src/local/lock.ts";
import { imageExists, type LocalNode, removeImage, type Suite, startNode } from "../../../src/local/node.ts";
import { defaultPlaces, imagesDirectory, userDirectory } from "../../../src/local/places.ts";
import { FakeCache } from "../../harness/fake-cache.ts";
import { root } from "../../harness/run-action.ts";
import { checkout, shop } from "./checkout.ts";
import { type Operator, operator } from "./operator.ts";

/** One for all runs: the images hold its public half. */
export const keys: KeyPair = await ownKeyPair(join(userDirectory(), "e2e"));

/** A bare server as a provider hands it out: root with a key, port 22. */
export async function bareNode(suite: Suite): Promise<LocalNode> {
  return startNode({ suite, login: { kind: "root" }, publicKey: keys.publicKey, log: () => undefined });
}

/** Keeps a node that setupnode has just been over, for the tests that begin there. The node is gone then. */
export async function keepEquipped(node: LocalNode): Promise<void> {
  const image = await imageName(node.suite);
  await node.save(image);
  await removeOldImages("e2e-", image);
}

/** Removes the images of this prefix that are older than a day: another run may be using a younger one right now. */
export async function removeOldImages(prefix: string, except: string): Promise<void> {
  const folder = imagesDirectory(defaultPlaces);
  for (const file of await readdir(folder)) {
    const name = file.replace(/\.json$/, "");
    if (!name.startsWith(prefix) || name === except) continue;
    const { mtimeMs } = await stat(join(folder, file));
    if (Date.now() - mtimeMs > 24 * 3600 * 1000) await removeImage(name);
  }
}

/** An equipped node, in about two seconds where the image is there, else after a setupnode. */
export async function equippedNode(suite: Suite): Promise<LocalNode> {
  await withImage(await imageName(suite), async () => {
    await using cache = await FakeCache.start();
    await using project = await checkout(shop["0.1"]);
    const bare = await bareNode(suite);
    await operator(bare, keys, cache).succeed({ checkout: project, command: "setupnode" });
    await keepEquipped(bare);
  });
  return startEquipped(suite);
}

/** Makes the image where there is none; whoever else asks for it meanwhile, from whatever process, waits for it. */
export async function withImage(image: string, make: () => Promise<void>): Promise<void> {
  if (await imageExists(image)) return;
  await withLock(join(defaultPlaces.cache, `${image.replace(/-[^-]*$/, "")}.lock`), async () => {
    if (!(await imageExists(image))) await make();
  });
}

/** From the image that is there. */
export async function startEquipped(suite: Suite): Promise<LocalNode> {
  return startNode({ image: await imageName(suite), publicKey: keys.publicKey, log: () => undefined });
}

/** An equipped node with an operator, for one file of tests. */
export interface Ground extends AsyncDisposable {
  readonly node: LocalNode;
  readonly cache: FakeCache;
  readonly op: Operator;
}

export async function ground(suite: Suite): Promise<Ground> {
  const cache = await FakeCache.start();
  const node = await equippedNode(suite);
  return {
    node,
    cache,
    op: operator(node, keys, cache),
    async [Symbol.asyncDispose]() {
      await node.stop();
      await cache[Symbol.asyncDispose]();
    },
  };
}

/** Of everything that makes an equipped node what it is: another build of the action sets up another one. */
async function imageName(suite: string): Promise<string> {
  const hash = createHash("sha256").update(keys.publicKey);
  for (const folder of ["dist", "templates"]) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) hash.update(file).update(await readFile(file));
  }
  return `e2e-${suite}-${hash.digest("hex").slice(0, 12)}`;
}
