// What the command logs is to show: the words of its `options` input. From a terminal they are options of their own.
import { suggestion } from "./did-you-mean.ts";
import { present } from "./present.ts";
import { oneOf, quoted, type Report } from "./problems.ts";
import type { CommandName, Site } from "./settings.ts";

export const logSources = ["application", "web", "worker", "journal"] as const;
export type LogSource = (typeof logSources)[number];

export interface LogRequest {
  readonly sources: readonly LogSource[];
  /** Seconds before the start of the run, or a time in milliseconds since 1970. */
  readonly since?: { readonly ago: number } | { readonly at: number };
  /** Only lines with this text, in upper or lower case. */
  readonly filter?: string;
  /** The last lines of each log. Undefined: all since `since`. */
  readonly lines?: number;
  /** Goes on until the run is cancelled. */
  readonly follow: boolean;
  /** A SITE_ID. Undefined: all sites. */
  readonly site?: number;
}

/** The options, each with what it takes. */
export const logOptions = {
  since: "text",
  filter: "text",
  lines: "text",
  source: "text",
  site: "text",
  follow: "none",
} as const;
export type LogOption = keyof typeof logOptions;
export const logOptionNames = Object.keys(logOptions) as readonly LogOption[];

const usualLines = 100;
const mostLines = 1_000_000;

/** Undefined for other commands. */
export function readLogRequest(
  words: readonly string[],
  {
    command,
    site,
    sites,
  }: { readonly command: CommandName; readonly site: number | undefined; readonly sites: readonly Pick<Site, "id">[] },
  report: Report,
): LogRequest | undefined {
  if (command !== "logs") return undefined;
  const given = readOptions(words, report);
  const since = readSince(given.get("since"), report);
  return present({
    sources: readSources(given.get("source"), report),
    since,
    filter: given.get("filter"),
    lines: readLines(given.get("lines"), report) ?? (since === undefined ? usualLines : undefined),
    follow: given.has("follow"),
    site: readSite(given.get("site") ?? site?.toString(), sites, report),
  });
}

function readOptions(words: readonly string[], report: Report): ReadonlyMap<LogOption, string> {
  const given = new Map<LogOption, string>();
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [, name = "", , inline] = /^--([a-z]+)(=([\s\S]*))?$/.exec(word) ?? [];
    const option = logOptionNames.find((known) => known === name);
    if (option === undefined) {
      const next = suggestion(
        word.replace(/=.*$/s, ""),
        logOptionNames.map((known) => `--${known}`),
      );
      report({ where: "input options", what: `${quoted(word)} is not an option of logs`, next });
      continue;
    }
    const value = logOptions[option] === "none" ? "" : (inline ?? left.shift());
    if (given.has(option)) report({ where: `--${option}`, what: "is given twice", next: "Keep one of the two." });
    else if (value === undefined || (value === "" && logOptions[option] === "text"))
      report({ where: `--${option}`, what: "needs a value", next: `Write ${examples[option]}.` });
    else given.set(option, value);
  }
  return given;
}

const examples: Readonly<Record<LogOption, string>> = {
  since: "--since 1h, or --since 2026-01-31T12:00",
  filter: '--filter "Bad Request"',
  lines: "--lines 500",
  source: `--source ${logSources.join(",")}, or some of them`,
  site: "--site 2",
  follow: "--follow",
};

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `30m`, `2h`, `7d`, or a time in ISO 8601, in UTC if it names no zone. */
function readSince(given: string | undefined, report: Report): LogRequest["since"] {
  if (given === undefined) return undefined;
  const [, count = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(given) ?? [];
  if (count !== "") return { ago: Number(count) * (units[unit] ?? 1) };
  const [, day, time = "00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?(Z|[+-]\d\d:\d\d)?$/.exec(given) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  if (!Number.isNaN(at)) return { at };
  report({ where: "--since", what: `${quoted(given)} is not a time`, next: `Write ${examples.since}.` });
  return undefined;
}

function readLines(given: string | undefined, report: Report): number | undefined {
  if (given === undefined) return undefined;
  const count = /^\d{1,7}$/.test(given) ? Number(given) : 0;
  if (count >= 1 && count <= mostLines) return count;
  report({ where: "--lines", what: `${quoted(given)} is not a whole number from 1 to ${mostLines}` });
  return undefined;
}

function readSources(given: string | undefined, report: Report): readonly LogSource[] {
  const wanted = given?.split(",").map((name) => name.trim()) ?? ["application"];
  for (const name of wanted)
    if (!logSources.some((known) => known === name))
      report({ where: "--source", what: `there is no source ${quoted(name)}`, next: suggestion(name, logSources) });
  return logSources.filter((source) => wanted.includes(source));
}

function readSite(given: string | undefined, sites: readonly Pick<Site, "id">[], report: Report): number | undefined {
  if (given === undefined) return undefined;
  const known = sites.map(({ id }) => String(id));
  if (known.includes(given)) return Number(given);
  report({ where: "--site", what: `there is no site ${quoted(given)}`, next: `Write ${oneOf(known)}.` });
  return undefined;
}
