// Finds the line of a key in a TOML text, so that a problem can point at it. The text is valid TOML.

/**
 * The line (from 1) of the key at a path, or else of the nearest table or key around it. If a value is given, the line of that value,
 * which may be further down in a list.
 */
export function lineOfKey(text: string, path: readonly string[], value?: unknown): number | undefined {
  const lines = keyLines(text);
  for (let length = path.length; length > 0; length -= 1) {
    const line = lines.get(JSON.stringify(path.slice(0, length)));
    if (line !== undefined) return typeof value === "string" ? lineOfText(text, line, value, lines) : line;
  }
  return undefined;
}

/** Stops at the next key, because the same text may occur again after it. */
function lineOfText(text: string, start: number, value: string, keys: ReadonlyMap<string, number>): number {
  const end = Math.min(...[...keys.values()].filter((line) => line > start), Number.POSITIVE_INFINITY);
  const lines = text.split("\n").slice(start - 1, end - 1);
  const at = lines.findIndex((line) => line.includes(`"${value}"`) || line.includes(`'${value}'`));
  return at === -1 ? start : start + at;
}

const name = `(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')`;
const headerPattern = new RegExp(`^\\s*\\[\\[?(${name}(?:\\s*\\.\\s*${name})*)`);
const keyPattern = new RegExp(`^\\s*(${name}(?:\\s*\\.\\s*${name})*)\\s*=(.*)$`);

function keyLines(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let table: readonly string[] = [];
  let open: Open = { depth: 0, quote: "" };
  for (const [index, line] of text.split("\n").entries()) {
    const inside = open.quote !== "" || open.depth > 0;
    const header = inside ? undefined : headerPattern.exec(line)?.[1];
    const [, key, value = ""] = (inside || header !== undefined ? null : keyPattern.exec(line)) ?? [];
    open = after(inside ? line : value, open);
    if (header !== undefined) table = keyParts(header);
    if (header !== undefined) note(found, table, index + 1);
    if (key !== undefined) note(found, [...table, ...keyParts(key)], index + 1);
  }
  return found;
}

/** A key also gives the first line of the tables around it, unless they are known already. */
function note(found: Map<string, number>, path: readonly string[], line: number): void {
  for (let length = 1; length <= path.length; length += 1) {
    const key = JSON.stringify(path.slice(0, length));
    if (!found.has(key)) found.set(key, line);
  }
}

function keyParts(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );
}

/** What is still open at the end of a line: brackets, or a string of several lines. */
interface Open {
  readonly depth: number;
  readonly quote: string;
}

const depthChange: Readonly<Record<string, number>> = { "[": 1, "{": 1, "]": -1, "}": -1 };

function after(line: string, open: Open): Open {
  let { depth, quote } = open;
  for (const [token] of line.matchAll(/\\.|"""|'''|["'#[\]{}]/g)) {
    if (quote !== "") {
      if (token === quote) quote = "";
      continue;
    }
    if (token === "#") break;
    if (/^["']/.test(token)) quote = token;
    depth += depthChange[token] ?? 0;
  }
  // Only triple quotes may contain a line end.
  return { depth, quote: quote.length === 3 ? quote : "" };
}
