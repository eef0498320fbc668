// Writes new files into a repository that exists. A file that is there already stays as it is.
import { appendFile, mkdir, open, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Run } from "../run-process.ts";

export interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** The folder that the path is relative to, if not the project's. */
  readonly top?: string;
  /** Git must not track it. */
  readonly secret?: true;
}

export interface Written {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly state: "written" | "kept";
}

/** Writes what is missing. `open(2)` with O_EXCL follows no link and overwrites nothing. */
export async function writeBeside(folder: string, files: readonly NewFile[], run: Run): Promise<readonly Written[]> {
  const written: Written[] = [];
  for (const { path, text, mode, top, secret } of files) {
    const file = join(top ?? folder, path);
    const shown = relative(folder, file);
    if (secret) await untrack(folder, shown, run);
    await mkdir(dirname(file), { recursive: true });
    try {
      const handle = await open(file, "wx", mode);
      try {
        await handle.writeFile(text);
      } finally {
        await handle.close();
      }
      written.push({ path: shown, state: "written" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      written.push({ path: shown, state: "kept" });
    }
  }
  return written;
}

/** Adds the file to the repository's own list of ignored files, gitignore(5), unless it is ignored already. */
async function untrack(folder: string, path: string, run: Run): Promise<void> {
  const git = (...words: readonly string[]) => run("git", words, { cwd: folder });
  if ((await git("check-ignore", "--quiet", "--", path)).code === 0) return;
  const [exclude, prefix] = await Promise.all([
    git("rev-parse", "--git-path", "info/exclude"),
    git("rev-parse", "--show-prefix"),
  ]);
  const list = resolve(folder, exclude.stdout.trim());
  await mkdir(dirname(list), { recursive: true });
  const before = await readFile(list, "utf8").catch(() => "");
  await appendFile(list, `${before === "" || before.endsWith("\n") ? "" : "\n"}/${prefix.stdout.trim()}${path}\n`);
}
