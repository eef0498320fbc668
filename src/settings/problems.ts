// How every part of the settings reports what is wrong: all of it, in one go, as data.
import type { Problem } from "../errors.ts";

export type Report = (problem: Problem) => void;

/** A text in quotes, short and on one line, for use in a problem. */
export function quoted(text: string): string {
  // JSON leaves line ends and other control characters beyond ASCII as they are.
  const line = JSON.stringify(text).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return line.length > 80 ? `${line.slice(0, 76)}…"` : line;
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** GitHub's expression for a secret, for lines that the user is told to write. */
export function secretExpression(name: string): string {
  return `\${{ secrets.${name} }}`;
}
