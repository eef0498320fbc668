// What `startproject` and `init` need from outside: the folder, programs, and the terminal, if there is one.
import type { Run } from "../run-process.ts";

export interface StartingWorld {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: Run;
  /** Prints a line. */
  readonly print: (line: string) => void;
  /** Asks the person at the terminal. Undefined: there is no terminal, so nothing can be asked. */
  readonly ask?: (question: string) => Promise<string>;
}

/** What to type for Woven in a hint. npx sets `npm_command` to `exec`: then `woven` itself is not on the path. */
export function wovenCommand({ env }: Pick<StartingWorld, "env">): string {
  return env["npm_command"] === "exec" ? "npx -p node@24 -p github:woven/deploy woven" : "woven";
}
