// Finds secrets, and what commonly becomes of them, in text that is about to be printed.

export interface Masker {
  /** Registers a secret; gives the forms that were not known before. */
  add(secret: string): readonly string[];
  /** The text with `***` in the place of every registered form. */
  hide(text: string): string;
}

/** Shorter pieces would garble ordinary text, and hide nothing. */
const shortest = 4;

/** The first or last line of a PEM or OpenSSH key. */
const armour = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;

export function createMasker(): Masker {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    add(secret) {
      const fresh = formsOf(secret).filter((form) => !forms.has(form));
      for (const form of fresh) forms.add(form);
      // The longest first, so that no rest of a whole secret is left beside one of its lines.
      const longestFirst = [...forms].toSorted((one, other) => other.length - one.length);
      if (longestFirst.length > 0) pattern = new RegExp(longestFirst.map(literal).join("|"), "g");
      return fresh;
    },
    hide: (text) => (pattern ? text.replace(pattern, "***") : text),
  };
}

/** The value whole, trimmed and line by line, and each as base64, in URLs, in JSON and in a quoted shell word. */
function formsOf(secret: string): string[] {
  const whole = [secret, secret.trim(), secret.replaceAll("\r\n", "\n"), secret.replaceAll("\r\n", "\n").trim()];
  const lines = secret.split(/\r\n|\n|\r|\\n/).flatMap((line) => [line, line.trim()]);
  // Encodings of next to nothing, and of a key's first and last line, would hide what is no secret.
  const values = [...new Set([...whole, ...lines])].filter(
    (value) => value.trim().length >= shortest && !armour.test(value.trim()),
  );
  const encoded = values.flatMap((value) => [
    value,
    ...base64Forms(value),
    encodeURIComponent(value.toWellFormed()),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll("'", `'\\''`),
  ]);
  return [...new Set(encoded)].filter((form) => form.trim().length >= shortest);
}

/** Base64 of the value, also where it stands behind one or two other bytes, as in `Basic base64(user:password)`. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  if (bytes.length < 2 * shortest) return [];
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // Left of the cut, and in the last group, stand bits that are not the secret's alone.
    const own = text.slice(before === 0 ? 0 : before + 1).replace(/.?=+$/, "");
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
