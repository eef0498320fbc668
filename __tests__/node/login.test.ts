import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseKnownHosts } from "../../src/node/known-hosts.ts";
import { connect, type Session } from "../../src/node/session.ts";
import { sh } from "../../src/node/sh.ts";
import { optionsFor, type Sshd, startSshd } from "./sshd.ts";

let sshd: Sshd;
let session: Session;

beforeAll(async () => {
  sshd = await startSshd();
  session = await connect(optionsFor(sshd));
});

afterAll(async () => {
  await session?.close();
  await sshd?.[Symbol.asyncDispose]();
});

describe("the login", () => {
  test("says what it trusted", () => {
    expect(session.hostKey).toEqual({
      type: "ssh-ed25519",
      fingerprint: expect.stringMatching(/^SHA256:/),
      line: sshd.hostKeys.ed25519,
    });
  });

  test("asks for the kind of host key that is pinned", async () => {
    await using other = await connect(optionsFor(sshd, { knownHosts: parseKnownHosts(sshd.hostKeys.rsa) }));
    expect(other.hostKey.type).toBe("ssh-rsa");
  });

  test("accepts a new key only when told to, and hands over its line", async () => {
    const knownHosts = parseKnownHosts("");
    await expect(connect(optionsFor(sshd, { knownHosts }))).rejects.toMatchObject({
      code: "host-key-unknown",
      details: { next: expect.stringContaining(sshd.hostKeys.ed25519) },
    });
    const lines: string[] = [];
    const onHostKey = (line: string) => lines.push(line);
    await using _new = await connect(optionsFor(sshd, { knownHosts, hostKeyPolicy: "accept-new", onHostKey }));
    expect(lines).toEqual([sshd.hostKeys.ed25519]);
  });

  test("goes through jump hosts, each with its own key checked", async () => {
    await using inner = await startSshd();
    const both = parseKnownHosts(`${sshd.hostKeys.ed25519}\n${inner.hostKeys.ed25519}`);
    const key = { privateKey: sshd.key };
    const jump = [{ user: sshd.user, host: "127.0.0.1", port: sshd.port }];
    await expect(
      connect(optionsFor(inner, { jump, knownHosts: both, credentials: key, jumpCredentials: key })),
    ).rejects.toMatchObject({
      code: "login-refused",
      message: expect.stringContaining(String(inner.port)),
    });
    letIn(inner, sshd);
    await expect(
      connect(
        optionsFor(inner, {
          jump,
          knownHosts: parseKnownHosts(inner.hostKeys.ed25519),
          credentials: key,
          jumpCredentials: key,
        }),
      ),
    ).rejects.toMatchObject({ code: "host-key-unknown", message: expect.stringContaining(String(sshd.port)) });
    await using through = await connect(
      optionsFor(inner, { jump, knownHosts: both, credentials: key, jumpCredentials: key }),
    );
    const { stdout } = await through.exec(sh`echo "$SSH_CONNECTION"; cat | wc -c`, {
      input: Buffer.alloc(4 * 1024 * 1024),
    });
    expect(stdout).toContain(` ${inner.port}\n`);
    expect(stdout).toContain(String(4 * 1024 * 1024));
    expect(through.cost.logins).toBe(2);
    expect(through.cost.bytesSent).toBeGreaterThan(4 * 1024 * 1024);
    expect(through.hostKey.line).toBe(inner.hostKeys.ed25519);
  });

  test("through a jump host that cannot reach the node", async () => {
    const jump = [{ user: sshd.user, host: "127.0.0.1", port: sshd.port }];
    const target = { user: "x", host: "127.0.0.1", port: 1 };
    await expect(
      connect(optionsFor(sshd, { jump, jumpCredentials: { privateKey: sshd.key }, target })),
    ).rejects.toMatchObject({ code: "jump-failed" });
    await using closed = await startSshd(["AllowTcpForwarding no"]);
    const through = [{ user: closed.user, host: "127.0.0.1", port: closed.port }];
    await expect(
      connect(optionsFor(closed, { jump: through, jumpCredentials: { privateKey: closed.key }, target })),
    ).rejects.toMatchObject({
      code: "jump-forbidden",
    });
  });

  test("carries SFTP, too, on the same connection", async () => {
    await using both = await connect(optionsFor(sshd));
    const sftp = await both.sftp();
    await sftp.put(Buffer.from("by sftp"), join(sshd.folder, "file"));
    expect(readFileSync(join(sshd.folder, "file"), "utf8")).toBe("by sftp");
    expect((await both.exec(sh`cat ${join(sshd.folder, "file")}`)).stdout).toBe("by sftp");
    expect(await both.sftp()).toBe(sftp);
    expect(both.cost).toMatchObject({ logins: 1, roundTrips: 2 });
  });

  test("ends when it is closed, with what runs in it; closing twice does no harm", async () => {
    const short = await connect(optionsFor(sshd));
    const running = short.exec(sh`sleep 30`);
    const ended = expect(running).rejects.toMatchObject({ code: "cancelled" });
    await short.close();
    await ended;
    await short.close();
    await expect(short.exec(sh`true`)).rejects.toMatchObject({ code: "cancelled" });
  });

  test("ends when its signal says so", async () => {
    const abort = new AbortController();
    await using short = await connect(optionsFor(sshd, { signal: abort.signal }));
    const ended = expect(short.exec(sh`sleep 30`)).rejects.toMatchObject({ code: "cancelled" });
    abort.abort();
    await ended;
  });
});

/** Puts the key of one server's user onto another. */
function letIn(server: Sshd, from: Sshd): void {
  appendFileSync(join(server.folder, "authorized_keys"), readFileSync(join(from.folder, "user.pub")));
}
