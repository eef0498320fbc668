// What a stage does, in plain words.

const headings: Readonly<Record<string, string>> = {
  prepare: "Prepare the release",
  migrate: "Migrate the databases",
  switch: "Switch",
  setup: "Set up the server",
  close: "Close the old SSH access, over a new login",
  hook: "Run your setup hook",
  remove: "Remove",
};

/** The heading of the stage's steps in the log: `Prepare the release`. */
export function stageWords(stage: string): string {
  return headings[stage] ?? stage;
}
