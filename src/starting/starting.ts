// The commands of the CLI that begin a project: `startproject` makes a new one, `init` prepares one that exists.
import { init, initHelp } from "./init.ts";
import { startproject, startprojectHelp } from "./startproject.ts";
import type { StartingWorld } from "./world.ts";

const commands = {
  startproject: { run: startproject, help: startprojectHelp },
  init: { run: init, help: initHelp },
} as const;

export type StartingCommand = keyof typeof commands;

export function startingCommand(word: string | undefined): StartingCommand | undefined {
  return word === "startproject" || word === "init" ? word : undefined;
}

/** Runs one of the commands. Throws a WovenError if it cannot. */
export async function runStarting(
  command: StartingCommand,
  argv: readonly string[],
  world: StartingWorld,
): Promise<void> {
  const { run, help } = commands[command];
  if (argv.includes("--help") || argv.includes("-h")) world.print(help.trimEnd());
  else await run(argv, world);
}
