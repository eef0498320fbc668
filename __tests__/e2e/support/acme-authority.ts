// An ACME authority beside a node: Pebble, and a name server that both ask. They run on the runner's end of the node's link.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, vi } from "vitest";
import { pebble, pebbleNames } from "../../../scripts/tools.ts";
import type { LocalNode } from "../../../src/local/node.ts";
import { authority } from "../../certificates.ts";
import { inside } from "./inside.ts";

const name = "acme.example.com";
const ports = { directory: 14_000, management: 15_000, names: 8055 };

export interface AcmeAuthority extends AsyncDisposable {
  readonly directory: string;
  /** The runner's own address, as the node reaches it. */
  readonly here: string;
  /** The file with the root that the certificates come from: visitors trust it. */
  readonly rootFile: string;
  /** Sets the address of a domain. */
  point(domain: string, address: string): Promise<void>;
  /** Where the name server's answers are set over HTTP, also from the node: challtestsrv of Pebble. */
  readonly names: string;
  /** What the authority says of a certificate: `Valid`, `Revoked`. `serial`: hexadecimal. */
  status(serial: string): Promise<string>;
  /** Stops issuing; the directory is no longer there. */
  stop(): Promise<void>;
}

/** Starts both. The node asks that name server from now on, and trusts the certificate of the directory. */
export async function acmeAuthority(node: LocalNode): Promise<AcmeAuthority> {
  const here = node.host.replace(/\d+$/, (last) => String(Number(last) - 1));
  // If anything fails on the way, what is running by then is stopped.
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "woven-acme-"));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const ca = started.use(authority());
  const api = ca.issue({ domains: [name] });
  await writeFile(join(folder, "api.pem"), api.chain);
  await writeFile(join(folder, "api.key"), api.key);
  const config = {
    listenAddress: `${here}:${ports.directory}`,
    managementListenAddress: `${here}:${ports.management}`,
    certificate: join(folder, "api.pem"),
    privateKey: join(folder, "api.key"),
    httpPort: 80,
    tlsPort: 443,
    retryAfter: { authz: 1, order: 1 },
    keyAlgorithm: "ecdsa",
    profiles: { default: { description: "90 days", validityPeriod: 90 * 24 * 3600 } },
  };
  await writeFile(join(folder, "pebble.json"), JSON.stringify({ pebble: config }));
  const without = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", ""];
  const names = start(await pebbleNames(), [
    ...without,
    ...["-dnsserver", `${here}:53`, "-management", `${here}:${ports.names}`, "-defaultIPv6", "", "-defaultIPv4", ""],
  ]);
  started.defer(() => ended(names));
  const issuing = start(await pebble(), ["-config", join(folder, "pebble.json"), "-dnsserver", `${here}:53`], {
    PEBBLE_VA_NOSLEEP: "1",
    PEBBLE_WFE_NONCEREJECT: "0",
    PEBBLE_AUTHZREUSE: "0",
  });
  started.defer(() => ended(issuing));
  await Promise.all([
    listening(here, ports.names),
    listening(here, ports.directory),
    listening(here, ports.management),
  ]);
  const point = async (domain: string, address: string) => {
    const send = (path: string, body: object) =>
      fetch(`http://${here}:${ports.names}/${path}`, { method: "POST", body: JSON.stringify(body) });
    await send("clear-a", { host: domain });
    const { status } = await send("add-a", { host: domain, addresses: [address] });
    expect(status).toBe(200);
  };
  await point(name, here);
  const root = Buffer.from(ca.root).toString("base64");
  await inside(
    node,
    `echo ${root} | base64 -d >/usr/local/share/ca-certificates/woven-test.crt; update-ca-certificates >/dev/null 2>&1
echo 'nameserver ${here}' >/etc/resolv.conf`,
  );
  const rootFile = join(folder, "root.pem");
  const ask = (path: string) => askAuthority(here, ca.root, path);
  await writeFile(rootFile, await ask("/roots/0"));
  const running = started.move();
  return {
    directory: `https://${name}:${ports.directory}/dir`,
    here,
    rootFile,
    point,
    names: `http://${here}:${ports.names}`,
    status: async (serial) =>
      (JSON.parse(await ask(`/cert-status-by-serial/${serial.toLowerCase()}`)) as { Status: string }).Status,
    stop: () => ended(issuing),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function start(program: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(program, words, { stdio: "ignore", env: { ...process.env, ...env } });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await end;
}

async function listening(host: string, port: number): Promise<void> {
  const opens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host, port });
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("close", () => socket.destroy()).setTimeout(1000, () => socket.destroy());
    });
  // Not expect.poll, which works in tests only: this is called before them.
  await vi.waitFor(async () => expect(await opens(), `${host}:${port}`).toBe(true), { timeout: 20_000 });
}

/** Asks Pebble's own pages. Its root is among them: it makes a new one at each start. */
async function askAuthority(here: string, ca: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(
      { host: here, port: ports.management, path, ca, servername: name, agent: false },
      (response) => void text(response).then(resolve, reject),
    )
      .once("error", reject)
      .end();
  });
}
