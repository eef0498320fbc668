// A lock between processes: an flock(1), which the kernel releases when its holder ends in any way.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { WovenError } from "../errors.ts";
import { rootArgv } from "./privileged.ts";

const hold = (file: string): readonly string[] => {
  const script = 'mkdir -p "$(dirname "$1")"; exec flock "$1" sh -c "echo held; exec cat >/dev/null"';
  return ["sh", "-euc", script, "woven-local", file];
};

/** Runs `action` while holding the lock on `file`, a file of root. Waits as long as another process holds it. */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  return holding(await rootArgv(hold(file)), file, action);
}

/** The same for a file of this user. */
export async function withUserLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  return holding(hold(file), file, action);
}

async function holding<T>(argv: readonly string[], file: string, action: () => Promise<T>): Promise<T> {
  const [program = "", ...rest] = argv;
  const holder = spawn(program, rest, { stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => {
    holder.once("close", () => resolve());
    holder.once("error", () => resolve());
  });
  holder.stdin.on("error", () => undefined);
  const held = await Promise.race([once(holder.stdout, "data").then(() => true), ended.then(() => false)]);
  if (!held) {
    throw new WovenError({
      code: "local-node-failed",
      message: `local node: could not lock ${file}`,
      next: "Check that you can write to its folder, and that flock(1) of util-linux is installed.",
    });
  }
  try {
    return await action();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
