// File names in git and Linux are bytes, and need not be UTF-8. In a text, each byte that is not UTF-8 becomes U+DC80 to U+DCFF, as in
// Python (PEP 383), so that Python on the server reads the same byte from JSON.
import { join } from "node:path";

export function pathText(bytes: Uint8Array): string {
  const whole = decode(bytes);
  if (whole !== undefined) return whole;
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const [length, character] = characterAt(bytes, at) ?? [1, String.fromCharCode(0xdc00 + (bytes[at] ?? 0))];
    text += character;
    at += length;
  }
  return text;
}

export function pathBytes(path: string): Buffer {
  const pieces = path.split(/([\uDC80-\uDCFF]+)/u);
  return Buffer.concat(
    pieces.map((piece, at) =>
      at % 2 === 0 ? Buffer.from(piece) : Buffer.from([...piece].map((one) => one.charCodeAt(0) - 0xdc00)),
    ),
  );
}

/** A path below a folder, for the functions of node:fs. */
export function fsPath(folder: string, path: string): string | Buffer {
  return path.isWellFormed() ? join(folder, path) : Buffer.concat([Buffer.from(`${folder}/`), pathBytes(path)]);
}

/** Reads a path that git printed. git quotes it if it is not plain ASCII (`core.quotePath`). */
export function unquotedPath(printed: string): string {
  if (!printed.startsWith('"')) return printed;
  const escapes: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
  const latin = printed
    .slice(1, -1)
    .replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
    );
  return pathText(Buffer.from(latin, "latin1"));
}

function characterAt(bytes: Uint8Array, at: number): readonly [length: number, text: string] | undefined {
  for (const length of [1, 2, 3, 4]) {
    const text = decode(bytes.subarray(at, at + length));
    if (text !== undefined && at + length <= bytes.length) return [length, text];
  }
  return undefined;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
