// Servers in this process that can be told to misbehave, for the tests of the SSH layer.

import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { connect as connectTo, createServer, type Server, type Socket } from "node:net";
import ssh2 from "ssh2";
import { knownHostsLine, parseKnownHosts } from "../../src/node/known-hosts.ts";
import type { ConnectOptions } from "../../src/node/session.ts";

const pem = (kind: "rsa" | "ec") =>
  kind === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }).toString()
    : generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" }).toString();
export const hostKey = { rsa: pem("rsa"), ec: pem("ec") };
export const userKey = pem("ec");

export function publicBlob(text: string): Buffer {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key.getPublicSSH();
}

const closing: (() => void)[] = [];

/** Ends every server started here, for afterEach. */
export function closeServers(): void {
  for (const close of closing.splice(0)) close();
}

async function listen(server: Server | InstanceType<typeof ssh2.Server>): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server as Server, "listening");
  closing.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** A bare TCP server. */
export async function tcp(onSocket: (socket: Socket) => void): Promise<number> {
  return await listen(
    createServer((socket) => {
      socket.on("error", () => undefined);
      closing.push(() => socket.destroy());
      onSocket(socket);
    }),
  );
}

export interface SshServer {
  readonly port: number;
  /** The raw connections, to cut or to silence. */
  readonly sockets: Socket[];
  /** Lets those who are logged in through to this port of the same machine. */
  forward(to: number): void;
}

/** An SSH server in this process. It lets anyone in unless `authenticate` says otherwise. */
export async function sshServer(
  onSession: (session: ssh2.Session) => void = () => undefined,
  authenticate: (context: ssh2.AuthContext) => void = (context) => context.accept(),
  keys: readonly string[] = [hostKey.ec],
): Promise<SshServer> {
  const sockets: Socket[] = [];
  let forwardTo: number | undefined;
  const server = new ssh2.Server({ hostKeys: [...keys] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", authenticate);
    client.on("session", (accept) => onSession(accept()));
    client.on("tcpip", (accept, reject) => {
      if (forwardTo === undefined) return reject();
      const on = connectTo({ host: "127.0.0.1", port: forwardTo });
      on.on("error", () => undefined);
      const channel = accept();
      channel.pipe(on).pipe(channel);
    });
  });
  const port = await tcp((socket) => {
    sockets.push(socket);
    server.injectSocket(socket);
  });
  return {
    port,
    sockets,
    forward: (to) => {
      forwardTo = to;
    },
  };
}

export function optionsFor(port: number, more: Partial<ConnectOptions> = {}): ConnectOptions {
  const key = { type: "ecdsa-sha2-nistp256", blob: publicBlob(hostKey.ec) };
  return {
    target: { user: "deploy", host: "127.0.0.1", port },
    credentials: { privateKey: userKey },
    knownHosts: parseKnownHosts(knownHostsLine("127.0.0.1", port, key)),
    hostKeyPolicy: "strict",
    timeoutSeconds: 5,
    log: () => undefined,
    ...more,
  };
}
