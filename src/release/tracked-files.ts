// What git knows of the working directory: the files that it tracks, and those of them that differ from the commit.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { WovenError } from "../errors.ts";
import type { Run } from "../run-process.ts";
import { unquotedPath } from "./path-bytes.ts";

/** Paths from the working directory; a submodule that was not fetched is its folder. Undefined where there is no repository. */
export async function trackedFiles(workingDirectory: string, run: Run): Promise<readonly string[] | undefined> {
  const words = ["ls-files", "--cached", "--recurse-submodules", "--", "."];
  const listed = await git(words, workingDirectory, run);
  if (listed.paths.length > 0) return listed.paths;
  // Never a guess where git knows better: what it does not track may be a secret.
  if (listed.code !== 0 && inRepository(workingDirectory)) throw unlisted(workingDirectory, listed.stderr);
  return undefined;
}

/** Tracked files whose content is not that of the commit, those that were removed among them. Empty where there is no commit. */
export async function uncommittedFiles(workingDirectory: string, run: Run): Promise<readonly string[]> {
  const differing = ["diff", "--name-only", "--relative", "--no-ext-diff", "HEAD", "--", "."];
  return (await git(differing, workingDirectory, run)).paths;
}

async function git(words: readonly string[], cwd: string, run: Run) {
  // Quoted, names come as they are: as text, one that is not UTF-8 would be damaged.
  const { code, stdout, stderr } = await run("git", ["-c", "core.quotePath=true", ...words], { cwd });
  return { code, stderr, paths: code === 0 ? stdout.split("\n").filter(Boolean).map(unquotedPath) : [] };
}

function inRepository(folder: string): boolean {
  return existsSync(join(folder, ".git")) || (dirname(folder) !== folder && inRepository(dirname(folder)));
}

function unlisted(folder: string, said: string): WovenError {
  return new WovenError({
    code: "git",
    message: `git did not list the files of ${folder}: ${said.trim().split("\n")[0]}`,
    next: "Woven deploys what git tracks. In a container job, git may need: git config --global --add safe.directory '*'",
    output: said,
  });
}
