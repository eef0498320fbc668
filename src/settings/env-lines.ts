// `KEY=value` lines: the `env` and `hook-env` inputs. Their values are secrets, so a problem names the line or the key, never the text.
import { fits } from "./grammar.ts";
import type { Report } from "./problems.ts";

export type EnvEntries = readonly (readonly [name: string, value: string])[];

/** Set by Woven for each site; a second value would win or lose by chance. */
const reserved: ReadonlyMap<string, string> = new Map([
  ["DJANGO_SETTINGS_MODULE", "Set settings-module in [tool.woven] instead."],
  ["SITE_ID", "Woven sets it for each site: use [tool.woven.sites.<SITE_ID>]."],
]);

/**
 * One variable a line. Blank lines, `#` lines and a leading `export` are passed over. A value in one pair of quotes loses them and
 * may go over several lines; nothing else in it has a meaning.
 */
export function parseEnvLines(text: string, where: string, report: Report): EnvEntries {
  const entries = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const number = index + 1;
    const line = (lines[index] ?? "").replace(/^\s*(export\s+)?/, "");
    if (line === "" || line.startsWith("#")) continue;
    const [, name = "", start = ""] = /^([^=]*?)\s*=(.*)$/.exec(line) ?? [];
    if (!fits("envName", name)) {
      report({
        where,
        what: `line ${number} is not KEY=value`,
        next: "Write one variable a line: KEY=value. A value of several lines goes into quotes.",
      });
      continue;
    }
    const value = readValue(start, lines, index);
    if (value === undefined) {
      report({ where, what: `the quote that opens the value of ${name} in line ${number} is never closed` });
      break;
    }
    index = value.lastLine;
    if (entries.has(name)) report({ where, what: `${name} stands there twice`, next: "Keep one of the two." });
    const instead = reservedName(name);
    if (instead !== undefined) report({ where, what: `${name} cannot be set here`, next: instead });
    entries.set(name, value.text);
  }
  return [...entries];
}

/** What to do instead, where a name is not the user's to set. */
export function reservedName(name: string): string | undefined {
  return reserved.get(name);
}

function readValue(
  start: string,
  lines: readonly string[],
  index: number,
): { readonly text: string; readonly lastLine: number } | undefined {
  const quote = start.trimStart()[0];
  if (quote !== '"' && quote !== "'") return { text: start.trim(), lastLine: index };
  let text = start.trimStart().slice(1);
  let lastLine = index;
  while (!text.trimEnd().endsWith(quote)) {
    lastLine += 1;
    const line = lines[lastLine];
    if (line === undefined) return undefined;
    text += `\n${line}`;
  }
  return { text: text.trimEnd().slice(0, -1), lastLine };
}
