import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

async function* megabytes(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield Buffer.alloc(1024 * 1024, index);
}

describe("commands", () => {
  test("give their output, their errors and their status", async () => {
    const result = await session.exec(sh`echo ${"it's"}; echo oops >&2; exit 3`);
    expect(result).toEqual({ code: 3, stdout: "it's\n", stderr: "oops\n" });
  });

  test("ended by a signal say so", async () => {
    expect(await session.exec(sh`kill -KILL $$`)).toMatchObject({ code: null, signal: "SIGKILL" });
  });

  test("without input read its end at once", async () => {
    expect(await session.exec(sh`cat`)).toMatchObject({ code: 0, stdout: "" });
  });

  test.each([
    ["a string", "žluťoučký\n"],
    ["bytes", Buffer.from("žluťoučký\n")],
    ["a stream", Readable.from([Buffer.from("žluť"), Buffer.from("oučký\n")])],
  ])("take %s as input", async (_what, input) => {
    expect((await session.exec(sh`cat`, { input })).stdout).toBe("žluťoučký\n");
  });

  test("have no terminal, and no agent", async () => {
    const { stdout } = await session.exec(sh`tty; echo "[$SSH_AUTH_SOCK]"`);
    expect(stdout).toBe("not a tty\n[]\n");
  });

  test("are done when they are done, though a child in the background still holds their output", async () => {
    const started = Date.now();
    const result = await session.exec(sh`sleep 30 & echo $!; echo started`);
    expect(result.code).toBe(0);
    const [pid = "", word] = result.stdout.split("\n");
    expect(word).toBe("started");
    expect(Date.now() - started).toBeLessThan(15_000);
    await session.exec(sh`kill ${pid}`);
  });

  test("wait for a child in the background as long as it goes on printing", async () => {
    const { stdout } = await session.exec(sh`(sleep 0.6; echo one; sleep 0.6; echo two; sleep 30) & echo $!`);
    const [pid = "", ...words] = stdout.trim().split("\n");
    await session.exec(sh`kill ${pid}`);
    expect(words).toEqual(["one", "two"]);
  });

  test("that end before they read all their input leave the session usable, and the source closed", async () => {
    const input = Readable.from(megabytes(64), { objectMode: false });
    expect(await session.exec(sh`head -c 5 >/dev/null; exit 7`, { input })).toMatchObject({ code: 7 });
    expect(input.destroyed).toBe(true);
    expect((await session.exec(sh`echo ok`)).stdout).toBe("ok\n");
  });

  test("run side by side on one login", async () => {
    const words = ["one", "two", "three", "four", "five"];
    const results = await Promise.all(words.map((word) => session.exec(sh`cat; echo ${word}`, { input: `${word} ` })));
    expect(results.map((result) => result.stdout)).toEqual(words.map((word) => `${word} ${word}\n`));
  });

  test("fifty in a row are counted", { timeout: 60_000 }, async () => {
    const before = session.cost;
    for (let index = 0; index < 50; index++) expect((await session.exec(sh`echo ${index}`)).stdout).toBe(`${index}\n`);
    expect(session.cost.roundTrips - before.roundTrips).toBe(50);
    expect(session.cost.logins).toBe(1);
  });
});

describe("large amounts", () => {
  test("16 MiB of input arrive as they are, without being held in memory", async () => {
    let ahead = 0;
    async function* watched() {
      for await (const chunk of megabytes(16)) {
        ahead++;
        yield chunk;
      }
    }
    const before = session.cost.bytesSent;
    const go = join(sshd.folder, "go");
    await session.exec(sh`mkfifo ${go}`);
    // The command reads nothing for a while: what is taken from the source must stop at the window (2 MiB) and one buffer.
    const running = session.exec(sh`read -r word < ${go}; wc -c`, { input: watched() });
    await settled(() => ahead);
    expect(ahead).toBeLessThan(9);
    await session.exec(sh`echo go > ${go}`);
    expect((await running).stdout.trim()).toBe(String(16 * 1024 * 1024));
    expect(session.cost.bytesSent - before).toBeGreaterThan(16 * 1024 * 1024);
    expect(session.cost.bytesSent - before).toBeLessThan(17 * 1024 * 1024);
  });

  test("output given on as it comes is not kept but for its end", async () => {
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
    };
    const result = await session.exec(sh`head -c 20000000 /dev/zero; echo end`, { onStdout: take });
    expect(bytes).toBe(20_000_004);
    expect(result.stdout.length).toBe(64 * 1024);
    expect(result.stdout.endsWith("\0end\n")).toBe(true);
  });

  test("output without end is cut off, with an error", async () => {
    await expect(session.exec(sh`cat /dev/zero`)).rejects.toMatchObject({ code: "output-too-long" });
    expect((await session.exec(sh`echo ok`)).stdout).toBe("ok\n");
  });
});

/** Waits until a number has stopped growing. */
async function settled(count: () => number): Promise<void> {
  for (let last = -1; last !== count(); ) {
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

describe("commands that are given up", () => {
  test("on a time limit", async () => {
    await expect(session.exec(sh`sleep 30`, { timeoutSeconds: 0.2 })).rejects.toMatchObject({
      code: "command-timeout",
    });
  });

  test("on a signal, before and while they run", async () => {
    const abort = new AbortController();
    const running = session.exec(sh`sleep 30`, { signal: abort.signal });
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
    await expect(session.exec(sh`sleep 30`, { signal: abort.signal })).rejects.toMatchObject({ code: "cancelled" });
  });

  test("because their input broke off", async () => {
    async function* broken() {
      yield Buffer.from("half");
      throw new Error("disk on fire");
    }
    await expect(session.exec(sh`cat`, { input: broken() })).rejects.toMatchObject({
      code: "input-failed",
      message: expect.stringContaining("disk on fire"),
    });
  });

  test("because the listener of their output threw", async () => {
    const onStdout = () => {
      throw new TypeError("no");
    };
    await expect(session.exec(sh`echo x`, { onStdout })).rejects.toThrow(TypeError);
    expect((await session.exec(sh`echo ok`)).stdout).toBe("ok\n");
  });
});
