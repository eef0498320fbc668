// Whether a text has got out of where it was put: a line of the log, Markdown, a shell word, a configuration file.
import MarkdownIt from "markdown-it";

/** Something that a text of a node, a user or a repository must never become. */
export class Escaped extends Error {
  override readonly name = "Escaped";
}

export function hold(right: unknown, what: string): asserts right {
  if (!right) throw new Escaped(what);
}

/** Control characters and other ends of a line. */
export function isOneLine(text: string): boolean {
  return !/[\p{Cc}\u2028\u2029]/u.test(text);
}

/** What GitHub's runner acts on (actions/runner ActionCommand.cs), or a terminal. */
export function isInert(line: string): boolean {
  return !line.trimStart().startsWith("::") && !line.includes("##[") && !/[^\P{Cc}\t]/u.test(line);
}

/** As GitHub reads a summary: HTML is let through to its sanitizer, bare addresses become links. */
const markdown = new MarkdownIt({ html: true, linkify: true });
// GitHub makes none of addresses without a scheme: https://github.github.com/gfm/#autolinks-extension-
markdown.linkify.set({ fuzzyLink: false }).add("//", null);

export interface MarkdownToken {
  readonly type: string;
  readonly content: string;
  /** Of a link. */
  readonly href: string;
}

/** Blocks, and what stands inline in them, in order. */
export function tokensOf(text: string): readonly MarkdownToken[] {
  return markdown
    .parse(text, {})
    .flatMap((token) => (token.type === "inline" ? (token.children ?? []) : [token]))
    .map((token) => ({ type: token.type, content: token.content, href: token.attrGet("href") ?? "" }));
}

/** The words that a POSIX shell makes of a text that holds nothing but words and blanks; undefined where it holds more. */
export function shellWords(text: string): readonly string[] | undefined {
  if (!/^(?:[A-Za-z0-9_@%+=:,./-]|'[^']*'|\\'| )*$/.test(text)) return undefined;
  const words = [...text.matchAll(/(?:[A-Za-z0-9_@%+=:,./-]+|'[^']*'|\\')+/g)];
  return words.map(([word]) => word.replaceAll(/'([^']*)'|\\(')/g, (_, inner, quote) => inner ?? quote));
}

/** The shape of a configuration: its lines, each without what a value may be. Two of one template have the same. */
export function shapeOf(configuration: string): string {
  return configuration
    .split("\n")
    .map((line) => /^\s*([^\s;{}=]*)/.exec(line)?.[1] ?? "")
    .join("\n")
    .concat(
      ` ${configuration.split("{").length} ${configuration.split("}").length} ${configuration.split(";").length}`,
    );
}
