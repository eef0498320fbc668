// How a finished folder gets its name, where several runs on one machine may make the same one at once.
import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";

/** Renames `finished` to `directory`. Says `taken`, and changes nothing, where another run was first. */
export async function placeFolder(finished: string, directory: string): Promise<"placed" | "taken"> {
  try {
    await rename(finished, directory);
    return "placed";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTEMPTY" || code === "EEXIST") return "taken";
    throw error;
  }
}

/** Renames `finished` to `directory` and removes what had that name. At no time is there half a folder. */
export async function replaceFolder(finished: string, directory: string): Promise<void> {
  while ((await placeFolder(finished, directory)) === "taken") {
    const old = `${directory}.${randomUUID()}`;
    await rename(directory, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rm(old, { recursive: true, force: true });
  }
}
