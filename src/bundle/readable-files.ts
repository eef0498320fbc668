// Makes copies in UTF-8 of requirements files whose encoding uv cannot read. The copies keep the project's folders.
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { decodeText } from "../settings/text-encoding.ts";
import type { BuildContext } from "./build-context.ts";
import type { RequirementText } from "./requirement-files.ts";

/** uv reads UTF-8, and UTF-16 with a byte order mark. */
const readByUv = ["utf-8", "utf-16le", "utf-16be"];

/**
 * The paths for uv: the project's own files, or copies of all if uv cannot read one of them. All are copied because an include is
 * relative to its file. Paths of packages are relative to the folder where uv runs, so they stay valid.
 */
export async function readableFiles(
  paths: readonly string[],
  text: RequirementText,
  { workingDirectory, context }: { readonly workingDirectory: string; readonly context: BuildContext },
): Promise<readonly string[]> {
  const all = text.files.filter(({ path }) => !isAbsolute(path));
  const encodings = await Promise.all(
    all.map(async ({ path }) => decodeText(await readFile(join(workingDirectory, path))).encoding),
  );
  if (encodings.every((encoding) => readByUv.includes(encoding))) return paths;
  const copies = await mkdtemp(join(context.tempDir, "requirements-"));
  // Deep enough that no `..` leaves the copies.
  const deep = join(copies, ...all.flatMap(({ path }) => path.split("/").filter((part) => part === "..")));
  for (const { path, content } of all) {
    const copy = join(deep, path);
    await mkdir(dirname(copy), { recursive: true });
    // The old coding line would now be wrong.
    await writeFile(copy, content);
  }
  return paths.map((path) => (isAbsolute(path) ? path : join(deep, path)));
}
