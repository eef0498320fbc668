// The program that shows logs on a node: which lines it takes, of which files, and how a follow ends.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "../harness/run-action.ts";

let folder: string;
let log: string;
const running: ChildProcessWithoutNullStreams[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "woven-logs-"));
  log = join(folder, "shop.log");
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const program = readFileSync(join(root, "templates/node/logs.py"), "utf8");

function start(asked: object, text = program): { readonly child: ChildProcessWithoutNullStreams; text(): string } {
  const child = spawn("python3", ["-IS", "-c", text]);
  running.push(child);
  const said: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const logs = [{ name: "application", files: [log], units: [] }];
  child.stdin.write(`${JSON.stringify({ logs, since: null, lines: null, filter: null, follow: false, ...asked })}\n`);
  return { child, text: () => Buffer.concat(said).toString() };
}

async function shown(asked: object): Promise<readonly string[]> {
  const { child, text } = start(asked);
  const code = await new Promise((done) => child.on("close", done));
  expect(code, text()).toBe(0);
  return text().split("\n").slice(0, -1);
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

describe("the last lines", () => {
  test("of a file that is longer than a block, below its name", async () => {
    writeFileSync(log, `${numbers(1, 30_000).join("\n")}\n`);
    expect(await shown({ lines: 3 })).toEqual([`==> application: ${log} <==`, ...numbers(29_998, 30_000)]);
  });

  test("with a text, in upper or lower case", async () => {
    writeFileSync(log, `${numbers(1, 300).join("\n")}\n`);
    expect(await shown({ lines: 2, filter: "LINE 1" })).toEqual([expect.any(String), "line 198", "line 199"]);
  });

  test.each([
    ["a file that does not exist", () => undefined],
    ["an empty file", () => writeFileSync(log, "")],
    ["a link", () => symlinkSync("/etc/shadow", log)],
  ])("of %s are none", async (_, make) => {
    make();
    expect(await shown({ lines: 3 })).toEqual([]);
  });
});

describe("the lines since a time", () => {
  const noon = Date.UTC(2026, 0, 31, 12) / 1000;

  test.each([
    ["nginx's access log", (time: string) => `192.0.2.1 - - [31/Jan/2026:${time} +0000] "GET / HTTP/1.1" 200 5`],
    ["gunicorn", (time: string) => `[2026-01-31 ${time} +0000] [12] [INFO] Booting worker`],
    ["an ISO time in another zone", (time: string) => `2026-01-31T${plus2(time)}+02:00 tick`],
  ])("of %s", async (_, line) => {
    writeFileSync(
      log,
      `${[line("11:59:59"), "  of the line before", line("12:00:00"), "  Traceback", line("12:00:01")].join("\n")}\n`,
    );
    expect(await shown({ since: noon })).toEqual([
      `==> application: ${log} <==`,
      line("12:00:00"),
      "  Traceback",
      line("12:00:01"),
    ]);
  });

  test("as Apache and nginx write them, in the server's own zone", async () => {
    const local = new Date(noon * 1000);
    const clock = local.toTimeString().slice(0, 8);
    const day = String(local.getDate()).padStart(2, "0");
    const apache = `[Sat Jan ${day} ${clock}.123456 2026] [wsgi:error] [pid 5] KeyError`;
    const nginx = `2026/01/${day} ${clock} [error] 5#5: *1 connect() failed`;
    writeFileSync(log, `${apache}\n${nginx}\n`);
    expect(await shown({ since: noon })).toEqual([expect.any(String), apache, nginx]);
    expect(await shown({ since: noon + 1 })).toEqual([]);
  });

  test("of files that were rotated, the oldest first", async () => {
    const line = (time: string) => `2026-01-31 ${time}Z tick`;
    writeFileSync(log, `${line("12:20:00")}\n`);
    writeFileSync(`${log}.1`, `${line("11:40:00")}\n${line("12:10:00")}\n`);
    writeFileSync(`${log}.2.gz`, gzipSync(`${line("12:00:00")}\n`));
    writeFileSync(`${log}.3.gz`, gzipSync(`${line("12:05:00")}\n`));
    // A file that was last written to before the time is not read at all.
    utimesSync(`${log}.3.gz`, noon - 60, noon - 60);
    const lines = ["12:00:00", "12:10:00", "12:20:00"].map(line);
    expect(await shown({ since: noon })).toEqual([expect.any(String), ...lines]);
    expect(await shown({ since: noon, lines: 1 })).toEqual([expect.any(String), line("12:20:00")]);
  });

  test("of a file without any time, if it was written to since then", async () => {
    writeFileSync(log, "a\nb\n");
    expect(await shown({ since: noon })).toEqual([expect.any(String), "a", "b"]);
    utimesSync(log, noon - 1, noon - 1);
    expect(await shown({ since: noon })).toEqual([]);
  });
});

describe("a follow", () => {
  test("shows whole lines as they come, also after the log was rotated, and ends with standard input", async () => {
    writeFileSync(log, "old\n");
    const { child, text } = start({ lines: 1, follow: true });
    const ended = new Promise((done) => child.on("close", done));
    await expect.poll(text).toContain("old\n");
    appendFileSync(log, "half");
    appendFileSync(log, " and half\n");
    await expect.poll(text, { timeout: 5000 }).toContain("old\nhalf and half\n");
    truncateSync(log, 0);
    await new Promise((done) => setTimeout(done, 600));
    appendFileSync(log, "new\n");
    await expect.poll(text, { timeout: 5000 }).toContain("half and half\nnew\n");
    expect(child.exitCode).toBeNull();
    child.stdin.end();
    expect(await ended).toBe(0);
  });

  test("ends by itself when the runner is silent, and not while it shows signs of life", async () => {
    expect(program).toContain("PATIENCE = 45\n");
    const { child, text } = start({ follow: true }, program.replace("PATIENCE = 45", "PATIENCE = 1"));
    const ended = new Promise((done) => child.on("close", done));
    for (let beat = 0; beat < 8; beat += 1) {
      await new Promise((done) => setTimeout(done, 250));
      child.stdin.write("\n");
    }
    expect(child.exitCode, text()).toBeNull();
    expect(await ended).toBe(0);
  });

  test("shows only lines with the text, of files that were made later too", async () => {
    const { child, text } = start({ lines: 1, follow: true, filter: "error" });
    await new Promise((done) => setTimeout(done, 500));
    writeFileSync(log, "fine\nan ERROR\nfine\n");
    await expect.poll(text, { timeout: 5000 }).toBe(`==> application: ${log} <==\nan ERROR\n`);
    child.stdin.end();
  });
});

function plus2(time: string): string {
  return `${String(Number(time.slice(0, 2)) + 2)}${time.slice(2)}`;
}
