// What `init` shows of a project before it writes anything.
import type { Settings } from "../settings/settings.ts";
import type { Foreign } from "./foreign/foreign.ts";
import type { NeededValues } from "./needed-values.ts";
import type { Proposed } from "./proposal.ts";
import type { SettingsFacts } from "./settings-facts.ts";

export interface Findings {
  readonly settings: Settings;
  readonly facts: SettingsFacts;
  readonly foreign: readonly Foreign[];
  readonly values: NeededValues;
  /** Undefined: the project's configuration stays as it is. */
  readonly keys?: readonly Proposed[] | undefined;
  /** Names that the configuration cannot hold, with what was found for them. */
  readonly leftOut: readonly string[];
}

/** The name, version, settings module and requirements are printed when the settings are read. */
export function reportLines({ settings, facts, foreign, values, keys, leftOut }: Findings): readonly string[] {
  const { server, application, background, writable, sites } = settings;
  const services = keys?.find(({ key }) => key === "services")?.value;
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(", ");
  const known = foreign.map(({ path }) => path);
  return [
    ...line("Domains", sites.flatMap(({ domains }) => domains).join(", ")),
    ...line("Server", application === undefined ? server : `${server}, ${application}`),
    ...line("Processes", names(background.processes)),
    ...line("Schedules", names(background.schedules)),
    ...line("Services on the server", Array.isArray(services) ? services.join(", ") : ""),
    ...line("Database", facts.databases.map(({ value, from }) => `${value} (${from})`).join(", ")),
    ...line("Folders that the application writes to", writable.join(", ")),
    ...line("Variables from the domains", Object.keys(values.plain).join(", ")),
    ...line("Secrets that the application needs", values.secrets.join(", ")),
    ...line("Also read", known.join(", ")),
    ...leftOut,
    ...foreign.flatMap(({ path, notes = [] }) => notes.map((note) => `${path}: ${note}`)),
  ];
}

function line(what: string, value: string): readonly string[] {
  return value === "" ? [] : [`${what}: ${value}`];
}
