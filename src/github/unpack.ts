// Unpacks an untrusted archive from the cache: only plain files, only into one folder, only up to a limit.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip, createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";

const mostBytes = 4_000_000_000;
const mostFiles = 10_000;

/**
 * Writes the files of an archive, below a folder with the name of `place`, into `place`. Throws if a name leads elsewhere, or if the
 * archive holds anything but files and folders.
 */
export async function unpackInto(place: string, archive: string): Promise<void> {
  await mkdir(place, { recursive: true });
  const decompressing = await decompressor(archive);
  let [bytes, files] = [0, 0];
  // No await between here and the loop: an end or an error before the loop would be lost.
  const entries = extract();
  const reading = pipeline(createReadStream(archive), decompressing, entries);
  // The loop throws the error too.
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
      // `wx`: refuses a second entry of the same name.
      await pipeline(entry, createWriteStream(join(place, path), { flags: "wx", mode: mode & 0o111 ? 0o755 : 0o644 }));
    }
  }
  await reading;
}

/** The part of an entry's name after the folder. The client's names are relative to the checkout: `../../_temp/…/<folder>/wheels/x.whl`. */
function pathWithin(folder: string, name: string): string | undefined {
  const parts = name.split("/");
  const at = parts.indexOf(folder);
  const inside = at < 0 ? [] : parts.slice(at + 1);
  const plain = inside.length > 0 && inside.every((part) => /^[A-Za-z0-9_][\w.+!-]*$/.test(part));
  return plain ? inside.join("/") : undefined;
}

/** By the first bytes, RFC 1952 and RFC 8878. The client compresses with zstd where the runner has it, with a window of this size. */
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
