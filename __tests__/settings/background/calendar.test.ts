// The times of a schedule: calendar words of systemd as they are, cron's fields translated, and everything else refused.
import { expect, test } from "vitest";
import { readTimes } from "../../../src/settings/background/calendar.ts";

const wordsOf = (text: string) => {
  const read = readTimes(text);
  return read.kind === "times" ? read.words : read.what;
};

test.each([
  "daily",
  "hourly",
  "semiannually",
  "Mon..Fri 06:30",
  "Mon,Wed *-*-* 12:00:00",
  "Saturday 04:00",
  "*-*-01 04:00:00",
  "*-*~03 00:00",
  "12-24",
  "2026-*-1/7 *:0/15",
  "*:0/15",
  "*:*:0/5",
  "*:*:30.5",
  "Fri *-*-13 13:13 Europe/Berlin",
  "06:00 UTC",
])("%s is for systemd as it is", (text) => {
  expect(wordsOf(text)).toEqual([text]);
});

test.each([
  ["*/15 * * * *", ["*-*-* *:00,15,30,45:00"]],
  ["30 6 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 06:30:00"]],
  ["0 0 1 */3 *", ["*-01,04,07,10-01 00:00:00"]],
  ["5 4 * * sun", ["Sun *-*-* 04:05:00"]],
  ["5 4 * * 7,0", ["Sun *-*-* 04:05:00"]],
  ["0 12 * feb-Apr 6-7", ["Sun,Sat *-02,03,04-* 12:00:00"]],
  ["10-40/10 8,20 * * *", ["*-*-* 08,20:10,20,30,40:00"]],
  ["50/5 * * * *", ["*-*-* *:50,55:00"]],
  ["0 3 13 * 5", ["*-*-13 03:00:00", "Fri *-*-* 03:00:00"]],
  ["0 3 */2 * 5", ["Fri *-*-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 03:00:00"]],
  ["  0  3 * * 0-7 ", ["*-*-* 03:00:00"]],
  ["@weekly", ["Sun *-*-* 00:00:00"]],
  ["@midnight", ["*-*-* 00:00:00"]],
])("cron's %s becomes words for systemd", (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test.each([
  ["dayly", "no time"],
  ["", "empty"],
  ["tomorrow", "no time"],
  ["25:00", "no time"],
  ["12", "no time"],
  ["*-13-01", "no time"],
  ["*-*-32", "no time"],
  ["Mon..Fry 06:30", "no time"],
  ["06:30 Mon", "no time"],
  ["every 5 minutes", "no time"],
  ["6:30 6:31", "no time"],
  ["*:5..1", "no time"],
  ["60 * * * *", "minute"],
  ["0 24 * * *", "hour"],
  ["0 0 0 * *", "day of the month"],
  ["0 0 * 13 *", "month"],
  ["0 0 * * 8", "day of the week"],
  ["*/0 * * * *", "minute"],
  ["5-1 * * * *", "minute"],
  ["@reboot", "@reboot"],
])("%j is refused", (text, names) => {
  expect(wordsOf(text)).toContain(names);
});

test("a word that is nearly one of systemd's is known", () => {
  expect(readTimes("dayly")).toMatchObject({ next: expect.stringContaining("daily") });
});
