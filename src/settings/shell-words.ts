// Splits `options: --database replica "a b"` into words as a shell does, without any expansion.

export type Words =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "unfinished"; readonly what: string };

const piece =
  /(?<blank>\s+)|'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\[\s\S])*)"|\\(?<escaped>[\s\S])|(?<plain>[^\s'"\\]+)|(?<open>['"\\])/g;

/**
 * Splits text into words as POSIX sh does (2.2 Quoting). Blanks and line ends separate words. Nothing in `'…'` is special. In `"…"`, a
 * backslash quotes only `"`, `\`, `$` and a backquote. Outside quotes, it quotes any character. `$`, `*` and `~` are plain characters.
 */
export function splitShellWords(text: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  // A backslash before a line end joins the two lines.
  for (const { groups = {} } of text.matchAll(piece)) {
    const open = groups["open"];
    if (groups["escaped"] === "\n") continue;
    if (open !== undefined) return { kind: "unfinished", what: `a ${open} that is not closed` };
    if (groups["blank"] === undefined) {
      word = (word ?? "") + meant(groups);
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return { kind: "words", words: word === undefined ? words : [...words, word] };
}

/** The text of a piece without its quotes. */
function meant({ single, double, escaped, plain }: Readonly<Record<string, string>>): string {
  return (
    escaped ??
    single ??
    plain ??
    (double ?? "").replaceAll(/\\(["\\$`\n])/g, (_, character: string) => (character === "\n" ? "" : character))
  );
}

/** The text as one word for `splitShellWords`. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
