// What goes wrong on the way to a node, and what the user is told: against servers that misbehave in one way each.

import { once } from "node:events";
import { connect as connectTo, type Socket } from "node:net";
import type ssh2 from "ssh2";
import { afterEach, describe, expect, test } from "vitest";
import { AcceptedKeys } from "../../src/node/accepted-keys.ts";
import { dialError } from "../../src/node/connect-errors.ts";
import { fingerprint, knownHostsLine, parseKnownHosts } from "../../src/node/known-hosts.ts";
import { connect } from "../../src/node/session.ts";
import { sh } from "../../src/node/sh.ts";
import {
  closeServers,
  hostKey,
  optionsFor,
  publicBlob,
  type SshServer,
  sshServer,
  tcp,
  userKey,
} from "./ssh-server.ts";
import { freePort } from "./sshd.ts";

afterEach(closeServers);

describe("no login, since", () => {
  test("nothing listens", async () => {
    await expect(connect(optionsFor(await freePort()))).rejects.toMatchObject({ code: "connect-refused" });
  });

  test("the name does not exist", async () => {
    const target = { user: "deploy", host: "web1.woven.invalid", port: 22 };
    await expect(connect(optionsFor(1, { target }))).rejects.toMatchObject({ code: "host-not-found" });
  });

  test("the server says nothing", async () => {
    const port = await tcp(() => undefined);
    await expect(connect(optionsFor(port, { timeoutSeconds: 0.3 }))).rejects.toMatchObject({
      code: "connect-timeout",
      message: expect.stringContaining("no SSH greeting"),
    });
  });

  test("it hangs up before its greeting", async () => {
    for (const end of [
      (socket: Socket) => socket.end("Not allowed at this time\r\n"),
      (socket: Socket) => socket.resetAndDestroy(),
    ]) {
      await expect(connect(optionsFor(await tcp(end)))).rejects.toMatchObject({
        code: "connect-reset",
        details: { next: expect.stringMatching(/fail2ban[\s\S]*MaxStartups/) },
      });
    }
  });

  test("it is not an SSH server", async () => {
    const port = await tcp((socket) => socket.write(`HTTP/1.1 400 Bad Request\r\n${"x".repeat(10_000)}\r\n`));
    await expect(connect(optionsFor(port))).rejects.toMatchObject({ code: "not-ssh" });
  });

  test("the key is bad, before anything else is asked", async () => {
    const { port } = await sshServer();
    await expect(connect(optionsFor(port, { credentials: { privateKey: "nonsense" } }))).rejects.toMatchObject({
      code: "ssh-key",
    });
  });

  test("it is cancelled", async () => {
    const port = await tcp(() => undefined);
    const abort = new AbortController();
    const waiting = expect(connect(optionsFor(port, { signal: abort.signal }))).rejects.toMatchObject({
      code: "cancelled",
    });
    setTimeout(() => abort.abort(), 50);
    await waiting;
    await expect(connect(optionsFor(port, { signal: abort.signal }))).rejects.toMatchObject({ code: "cancelled" });
  });

  test("the key is refused: who, which key, what the server takes, the line it needs", async () => {
    const { port } = await sshServer(undefined, (context) => context.reject(["publickey", "keyboard-interactive"]));
    const line = `ecdsa-sha2-nistp256 ${publicBlob(userKey).toString("base64")}`;
    await expect(connect(optionsFor(port))).rejects.toMatchObject({
      code: "login-refused",
      message: expect.stringContaining(fingerprint(publicBlob(userKey))),
      details: { next: expect.stringContaining(line) },
    });
  });

  test("the password is refused, after the key", async () => {
    const tried: string[] = [];
    const { port } = await sshServer(undefined, (context) => {
      tried.push(context.method);
      context.reject(["publickey", "password"]);
    });
    await expect(
      connect(optionsFor(port, { credentials: { privateKey: userKey, password: "no" } })),
    ).rejects.toMatchObject({
      code: "login-refused",
      message: expect.stringContaining("password"),
    });
    expect(tried).toEqual(["publickey", "password"]);
  });

  test("it hangs up during the login", async () => {
    const server: SshServer = await sshServer(undefined, () => server.sockets[0]?.destroy());
    await expect(connect(optionsFor(server.port))).rejects.toMatchObject({ code: "login-refused" });
  });

  test.each([
    ["ETIMEDOUT", "connect-timeout"],
    ["EHOSTUNREACH", "no-route"],
    ["ENETUNREACH", "no-route"],
    ["EAI_AGAIN", "host-not-found"],
    ["ECONNRESET", "connect-reset"],
    ["ESOMETHING", "connect-failed"],
  ])("the network says %s", (code, expected) => {
    const error = Object.assign(new Error(code), { code });
    expect(dialError(error, { host: "web1", port: 22 })).toMatchObject({ code: expected, details: { node: "web1" } });
  });
});

test("of several addresses of a name, the one that says most is told", () => {
  const [far, refused] = ["ENETUNREACH", "ECONNREFUSED"].map((code) => Object.assign(new Error(code), { code }));
  const both = new AggregateError([far, refused], "both failed");
  expect(dialError(both, { host: "web1", port: 22 }).code).toBe("connect-refused");
});

