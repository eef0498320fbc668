import { execFile } from "node:child_process";
import { mkdtempDisposable, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { expect, test } from "vitest";
import type { StageFile } from "../../src/node/stage.ts";
import { tarball } from "../../src/node/tar.ts";

interface Entry {
  readonly name: string;
  readonly mode: number | undefined;
  readonly bytes: number;
  /** Of the first few kilobytes. */
  readonly text: string;
}

async function unpack(stream: Readable): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const archive = extract();
  archive.on("entry", (header, content, next) => {
    let [bytes, text] = [0, ""];
    content.on("data", (data) => {
      const chunk = data as Buffer;
      bytes += chunk.length;
      if (text.length < 4096) text += chunk.toString("utf8");
    });
    content.on("end", () => {
      entries.push({ name: header.name, mode: header.mode, bytes, text });
      next();
    });
  });
  await pipeline(stream, createGunzip(), archive);
  return entries;
}

/** `bytes` of hardly compressible content, made as it is read. */
function generated(bytes: number): Extract<StageFile["content"], { bytes: number }> {
  const block = Buffer.alloc(64 * 1024, 1);
  const open = () =>
    Readable.from(
      (function* blocks() {
        for (let left = bytes, seed = 1; left > 0; left -= block.length, seed++) {
          for (let at = 0; at < block.length; at += 64) block.writeUInt32LE((seed * 2654435761 + at) >>> 0, at);
          yield Buffer.from(block.subarray(0, Math.min(left, block.length)));
        }
      })(),
    );
  return { bytes, open };
}

test("what goes in comes out: names, bytes and order, readable by their owner only", async () => {
  const long = `files/payload/${"a".repeat(180)}/ünï`;
  const entries = await unpack(
    tarball([
      { name: "stage.sh", content: "echo 'ä'\n" },
      { name: long, content: Buffer.from("bytes") },
      { name: "files/empty", content: "" },
      {
        name: "files/streamed",
        content: { bytes: 4, open: () => Readable.from([Buffer.from("li"), Buffer.from("ve")]) },
      },
    ]),
  );
  expect(entries).toEqual([
    { name: "stage.sh", mode: 0o600, bytes: 10, text: "echo 'ä'\n" },
    { name: long, mode: 0o600, bytes: 5, text: "bytes" },
    { name: "files/empty", mode: 0o600, bytes: 0, text: "" },
    { name: "files/streamed", mode: 0o600, bytes: 4, text: "live" },
  ]);
});

test("what many nodes get comes first, whole, and is prepared once", async () => {
  let read = 0;
  const counted = {
    bytes: 6,
    open: () => {
      read += 1;
      return Readable.from([Buffer.from("shared")]);
    },
  };
  const shared = [
    { name: "kit/a", content: counted },
    { name: "kit/b", content: "b" },
  ];
  for (const content of ["one", { bytes: 3, open: () => Readable.from([Buffer.from("two")]) }]) {
    const entries = await unpack(tarball([{ name: "stage.sh", content }], shared));
    expect(entries.map(({ name }) => name)).toEqual(["kit/a", "kit/b", "stage.sh"]);
    expect(entries.map(({ bytes }) => bytes)).toEqual([6, 1, 3]);
  }
  expect(read).toBe(1);
});

test("tar(1) reads both parts, as on a node", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "woven-tar-"));
  const shared = [{ name: "kit/a", content: "a" }];
  const stream = tarball([{ name: "stage.sh", content: "echo\n" }], shared);
  await writeFile(join(folder.path, "stage.tar.gz"), stream);
  const listed = await promisify(execFile)("tar", ["-tzf", join(folder.path, "stage.tar.gz")]);
  expect(listed.stdout).toBe("kit/a\nstage.sh\n");
});

test("the same files make the same stream", async () => {
  const make = async () => Buffer.concat(await tarball([{ name: "a", content: "text" }]).toArray());
  expect(await make()).toEqual(await make());
});

test("64 MB go through without being held in memory", async () => {
  // What is still held, not what nobody has collected yet.
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  const before = process.memoryUsage();
  let most = 0;
  let passed = 0;
  const source = tarball([{ name: "wheel", content: generated(64 * 2 ** 20) }]);
  const watched = Readable.from(
    source.map((chunk: Buffer) => {
      passed += 1;
      if (passed % 64 === 0) {
        collect();
        const { heapUsed, external } = process.memoryUsage();
        most = Math.max(most, heapUsed + external - before.heapUsed - before.external);
      }
      return chunk;
    }),
  );
  const [entry] = await unpack(watched);
  expect(entry?.bytes).toBe(64 * 2 ** 20);
  expect(passed).toBeGreaterThan(64);
  expect(most).toBeLessThan(40 * 2 ** 20);
});

test("a file of 300 MB costs the whole process no more than 64 MB", { timeout: 60_000 }, async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "woven-tar-"));
  const file = join(folder.path, "wheel");
  await writeFile(file, "");
  await truncate(file, 300 * 2 ** 20);
  // In a process of its own, whose peak the kernel has counted.
  const program = `import { createReadStream } from "node:fs";
import { tarball } from ${JSON.stringify(join(import.meta.dirname, "../../src/node/tar.ts"))};
const send = async (bytes) => {
  let sent = 0;
  const open = () => createReadStream(process.argv[1], { end: bytes - 1 });
  for await (const chunk of tarball([{ name: "wheel", content: { bytes, open } }])) sent += chunk.length;
  return [sent, process.resourceUsage().maxRSS];
};
const [, before] = await send(2 ** 20);
const [sent, after] = await send(300 * 2 ** 20);
console.log(JSON.stringify({ sent, kilobytes: after - before }));`;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, file]);
  const { sent, kilobytes } = JSON.parse((await run).stdout);
  expect(sent).toBeGreaterThan(200_000);
  expect(kilobytes).toBeLessThan(64 * 1024);
});

test.each([
  [
    "cannot be read",
    {
      bytes: 4,
      open: () =>
        new Readable({
          read() {
            this.destroy(new Error("gone"));
          },
        }),
    },
    /gone/,
  ],
  ["has become shorter", { bytes: 9, open: () => Readable.from([Buffer.from("half")]) }, /size mismatch/i],
  ["has become longer", { bytes: 2, open: () => Readable.from([Buffer.from("more")]) }, /size mismatch/i],
])("a file that %s breaks the stream off, rather than sending something else", async (_, content, what) => {
  await expect(unpack(tarball([{ name: "file", content }]))).rejects.toThrow(what);
});
