// Decides which values of a run are masked: all secrets, except values that the run must print and values too plain to be secret. The
// log names the exceptions once.
import { accountLines } from "./basic-auth.ts";
import { parseEnvLines } from "./env-lines.ts";
import { secretInputs } from "./inputs.ts";
import { isPlainWord, isSecretName } from "./plain-words.ts";
import { secretParts, urlPasswords } from "./secret.ts";
import { secretTexts } from "./secret-files.ts";
import type { SettingsSource } from "./source.ts";
import { type SpokenWords, spokenAs } from "./spoken-words.ts";

/** A text that was given as a secret, and the name of its input or variable. */
export interface NamedSecret {
  readonly name: string;
  readonly text: string;
}

export interface MaskedValues {
  readonly masked: readonly string[];
  /** Lines for the log: which are not masked, and why. They name variables, never values. */
  readonly notes: readonly string[];
}

/** Shorter texts are not masked: that would make the log unreadable and hide nothing. */
const shortest = 4;

/** Masks the secrets among a run's inputs, and returns the lines about those that are not masked. */
export function maskSecrets(source: SettingsSource, spoken: SpokenWords): void {
  const variables = ["env", "hook-env", "preview-env"].flatMap((name) =>
    parseEnvLines(source.input(name), name, () => undefined),
  );
  const secrets = [
    ...secretInputs.map((name) => ({ name: `input ${name}`, text: source.input(name) })),
    ...variables.map(({ name, value }) => ({ name, text: value })),
    ...accountLines(source.input("basic-auth")).map(({ password }) => ({
      name: "a password of basic-auth",
      text: password,
    })),
    ...secretTexts(source.input("files")),
  ];
  const { masked, notes } = maskedValues(secrets, spoken);
  for (const text of masked) source.mask(text);
  for (const note of notes) source.log(note);
}

/** The parts of these secrets that are masked, and the lines about the others. */
export function maskedValues(secrets: readonly NamedSecret[], spoken: SpokenWords): MaskedValues {
  const masked = new Set<string>();
  const notes = new Set<string>();
  const plain = new Set<string>();
  for (const { name, text } of secrets) {
    for (const part of secretParts(text)) {
      const note = unmasked(part, { name, text }, spoken);
      if (note === "masked") masked.add(part);
      else if (note === "plain") plain.add(name);
      else if (note) notes.add(note);
    }
  }
  return { masked: [...masked], notes: [...notes, ...plainNote([...plain])] };
}

/** Why a part of a secret is not masked: a line for the log, `plain`, or nothing if it does not matter. */
function unmasked(part: string, secret: NamedSecret, spoken: SpokenWords): string | undefined {
  const { name, text } = secret;
  const whole = part === text.trim();
  const password = urlPasswords(text).includes(part);
  // A value counts as a password by its name, or as the password in a URL.
  const called = password ? "password" : name;
  const what = spokenAs(part, spoken);
  if (what === undefined && isPlainWord(part, called)) return whole ? "plain" : undefined;
  if (what === undefined && part.length >= shortest) return "masked";
  if (!whole && !password) return undefined;
  const subject = password && !whole ? `The password in ${name}` : name;
  if (isSecretName(called)) {
    const why = what === undefined ? "it is too short" : "its value appears in every log of this project";
    return `${subject} is not masked: ${why}. Choose another value.`;
  }
  return what === undefined ? "plain" : `${subject} is not masked: its value is ${what}`;
}

function plainNote(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  if (names.length === 1) return [`${names[0]} is not masked: its value is a plain word or number`];
  return [`${names.join(", ")} are not masked: their values are plain words or numbers`];
}
