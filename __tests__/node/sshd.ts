// A real OpenSSH server on loopback, as the current user, for the tests of the SSH layer. Ended by its own pid.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureTools } from "../../src/local/machine-requirements.ts";
import { parseKnownHosts } from "../../src/node/known-hosts.ts";
import type { ConnectOptions } from "../../src/node/session.ts";

export interface Sshd extends AsyncDisposable {
  readonly port: number;
  readonly user: string;
  /** The private key that is let in. */
  readonly key: string;
  /** Lines for known_hosts, by kind. */
  readonly hostKeys: { readonly ed25519: string; readonly rsa: string };
  readonly folder: string;
  /** Everything sshd logged until now. */
  log(): string;
}

/** Starts sshd with more lines of sshd_config, which win over the ones here. */
export async function startSshd(config: readonly string[] = []): Promise<Sshd> {
  await ensureTools([{ package: "openssh-server", there: ["/usr/sbin/sshd"] }], console.log);
  const folder = mkdtempSync(join(tmpdir(), "woven-sshd-"));
  const port = await freePort();
  const path = (name: string) => join(folder, name);
  for (const kind of ["ed25519", "rsa"]) keygen(path(`host_${kind}`), kind);
  keygen(path("user"), "ed25519");
  writeFileSync(path("authorized_keys"), readFileSync(path("user.pub")));
  const lines = [
    ...config,
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${path("host_ed25519")}`,
    `HostKey ${path("host_rsa")}`,
    `AuthorizedKeysFile ${path("authorized_keys")}`,
    `PidFile ${path("pid")}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin yes",
    "Subsystem sftp internal-sftp",
    "MaxStartups 100",
    "LogLevel VERBOSE",
  ];
  writeFileSync(path("config"), `${lines.join("\n")}\n`);
  // Where sshd, as root, locks itself in before the login.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const server = spawn("/usr/sbin/sshd", ["-D", "-E", path("log"), "-f", path("config")], { stdio: "ignore" });
  await listening(server, port, path("log"));
  const hostLine = (kind: string) => {
    const [type, base64] = readFileSync(path(`host_${kind}.pub`), "utf8").split(" ");
    return `[127.0.0.1]:${port} ${type} ${base64?.trim()}`;
  };
  return {
    port,
    folder,
    user: userInfo().username,
    key: readFileSync(path("user"), "utf8"),
    hostKeys: { ed25519: hostLine("ed25519"), rsa: hostLine("rsa") },
    log: () => readFileSync(path("log"), "utf8"),
    async [Symbol.asyncDispose]() {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      if (server.exitCode === null) await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Options to log in to it, its Ed25519 key pinned. */
export function optionsFor(server: Sshd, more: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    target: { user: server.user, host: "127.0.0.1", port: server.port },
    credentials: { privateKey: server.key },
    knownHosts: parseKnownHosts(server.hostKeys.ed25519),
    hostKeyPolicy: "strict",
    log: () => undefined,
    ...more,
  };
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function keygen(path: string, kind: string): void {
  execFileSync("ssh-keygen", ["-q", "-t", kind, "-N", "", "-C", "", "-f", path]);
}

async function listening(server: ChildProcess, port: number, log: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`sshd ended at once:\n${readFileSync(log, "utf8")}`);
    const socket = connect(port, "127.0.0.1");
    const open = await once(socket, "connect").then(
      () => "open",
      () => "closed",
    );
    socket.destroy();
    if (open === "open") return;
    await sleep(20);
  }
  throw new Error("sshd does not listen");
}
