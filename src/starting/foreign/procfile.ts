// Procfile (Heroku, Dokku, Piku, Honcho): a line `name: command` for each process. `web` and `release` mean something of their own.
import { fits } from "../../settings/grammar.ts";
import { processCommand, releaseWork } from "./commands.ts";
import type { Foreign, ForeignProcess } from "./foreign.ts";
import { readWebCommand } from "./web-command.ts";

/** The commands by their names. */
export function procfileLines(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [, name, command] = /^([A-Za-z0-9_-]+):\s*(.+?)\s*$/.exec(line) ?? [];
    return name === undefined || command === undefined ? [] : [[name, command]];
  });
  return new Map(lines);
}

type Line =
  | { readonly kind: "process"; readonly process: ForeignProcess }
  | { readonly kind: "note"; readonly note: string };

/** The same from any file that has such a table. `counts`: how many of each process. */
export function procfile(
  path: string,
  lines: ReadonlyMap<string, string>,
  counts: ReadonlyMap<string, number> = new Map(),
): Foreign {
  const web = lines.get("web");
  const server = web === undefined ? undefined : readWebCommand(web);
  const release = releaseWork(lines.get("release") ?? "");
  const others = [...lines].filter(([name]) => name !== "web" && name !== "release");
  const read = others.map(([name, command]) => processLine(name, command, counts.get(name) ?? 1));
  return {
    path,
    ...(server === undefined ? {} : { server: server.server }),
    processes: read.flatMap((line) => (line.kind === "process" ? [line.process] : [])),
    releaseCommands: release.commands,
    notes: [
      ...(server?.notes ?? (web === undefined ? [] : [`web: ${web}: this is no server that Woven knows.`])),
      ...release.others.map((other) => `release: ${other}: make it a management command.`),
      ...read.flatMap((line) => (line.kind === "note" ? [line.note] : [])),
    ],
  };
}

function processLine(name: string, text: string, count: number): Line {
  const note = (what: string): Line => ({ kind: "note", note: `${name}: ${what}` });
  if (count === 0) return note("no process of it runs, so Woven runs none.");
  const converted = processCommand(text);
  if (converted.kind === "no") return note(`the command ${converted.why}.`);
  if (!fits("backgroundName", name)) return note("Woven needs another name for this process.");
  return { kind: "process", process: { name, command: converted.command, ...(count === 1 ? {} : { count }) } };
}
