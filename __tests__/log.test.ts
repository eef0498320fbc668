import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLog, disarm, type LogOptions } from "../src/log.ts";

function record(options: LogOptions = {}) {
  const lines: string[] = [];
  return { lines, log: createLog((line) => lines.push(line), options) };
}

describe("what a node said", () => {
  test.each([
    ["a workflow command", "::set-output name=x::y", "│ : :set-output name=x::y"],
    ["one behind blanks of any kind", " \t\u00a0\u3000::error::x", "│  \t\u00a0\u3000: :error::x"],
    ["the older kind, anywhere", "hello ##[group]x", "│ hello # #[group]x"],
    ["one put together by what is removed", "##\u0000[error]x", "│ # #[error]x"],
    ["one put together by a colour", ":\u001b[1m:error::x", "│ : :error::x"],
    ["colours and cursor moves", "\u001b[1;31mred\u001b[0m\u001b[2K", "│ red"],
    ["a window title", "\u001b]0;owned\u0007text", "│ text"],
    ["text that runs backwards", "a\u202eb\u2066c", "│ abc"],
    ["tabs and other scripts, kept", "a\tž — 日本", "│ a\tž — 日本"],
  ])("%s", (_what, said, printed) => {
    const { lines, log } = record();
    log.remote("web1", said);
    expect(lines).toEqual([printed]);
  });

  test("a carriage return starts a line of its own, so it cannot hide a command or what came before", () => {
    const { lines, log } = record();
    log.remote("web1", "10%\r::error::x\r\nend\n");
    expect(lines).toEqual(["│ 10%", "│ : :error::x", "│ end"]);
  });

  test("each line names its host where there are several", () => {
    const { lines, log } = record({ nodes: () => "several" });
    log.remote("web1", "one\ntwo");
    expect(lines).toEqual(["web1 │ one", "web1 │ two"]);
  });

  test("no text at all becomes a command of the runner", () => {
    const piece = fc.constantFrom(":", "#", "[", " ", "\n", "\r", "\t", "\u001b[1m", "\0", "\ufeff", "\u2028", "x");
    fc.assert(
      fc.property(
        fc.array(piece).map((parts) => parts.join("")),
        (text) => {
          for (const line of disarm(text).split(/\r\n|\r|\n/)) {
            expect(line.trimStart().startsWith("::")).toBe(false);
            expect(line.includes("##[")).toBe(false);
          }
        },
      ),
    );
  });
});

