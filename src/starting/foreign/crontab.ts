// A crontab in the repository: lines of five fields and a command become schedules.
import { readTimes } from "../../settings/background/calendar.ts";
import { fits } from "../../settings/grammar.ts";
import type { ProjectFiles } from "../../settings/project-files.ts";
import { processCommand } from "./commands.ts";
import type { Foreign, ForeignSchedule } from "./foreign.ts";

export function readCrontabs(files: ProjectFiles): readonly Foreign[] {
  return files.paths
    .filter((path) => /(^|\/)(crontab(\.txt)?|[\w-]+\.(cron|crontab))$/.test(path))
    .map((path) => crontab(path, files.read(path) ?? ""));
}

function crontab(path: string, text: string): Foreign {
  const schedules: ForeignSchedule[] = [];
  const notes: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, when, command] =
      /^\s*((?:[\d*][\d*/,-]*\s+){2}(?:[\d*/,A-Za-z-]+\s+){3}|@(?:hourly|daily|weekly|monthly)\s+)(.+?)\s*$/.exec(
        line,
      ) ?? [];
    if (when === undefined || command === undefined) continue;
    const converted = processCommand(withoutShell(command));
    const name = nameOf(converted.kind === "command" ? converted.command : "", schedules);
    const times = when.trim().replace("@", "");
    if (converted.kind === "no") notes.push(`${command}: the command ${converted.why}.`);
    else if (name === undefined || readTimes(times).kind === "wrong")
      notes.push(`${line.trim()}: write it into [schedules].`);
    else schedules.push({ name, command: converted.command, when: times });
  }
  return { path, schedules, notes };
}

/** Where it runs and where its output goes: a schedule has the project's folder and the journal. */
function withoutShell(command: string): string {
  return command
    .replace(/^cd\s+\S+\s*(&&|;)\s*/, "")
    .replace(/\s*(?:[12&]?>>?\s*\S+|2>&1|\|\s*logger\b.*)/g, "")
    .trim();
}

function nameOf(command: string, others: readonly ForeignSchedule[]): string | undefined {
  const [program = "", first = ""] = command.split(/\s+/);
  const plain = (program === "manage" ? first : program).replaceAll(/[^\w-]+/g, "-");
  const taken = others.filter(({ name }) => name === plain || name.startsWith(`${plain}-`)).length;
  const name = taken === 0 ? plain : `${plain}-${taken + 1}`;
  return fits("backgroundName", name) ? name : undefined;
}
