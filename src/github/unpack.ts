// Unpacks an archive from the cache, whatever it holds: only plain files, only into one folder, only so much.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip, createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";

const mostBytes = 4_000_000_000;
const mostFiles = 10_000;

/**
 * Writes the files that an archive holds below a folder of `place`'s name into `place`. Throws where a name leads elsewhere,
 * or it holds anything but files and folders.
 */
export async function unpackInto(place: string, archive: string): Promise<void> {
  await mkdir(place, { recursive: true });
  const decompressing = await decompressor(archive);
  let [bytes, files] = [0, 0];
  // From here to the loop nothing may be waited for: an end or an error that comes before it is heard by nobody.
  const entries = extract();
  const reading = pipeline(createReadStream(archive), decompressing, entries);
  // The loop throws it as well.
  reading.catch(() => undefined);
  for await (const entry of entries) {
    const { name, type, size = 0, mode = 0 } = entry.header;
    bytes += size;
    files += 1;
    if (bytes > mostBytes || files > mostFiles) throw new Error("the archive is too large");
    const path = pathWithin(basename(place), name);
    if (type === "directory") entry.resume();
    else if (type !== "file" || path === undefined)
      throw new Error(
        `the archive holds ${JSON.stringify(name)}, which is not a file of the folder that was asked for`,
      );
    else {
      await mkdir(dirname(join(place, path)), { recursive: true });
      // `wx`: two entries of one name are as wrong as a link would be.
      await pipeline(entry, createWriteStream(join(place, path), { flags: "wx", mode: mode & 0o111 ? 0o755 : 0o644 }));
    }
  }
  await reading;
}

/** What follows the folder in an entry's name; the client's names lead to it from the checkout: `../../_temp/…/<folder>/wheels/x.whl`. */
function pathWithin(folder: string, name: string): string | undefined {
  const parts = name.split("/");
  const at = parts.indexOf(folder);
  const inside = at < 0 ? [] : parts.slice(at + 1);
  const plain = inside.length > 0 && inside.every((part) => /^[A-Za-z0-9_][\w.+!-]*$/.test(part));
  return plain ? inside.join("/") : undefined;
}

/** By the first bytes, RFC 1952 and RFC 8878. The client compresses with zstd where the runner has it, with a window as large as this. */
async function decompressor(archive: string) {
  const file = await open(archive);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.readUInt16BE() === 0x1f8b
      ? createGunzip()
      : createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 30 } });
  } finally {
    await file.close();
  }
}
