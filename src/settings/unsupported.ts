// Settings that are part of the contract and not built yet: they are told apart from misspelt ones, and never pass unseen.

import type { ConfigFile } from "./config-file.ts";
import type { Config } from "./config-schema.ts";
import type { Inputs } from "./inputs.ts";
import type { Report } from "./problems.ts";

/** Each with what it may hold without asking for anything. */
const keys: { readonly [Key in keyof Config]?: (value: NonNullable<Config[Key]>) => boolean } = {
  tls: (value) => value === false || value === "none",
  processes: (value) => Object.keys(value).length === 0,
  schedules: (value) => Object.keys(value).length === 0,
  context: (value) => Object.keys(value).length === 0,
  server: (value) => value === "apache",
  python: (value) => value === "system",
};

export function reportUnsupported(inputs: Inputs, file: ConfigFile, report: Report): void {
  for (const [key, harmless] of Object.entries(keys) as [keyof Config, (value: unknown) => boolean][]) {
    const value = file.config[key];
    if (value === undefined || harmless(value)) continue;
    // A node can be made ready for another server than Apache: the packages of one are what differs.
    if (key === "server" && inputs.text("command") === "setupnode") continue;
    const shown = typeof value === "string" ? ` = ${JSON.stringify(value)}` : "";
    report(file.problem([key], `${key}${shown} is not supported yet`, "Take it out for now."));
  }
  const preview = inputs.text("preview");
  if (preview !== undefined && !/^false$/i.test(preview))
    report({ where: "input preview", what: "is not supported yet", next: "Take it out for now." });
}
