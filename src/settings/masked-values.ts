// Which values of a run are masked: every secret, but for what the run itself has to say and what nobody could mean as one. Those are named once.
import { parseEnvLines } from "./env-lines.ts";
import { secretInputs } from "./inputs.ts";
import { isPlainWord, isSecretName } from "./plain-words.ts";
import { secretParts, urlPasswords } from "./secret.ts";
import type { SettingsSource } from "./source.ts";
import { type SpokenWords, spokenAs } from "./spoken-words.ts";

/** A text that came as a secret, and the input or variable that has it. */
export interface NamedSecret {
  readonly name: string;
  readonly text: string;
}

export interface MaskedValues {
  readonly masked: readonly string[];
  /** Which are not, and why: lines for the log. They name variables, never values. */
  readonly notes: readonly string[];
}

/** Shorter texts are not masked: the log would become unreadable and hide nothing. */
const shortest = 4;

/** Masks what is to be masked of a run's inputs, and says what is not. */
export function maskSecrets(source: SettingsSource, spoken: SpokenWords): void {
  const variables = ["env", "hook-env"].flatMap((name) => parseEnvLines(source.input(name), name, () => undefined));
  const secrets = [
    ...secretInputs.map((name) => ({ name: `input ${name}`, text: source.input(name) })),
    ...variables.map(([name, text]) => ({ name, text })),
  ];
  const { masked, notes } = maskedValues(secrets, spoken);
  for (const text of masked) source.mask(text);
  for (const note of notes) source.log(note);
}

/** The parts of these secrets that are masked, and what there is to say of the others. */
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

/** Why a part of a secret is not masked: a line of the log, `plain`, or nothing where nobody would miss it. */
function unmasked(part: string, secret: NamedSecret, spoken: SpokenWords): string | undefined {
  const { name, text } = secret;
  const whole = part === text.trim();
  const password = urlPasswords(text).includes(part);
  // What is called a password, or is the password in a URL, is judged as one.
  const called = password ? "password" : name;
  const what = spokenAs(part, spoken);
  if (what === undefined && isPlainWord(part, called)) return whole ? "plain" : undefined;
  if (what === undefined && part.length >= shortest) return "masked";
  if (!whole && !password) return undefined;
  const subject = password && !whole ? `The password in ${name}` : name;
  if (isSecretName(called)) {
    const why = what === undefined ? "it is too short" : "its value stands in every log of this project";
    return `${subject} is not masked: ${why}. Choose another one.`;
  }
  return what === undefined ? "plain" : `${subject} is not masked: its value is ${what}`;
}

function plainNote(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  if (names.length === 1) return [`${names[0]} is not masked: its value is a plain word or number`];
  return [`${names.join(", ")} are not masked: their values are plain words or numbers`];
}
