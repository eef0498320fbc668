// The git repository around a project: its top, the branch to deploy, its name on GitHub.
import { posix, relative } from "node:path";
import { WovenError } from "../errors.ts";
import type { Run } from "../run-process.ts";

export interface GitRepository {
  readonly top: string;
  /** From the top to the project's folder. Empty if they are the same. */
  readonly workingDirectory: string;
  readonly branch: string;
  /** `octocat/shop`, from the remote `origin` at GitHub. */
  readonly github?: string;
}

/** Throws `no-repository` or `no-commit`. */
export async function gitRepository(folder: string, run: Run): Promise<GitRepository> {
  const git = async (...words: readonly string[]) => {
    const { code, stdout } = await run("git", words, { cwd: folder });
    return code === 0 ? stdout.trim() : undefined;
  };
  const top = await git("rev-parse", "--show-toplevel");
  if (top === undefined)
    throw new WovenError({
      code: "no-repository",
      message: `${folder} is not in a git repository`,
      state: "Nothing was written.",
      next: "Woven deploys what git tracks. Run git init, git add and git commit first, and woven init again.",
    });
  if ((await git("rev-parse", "HEAD")) === undefined)
    throw new WovenError({
      code: "no-commit",
      message: "the repository has no commit",
      state: "Nothing was written.",
      next: "Woven deploys what git tracks. Run git add and git commit first, and woven init again.",
    });
  const remote = await git("remote", "get-url", "origin");
  const head = (await git("symbolic-ref", "--short", "refs/remotes/origin/HEAD"))?.replace(/^origin\//, "");
  const current = await git("symbolic-ref", "--short", "HEAD");
  const prefix = (await git("rev-parse", "--show-prefix")) ?? relative(top, folder);
  const [, github] = /github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(remote ?? "") ?? [];
  return {
    top,
    workingDirectory: posix.normalize(prefix === "" ? "." : prefix).replace(/^\.$|\/$/g, ""),
    branch: head ?? current ?? "main",
    ...(github === undefined ? {} : { github }),
  };
}
