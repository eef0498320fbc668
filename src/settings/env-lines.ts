// `KEY=value` lines: the `env` and `hook-env` inputs. In `env`, `2:KEY=value` is for site 2 alone. Their values are secrets, so a problem names the line or the key, never the text.
import { fits } from "./grammar.ts";
import type { Report } from "./problems.ts";
import { fileVariablePrefix } from "./secret-files.ts";

/** A variable for all sites, or for one. */
export interface EnvEntry {
  readonly name: string;
  readonly value: string;
  /** SITE_ID. Undefined: for all sites. */
  readonly site?: number;
}

/** Variables that Woven sets for each site. It would be chance which of two values counts. */
const reserved: ReadonlyMap<string, string> = new Map([
  ["DJANGO_SETTINGS_MODULE", "Set settings-module in [tool.woven] instead."],
  ["SITE_ID", "Woven sets it for each site: use [tool.woven.sites.<SITE_ID>]."],
]);

/**
 * One variable on each line. Skips blank lines, `#` lines and a leading `export`. Removes the quotes around a value. A quoted value may
 * have several lines and a comment after it. Nothing else in a value has a special meaning.
 */
export function parseEnvLines(text: string, where: string, report: Report): readonly EnvEntry[] {
  const entries = new Map<string, EnvEntry>();
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const number = index + 1;
    const line = withoutExport(lines[index] ?? "");
    if (line === "" || line.startsWith("#")) continue;
    const [, key = "", start = ""] = /^([^=]*?)\s*=(.*)$/.exec(line) ?? [];
    const { name, site, isRight } = readKey(key);
    if (!isRight) {
      report({
        where,
        what: `line ${number} is not KEY=value`,
        next: "Write one variable on each line: KEY=value, or 2:KEY=value for site 2 alone. Put a value of several lines into quotes.",
      });
      continue;
    }
    const value = readValue(start, lines, index);
    if (value.kind === "open")
      report({
        where,
        what: `the quote that opens the value of ${key} in line ${number} is never closed`,
        next: "Close it at the end of the value, which may be some lines further down. If it is part of the value, put the value into the other kind of quotes.",
      });
    index = value.lastLine;
    const shown = site === undefined ? name : `${site}:${name}`;
    if (entries.has(shown)) report({ where, what: `${shown} is set twice`, next: "Keep one of the two." });
    const instead = reservedName(name);
    if (instead !== undefined) report({ where, what: `${shown} cannot be set here`, next: instead });
    entries.set(shown, { name, value: value.text, ...(site === undefined ? {} : { site: Number(site) }) });
  }
  return [...entries.values()];
}

/** `KEY`, or `2:KEY`. */
function readKey(key: string) {
  const [, site, name = key] = /^(\d+)\s*:\s*(.*)$/.exec(key) ?? [];
  return { name, site, isRight: fits("envName", name) && (site === undefined || fits("siteId", site)) };
}

/** What to do instead of setting a variable that the user may not set. */
export function reservedName(name: string): string | undefined {
  if (name.startsWith(fileVariablePrefix)) return "Woven sets it to the path of a file of the input files.";
  return reserved.get(name);
}

interface Value {
  readonly kind: "whole" | "open";
  readonly text: string;
  readonly lastLine: number;
}

/** The value that starts here. If its quote is never closed, everything that may belong to it is the text, so that it is masked. */
function readValue(start: string, lines: readonly string[], index: number): Value {
  const quote = start.trimStart()[0];
  if (quote !== '"' && quote !== "'") return { kind: "whole", text: start.trim(), lastLine: index };
  const parts: string[] = [];
  for (let lastLine = index; lastLine < lines.length; lastLine += 1) {
    const line = lastLine === index ? start.trimStart().slice(1) : (lines[lastLine] ?? "");
    if (lastLine > index && isVariable(line, quote))
      return { kind: "open", text: parts.join("\n"), lastLine: lastLine - 1 };
    const closed = closing[quote].exec(line)?.[1];
    parts.push(closed ?? line);
    if (closed !== undefined) return { kind: "whole", text: parts.join("\n"), lastLine };
  }
  return { kind: "open", text: parts.join("\n"), lastLine: lines.length };
}

/** Only a comment may follow the closing quote of a value. */
const closing = { '"': /^(.*?)"\s*(?:\s#.*)?$/s, "'": /^(.*?)'\s*(?:\s#.*)?$/s } as const;

/** `KEY="value"` on a line of its own: an open quote before it was not meant to include it. */
function isVariable(line: string, quote: '"' | "'"): boolean {
  const [, value = ""] = /^(?:\d+\s*:\s*)?[A-Za-z_]\w*\s*=\s*(.*)$/.exec(withoutExport(line)) ?? [];
  return value.startsWith(quote) && closing[quote].test(value.slice(1));
}

function withoutExport(line: string): string {
  return line.replace(/^\s*(export\s+)?/, "");
}
