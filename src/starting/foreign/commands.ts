// Commands as other tools write them, in the form that `processes`, `schedules` and `release-commands` take.
import { readCommand } from "../../settings/background/command.ts";
import { fits } from "../../settings/grammar.ts";
import { splitShellWords } from "../../settings/shell-words.ts";

export type Converted =
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "no"; readonly why: string };

/** Words in front of a command that Woven makes needless: the virtualenv's folder, `exec`, `uv run`. */
const before =
  /^(?:exec\s+|(?:uv|poetry|pdm|pipenv|hatch)\s+run\s+(?:--\s+)?|(?:[\w./~-]*\/)?bin\/(?=[\w.-]+(?:\s|$)))/;

/** A command of a process, without what only the other tool needs. */
export function processCommand(text: string): Converted {
  let command = text.trim();
  for (let next = command.replace(before, ""); next !== command; next = command.replace(before, "")) command = next;
  command = command.replace(/^(python3?(?:\.\d+)?\s+)?(?:[\w.~-]*\/)*manage\.py\b/, "manage");
  const read = readCommand(withScheduleFile(command));
  if (read.kind === "command") return { kind: "command", command: withScheduleFile(command) };
  return { kind: "no", why: [read.what, ...(read.next === undefined ? [] : [read.next])].join(". ") };
}

/** Celery's beat writes a file beside itself, which a release does not allow. */
function withScheduleFile(command: string): string {
  const isBeat = /\bcelery\b.*\s(beat|-B|--beat)(\s|$)/.test(command);
  return isBeat && !/\s(-s|--schedule)\b/.test(command) ? `${command} --schedule /tmp/beat` : command;
}

export interface ReleaseWork {
  /** Management commands that Woven does not run by itself. */
  readonly commands: readonly string[];
  readonly others: readonly string[];
}

/** Woven runs these itself. */
const own = new Set(["migrate", "collectstatic", "check", "syncdb"]);

/** The management commands in a line of shell, and the rest of it. */
export function releaseWork(line: string): ReleaseWork {
  const commands: string[] = [];
  const others: string[] = [];
  for (const part of line.split(/&&|;|\|\|/).map((one) => one.trim())) {
    if (part === "") continue;
    const converted = processCommand(part);
    const split = splitShellWords(converted.kind === "command" ? converted.command : part);
    const [first = "", name = "", ...rest] = split.kind === "words" ? split.words : [];
    if (converted.kind === "command" && first === "manage" && fits("managementCommand", name)) {
      if (!own.has(name)) commands.push([name, ...rest].join(" "));
    } else others.push(part);
  }
  return { commands, others };
}
