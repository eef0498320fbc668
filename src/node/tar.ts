// Files as one compressed stream. Large files are packed while they are sent, so that memory does not grow with their size. What many
// nodes get is packed and compressed once.
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { createGzip, gzip } from "node:zlib";
import { pack } from "tar-stream";
import type { StageFile } from "./stage.ts";

const compression = { level: 6 } as const;
const compress = promisify<Buffer, typeof compression, Buffer>(gzip);

/**
 * A gzipped ustar/pax stream of the files, in order, `shared` first. All are 0600: root reads them, and sets their final modes.
 * `shared`: for many nodes, so the compressed form is kept as long as this array. It is a gzip member of its own (RFC 1952, 2.2).
 */
export function tarball(files: readonly StageFile[], shared?: readonly StageFile[]): Readable {
  return Readable.from(parts(files, shared), { objectMode: false });
}

async function* parts(files: readonly StageFile[], shared?: readonly StageFile[]): AsyncIterable<Buffer> {
  if (shared) yield await kept(shared);
  if (files.every(({ content }) => typeof content === "string" || content instanceof Uint8Array)) {
    // At once: a stream would hold all of it, and the state of its compression, until a slow node has read it.
    yield await oneAtATime(async () => compress(await buffer(archiveOf(files)), compression));
    return;
  }
  const archive = archiveOf(files);
  const stream = createGzip(compression);
  archive.on("error", (error) => stream.destroy(error));
  try {
    yield* archive.pipe(stream) as AsyncIterable<Buffer>;
  } finally {
    archive.destroy();
  }
}

let turn: Promise<unknown> = Promise.resolve();

/** A hundred nodes that get a stage at once would take a hundred archives of memory, and be no faster. */
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work);
  turn = done.catch(() => undefined);
  return done;
}

const members = new WeakMap<readonly StageFile[], Promise<Buffer>>();

/** The two blocks of zeros that end an archive (pax(1), "ustar Interchange Format"): what follows would not be read. */
const endBytes = 1024;

function kept(files: readonly StageFile[]): Promise<Buffer> {
  const known = members.get(files);
  if (known) return known;
  const member = buffer(archiveOf(files)).then((all) => compress(all.subarray(0, -endBytes), compression));
  members.set(files, member);
  return member;
}

function archiveOf(files: readonly StageFile[]): ReturnType<typeof pack> {
  const archive = pack();
  void fill(archive, files).catch((error: unknown) => archive.destroy(error as Error));
  return archive;
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
