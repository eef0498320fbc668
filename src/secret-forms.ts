// The parts of a secret, and the forms in which common programs write it: for Woven's own masker, and as plain texts for the runner's.

/** Masking shorter pieces would garble ordinary text and hide nothing. */
export const shortest = 4;

/** The first or last line of a PEM or OpenSSH key. */
const armour = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;

/** The secret whole, trimmed and line by line: each is a secret by itself. */
export function valuesOf(secret: string): readonly string[] {
  const whole = [secret, secret.trim(), secret.replaceAll("\r\n", "\n"), secret.replaceAll("\r\n", "\n").trim()];
  const lines = secret.split(/\r\n|\n|\r|\\n/).flatMap((line) => [line, line.trim()]);
  // Encodings of very short texts, and of a key's first and last line, would mask text that is not secret.
  return [...new Set([...whole, ...lines])].filter(
    (value) => value.trim().length >= shortest && !armour.test(value.trim()),
  );
}

/**
 * Base64 of the value, also after one or two other bytes, as in `Basic base64(user:password)`. Includes the lines of 76 or 64
 * characters that base64(1) and MIME make of a long value.
 */
export function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const forms = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // The first and the last group may also hold bits of the neighbouring text.
    return text.slice(before === 0 ? 0 : before + 1).replace(/.?=+$/, "");
  });
  const lines = [76, 64].flatMap((width) => forms[0]?.match(new RegExp(`.{1,${width}}`, "g")) ?? []);
  return [...new Set([...forms, ...lines])].filter((form) => form.length >= shortest + 2);
}

/** Forms that other programs are likely to print. Only the runner masks their output, and it looks for exact texts. */
export function formsForRunner(secret: string): readonly string[] {
  const forms = valuesOf(secret).flatMap((value) => [
    value,
    ...base64Forms(value).flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]),
    ...inUrls(value),
    ...inQuotes(value),
    ...inHtml(value),
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    Buffer.from(value).toString("hex"),
  ]);
  return [...new Set(forms)].filter((form) => form.trim().length >= shortest);
}

/** As JavaScript's encodeURIComponent, and Python's quote, quote with nothing safe, and quote_plus. */
function inUrls(value: string): readonly string[] {
  const plain = encodeURIComponent(value.toWellFormed());
  const all = plain.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return [plain, all, all.replaceAll("%2F", "/"), all.replaceAll("%20", "+")];
}

/** As JSON, JSON in ASCII, and Python's repr. */
function inQuotes(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const repr = json.replaceAll('\\"', '"');
  return [json, ascii, repr, repr.replaceAll("'", "\\'")];
}

/** As Django and Python escape, and as Jinja does. */
function inHtml(value: string): readonly string[] {
  const tags = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [
    tags.replaceAll('"', "&quot;").replaceAll("'", "&#x27;"),
    tags.replaceAll('"', "&#34;").replaceAll("'", "&#39;"),
  ];
}