describe("the host key", () => {
  test("of a kind that is not pinned is named, beside the one that was expected", async () => {
    const { port } = await sshServer(undefined, undefined, [hostKey.rsa]);
    await expect(connect(optionsFor(port))).rejects.toMatchObject({
      code: "host-key-changed",
      message: expect.stringMatching(/expected ecdsa-sha2-nistp256 SHA256:\S+ .*seen ssh-rsa SHA256:/),
    });
  });

  test("is chosen among the server's by what is pinned", async () => {
    const { port } = await sshServer(undefined, undefined, [hostKey.rsa, hostKey.ec]);
    await using session = await connect(optionsFor(port));
    expect(session.hostKey.type).toBe("ecdsa-sha2-nistp256");
  });

  test("that is refused stops the login before any credential is offered", async () => {
    const tried: string[] = [];
    const { port } = await sshServer(undefined, (context) => {
      tried.push(context.method);
      context.accept();
    });
    for (const text of ["", knownHostsLine("127.0.0.1", port, { type: "ssh-rsa", blob: publicBlob(hostKey.rsa) })]) {
      const refused = connect(
        optionsFor(port, { knownHosts: parseKnownHosts(text), credentials: { password: "secret" } }),
      );
      await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^host-key-(unknown|changed)$/) });
    }
    expect(tried).toEqual([]);
  });

  test("is not asked for where only kinds are pinned that cannot be checked", async () => {
    const [type, blob] = ["sk-ssh-ed25519@openssh.com", Buffer.alloc(4)];
    const typed = Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type), blob]);
    const knownHosts = parseKnownHosts(knownHostsLine("127.0.0.1", 2222, { type, blob: typed }));
    await expect(connect(optionsFor(2222, { knownHosts }))).rejects.toMatchObject({ code: "host-key-unsupported" });
  });
});

describe("passwords", () => {
  test("are not sent to a server that does not take them", async () => {
    const tried: string[] = [];
    const { port } = await sshServer(undefined, (context) => {
      tried.push(context.method);
      context.reject(["publickey"]);
    });
    const credentials = { privateKey: userKey, password: "secret" };
    await expect(connect(optionsFor(port, { credentials }))).rejects.toMatchObject({ code: "login-refused" });
    expect(tried).toEqual(["publickey"]);
  });

  test("are used where there is no key", async () => {
    const check = (context: ssh2.AuthContext) =>
      context.method === "password" && context.password === "right" ? context.accept() : context.reject(["password"]);
    const { port } = await sshServer(undefined, check);
    await using session = await connect(optionsFor(port, { credentials: { password: "right" } }));
    expect(session.target.user).toBe("deploy");
  });

  test("are used after the key where the server wants both", async () => {
    const check = (context: ssh2.AuthContext) => {
      if (context.method === "password") context.accept();
      else context.reject(["password"], true);
    };
    const { port } = await sshServer(undefined, check);
    await using _session = await connect(optionsFor(port, { credentials: { privateKey: userKey, password: "right" } }));
  });
});

describe("jump hosts", () => {
  /** A server that says what it was offered, and forwards to the port it is asked for. */
  async function listening(tried: string[]) {
    return await sshServer(undefined, (context) => {
      if (context.method === "password") tried.push(context.password);
      else if (context.method !== "none") tried.push(context.method);
      context.reject(["publickey", "password"]);
    });
  }

  test("are never offered the password of the node behind them, with or without a key", async () => {
    for (const jumpCredentials of [{}, { privateKey: userKey }]) {
      const tried: string[] = [];
      const { port } = await listening(tried);
      const jump = [{ user: "deploy", host: "127.0.0.1", port }];
      const target = { user: "deploy", host: "127.0.0.1", port: 1 };
      const credentials = { privateKey: userKey, password: "of the node" };
      await expect(connect(optionsFor(port, { jump, jumpCredentials, target, credentials }))).rejects.toMatchObject({
        code: "login-refused",
      });
      expect(tried).toEqual("privateKey" in jumpCredentials ? ["publickey"] : []);
    }
  });

  test("are offered their own password, and the node is not", async () => {
    const [atJump, atNode]: [string[], string[]] = [[], []];
    const node = await listening(atNode);
    const jumpServer = await sshServer(undefined, (context) => {
      if (context.method !== "password") return context.reject(["password"]);
      atJump.push(context.password);
      context.accept();
    });
    jumpServer.forward(node.port);
    await expect(
      connect(
        optionsFor(node.port, {
          jump: [{ user: "deploy", host: "127.0.0.1", port: jumpServer.port }],
          jumpCredentials: { password: "of the jump host" },
          credentials: { password: "of the node" },
          knownHosts: parseKnownHosts(
            [node.port, jumpServer.port]
              .map((port) =>
                knownHostsLine("127.0.0.1", port, { type: "ecdsa-sha2-nistp256", blob: publicBlob(hostKey.ec) }),
              )
              .join("\n"),
          ),
        }),
      ),
    ).rejects.toMatchObject({ code: "login-refused" });
    expect([atJump, atNode]).toEqual([["of the jump host"], ["of the node"]]);
  });

  test("a key for them that is none is told by its own name", async () => {
    const jump = [{ user: "deploy", host: "127.0.0.1", port: (await sshServer()).port }];
    const options = optionsFor(jump[0]?.port ?? 0, { jump, jumpCredentials: { privateKey: "nonsense" } });
    await expect(connect(options)).rejects.toMatchObject({
      code: "ssh-key",
      message: expect.stringMatching(/^the jump-ssh-key input/),
    });
  });
});

