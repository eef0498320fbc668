// Questions for whoever sits at the terminal.
import { createInterface } from "node:readline/promises";
import type { StartingWorld } from "./world.ts";

/** No way to ask, if input or output is not a terminal: in a script, in CI. */
export function questions({ stdin, stdout }: Pick<NodeJS.Process, "stdin" | "stdout">): Pick<StartingWorld, "ask"> {
  if (!stdin.isTTY || !stdout.isTTY) return {};
  return {
    ask: async (question) => {
      const lines = createInterface({ input: stdin, output: stdout });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
}
