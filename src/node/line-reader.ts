// Bytes as they come, into whole lines: what masks secrets and prints must never see half of one.

import { StringDecoder } from "node:string_decoder";

export interface LineReader {
  push(chunk: Uint8Array): void;
  /** Gives what stands after the last newline, if anything. */
  end(): void;
}

/** Calls `onLine` with each line, without its newline; a line longer than `longest` characters comes in pieces. */
export function readLines(onLine: (line: string) => void, longest = 64 * 1024): LineReader {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const take = (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
    while (rest.length > longest) {
      onLine(rest.slice(0, longest));
      rest = rest.slice(longest);
    }
  };
  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end() {
      take(decoder.end());
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}
