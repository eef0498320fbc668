// Names that are reserved for features that do not exist yet. Each use is reported, with another message than for a misspelt name.

import type { ConfigFile } from "./config-file.ts";
import type { Config } from "./config-schema.ts";
import type { Report } from "./problems.ts";
import { namedServer } from "./server.ts";
import { supportedServers } from "./settings.ts";

/** The problem of a reserved name. */
export const notSupported = { what: "is not supported yet", next: "Remove it for now." } as const;

/** Inputs that action.yml does not have yet. */
export const reservedInputs: ReadonlySet<string> = new Set(["notify", "wait", "retire", "groups"]);

/** Keys that the schema does not have yet, at the top of the configuration. */
export const reservedKeys: ReadonlySet<string> = new Set([
  "context",

  "migrate-safety",
  "backup",
  "keep-backups",
  "lock-timeout",
  "statement-timeout",
  "waves",
  "pause",
  "watch",
  "watch-errors",
]);

/** Keys of which only some values work, each with those values. */
const keys: { readonly [Key in keyof Config]?: (value: NonNullable<Config[Key]>) => boolean } = {
  server: (value) => {
    const named = typeof value === "object" ? value.program : value;
    return named === undefined || supportedServers.some((server) => server === named);
  },
};

export function reportUnsupported(file: ConfigFile, report: Report): void {
  for (const [key, harmless] of Object.entries(keys) as [keyof Config, (value: unknown) => boolean][]) {
    const value = file.config[key];
    if (value === undefined || harmless(value)) continue;
    const named = key === "server" ? namedServer(file) : value;
    const path = named === value ? [key] : [key, "program"];
    const shown = typeof named === "string" ? ` = ${JSON.stringify(named)}` : "";
    report(file.problem(path, `${path.join(".")}${shown} ${notSupported.what}`, notSupported.next));
  }
}
