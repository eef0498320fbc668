// The programs of supervisord that a repository brings, as a deployment with a fabfile often does: server and workers.

import { parseIni } from "../../settings/project/ini.ts";
import type { ProjectFiles } from "../../settings/project-files.ts";
import type { Foreign } from "./foreign.ts";
import { procfile } from "./procfile.ts";

export function readSupervisor(files: ProjectFiles): readonly Foreign[] {
  return files.paths
    .filter((path) => /\.(conf|ini)$/.test(path))
    .flatMap((path) => {
      const text = files.read(path) ?? "";
      return /^\[program:/m.test(text) ? [programs(path, text)] : [];
    });
}

function programs(path: string, text: string): Foreign {
  const commands = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const [section, entries] of parseIni(text)) {
    const [, name] = /^program:(.+)$/.exec(section) ?? [];
    const command = entries.get("command")?.replaceAll("\n", " ");
    if (name === undefined || command === undefined) continue;
    const isWeb = /(^|\/|\s)(gunicorn|uwsgi|uvicorn|daphne|waitress-serve)(\s|$)/.test(command);
    const own = isWeb ? "web" : name.replace(/^[\w.]+[-_](?=(celery|worker|beat|rq))/, "");
    commands.set(own, command);
    const count = Number(entries.get("numprocs") ?? 1);
    if (Number.isInteger(count)) counts.set(own, count);
  }
  return procfile(path, commands, counts);
}
