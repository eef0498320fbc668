// Secrets: wrapped so that printing one shows ***, and masked in every form that could get into a log.
import { inspect } from "node:util";
import type { Secret } from "./settings.ts";

export function secret(text: string): Secret {
  const wrapped = {
    reveal: () => text,
    toString: () => "***" as const,
    toJSON: () => "***",
    [inspect.custom]: () => "***",
  };
  return Object.freeze(wrapped);
}

/**
 * Every part of a secret that is secret by itself: the whole, each line, the pieces of a key, and the password in a URL, as written
 * and decoded. mask.ts knows their encodings (base64, percent-encoding, …). masked-values.ts decides which parts are masked.
 */
export function secretParts(text: string): readonly string[] {
  const trimmed = text.trim();
  if (trimmed === "") return [];
  const forms = new Set<string>();
  for (const whole of [text, trimmed, ...decodedKey(trimmed)]) {
    forms.add(whole);
    // A key pasted as one line has the two characters \n, or blanks, for its line breaks.
    for (const line of whole.split(/\r?\n|\r|\\n/)) forms.add(line.trim());
    if (whole.includes("PRIVATE KEY-----"))
      for (const part of whole.split(/\s+|\\n/)) if (part.length >= 16) forms.add(part);
    for (const password of urlPasswords(whole)) forms.add(password);
  }
  return [...forms].filter((form) => form !== "");
}

/** A private key that was itself stored as base64. */
function decodedKey(text: string): readonly string[] {
  if (text.length < 64 || !/^[A-Za-z0-9+/=\s]+$/.test(text)) return [];
  const decoded = Buffer.from(text, "base64").toString("utf8");
  return decoded.includes("PRIVATE KEY") ? [decoded] : [];
}

/** The passwords in the URLs of a text, as written and decoded. */
export function urlPasswords(text: string): readonly string[] {
  return [...text.matchAll(/[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s]*)@/gi)].flatMap(([, password = ""]) => {
    const plain = percentDecoded(password);
    return [password, plain];
  });
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // It is not percent-encoded, so there is nothing to decode.
    return text;
  }
}
