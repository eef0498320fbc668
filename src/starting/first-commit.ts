// A new project is a git repository with one commit, because a release has what git tracks, and its version names the commit.
import type { Run } from "../run-process.ts";

export interface FirstCommit {
  readonly kind: "committed" | "failed";
  /** For the user, with a blank in front. */
  readonly said: string;
}

/** For an author without a name in git's configuration. */
const nobody = ["-c", "user.name=startproject", "-c", "user.email=startproject@localhost"];

export async function isRepository(folder: string, run: Run): Promise<boolean> {
  return (await run("git", ["rev-parse", "--is-inside-work-tree"], { cwd: folder })).code === 0;
}

/** Makes the repository and its commit. If git cannot, the project is complete all the same, and the result says so. */
export async function firstCommit(folder: string, run: Run): Promise<FirstCommit> {
  const git = (...words: readonly string[]) => run("git", words, { cwd: folder });
  const identity = await git("var", "GIT_AUTHOR_IDENT");
  const author = identity.code === 0 ? [] : nobody;
  for (const words of [
    ["init", "--quiet", "--initial-branch=main"],
    ["add", "--all"],
    [...author, "commit", "--quiet", "--no-gpg-sign", "--message", "Start the project"],
  ]) {
    const done = await git(...words);
    if (done.code !== 0)
      return { kind: "failed", said: ` git made no commit: ${done.stderr.trim().split("\n")[0] ?? ""}` };
  }
  return { kind: "committed", said: " They are the first commit of a new git repository." };
}
