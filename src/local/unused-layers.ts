// Removes what nothing uses any more from the cache: layers without an image, bases of an older recipe.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { baseKey, suites } from "./base.ts";
import { readImages } from "./images.ts";
import { basesDirectory, layersDirectory, type Places } from "./places.ts";
import { rootScript } from "./privileged.ts";
import { readRecords } from "./records.ts";

/** The caller must hold the store's lock. */
export async function removeUnusedLayers(places: Places): Promise<void> {
  const stocks = [...(await readImages(places)), ...(await readRecords(places))];
  const used = new Set(stocks.flatMap((stock) => [stock.base, ...stock.layers]));
  for (const suite of suites) used.add(await baseKey(suite));
  const kept: string[] = [];
  for (const directory of [basesDirectory(places), layersDirectory(places)]) {
    for (const name of await readdir(directory)) {
      if (!used.has(name) && !name.startsWith(".")) kept.push(join(directory, name));
    }
  }
  // Nodes of another state folder are not in these records, but the kernel's mounts show which layers they use.
  const mounts = await readFile("/proc/self/mounts", "utf8");
  const unused = kept.filter((path) => !mounts.includes(`${path}/`));
  if (unused.length > 0) await rootScript("removing unused layers", 'rm -rf --one-file-system "$@"', unused);
}
