// Decodes text files: UTF-8, or the encoding of a byte order mark or a coding line, as pip does for requirements and Python for sources.
// https://pip.pypa.io/en/stable/reference/requirements-file-format/#encoding, PEP 263

export type Decoded =
  | { readonly kind: "text"; readonly text: string; readonly encoding: string }
  /** `line` counts from 1. `text` has U+FFFD for each character that could not be read. */
  | { readonly kind: "undecodable"; readonly text: string; readonly encoding: string; readonly line: number };

const marks: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** Reads bytes as text. A byte order mark counts first, then a `# -*- coding: … -*-` in one of the first two lines. */
export function decodeText(bytes: Uint8Array): Decoded {
  const mark = marks.find(([start]) => start.every((byte, at) => bytes[at] === byte));
  const encoding = mark?.[1] ?? codingLine(bytes) ?? "utf-8";
  const text = decoded(bytes, encoding, "strict");
  if (text !== undefined && !text.includes("\0")) return { kind: "text", text, encoding };
  const lossy = decoded(bytes, encoding, "lossy") ?? Buffer.from(bytes).toString("utf8");
  const before = lossy.slice(0, Math.max(lossy.search(/[\0\uFFFD]/), 0));
  return { kind: "undecodable", text: lossy, encoding, line: before.split("\n").length };
}

export function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== "";
  } catch {
    return false;
  }
}

/** The hint for a line that could not be read. */
export function encodingAdvice(path: string): string {
  return `Save ${path} as UTF-8 (iconv -f latin1 -t utf-8), or name its encoding in the first line: # -*- coding: latin-1 -*-`;
}

/** Undefined if the bytes do not fit the encoding, or if the encoding is unknown. */
function decoded(bytes: Uint8Array, encoding: string, mode: "strict" | "lossy"): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: mode === "strict" }).decode(bytes);
  } catch {
    return undefined;
  }
}

function codingLine(bytes: Uint8Array): string | undefined {
  const [first = "", second = ""] = Buffer.from(bytes.subarray(0, 500)).toString("latin1").split("\n");
  const [, named] =
    [first, second].map((line) => /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(line)).find(Boolean) ?? [];
  // Python has other names for the same encodings: utf_8, latin-1.
  return named
    ?.toLowerCase()
    .replaceAll("_", "-")
    .replace(/^latin-/, "latin");
}
