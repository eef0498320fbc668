// Turns incoming bytes into whole lines, in linear time. The code that masks secrets must never see half of one.

import { StringDecoder } from "node:string_decoder";

export interface LineReader {
  push(chunk: Uint8Array): void;
  /** Passes on the text after the last newline, if there is any. */
  end(): void;
}

/** A line that is too long is cut at the last blank in this many characters if possible, so that no secret is cut in half. */
const ragged = 1024;

/**
 * Calls `onLine` with each line, without its newline. A line longer than `longest` characters comes in pieces. If there is a
 * `refuse`, it is called instead, and throws.
 */
export function readLines(onLine: (line: string) => void, longest = 64 * 1024, refuse?: () => never): LineReader {
  const decoder = new StringDecoder("utf8");
  let pieces: string[] = [];
  let length = 0;
  const line = () => {
    const whole = pieces.join("");
    pieces = [];
    length = 0;
    return whole;
  };
  const keep = (text: string) => {
    pieces.push(text);
    length += text.length;
    if (length <= longest) return;
    refuse?.();
    let rest = line();
    while (rest.length > longest) {
      const cut = placeToCut(rest, longest);
      onLine(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    pieces.push(rest);
    length = rest.length;
  };
  const take = (text: string) => {
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      keep(text.slice(from, at));
      const whole = line();
      onLine(whole.endsWith("\r") ? whole.slice(0, -1) : whole);
      from = at + 1;
    }
    if (from < text.length) keep(text.slice(from));
  };
  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end() {
      take(decoder.end());
      if (length > 0) onLine(line());
    },
  };
}

function placeToCut(text: string, longest: number): number {
  const blank = text.lastIndexOf(" ", longest - 1) + 1;
  return blank > Math.max(0, longest - ragged) ? blank : longest;
}