describe("secrets", () => {
  const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\nQyNTUxOQAA\n==\n-----END OPENSSH PRIVATE KEY-----\n";

  test.each([
    ["itself", "s3cret/pass", "s3cret/pass"],
    ["in a URL", "s3cret/pass", "s3cret%2Fpass"],
    ["in base64", "s3cret/pass", Buffer.from("s3cret/pass").toString("base64")],
    ["in the base64 of m:password", "s3cret/pass", Buffer.from("m:s3cret/pass").toString("base64")],
    ["in the base64 of me:password", "s3cret/pass", Buffer.from("me:s3cret/pass").toString("base64")],
    ["in the base64 of you:password", "s3cret/pass", Buffer.from("you:s3cret/pass").toString("base64")],
    ["trimmed", "  s3cret/pass\n", "s3cret/pass"],
    ["in a quoted shell word", "it's s3cret", "it'\\''s s3cret"],
    ["in JSON", 'say "s3cret"', 'say \\"s3cret\\"'],
    ["a line of a key", key, "QyNTUxOQAA"],
    ["a line of a secret with literal \\n", key.replaceAll("\n", "\\n"), "QyNTUxOQAA"],
    ["the whole key in base64", key, Buffer.from(key).toString("base64")],
  ])("%s", (_what, secret, printed) => {
    const { lines, log } = record();
    log.mask(secret);
    log.info(`> ${printed} <`);
    log.remote("web1", printed);
    expect(lines.join("\n")).toContain("***");
    expect(lines.join("\n")).not.toContain(printed);
  });

  test("a secret cut in two by a control character is hidden, too", () => {
    const { lines, log } = record();
    log.mask("hunter2hunter2");
    log.remote("web1", "hunter2\u001b[0mhunter2 hunter2\0hunter2");
    expect(lines).toEqual(["│ *** ***"]);
  });

  test("pieces that would garble ordinary text stay", () => {
    const { lines, log } = record();
    log.mask(`yes\n${key}`);
    log.info("yes == -----BEGIN OPENSSH PRIVATE KEY-----");
    expect(lines).toEqual(["yes == -----BEGIN OPENSSH PRIVATE KEY-----"]);
  });

  test("whatever the secret, no line of it is printed", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 4 }).filter((line) => line.trim().length >= 4)), (parts) => {
        const { log } = record();
        const lines = parts.flatMap((part) => part.split(/\r\n|\n|\r|\\n/)).filter((line) => line.trim().length >= 4);
        log.mask(lines.join("\n"));
        for (const line of lines) expect(log.clean(`<${line}>`)).not.toContain(`<${line}>`);
      }),
    );
  });

  test("every form is handed to the runner, once", () => {
    const masked: string[] = [];
    const { log } = record({ surface: { mask: (value) => masked.push(value) } });
    log.mask("one two\nthree four");
    log.mask("three four");
    expect(masked).toEqual(expect.arrayContaining(["one two\nthree four", "one two", "three four", "one%20two"]));
    expect(new Set(masked).size).toBe(masked.length);
  });
});

describe("the surroundings", () => {
  test("a terminal gets plain lines, with the place an error is at", async () => {
    const { lines, log } = record();
    await log.group("Setup", async () => log.info("inside"));
    log.error("unknown key", { file: "woven.toml", line: 3 });
    log.warning("old", { title: "Python" });
    log.debug("not shown");
    expect(lines).toEqual(["Setup", "inside", "error: woven.toml:3: unknown key", "warning: Python: old"]);
  });

  test("groups do not nest: one inside another is a line, and the outer one is ended even when its body fails", async () => {
    const calls: string[] = [];
    const surface = { startGroup: (title: string) => calls.push(`start ${title}`), endGroup: () => calls.push("end") };
    const log = createLog((line) => calls.push(line), { surface });
    const inner = log.group("outer", () => log.group("inner", () => Promise.reject(new Error("no"))));
    await expect(inner).rejects.toThrow("no");
    await log.group("next", async () => undefined);
    expect(calls).toEqual(["start outer", "inner", "end", "start next", "end"]);
  });

  test("annotations and debug lines are clean, too", () => {
    const got: string[] = [];
    const surface = { error: (text: string) => got.push(text), debug: (text: string) => got.push(text) };
    const { log } = record({ surface });
    log.mask("hunter2");
    log.error("hunter2 \u001b[1mfailed");
    log.debug("::add-mask::hunter2");
    expect(got).toEqual(["*** failed", ": :add-mask::***"]);
  });
});

test("nothing is printed but through the log", async () => {
  const folder = join(import.meta.dirname, "../src");
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".ts"));
  const prints: string[] = [];
  for (const file of files) {
    const text = await readFile(join(folder, file), "utf8");
    for (const [call] of text.matchAll(/\bconsole\.\w+\(|\bstd(out|err)\.write\(/g)) prints.push(`${file}: ${call}`);
  }
  // In each the log itself. In the CLI and the action what waits for all of it to have gone out; the CLI's own help; and what is said on an old Node.
  expect(prints.toSorted()).toEqual([
    "api.ts: stdout.write(",
    "cli.ts: stdout.write(",
    "cli.ts: stdout.write(",
    "cli.ts: stdout.write(",
    "entry/cli.ts: stderr.write(",
    "main.ts: stdout.write(",
    "main.ts: stdout.write(",
  ]);
});
