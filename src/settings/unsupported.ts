// Names that are reserved for features that do not exist yet. Each use is reported, with another message than for a misspelt name.

import type { ConfigFile } from "./config-file.ts";
import type { Config } from "./config-schema.ts";
import type { Report } from "./problems.ts";
import { supportedServers } from "./settings.ts";

/** The problem of a reserved name. */
export const notSupported = { what: "is not supported yet", next: "Remove it for now." } as const;

/** Inputs that action.yml does not have yet. */
export const reservedInputs: ReadonlySet<string> = new Set([
  "preview",
  "github-token",
  "files",
  "preview-env",
  "preview-label",
  "notify",
  "wait",
  "retire",
  "groups",
]);

/** Keys that the schema does not have yet, at the top of the configuration. */
export const reservedKeys: ReadonlySet<string> = new Set([
  "tls",
  "tls-email",
  "acme-directory",
  "hsts",
  "trusted-proxies",
  "processes",
  "schedules",
  "services",
  "context",
  "web",
  "role-settings",
  "application",
  "release-commands",
  "first-commands",
  "seed-database",
  "migrate-safety",
  "backup",
  "keep-backups",
  "lock-timeout",
  "statement-timeout",
  "waves",
  "pause",
  "watch",
  "watch-errors",
  "drain",
  "settle",
  "preview-domain",
  "preview-ttl",
  "preview-database-from",
]);

/** Keys of which only some values work, each with those values. */
const keys: { readonly [Key in keyof Config]?: (value: NonNullable<Config[Key]>) => boolean } = {
  server: (value) => supportedServers.some((server) => server === value),
};

export function reportUnsupported(file: ConfigFile, report: Report): void {
  for (const [key, harmless] of Object.entries(keys) as [keyof Config, (value: unknown) => boolean][]) {
    const value = file.config[key];
    if (value === undefined || harmless(value)) continue;
    const shown = typeof value === "string" ? ` = ${JSON.stringify(value)}` : "";
    report(file.problem([key], `${key}${shown} ${notSupported.what}`, notSupported.next));
  }
}
