// A throwaway real Debian server on this machine: for the demo, the tests, and rehearsals of a deployment.
import { randomBytes } from "node:crypto";
import { WovenError } from "../errors.ts";
import { ensureBase } from "./base.ts";
import { bootMachine, waitForSsh } from "./boot.ts";
import { BootedNode } from "./booted-node.ts";
import { initialise } from "./cloud-init.ts";
import { mountDisk, nodeTree } from "./disk.ts";
import { deleteImage, lacksBase, openImage, readImage } from "./images.ts";
import type { ListedNode, LocalNode, LocalNodeOptions } from "./local-node.ts";
import { withLock } from "./lock.ts";
import { prepareMachine } from "./machine-requirements.ts";
import { connectNode } from "./network.ts";
import { nobody, processOwner } from "./node-owner.ts";
import { checkName, defaultPlaces, makePlaces, type Places, storeLock } from "./places.ts";
import {
  createRecord,
  type Login,
  loginUser,
  type NodeRecord,
  readRecord,
  readRecords,
  type Stock,
  updateRecord,
} from "./records.ts";
import { removeOrphans } from "./remove-orphans.ts";
import { tearDown, watchOver } from "./teardown.ts";
import { removeUnusedLayers } from "./unused-layers.ts";

export type { Suite } from "./base.ts";
export type { PowerOff } from "./boot.ts";
export type { ListedNode, LocalNode, LocalNodeOptions } from "./local-node.ts";
export type { Owner } from "./node-owner.ts";
export type { Places } from "./places.ts";

/**
 * Boots a node and returns when its sshd answers, after about 2 s. The first node of a suite takes up to a minute more. Throws
 * `local-node-unsupported` if this machine cannot run one, `local-node-failed` if a part of it fails.
 */
export async function startNode(options: LocalNodeOptions): Promise<LocalNode> {
  const { log, places = defaultPlaces } = options;
  const name = checkName("node", options.name ?? `node-${randomBytes(3).toString("hex")}`);
  await prepareMachine(log);
  await makePlaces(places);
  await removeOrphans(places, log);
  const record = await takeName(name, options, places);
  const standDown = options.outlives ? () => undefined : await watchOver(record, places, options.belongsTo);
  try {
    return new BootedNode(await raise(record, options, places), places, standDown);
  } catch (thrown) {
    await tearDown(record, places);
    standDown();
    throw thrown;
  }
}

/** Records the node together with its base and layers, so that nobody removes them while it runs. */
async function takeName(name: string, options: LocalNodeOptions, places: Places): Promise<NodeRecord> {
  const bare = options.image === undefined ? await bareStock(options, places) : undefined;
  return withLock(storeLock(places), async () => {
    const stock = bare ?? (await openImage(options.image ?? "", places));
    if (await lacksBase(stock, places)) {
      throw new WovenError({
        code: "local-node-image",
        message: `the base ${stock.base} of the image ${options.image} was removed from ${places.cache}`,
        next: "Make the image again: start a node, set it up, and save it.",
      });
    }
    const record: NodeRecord = {
      ...stock,
      name,
      id: randomBytes(8).toString("hex"),
      login: wantedLogin(options) ?? stock.login,
      owner: options.outlives ? await nobody() : await processOwner(options.belongsTo),
      started: new Date().toISOString(),
      host: "",
      link: "",
      port: 22,
    };
    await createRecord(record, places);
    return record;
  });
}

async function bareStock(options: LocalNodeOptions, places: Places): Promise<Stock> {
  const suite = options.suite ?? "trixie";
  const base = await ensureBase(suite, places, options.log);
  return { suite, base, layers: [], login: { kind: "admin", user: "debian" } };
}

function wantedLogin({ login }: LocalNodeOptions): Login | undefined {
  return login?.kind === "admin" ? { kind: "admin", user: login.user ?? "debian" } : login;
}

async function raise(record: NodeRecord, options: LocalNodeOptions, places: Places): Promise<NodeRecord> {
  await mountDisk(record, places);
  const link = await connectNode(record.name, places);
  const port = await initialise(nodeTree(places, record.name), {
    hostname: record.name,
    login: record.login,
    publicKey: options.publicKey,
    password: options.password,
    hostKeys: options.hostKeys ?? "keep",
  });
  const raised = { ...record, host: link.host, link: link.name, port };
  await updateRecord(raised, places);
  await bootMachine(raised, places);
  await waitForSsh(raised, places);
  return raised;
}

/** A node that another process started. It is not removed when this process ends. */
export async function openNode(name: string, places: Places = defaultPlaces): Promise<LocalNode> {
  const record = await readRecord(checkName("node", name), places);
  if (record !== undefined) return new BootedNode(record, places, () => undefined);
  const names = (await readRecords(places)).map((each) => each.name);
  throw new WovenError({
    code: "local-node-unknown",
    message: `there is no local node with the name ${name}`,
    next:
      names.length > 0 ? `The local nodes are: ${names.join(", ")}` : "There is none. Start one: npm run node -- up",
  });
}

export async function listNodes(places: Places = defaultPlaces): Promise<readonly ListedNode[]> {
  return (await readRecords(places)).map(({ name, host, port, login, suite, owner, started }) => {
    return { name, host, port, user: loginUser(login), suite, owner, started };
  });
}

export async function removeNode(name: string, places: Places = defaultPlaces): Promise<void> {
  await (await openNode(name, places)).stop();
}

/** Removes the nodes whose owner has ended, and unused layers and bases in the cache. */
export async function sweep(log: (line: string) => void, places: Places = defaultPlaces): Promise<void> {
  await makePlaces(places);
  await removeOrphans(places, log);
  await withLock(storeLock(places), () => removeUnusedLayers(places));
}

export async function imageExists(image: string, places: Places = defaultPlaces): Promise<boolean> {
  const stock = await readImage(image, places);
  return stock !== undefined && !(await lacksBase(stock, places));
}

export async function removeImage(image: string, places: Places = defaultPlaces): Promise<void> {
  if ((await readImage(image, places)) === undefined) return;
  await withLock(storeLock(places), async () => {
    await deleteImage(image, places);
    await removeUnusedLayers(places);
  });
}
