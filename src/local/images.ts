// Saved images: the changes of a node's disk become a layer for the disks of new nodes.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import { ownChanges } from "./disk.ts";
import { exists } from "./machine-requirements.ts";
import { basesDirectory, checkName, imagesDirectory, layersDirectory, type Places } from "./places.ts";
import { rootScript } from "./privileged.ts";
import { type NodeRecord, type Stock, stockSchema } from "./records.ts";

const imageFile = (places: Places, image: string): string =>
  join(imagesDirectory(places), `${checkName("image", image)}.json`);

export async function readImage(image: string, places: Places): Promise<Stock | undefined> {
  const text = await readFile(imageFile(places, image), "utf8").catch(() => undefined);
  return text === undefined ? undefined : v.parse(stockSchema, JSON.parse(text));
}

/** Throws `local-node-image` if there is no such image. */
export async function openImage(image: string, places: Places): Promise<Stock> {
  const stock = await readImage(image, places);
  if (stock !== undefined) return stock;
  const names = await imageNames(places);
  throw new WovenError({
    code: "local-node-image",
    message: `there is no saved local node called ${image}`,
    next: names.length > 0 ? `The images are: ${names.join(", ")}` : "Save one first: npm run node -- save NODE IMAGE",
  });
}

async function imageNames(places: Places): Promise<readonly string[]> {
  const files = await readdir(imagesDirectory(places)).catch(() => []);
  return files.flatMap((file) => (file.endsWith(".json") ? file.slice(0, -5) : []));
}

/** The names of all images. */
export async function readImages(places: Places): Promise<readonly Stock[]> {
  const images = await Promise.all((await imageNames(places)).map((image) => readImage(image, places)));
  return images.filter((image) => image !== undefined);
}

/** Saves the disk of a node that was shut down and unmounted. Replaces an image of that name. The caller must hold the store's lock. */
export async function keepAsImage(record: NodeRecord, image: string, places: Places): Promise<void> {
  const { suite, base, login } = record;
  const stock: Stock = { suite, base, login, layers: [record.id, ...record.layers] };
  const script = `umask 022
install -d -m 755 "$2"; install -d -m 700 "$2/disk"
mv -T "$1" "$2/disk/upper"
sync -f "$2"
cat > "$3.new"; mv "$3.new" "$3"`;
  const values = [ownChanges(places, record.name), join(layersDirectory(places), record.id), imageFile(places, image)];
  await rootScript(`saving it as ${image}`, script, values, { input: JSON.stringify(stock) });
}

/** The caller must hold the store's lock. */
export async function deleteImage(image: string, places: Places): Promise<void> {
  await rootScript(`removing the image ${image}`, 'rm -f "$1"', [imageFile(places, image)]);
}

/** Whether the base of the image was removed from the cache. */
export async function lacksBase(stock: Stock, places: Places): Promise<boolean> {
  return !(await exists(join(basesDirectory(places), stock.base)));
}
