// What the local node's tests look at it with: a user's own ssh, and the host's kernel.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type KeyPair, ownKeyPair } from "../../src/local/key-pair.ts";
import type { LocalNode } from "../../src/local/node.ts";
import { defaultPlaces, type Places } from "../../src/local/places.ts";
import { type Outcome, run } from "../../src/local/privileged.ts";

export interface Bench extends AsyncDisposable {
  readonly keys: KeyPair;
  /** The shared cache, and a state directory of the test's own. */
  readonly places: Places;
}

export async function makeBench(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), "woven-local-test-"));
  const state = `${defaultPlaces.state}-test-${process.pid}`;
  return {
    keys: await ownKeyPair(join(directory, "keys")),
    places: { cache: defaultPlaces.cache, state },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
      // Only what is empty of nodes: what is left in it is a fault the test should show, not hide.
      await run(["rmdir", join(state, "nodes"), state]);
    },
  };
}

/** Logs in with OpenSSH as a user would, with the node's own lines as the only known hosts. */
export async function ssh(node: LocalNode, keys: KeyPair, command: string): Promise<Outcome> {
  const known = join(keys.directory, `known_hosts.${node.name}`);
  await writeFile(known, `${(await node.knownHosts()).join("\n")}\n`);
  const options = ["BatchMode=yes", "StrictHostKeyChecking=yes", `UserKnownHostsFile=${known}`, "ConnectTimeout=5"];
  const argv = options.flatMap((option) => ["-o", option]);
  return run(["ssh", "-i", keys.privateKeyFile, ...argv, "-p", `${node.port}`, `${node.user}@${node.host}`, command]);
}

/** `open`: something accepts connections; `closed`: refused; `filtered`: no answer within the time. */
export function knock(host: string, port: number, milliseconds = 1500): Promise<"open" | "closed" | "filtered"> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: milliseconds });
    const answer = (how: "open" | "closed" | "filtered") => {
      socket.destroy();
      resolve(how);
    };
    socket.once("connect", () => answer("open"));
    socket.once("timeout", () => answer("filtered"));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      answer(error.code === "ECONNREFUSED" ? "closed" : "filtered"),
    );
  });
}

/** Asks until `condition` holds; throws after `seconds`. */
export async function until(what: string, condition: () => Promise<boolean>, seconds = 20): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await delay(50);
  }
}

/** All that the host knows of the node: mounts, namespaces, rules, groups, links, processes, files. */
export async function traces(name: string, places: Places): Promise<readonly string[]> {
  const full = `woven-${name}`;
  const text = [
    await readFile("/proc/self/mounts", "utf8"),
    (await run(["nft", "list", "tables"])).stdout,
    ...(await listing("/run/netns")),
    ...(await listing("/sys/fs/cgroup")),
    ...(await listing("/sys/fs/cgroup/unified")),
    ...(await listing("/run/systemd/nspawn/propagate")),
    ...(await listing(join(places.state, "nodes"))).map((entry) => `woven-${entry}`),
  ];
  const found = text.flatMap((part) => part.split("\n")).filter((line) => line.includes(full));
  for (const pid of (await listing("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes(full)) found.push(`process ${pid}: ${command.replaceAll("\0", " ").slice(0, 200)}`);
  }
  return found;
}

async function listing(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}

export interface OtherProcess {
  readonly pid: number;
  /** The next line it prints. */
  line(): Promise<string>;
  kill(): Promise<void>;
}

/** Runs a TypeScript module text in a Node process of its own. */
export function startProcess(module: string, argv: readonly string[]): OtherProcess {
  const flags = ["--input-type=module-typescript", "--eval", module, ...argv];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"], cwd: import.meta.dirname });
  const lines: string[] = [];
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    pid: child.pid ?? 0,
    async line() {
      await until("the other process prints a line", async () => lines.length > 0, 120);
      return lines.shift() ?? "";
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
