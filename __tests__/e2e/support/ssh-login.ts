// Logging in as the owner of a server would: OpenSSH, a key, a user, a port.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyPair } from "../../../src/local/key-pair.ts";
import type { LocalNode } from "../../../src/local/node.ts";
import { type Outcome, run } from "../../../src/local/privileged.ts";
import { keys } from "./equipped.ts";

export interface Door {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly node: LocalNode;
  /** Default: the key of all these tests. */
  readonly key?: KeyPair;
  /** Default: what the node's own host keys are. */
  readonly knownHosts?: readonly string[];
  /** The way to be let in that is asked for. */
  readonly only?: "none" | "password";
}

/** Code 255 is OpenSSH's own: no login. */
export async function login(door: Door, command: string): Promise<Outcome> {
  const { user, host, port, node, key = keys, only } = door;
  const folder = await mkdtemp(join(tmpdir(), "woven-login-"));
  try {
    const own = (await node.knownHosts()).map((line) => line.replace(/^\S+/, port === 22 ? host : `[${host}]:${port}`));
    await writeFile(join(folder, "known_hosts"), `${(door.knownHosts ?? own).join("\n")}\n`);
    const options = [
      "BatchMode=yes",
      "StrictHostKeyChecking=yes",
      `UserKnownHostsFile=${join(folder, "known_hosts")}`,
      "GlobalKnownHostsFile=/dev/null",
      "IdentitiesOnly=yes",
      "ConnectTimeout=5",
      ...(only ? [`PreferredAuthentications=${only}`] : []),
    ].flatMap((option) => ["-o", option]);
    return await run([
      "ssh",
      "-F",
      "/dev/null",
      "-i",
      key.privateKeyFile,
      ...options,
      "-p",
      `${port}`,
      `${user}@${host}`,
      command,
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Which of two ways in works now: that of the server as it was handed out, or that of a node of Woven's. */
export async function waysIn(node: LocalNode, old: string): Promise<readonly ("old" | "new")[]> {
  const ways = [
    { name: "old", user: old, port: 22 },
    { name: "new", user: "woven", port: 10022 },
  ] as const;
  const open = await Promise.all(
    ways.map(async ({ name, user, port }) => {
      const become = user === "root" ? "id -un" : "sudo -n id -un";
      const { code, stdout } = await login({ user, port, host: node.host, node }, become);
      return code === 0 && stdout.trim() === "root" ? [name] : [];
    }),
  );
  return open.flat();
}
