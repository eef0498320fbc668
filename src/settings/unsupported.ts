// Names that are reserved for features that do not exist yet. Each use is reported, with another message than for a misspelt name.

/** The problem of a reserved name. */
export const notSupported = { what: "is not supported yet", next: "Remove it for now." } as const;

/** Inputs that action.yml does not have yet. */
export const reservedInputs: ReadonlySet<string> = new Set(["notify", "wait", "groups"]);

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
