// A login that worked and then broke: everything on it must fail at once, and say so.

import type ssh2 from "ssh2";
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../../src/node/session.ts";
import { sh } from "../../src/node/sh.ts";
import { closeServers, optionsFor, sshServer } from "./ssh-server.ts";

afterEach(closeServers);

describe("a connection that breaks", () => {
  const hanging = (session: ssh2.Session) => session.on("exec", (accept) => accept());

  test("fails what runs, and everything after, with connection-lost", async () => {
    const server = await sshServer(hanging);
    await using session = await connect(optionsFor(server.port));
    const running = [session.exec(sh`one`), session.exec(sh`two`, { input: "x" })];
    const ended = Promise.all(running.map((run) => expect(run).rejects.toMatchObject({ code: "connection-lost" })));
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.sockets[0]?.destroy();
    await ended;
    await expect(session.exec(sh`three`)).rejects.toMatchObject({
      code: "connection-lost",
      details: { node: "127.0.0.1" },
    });
    await expect(session.sftp()).rejects.toMatchObject({ code: "connection-lost" });
  });

  test("by being closed in good order", async () => {
    const server = await sshServer(hanging);
    await using session = await connect(optionsFor(server.port));
    const ended = expect(session.exec(sh`one`)).rejects.toMatchObject({ code: "connection-lost" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.sockets[0]?.end();
    await ended;
  });

  test("by being reset", async () => {
    const server = await sshServer(hanging);
    await using session = await connect(optionsFor(server.port));
    const ended = expect(session.exec(sh`one`)).rejects.toMatchObject({ code: "connection-lost" });
    server.sockets[0]?.resetAndDestroy();
    await ended;
  });

  test("while input is being sent", async () => {
    const server = await sshServer(hanging);
    await using session = await connect(optionsFor(server.port));
    async function* endless() {
      for (;;) yield Buffer.alloc(64 * 1024);
    }
    const ended = expect(session.exec(sh`one`, { input: endless() })).rejects.toMatchObject({
      code: "connection-lost",
    });
    setTimeout(() => server.sockets[0]?.destroy(), 50);
    await ended;
  });

  test("by silence is noticed by the keepalives", async () => {
    const server = await sshServer(hanging);
    await using session = await connect(optionsFor(server.port, { keepaliveSeconds: 0.05 }));
    const ended = expect(session.exec(sh`one`)).rejects.toMatchObject({
      code: "connection-lost",
      message: expect.stringContaining("keepalives"),
    });
    server.sockets[0]?.pause();
    await ended;
  });
});
