// Which paths are not in a release: the patterns of `exclude`, and what never is.
import { globMatches, unrooted } from "./included.ts";

type Predicate = (path: string) => boolean;

/** Never part of a release, even if git tracks them: `.git` and `db.sqlite3` at any depth, caches of Python, and folders of tools at the top. */
const never = /(^|\/)((\.git|db\.sqlite3|[^/]*\.pyc)(\/|$)|__pycache__\/)|^(\.github|node_modules|\.venv|venv)\//;

export function isNeverPart(path: string): boolean {
  return never.test(path);
}

/** Whether a tracked file is part of a release. */
export function partOfRelease(exclude: readonly string[]): Predicate {
  const isExcluded = excludedBy(exclude);
  return (path) => !isNeverPart(path) && !isExcluded(path);
}

/** Whether a path matches one of the patterns, or is below a folder that does. A pattern without `/` matches at any depth. */
export function excludedBy(patterns: readonly string[]): Predicate {
  const predicates = patterns.map(matcher);
  return (path) => predicates.some((matches) => matches(path));
}

function matcher(pattern: string): Predicate {
  const plain = unrooted(pattern);
  // Text without a wildcard is compared: globs cost a hundred times as much, and there are many files.
  if (!/[\\*?[\]{}()!+@]/.test(plain)) {
    const anywhere = !plain.includes("/");
    return (path) => {
      const within = `/${path}/`;
      return anywhere ? within.includes(`/${plain}/`) : within.startsWith(`/${plain}/`);
    };
  }
  // `*.md`, the most common of them: any name in the path may end with it.
  const [, ending] = /^\*([^\\*?[\]{}()!+@/]+)$/.exec(plain) ?? [];
  if (ending !== undefined) return (path) => `${path}/`.includes(`${ending}/`);
  const globs = [plain, `${plain}/**`, ...(plain.includes("/") ? [] : [`**/${plain}`, `**/${plain}/**`])];
  // What matches has the text before the first wildcard, or its first folder.
  const [start = ""] = /^[^\\*?[\]{}()!+@/]*/.exec(plain) ?? [];
  return (path) => path.includes(start) && globs.some((glob) => globMatches(path, glob));
}
