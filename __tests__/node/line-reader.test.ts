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
