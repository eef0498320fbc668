// One process at a time: an flock(1) that the kernel lets go of when its holder dies, however it dies.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { WovenError } from "../errors.ts";
import { rootArgv } from "./privileged.ts";

/** Runs `action` while holding the lock on `file`, waiting for it as long as another process has it. */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  const [program = "", ...rest] = await rootArgv(["flock", file, "sh", "-c", "echo held; exec cat >/dev/null"]);
  const holder = spawn(program, rest, { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(holder, "close");
  holder.stdin.on("error", () => undefined);
  const held = await Promise.race([once(holder.stdout, "data").then(() => true), ended.then(() => false)]);
  if (!held) {
    throw new WovenError({
      code: "local-node-failed",
      message: `local node: could not lock ${file}`,
      next: "Check that the directory can be written to by root.",
    });
  }
  try {
    return await action();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
