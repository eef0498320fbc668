// Requirements files in an encoding that uv does not read: handed to it as UTF-8, side by side as they lie in the project.
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { decodeText } from "../settings/text-encoding.ts";
import type { BuildContext } from "./build-context.ts";
import type { RequirementText } from "./requirement-files.ts";

/** uv reads UTF-8, and UTF-16 with its mark. */
const readByUv = ["utf-8", "utf-16le", "utf-16be"];

/**
 * The paths to give to uv: those of the project, or of copies where it could not read one of them. Includes count from the file they
 * stand in, so all are copied; paths of packages count from the folder uv runs in, and stay right.
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
  // A folder deep enough for `..` to stay inside of it.
  const deep = join(copies, ...all.flatMap(({ path }) => path.split("/").filter((part) => part === "..")));
  for (const { path, content } of all) {
    const copy = join(deep, path);
    await mkdir(dirname(copy), { recursive: true });
    // The coding line would be wrong now, and nobody reads it.
    await writeFile(copy, content);
  }
  return paths.map((path) => (isAbsolute(path) ? path : join(deep, path)));
}
