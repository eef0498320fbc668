// Translates cron's five fields (crontab(5)) into calendar words of systemd (systemd.time(7)).
import { quoted } from "../problems.ts";

export type Translated =
  | { readonly kind: "calendar"; readonly words: readonly string[] }
  | { readonly kind: "wrong"; readonly what: string };

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** The names of the values, from `least`. */
  readonly names?: readonly string[];
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const fields = {
  minute: { name: "minute", least: 0, most: 59 },
  hour: { name: "hour", least: 0, most: 23 },
  day: { name: "day of the month", least: 1, most: 31 },
  month: { name: "month", least: 1, most: 12, names: months },
  // 7 is Sunday, too.
  weekday: { name: "day of the week", least: 0, most: 7, names: weekdays },
} as const satisfies Record<string, Field>;

const nicknames: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** Whether a text is meant for cron: five fields, or a word that starts with `@`. */
export function isCron(text: string): boolean {
  return /^@[a-z]+$/i.test(text) || (text.split(/\s+/).length === 5 && /^[\d*]/.test(text));
}

/**
 * The calendar words for a line of cron. There are two of them if it limits both the day of the month and the day of the week: cron
 * then takes each day that fits one of them.
 */
export function translateCron(text: string): Translated {
  const line = nicknames[text.toLowerCase()] ?? text;
  if (line.startsWith("@")) return { kind: "wrong", what: `has ${text}, which a schedule cannot have` };
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = line.split(/\s+/);
  const read = {
    minute: valuesOf(minute, fields.minute),
    hour: valuesOf(hour, fields.hour),
    day: valuesOf(day, fields.day),
    month: valuesOf(month, fields.month),
    weekday: valuesOf(weekday, fields.weekday),
  };
  const bad = Object.values(read).find((one) => typeof one === "string");
  if (typeof bad === "string") return { kind: "wrong", what: bad };
  const list = (one: string | Values) =>
    typeof one === "object" ? one.map((value) => String(value).padStart(2, "0")).join(",") : "*";
  const time = `${list(read.hour)}:${list(read.minute)}:00`;
  const days = dayNames(read.weekday);
  const date = (of: string) => `*-${list(read.month)}-${of}`;
  const limited = list(read.day);
  if (days === undefined) return { kind: "calendar", words: [`${date(limited)} ${time}`] };
  // As in cron: a field that begins with `*` limits nothing, even with a step.
  if (day.startsWith("*") || weekday.startsWith("*"))
    return { kind: "calendar", words: [`${days} ${date(limited)} ${time}`] };
  return { kind: "calendar", words: [`${date(limited)} ${time}`, `${days} ${date("*")} ${time}`] };
}

/** Sorted, each once. Undefined: no limit. */
type Values = readonly number[] | undefined;

/** The values of a field, or what is wrong with it. */
function valuesOf(text: string, field: Field): Values | string {
  if (text === "*") return undefined;
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const range = rangeOf(part, field);
    if (range === undefined) return `has ${quoted(part)}, which is no ${field.name}`;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return [...values].toSorted((one, other) => one - other);
}

function rangeOf(part: string, field: Field): { from: number; to: number; step: number } | undefined {
  const [, star, first = "", last, steps] = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/i.exec(part) ?? [];
  const step = steps === undefined ? 1 : Number(steps);
  if (step < 1 || step > field.most) return undefined;
  if (star !== undefined) return { from: field.least, to: field.name === fields.weekday.name ? 6 : field.most, step };
  const from = numberOf(first, field);
  // `3/10` goes on to the end of the field.
  const open = steps === undefined ? from : field.most;
  const to = last === undefined ? open : numberOf(last, field);
  return from === undefined || to === undefined || from > to ? undefined : { from, to, step };
}

function numberOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names?.findIndex((name) => name.toLowerCase() === text.toLowerCase()) ?? -1;
  if (named >= 0) return least + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

/** The names of the days, or undefined if all of them fit. */
function dayNames(values: string | Values): string | undefined {
  if (typeof values !== "object") return undefined;
  const days = [...new Set(values.map((value) => value % 7))].toSorted((one, other) => one - other);
  return days.length === 7 ? undefined : days.map((day) => weekdays[day] ?? "").join(",");
}
