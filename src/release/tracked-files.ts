// What git says about the working directory: its tracked files, and those that differ from the commit.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { WovenError } from "../errors.ts";
import type { Run } from "../run-process.ts";
import { unquotedPath } from "./path-bytes.ts";

/** Paths relative to the working directory. A submodule that was not fetched is listed as its folder. Undefined without a repository. */
export async function trackedFiles(workingDirectory: string, run: Run): Promise<readonly string[] | undefined> {
  const words = ["ls-files", "--cached", "--recurse-submodules", "--", "."];
  const listed = await git(words, workingDirectory, run);
  if (listed.paths.length > 0) return listed.paths;
  // Throws instead of guessing, because an untracked file may be a secret.
  if (listed.code !== 0 && inRepository(workingDirectory)) throw unlisted(workingDirectory, listed.stderr);
  return undefined;
}

/** Tracked files that differ from the commit, also removed ones. Empty if there is no commit. */
export async function uncommittedFiles(workingDirectory: string, run: Run): Promise<readonly string[]> {
  const differing = ["diff", "--name-only", "--relative", "--no-ext-diff", "HEAD", "--", "."];
  return (await git(differing, workingDirectory, run)).paths;
}

async function git(words: readonly string[], cwd: string, run: Run) {
  // Names come quoted, because reading them as text would damage those that are not UTF-8.
  const { code, stdout, stderr } = await run("git", ["-c", "core.quotePath=true", ...words], { cwd });
  return { code, stderr, paths: code === 0 ? stdout.split("\n").filter(Boolean).map(unquotedPath) : [] };
}

function inRepository(folder: string): boolean {
  return existsSync(join(folder, ".git")) || (dirname(folder) !== folder && inRepository(dirname(folder)));
}

function unlisted(folder: string, said: string): WovenError {
  return new WovenError({
    code: "git",
    message: `git could not list the files of ${folder}: ${said.trim().split("\n")[0]}`,
    next: "Woven deploys the files that git tracks, so git must work in this job. In a container job, run before this step: git config --global --add safe.directory '*'",
    output: said,
  });
}
