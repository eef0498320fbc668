import fc from "fast-check";
import { expect, test } from "vitest";
import { excludedBy, isNeverPart } from "../../src/release/excluded.ts";
import { globMatches } from "../../src/release/included.ts";

const name = fc.constantFrom("a", "b", ".a", "a.py", "venv", ".venv", ".git", "db.sqlite3", "__pycache__", "x.pyc");
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));

/** All ways in which a pattern of `exclude` can match, as globs. */
function byGlobs(of: string, pattern: string): boolean {
  const globs = [pattern, `${pattern}/**`, ...(pattern.includes("/") ? [] : [`**/${pattern}`, `**/${pattern}/**`])];
  return globs.some((glob) => globMatches(of, glob));
}

test("text without a wildcard matches what it would match as a glob", () => {
  fc.assert(
    fc.property(path, path, (of, pattern) => {
      expect(excludedBy([pattern])(of)).toBe(byGlobs(of, pattern));
    }),
  );
});

test("an ending such as *.py matches what it would match as a glob", () => {
  const ending = fc.constantFrom("*.py", "*a", "*b.py", "*.a", "*.sqlite3", "*v");
  fc.assert(
    fc.property(path, ending, (of, pattern) => {
      expect(excludedBy([pattern])(of)).toBe(byGlobs(of, pattern));
    }),
  );
});

test("any other pattern matches what it matches as a glob", () => {
  const part = fc.constantFrom(
    "a*",
    ".a*",
    "v*v",
    "venv?",
    "**",
    "x.[p]yc",
    "{a,.a}",
    "@(a|b)",
    "!(a)",
    "\\a",
    "a",
    ".git",
  );
  const pattern = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(path, pattern, (of, given) => {
      expect(excludedBy([given])(of)).toBe(byGlobs(of, given));
    }),
    { numRuns: 1000 },
  );
});

test("what is never part of a release is what these globs match", () => {
  const globs = [
    ".git",
    "db.sqlite3",
    "**/__pycache__/**",
    "**/*.pyc",
    ".github/**",
    "node_modules/**",
    ".venv/**",
    "venv/**",
  ];
  fc.assert(
    fc.property(path, (of) => {
      expect(isNeverPart(of)).toBe(globs.some((glob) => byGlobs(of, glob)));
    }),
  );
});
