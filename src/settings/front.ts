// The settings of the web in front: HTTPS and `[web]`. A rehearsal has no public name and no secrets, so it serves plain http to everybody.
import type { ConfigFile } from "./config-file.ts";
import type { Inputs } from "./inputs.ts";
import type { Report } from "./problems.ts";
import type { ProjectFiles } from "./project-files.ts";
import { localRole } from "./roles.ts";
import type { NodeAddress, Settings } from "./settings.ts";
import type { SettingsSource } from "./source.ts";
import { readTls } from "./tls.ts";
import { readWeb } from "./web.ts";

interface Given extends Pick<Settings, "command" | "parts" | "sites"> {
  readonly nodes: readonly NodeAddress[];
  readonly inputs: Inputs;
  readonly file: ConfigFile;
  readonly files: ProjectFiles;
}

export function readFront(
  source: SettingsSource,
  { nodes, inputs, file, ...given }: Given,
  report: Report,
): Pick<Settings, "tls" | "web"> {
  const isRehearsal = nodes.some(({ host }) => host === localRole);
  // What the configuration says is checked all the same. No input is needed, as for a command that changes nothing.
  const around = { ...given, servers: nodes.length, ...(isRehearsal ? { command: "status" as const } : {}) };
  const tls = readTls(source, inputs, file, around, report);
  const web = readWeb(inputs, file, around, report);
  if (!isRehearsal) return { tls, web };
  const { basicAuth: _, ...open } = web;
  return { tls: { kind: "none", trusted: tls.trusted }, web: open };
}