describe("at the end", () => {
  test("the server gets the goodbye, and the session runs nothing any more", async () => {
    const server = await sshServer();
    const session = await connect(optionsFor(server.port));
    const ended = once(server.sockets[0] as Socket, "end");
    await session.close();
    await ended;
    await expect(session.exec(sh`true`)).rejects.toMatchObject({ code: "cancelled" });
  });

  test("a server that does not read any more holds nobody up", async () => {
    const server = await sshServer();
    const session = await connect(optionsFor(server.port));
    for (const socket of server.sockets) socket.pause();
    const began = performance.now();
    await session.close();
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe("with accept-new", () => {
  test("another key after a cut gets no credential, and is told apart from the one accepted before", async () => {
    const passwords: string[] = [];
    const take = (context: ssh2.AuthContext) => {
      if (context.method !== "password") return context.reject(["password"]);
      passwords.push(context.password);
      context.accept();
    };
    const first = await sshServer(undefined, take, [hostKey.ec]);
    const second = await sshServer(undefined, take, [hostKey.rsa]);
    let to = first.port;
    const port = await tcp((socket) => {
      const on = connectTo({ host: "127.0.0.1", port: to });
      on.on("error", () => undefined);
      socket.pipe(on).pipe(socket);
    });
    const lines: string[] = [];
    const options = optionsFor(port, {
      knownHosts: parseKnownHosts(""),
      hostKeyPolicy: "accept-new",
      accepted: new AcceptedKeys(),
      credentials: { password: "hunter22" },
      onHostKey: (line) => lines.push(line),
    });
    await (await connect(options)).close();
    await (await connect(options)).close();
    to = second.port;
    await expect(connect(options)).rejects.toMatchObject({
      code: "host-key-changed",
      message: expect.stringMatching(
        /accepted earlier in this run: expected ecdsa\S+ SHA256:\S+, seen ssh-rsa SHA256:/,
      ),
    });
    expect([passwords, lines.length]).toEqual([["hunter22", "hunter22"], 1]);
  });

  test("of two keys that one address shows to logins side by side, only one gets a credential", async () => {
    const passwords: string[] = [];
    const take = (context: ssh2.AuthContext) => {
      if (context.method !== "password") return context.reject(["password"]);
      passwords.push(context.password);
      context.accept();
    };
    const ports = [
      (await sshServer(undefined, take, [hostKey.ec])).port,
      (await sshServer(undefined, take, [hostKey.rsa])).port,
    ];
    const port = await tcp((socket) => {
      const on = connectTo({ host: "127.0.0.1", port: ports.pop() ?? 0 });
      on.on("error", () => undefined);
      socket.pipe(on).pipe(socket);
    });
    const options = optionsFor(port, {
      knownHosts: parseKnownHosts(""),
      hostKeyPolicy: "accept-new",
      accepted: new AcceptedKeys(),
      credentials: { password: "hunter22" },
    });
    const ends = await Promise.allSettled([connect(options), connect(options)]);
    for (const end of ends) if (end.status === "fulfilled") await end.value.close();
    expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(passwords).toEqual(["hunter22"]);
  });
});

describe("a server with its own ways", () => {
  test("does not start a command", async () => {
    const { port } = await sshServer((session) => session.on("exec", (_accept, reject) => reject?.()));
    await using session = await connect(optionsFor(port));
    await expect(session.exec(sh`one`)).rejects.toMatchObject({ code: "exec-refused" });
  });

  test("closes a command without saying how it ended", async () => {
    const { port } = await sshServer((session) => session.on("exec", (accept) => accept().end("bye")));
    await using session = await connect(optionsFor(port));
    expect(await session.exec(sh`one`)).toEqual({ code: null, stdout: "bye", stderr: "" });
  });

  test("is asked to kill a command whose input broke off, before it could take its end for the whole", async () => {
    const seen: string[] = [];
    const { port } = await sshServer((session) => {
      session.on("exec", (accept) => {
        const channel = accept();
        channel.on("data", () => seen.push("data"));
        channel.on("end", () => seen.push("end"));
        channel.on("close", () => seen.push("close"));
      });
      session.on("signal", (_accept, _reject, info) => seen.push(info.name));
    });
    await using session = await connect(optionsFor(port));
    async function* broken() {
      yield Buffer.from("half");
      throw new Error("disk on fire");
    }
    await expect(session.exec(sh`one`, { input: broken() })).rejects.toMatchObject({ code: "input-failed" });
    await expect.poll(() => seen).toContain("close");
    expect(seen.slice(0, 2)).toEqual(["data", "KILL"]);
  });
});
