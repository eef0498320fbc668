// Measures the time from the start of the action's process to its first byte of SSH.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { inputEnv, readMetadata, root } from "../__tests__/harness/run-action.ts";

export interface Start {
  readonly workspace: string;
  readonly command: string;
  readonly privateKey: string;
  /** RUNNER_TEMP */
  readonly temp: string;
}

/** Seconds to the first byte that reaches a server on loopback, which then hangs up. */
export async function secondsToFirstByte({ workspace, command, privateKey, temp }: Start): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer((socket: Socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      resolve(performance.now());
      socket.destroy();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const roles = JSON.stringify({ production: [`woven@127.0.0.1:${port}`] });
  const inputs = inputEnv(await readMetadata(), {
    command,
    roles,
    "ssh-key": privateKey,
    "host-key-policy": "accept-new",
  });
  const { PATH = "/usr/bin:/bin", HOME = "/root" } = process.env;
  const began = performance.now();
  const child = spawn(process.execPath, [join(root, "dist/index.js")], {
    cwd: workspace,
    stdio: "ignore",
    env: { PATH, HOME, GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: workspace, RUNNER_TEMP: temp, ...inputs },
  });
  const ended = once(child, "close").then(() => undefined);
  const first = await Promise.race([promise, ended]);
  await ended;
  server.close();
  if (first === undefined) throw new Error(`${command} ended without a byte of SSH`);
  return (first - began) / 1000;
}
