// Files as one compressed stream, made while it is sent, so that memory does not grow with their size.
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import type { StageFile } from "./stage.ts";

/** A gzipped ustar/pax stream of the files, in order. All are 0600: root reads them, and sets their final modes. */
export function tarball(files: readonly StageFile[]): Readable {
  const archive = pack();
  const gzip = createGzip({ level: 6 });
  archive.on("error", (error) => gzip.destroy(error));
  void fill(archive, files).catch((error: unknown) => gzip.destroy(error as Error));
  return archive.pipe(gzip);
}

async function fill(archive: ReturnType<typeof pack>, files: readonly StageFile[]): Promise<void> {
  for (const file of files) {
    const { bytes, stream } = source(file);
    await new Promise<void>((resolve, reject) => {
      const header = { name: file.name, size: bytes, mode: 0o600, mtime: new Date(0) };
      const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()));
      entry.on("error", reject);
      stream.on("error", reject).pipe(entry);
    });
  }
  archive.finalize();
}

function source({ content }: StageFile): { bytes: number; stream: Readable } {
  if (typeof content === "string") return source({ name: "", content: Buffer.from(content) });
  if (content instanceof Uint8Array)
    return { bytes: content.byteLength, stream: Readable.from([Buffer.from(content)]) };
  return { bytes: content.bytes, stream: content.open() };
}
