// A running local node, with everything that users of one can do.
import { bootMachine, haltMachine, type PowerOff, runInside, waitForSsh } from "./boot.ts";
import { sshPort } from "./cloud-init.ts";
import { nodeTree } from "./disk.ts";
import { keepAsImage } from "./images.ts";
import type { LocalNode } from "./local-node.ts";
import { withLock } from "./lock.ts";
import { cutLink, restoreLink } from "./network.ts";
import { checkName, type Places, storeLock } from "./places.ts";
import { type Outcome, rootScript } from "./privileged.ts";
import { loginUser, type NodeRecord, updateRecord } from "./records.ts";
import { type StandDown, tearDown } from "./teardown.ts";
import { removeUnusedLayers } from "./unused-layers.ts";

export class BootedNode implements LocalNode {
  #record: NodeRecord;
  readonly #places: Places;
  readonly #standDown: StandDown;

  constructor(record: NodeRecord, places: Places, standDown: StandDown) {
    this.#record = record;
    this.#places = places;
    this.#standDown = standDown;
  }

  get name(): string {
    return this.#record.name;
  }

  get host(): string {
    return this.#record.host;
  }

  get port(): number {
    return this.#record.port;
  }

  get user(): string {
    return loginUser(this.#record.login);
  }

  get suite(): string {
    return this.#record.suite;
  }

  async knownHosts(): Promise<readonly string[]> {
    const tree = nodeTree(this.#places, this.name);
    const keys = await rootScript("reading its host keys", 'cat "$1"/etc/ssh/ssh_host_*_key.pub', [tree]);
    const place = this.port === 22 ? this.host : `[${this.host}]:${this.port}`;
    return keys.split("\n").map((line) => `${place} ${line.split(" ").slice(0, 2).join(" ")}`);
  }

  run(command: readonly string[], options: { readonly input?: string } = {}): Promise<Outcome> {
    return runInside(this.#record, command, options.input);
  }

  async save(image: string): Promise<void> {
    checkName("image", image);
    await haltMachine(this.#record, "orderly");
    await rootScript("unmounting its disk", 'umount "$1"', [nodeTree(this.#places, this.name)]);
    await withLock(storeLock(this.#places), async () => {
      await keepAsImage(this.#record, image, this.#places);
      await removeUnusedLayers(this.#places);
    });
    await this.stop();
  }

  async reboot(how: PowerOff = "orderly"): Promise<void> {
    await haltMachine(this.#record, how);
    const port = await sshPort(nodeTree(this.#places, this.name));
    this.#record = { ...this.#record, port };
    await updateRecord(this.#record, this.#places);
    await bootMachine(this.#record, this.#places);
    await waitForSsh(this.#record, this.#places);
  }

  cut(): Promise<void> {
    return cutLink(this.name, this.#record.link);
  }

  reconnect(): Promise<void> {
    return restoreLink(this.name);
  }

  async stop(): Promise<void> {
    await tearDown(this.#record, this.#places);
    this.#standDown();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
