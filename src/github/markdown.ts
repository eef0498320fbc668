// The Markdown of the summary. Every value is escaped here, so that text from a node or a repository never becomes markup.
// The HTML that GitHub allows: https://github.github.com/gfm/ and the allow-list of html-pipeline's SanitizationFilter.
import { stripVTControlCharacters } from "node:util";

/** A value as plain inline text, on one line. */
export function plain(text: string): string {
  return (
    oneLine(text)
      .replaceAll(/[\\`*[\]|~]/g, "\\$&")
      .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      // GitHub makes links of addresses, names and commits, and formulas of text between dollars.
      .replaceAll(/:(?=\/\/)|@|\$|(?<=\bwww)\./gi, (character) => `&#${character.charCodeAt(0)};`)
      // Characters that begin a list or a heading at the start of a line.
      .replace(/^[-+#=]/, "\\$&")
      .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2")
  );
}

/** A value as inline code, on one line. Also works in a table. */
export function code(text: string): string {
  const value = oneLine(text);
  if (value.trim() === "") return "";
  // Markdown readers differ about a backslash before a bar: the cell could end inside the code.
  if (/\\\|/.test(value))
    return `<code>${value.replaceAll(/[^A-Za-z0-9 ]/gu, (one) => `&#${one.codePointAt(0)};`)}</code>`;
  const ticks = "`".repeat(longestRun(value) + 1);
  const pad = value.startsWith("`") || value.endsWith("`") ? " " : "";
  return `${ticks}${pad}${value.replaceAll("|", "\\|")}${pad}${ticks}`;
}

/** Lines as a code block. Its fence is longer than any run of backticks in it, so the text cannot close it. */
export function fence(text: string): string {
  const value = cleanLines(text).join("\n");
  const ticks = "`".repeat(Math.max(3, longestRun(value) + 1));
  return `${ticks}text\n${value}\n${ticks}`;
}

/** A link, if the address is http or https and has no character that could end the link. Else the address as text. */
export function link(url: string): string {
  return /^https?:\/\/[\w.:@[\]/~%?&=+,;#-]+$/.test(url) ? `<${url}>` : plain(url);
}

/** A table. Its cells are already Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => ":---")), ...rows.map(line)].join("\n");
}

/** A folded part. The blank lines enable Markdown inside the tags. `summary` is Markdown without blocks, shown as HTML. */
export function details(summary: string, body: string): string {
  return `<details>\n<summary>${html(summary)}</summary>\n\n${body}\n\n</details>`;
}

/** The last lines within `limits`, after a note that says how many are left out. */
export function lastLines(text: string, limits: { readonly lines: number; readonly bytes: number }): string {
  const all = cleanLines(text);
  const kept: string[] = [];
  let bytes = 0;
  for (const line of all.slice(-limits.lines).toReversed()) {
    const cut = line.length > 1000 ? `${line.slice(0, 1000)} …` : line;
    bytes += Buffer.byteLength(cut) + 1;
    if (bytes > limits.bytes && kept.length > 0) break;
    kept.unshift(cut);
  }
  const left = all.length - kept.length;
  return left === 0
    ? kept.join("\n")
    : [`… ${left} earlier ${left === 1 ? "line is" : "lines are"} in the log`, ...kept].join("\n");
}

function html(text: string): string {
  return oneLine(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, " ").trim();
}

function cleanLines(text: string): string[] {
  return printable(text)
    .replace(/^\s*\n/, "")
    .trimEnd()
    .split("\n");
}

/** Removes colours, control characters and marks that change the direction of writing. */
function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/(?![\n\t])[\p{Cc}\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, "");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
