// Gives a finished folder its name. Several runs on one machine may make the same folder at the same time.
import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";

/** Renames `finished` to `directory`. Returns `taken` and changes nothing if another run was first. */
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

/** Renames `finished` to `directory`, and removes the folder that had that name. There is never an incomplete folder. */
export async function replaceFolder(finished: string, directory: string): Promise<void> {
  while ((await placeFolder(finished, directory)) === "taken") {
    const old = `${directory}.${randomUUID()}`;
    await rename(directory, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rm(old, { recursive: true, force: true });
  }
}
