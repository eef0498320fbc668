// A folder as one tar archive that is the same whenever and wherever it is made. Not compressed: what is sent to a node is.
import { createReadStream, createWriteStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";

/** tar(1) warns of files from 1970. */
const always = new Date("2020-01-01T00:00:00Z");

/** Writes the content of `folder` to the file `archive`. Everything belongs to root, and all can read it. */
export async function packFolder(folder: string, archive: string): Promise<void> {
  const packing = pack();
  const writing = pipeline(packing, createWriteStream(archive, { mode: 0o600 }));
  // The one that fails first ends the other: without this, an error of the disk would be lost.
  writing.catch((error: Error) => packing.destroy(error));
  await fill(packing, folder, "");
  packing.finalize();
  await writing;
}

async function fill(packing: Pack, folder: string, below: string): Promise<void> {
  for (const name of (await readdir(join(folder, below))).toSorted()) {
    const path = below === "" ? name : `${below}/${name}`;
    const full = join(folder, path);
    const found = await lstat(full);
    if (found.isSymbolicLink())
      packing.entry({ name: path, type: "symlink", linkname: await readlink(full), mtime: always });
    else if (found.isDirectory()) {
      packing.entry({ name: path, type: "directory", mode: 0o755, mtime: always });
      await fill(packing, folder, path);
    } else if (found.isFile()) await add(packing, full, path, found);
  }
}

function add(packing: Pack, full: string, name: string, found: { readonly mode: number; readonly size: number }) {
  return new Promise<void>((resolve, reject) => {
    const mode = found.mode & 0o111 ? 0o755 : 0o644;
    const entry = packing.entry({ name, size: found.size, mode, mtime: always }, (error) =>
      error ? reject(error) : resolve(),
    );
    entry.on("error", reject);
    createReadStream(full).on("error", reject).pipe(entry);
  });
}
