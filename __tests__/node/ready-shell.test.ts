// Shells that open on a login before their script is known, on a real sshd.
import { describe, expect, test } from "vitest";
import { createLog } from "../../src/log.ts";
import { Host } from "../../src/node/host.ts";
import { connect } from "../../src/node/session.ts";
import { sh } from "../../src/node/sh.ts";
import { optionsFor, type Sshd, startSshd } from "./sshd.ts";
import { runs } from "./stage-run.ts";

function hostAt(server: Sshd) {
  let logins = 0;
  const host = new Host({
    address: { user: server.user, host: "127.0.0.1" },
    connect: (until) => {
      logins += 1;
      return connect(optionsFor(server, until ? { signal: until } : {}));
    },
    log: createLog(() => undefined),
  });
  return { host, logins: () => logins };
}

async function echoed(host: Host, text: string, signal?: AbortSignal): Promise<string> {
  const heard: Buffer[] = [];
  const onStdout = (chunk: Buffer) => void heard.push(chunk);
  // As root on this machine, or as a user whom sudo lets in.
  const { code } = await host.root(sh`printf '<%s>' "$1"; cat`, {
    args: [text],
    input: `${text}\n`.repeat(20_000),
    onStdout,
    ...(signal ? { signal } : {}),
  });
  expect(code).toBe(0);
  return Buffer.concat(heard).toString();
}

const wanted = (text: string) => `<${text}>${`${text}\n`.repeat(20_000)}`;

test("a script runs in one, with all of its input, and costs no further round trip", async () => {
  await using server = await startSshd();
  const { host } = hostAt(server);
  await using _ = host;
  host.standBy(2);
  await expect.poll(() => host.cost.roundTrips).toBe(2);
  expect(await echoed(host, "one's")).toBe(wanted("one's"));
  expect(await echoed(host, "two")).toBe(wanted("two"));
  expect(host.cost.roundTrips).toBe(2);
  expect(await echoed(host, "three")).toBe(wanted("three"));
  expect(host.cost.roundTrips).toBe(3);
});

test.each([1, 2])("a server that allows %i sessions at once refuses some, and everything runs", async (sessions) => {
  await using server = await startSshd([`MaxSessions ${sessions}`]);
  const { host } = hostAt(server);
  await using _ = host;
  const facts = host.root(sh`sleep 0.3; echo facts`);
  host.standBy(2);
  expect((await facts).stdout).toBe("facts\n");
  expect(await echoed(host, "one")).toBe(wanted("one"));
  expect(await echoed(host, "two")).toBe(wanted("two"));
});

test("one that nobody needed ends with the login", async () => {
  await using server = await startSshd();
  const { host } = hostAt(server);
  await host.session();
  host.standBy(1);
  const shells = async () =>
    (await host.root(sh`pgrep -f '[I]FS= read -r line' || :`)).stdout.split("\n").filter(Boolean);
  await expect.poll(async () => (await shells()).length).toBeGreaterThan(0);
  const pids = await shells();
  await host[Symbol.asyncDispose]();
  for (const pid of pids) await expect.poll(() => runs(pid)).toBe(false);
});

test("a script in one is ended when its signal aborts, and the login stays", async () => {
  await using server = await startSshd();
  const { host, logins } = hostAt(server);
  await using _ = host;
  await host.session();
  host.standBy(1);
  const asleep = host.root(sh`sleep 60`, { onStdout: () => undefined, signal: AbortSignal.timeout(300) });
  await expect(asleep).rejects.toMatchObject({ code: "cancelled" });
  expect(await echoed(host, "after")).toBe(wanted("after"));
  expect(logins()).toBe(1);
});

describe("an early login", () => {
  test("is taken by whoever needs one first", async () => {
    await using server = await startSshd();
    const { host, logins } = hostAt(server);
    await using _ = host;
    host.logIn();
    host.logIn();
    expect((await host.root(sh`echo here`)).stdout).toBe("here\n");
    expect(logins()).toBe(1);
  });

  test("that fails is the error of whoever needs it, and is not tried twice", async () => {
    await using server = await startSshd();
    const { host, logins } = hostAt({ ...server, port: 9 });
    await using _ = host;
    host.logIn();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect(host.session()).rejects.toMatchObject({ code: "connect-refused" });
    expect(logins()).toBe(1);
  });

  test("that nobody needed is closed, whether it is there or on its way", async () => {
    await using server = await startSshd();
    for (const pause of [0, 500]) {
      const { host } = hostAt(server);
      host.logIn();
      await new Promise((resolve) => setTimeout(resolve, pause));
      await host[Symbol.asyncDispose]();
    }
    const count = (what: RegExp) => server.log().match(what)?.length ?? 0;
    await expect.poll(() => count(/Accepted publickey/g)).toBeGreaterThan(0);
    await expect
      .poll(() => count(/Accepted publickey/g) - count(/Closing connection|Disconnected from user/g), {
        timeout: 10_000,
      })
      .toBe(0);
  });
});
