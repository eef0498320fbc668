import fc from "fast-check";
import { expect, test } from "vitest";
import { readLines } from "../../src/node/line-reader.ts";

function read(chunks: readonly Uint8Array[], longest?: number): string[] {
  const lines: string[] = [];
  const reader = readLines((line) => lines.push(line), longest);
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return lines;
}

test("the lines are the same however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(40), (text, size) => {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / (size + 1)) }, (_, index) =>
        bytes.subarray(index * (size + 1), (index + 1) * (size + 1)),
      );
      expect(read(chunks)).toEqual(read([bytes]));
    }),
  );
});

test("a line without end does not grow without end", () => {
  expect(read([Buffer.from("aaaa"), Buffer.from("bbbbcc")], 4)).toEqual(["aaaa", "bbbb", "cc"]);
});

test("CRLF ends a line as LF does", () => {
  expect(read([Buffer.from("a\r"), Buffer.from("\nb\nc")])).toEqual(["a", "b", "c"]);
});

test("a long line is cut between words, not inside of one that may be a secret", () => {
  expect(read([Buffer.from("one two three")], 10)).toEqual(["one two ", "three"]);
});

test("a line that must come whole is refused where it is too long, before more of it is kept", () => {
  let heard = 0;
  const reader = readLines(
    () => {
      heard += 1;
    },
    1000,
    () => {
      throw new Error("too long");
    },
  );
  reader.push(Buffer.from(`${"a".repeat(1000)}\n`));
  reader.push(Buffer.from("b".repeat(900)));
  expect(() => reader.push(Buffer.from("b".repeat(101)))).toThrow("too long");
  expect(heard).toBe(1);
});

test("a line of 16 MB in small pieces takes a fraction of a second", () => {
  const piece = Buffer.alloc(1024, "a");
  let length = 0;
  const reader = readLines(
    (line) => {
      length += line.length;
    },
    32 * 2 ** 20,
  );
  const started = process.cpuUsage();
  for (let count = 0; count < 16 * 1024; count++) reader.push(piece);
  reader.end();
  const { user, system } = process.cpuUsage(started);
  expect(length).toBe(16 * 2 ** 20);
  expect((user + system) / 1e6).toBeLessThan(1.5);
});
