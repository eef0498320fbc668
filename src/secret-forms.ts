// What a secret consists of, and the texts that common programs make of it: for our own masker, and as plain texts for the runner's.

/** Shorter pieces would garble ordinary text, and hide nothing. */
export const shortest = 4;

/** The first or last line of a PEM or OpenSSH key. */
const armour = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;

/** The secret whole, trimmed and line by line: each is a secret by itself. */
export function valuesOf(secret: string): readonly string[] {
  const whole = [secret, secret.trim(), secret.replaceAll("\r\n", "\n"), secret.replaceAll("\r\n", "\n").trim()];
  const lines = secret.split(/\r\n|\n|\r|\\n/).flatMap((line) => [line, line.trim()]);
  // Encodings of next to nothing, and of a key's first and last line, would hide what is no secret.
  return [...new Set([...whole, ...lines])].filter(
    (value) => value.trim().length >= shortest && !armour.test(value.trim()),
  );
}

/**
 * Base64 of the value, also where it stands behind one or two other bytes, as in `Basic base64(user:password)`. What base64(1) and
 * MIME make of a long value, which is lines of 76 or 64 characters, is among them.
 */
export function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const forms = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // Left of the cut, and in the last group, stand bits that are not the secret's alone.
    return text.slice(before === 0 ? 0 : before + 1).replace(/.?=+$/, "");
  });
  const lines = [76, 64].flatMap((width) => forms[0]?.match(new RegExp(`.{1,${width}}`, "g")) ?? []);
  return [...new Set([...forms, ...lines])].filter((form) => form.length >= shortest + 2);
}

/** Texts that are likely enough to be printed by others, whose output only the runner masks: it looks for them as they are. */
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
