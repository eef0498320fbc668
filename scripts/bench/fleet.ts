// Measures how much memory a run takes on the runner that has many servers.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startAction } from "../../__tests__/harness/run-action.ts";
import { wayOut } from "../../__tests__/harness/way-out.ts";
import { type KeyPair, newPrivateKey } from "../../src/local/key-pair.ts";
import type { LocalNode } from "../../src/local/node.ts";
import { wayIn } from "../../src/local/open-login.ts";
import type { EchoRequest } from "./echo-servers.ts";

export interface FleetRun {
  readonly node: LocalNode;
  readonly keys: KeyPair;
  /** The checkout. */
  readonly workspace: string;
  readonly servers: number;
  readonly inputs: Readonly<Record<string, string>>;
  /** RUNNER_TEMP */
  readonly temp: string;
}

export interface FleetCost {
  /** The most memory that the process of the action had at once: VmHWM of proc_pid_status(5). */
  readonly bytes: number;
  readonly seconds: number;
}

/** Runs the built action once on `servers` servers, which all answer as `node` does. Throws if the run fails. */
export async function fleetCost({ node, keys, workspace, servers, inputs, temp }: FleetRun): Promise<FleetCost> {
  const addresses = Array.from(
    { length: servers },
    (_, index) => `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
  );
  const hostKey = newPrivateKey();
  const child = fork(join(import.meta.dirname, "echo-servers.ts"));
  try {
    const login = await wayIn(node, keys.publicKey);
    const { host } = node;
    child.send({
      addresses,
      hostKey,
      node: { ...login, host, privateKeyFile: keys.privateKeyFile },
    } satisfies EchoRequest);
    const [port] = (await Promise.race([once(child, "message"), ended(child)])) as [number];
    const running = await startAction({
      workspace,
      env: { ...wayOut, RUNNER_TEMP: temp },
      inputs: {
        roles: JSON.stringify({ production: addresses.map((address) => `woven@${address}:${port}`) }),
        "ssh-key": readFileSync(keys.privateKeyFile, "utf8"),
        "host-key-policy": "accept-new",
        env: "DJANGO_SECRET_KEY=only-for-this-throwaway-node",
        ...inputs,
      },
    });
    let bytes = 0;
    const watch = setInterval(() => {
      bytes = Math.max(bytes, peakOf(running.process.pid));
    }, 20);
    const { code, stdout, stderr, seconds } = await running.result;
    clearInterval(watch);
    if (code !== 0) throw new Error(`the run on ${servers} servers ended with exit code ${code}\n${stdout}${stderr}`);
    return { bytes, seconds };
  } finally {
    child.disconnect();
  }
}

async function ended(child: ReturnType<typeof fork>): Promise<never> {
  const [code] = (await once(child, "exit")) as [number | null];
  throw new Error(`the servers ended with exit code ${code}`);
}

/** 0 if the process has ended. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return 0;
    throw error;
  }
}
