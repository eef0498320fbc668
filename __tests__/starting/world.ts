// A folder for `startproject` and `init`, with real git and Python, and what was printed. Nobody sits at the terminal unless a test answers.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SettingsError, WovenError } from "../../src/errors.ts";
import { runStarting, type StartingCommand } from "../../src/starting/starting.ts";
import { commit, folderWith, run } from "../settings/source.ts";

export interface Started {
  readonly folder: string;
  readonly printed: string;
  /** The code of the error that it ended with, and of the settings the places of all problems. */
  readonly error?: { readonly code: string; readonly where: readonly string[]; readonly text: string };
}

export interface Start {
  readonly command: StartingCommand;
  readonly words?: readonly string[];
  readonly folder: string;
  readonly answers?: readonly string[];
}

export async function start({ command, words = [], folder, answers }: Start): Promise<Started> {
  const lines: string[] = [];
  const given = [...(answers ?? [])];
  const world = {
    cwd: folder,
    env: {},
    run,
    print: (line: string) => lines.push(line),
    ...(answers && { ask: async () => given.shift() ?? "" }),
  };
  try {
    await runStarting(command, words, world);
    return { folder, printed: lines.join("\n") };
  } catch (error) {
    if (!(error instanceof WovenError)) throw error;
    const where = error instanceof SettingsError ? error.problems.map((problem) => problem.where) : [];
    const text = `${error.message}\n${error.details.next ?? ""}`;
    return { folder, printed: lines.join("\n"), error: { code: error.code, where, text } };
  }
}

/** A repository with these files, in one commit. */
export async function repositoryWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = folderWith(files);
  await commit(folder);
  return folder;
}

export function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

export { folderWith, run };
