// How all parts of the settings report problems: as data, so that a run shows all of them together.
import type { Problem } from "../errors.ts";

export type Report = (problem: Problem) => void;

/** A text in quotes for a problem, shortened and on one line. */
export function quoted(text: string): string {
  // JSON does not escape line separators and control characters outside ASCII.
  const line = JSON.stringify(text).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return line.length > 80 ? `${line.slice(0, 76)}…"` : line;
}

/** A path in a list: as it is, or in quotes if it has characters that would break the line. */
export function shownPath(path: string): string {
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(path) ? quoted(path) : path;
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** Where the variables of a program on the runner go. The input of the same name is for the application. */
export const stepEnv = "`env:` of the step, beside `uses:` (not the input env)";

/** GitHub's expression for a secret, for lines that a hint tells the user to write. */
export function secretExpression(name: string): string {
  return `\${{ secrets.${name} }}`;
}
