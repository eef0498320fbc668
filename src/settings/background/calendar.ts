// Checks the times of a schedule on the runner, by the grammar of systemd.time(7), "Calendar Events". The node checks them again.
import { suggestion } from "../did-you-mean.ts";
import { isCron, translateCron } from "./cron.ts";

export type Times =
  /** A value of OnCalendar= each. */
  | { readonly kind: "times"; readonly words: readonly string[] }
  | { readonly kind: "wrong"; readonly what: string; readonly next?: string };

const shorthands = [
  "minutely",
  "hourly",
  "daily",
  "weekly",
  "monthly",
  "quarterly",
  "semiannually",
  "yearly",
  "annually",
];
const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Reads calendar words of systemd, or the five fields of cron. */
export function readTimes(given: string): Times {
  const text = given.trim().replaceAll(/\s+/g, " ");
  if (text === "") return { kind: "wrong", what: "is empty" };
  if (isCron(text)) {
    const cron = translateCron(text);
    return cron.kind === "wrong" ? cron : { kind: "times", words: cron.words };
  }
  if (shorthands.includes(text.toLowerCase())) return { kind: "times", words: [text.toLowerCase()] };
  if (/^[A-Za-z]+$/.test(text) && !isDays(text))
    return { kind: "wrong", what: noTime, next: suggestion(text, shorthands) };
  return isCalendar(text) ? { kind: "times", words: [text] } : { kind: "wrong", what: noTime };
}

const noTime = "is no time: write calendar words of systemd, or the five fields of cron";

/** `[days] [date] [time] [zone]`, each at most once and at least one of the first three. */
function isCalendar(text: string): boolean {
  const words = text.split(" ");
  const last = words.at(-1) ?? "";
  if (words.length > 1 && isZone(last)) words.pop();
  const parts = [isDays, isDate, isTime];
  let at = 0;
  for (const word of words) {
    const found = parts.findIndex((fits, index) => index >= at && fits(word));
    if (found === -1) return false;
    at = found + 1;
  }
  return true;
}

/** `UTC`, or a name of the time zone database. The node knows which names there are. */
function isZone(word: string): boolean {
  return word === "UTC" || /^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){1,2}$/.test(word);
}

/** `Mon,Wed..Fri`, in short or in full. */
function isDays(word: string): boolean {
  return word.split(",").every((part) => {
    const ends = part.split(/\.\.|-/);
    return ends.length <= 2 && ends.every((end) => /^\w{3,}$/.test(end) && days.some((day) => dayFits(day, end)));
  });
}

function dayFits(day: string, word: string): boolean {
  return [day, day.slice(0, 3)].includes(word.toLowerCase());
}

/** `2026-*-01`, `*-~03`, `12-24`. */
function isDate(word: string): boolean {
  const pattern = /^(?:([\d*.,/]+)-)?([\d*.,/]+)(?:-|(~)|-(~))([\d*.,/]+)$/.exec(word);
  if (pattern === null) return false;
  const [, year, month = "", , , day = ""] = pattern;
  return (year === undefined || inField(year, 1970, 2199)) && inField(month, 1, 12) && inField(day, 1, 31);
}

/** `06:30`, `*:0/15`, `12:00:30`. */
function isTime(word: string): boolean {
  const [hour = "", minute = "", second = "0", ...more] = word.split(":");
  if (minute === "" || more.length > 0) return false;
  return (
    inField(hour, 0, 23) && inField(minute, 0, 59) && inField(second.replaceAll(/(\d)\.\d{1,6}(?!\d)/g, "$1"), 0, 59)
  );
}

/** A list of values, ranges `a..b` and repetitions `a/n`, or `*`. */
function inField(text: string, least: number, most: number): boolean {
  return text.split(",").every((part) => {
    const [, from = "", to, step] = /^(\*|\d{1,4})(?:\.\.(\d{1,4}))?(?:\/(\d{1,4}))?$/.exec(part) ?? [];
    const within = (value: string) => Number(value) >= least && Number(value) <= most;
    if (from === "" || (from !== "*" && !within(from))) return false;
    if (to !== undefined && (from === "*" || !within(to) || Number(to) < Number(from))) return false;
    return step === undefined || (Number(step) >= 1 && Number(step) <= most);
  });
}
