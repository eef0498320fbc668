// Versions from git, for projects without a version and for `version-from = "git"`.
import type { Found } from "../settings.ts";
import type { SettingsSource } from "../source.ts";

export interface GitFacts {
  /** `git describe --tags --always`, for tags with a number. The start of GITHUB_SHA if git fails. */
  readonly describe?: Found<string>;
  /** The commit, 7 digits. */
  readonly commit?: string;
  /** The last tag, without a leading v. */
  readonly tag?: string;
  /** The output of git, if it failed. */
  readonly complaint?: string;
}

/** A tag without a number, such as `latest` or `production`, moves between commits and is not a version. */
const numbered = ["--match", "*[0-9]*"] as const;

export async function readGit(source: Pick<SettingsSource, "run" | "env">, cwd: string): Promise<GitFacts> {
  const git = (...args: readonly string[]) => source.run("git", args, { cwd });
  const [describe, head, tag] = await Promise.all([
    git("describe", "--tags", "--always", ...numbered),
    git("rev-parse", "HEAD"),
    git("describe", "--tags", "--abbrev=0", ...numbered),
  ]);
  const sha = head.code === 0 ? head.stdout.trim() : (source.env["GITHUB_SHA"] ?? "");
  const commit = /^[0-9a-f]{7,}$/.test(sha) ? sha.slice(0, 7) : undefined;
  return {
    ...(describe.code === 0
      ? { describe: { value: describe.stdout.trim(), from: "git describe --tags --always" } }
      : {}),
    // In a container, git may refuse a checkout that another user owns. GITHUB_SHA has the commit anyway.
    ...(describe.code !== 0 && commit !== undefined ? { describe: { value: commit, from: "GITHUB_SHA" } } : {}),
    ...(commit === undefined ? {} : { commit }),
    ...(tag.code === 0 ? { tag: tag.stdout.trim().replace(/^v(?=\d)/, "") } : {}),
    ...(describe.code === 0 ? {} : { complaint: describe.stderr.trim().split("\n")[0] ?? "" }),
  };
}

/** `<base>+g<commit>`. If the base already has a local part, the commit is appended to it. */
export function versionWithCommit(base: string, commit: string): string {
  return `${base}${base.includes("+") ? "." : "+"}g${commit}`;
}
