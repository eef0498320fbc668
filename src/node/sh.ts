// Shell text, quoted by construction: the only way to make a command for a node (POSIX.1-2024, 2.2.2 single-quotes).

const brand: unique symbol = Symbol("shell");

/** A piece of POSIX shell that is safe to put into a larger one. Made only by the `sh` tag. */
export interface Shell {
  readonly [brand]: true;
  readonly text: string;
}

export type ShellValue = string | number | Shell | readonly (string | number | Shell)[];

/** The string as one quoted word for a POSIX shell. Throws on NUL, which no argument can hold. */
export function quote(word: string): string {
  if (word.includes("\0")) throw new TypeError("a shell word cannot hold a NUL character");
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A template tag for shell text. A string or number becomes one quoted word. An array becomes one quoted word for each item. Another
 * `sh` fragment is inserted as it is. The literal part is trusted source code and is not changed, backslashes included: only a
 * backtick and `${` need a backslash before them.
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShellValue[]): Shell {
  const parts = strings.raw.map((part) => part.replaceAll(/\\(`|\$\{)/g, "$1"));
  const text = parts.reduce((done, part, index) => done + render(values[index - 1] as ShellValue) + part);
  return fragment(text);
}

/** Joins fragments, one on each line. */
export function lines(parts: readonly Shell[]): Shell {
  return fragment(parts.map((part) => part.text).join("\n"));
}

function render(value: ShellValue): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return String(value);
  if ("text" in value) return value.text;
  return value.map(render).join(" ");
}

function fragment(text: string): Shell {
  return { [brand]: true, text };
}
