// Shell text, quoted by construction: the only way to make a command for a node (POSIX.1-2024, 2.2.2 single-quotes).

const brand: unique symbol = Symbol("shell");

/** A piece of POSIX shell that is safe to put into a larger one. Made only by the `sh` tag. */
export interface Shell {
  readonly [brand]: true;
  readonly text: string;
}

export type ShellValue = string | number | Shell | readonly (string | number | Shell)[];

/** One word for a POSIX shell, whatever the string holds. Throws on NUL, which no argument can carry. */
export function quote(word: string): string {
  if (word.includes("\0")) throw new TypeError("a shell word cannot hold a NUL character");
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A template tag for shell text. Strings and numbers become one quoted word each, arrays one quoted word an item,
 * and another `sh` fragment is put in as it is. The literal part is trusted: it is source code, and stands in the
 * shell's text as it stands here, backslashes and all; only a backtick and `${` need one before them.
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShellValue[]): Shell {
  const parts = strings.raw.map((part) => part.replaceAll(/\\(`|\$\{)/g, "$1"));
  const text = parts.reduce((done, part, index) => done + render(values[index - 1] as ShellValue) + part);
  return fragment(text);
}

/** Several fragments, a line each. */
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
