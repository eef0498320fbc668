// Finds secrets, and what becomes of them, in text that is about to be printed: each of their characters in any of its escapes, base64, hexadecimal.
import { isLead, type Reading, readingsAt } from "./escapes.ts";
import { base64Forms, formsForRunner, shortest, valuesOf } from "./secret-forms.ts";

export interface Masker {
  /** Registers a secret; gives the literal forms of it that were not known before, for a masker that knows nothing else. */
  add(secret: string): readonly string[];
  /** The text with `***` in the place of every registered secret, however its characters are written. */
  hide(text: string): string;
}

/** 1 MB of text takes a fraction of a second, however many secrets there are: most places are passed by with one look at three units. */
export function createMasker(): Masker {
  const forms = new Set<string>();
  const patterns = new Patterns();
  return {
    add(secret) {
      for (const value of valuesOf(secret)) {
        for (const piece of piecesOf(value)) patterns.add(piece, "text");
        for (const piece of base64Forms(value).flatMap(piecesOf)) patterns.add(piece, "base64");
        for (const piece of piecesOf(Buffer.from(value).toString("hex"))) patterns.add(piece, "hex");
      }
      const fresh = formsForRunner(secret).filter((form) => !forms.has(form));
      for (const form of fresh) forms.add(form);
      return fresh;
    },
    hide: (text) => (patterns.size === 0 ? text : hidden(text, patterns)),
  };
}

/** So many characters of a secret are hidden wherever they stand, also where the rest was cut off. */
const pieceLength = 64;

/** The text itself, where it is short; else pieces that follow one another, the last one up to its end. */
function piecesOf(text: string): readonly string[] {
  const points = Array.from(text);
  if (points.length <= 2 * pieceLength) return [text];
  const starts = Array.from({ length: Math.floor(points.length / pieceLength) }, (_, index) => index * pieceLength);
  return [...starts, points.length - pieceLength]
    .map((start) => points.slice(start, start + pieceLength).join(""))
    .filter((piece) => piece.trim().length >= shortest);
}

/** What is hidden goes on where another secret, or piece of one, begins inside of it or right behind it. */
function hidden(text: string, patterns: Patterns): string {
  const kept: string[] = [];
  let printed = 0;
  let to = 0;
  const read = reader(text);
  for (let at = 0; at < text.length; at++) {
    const end = read.tired() ? text.length : patterns.longestAt(text, at, read.at);
    if (end <= to) continue;
    if (at > to || kept.length === 0) kept.push(text.slice(printed, at));
    to = end;
    printed = end;
  }
  return [...kept, text.slice(printed)].join("***");
}

type Read = (at: number) => readonly Reading[];

/** Steps that a text may take before the rest of it is hidden without a look. Ordinary text takes less than one a character. */
const mostSteps = 1_000_000;
const mostStepsACharacter = 10;

/**
 * Reads each place once, though many secrets may pass it by; and counts how often it is asked. A secret that is a hundred backslashes can
 * be found in as many ways in a text of nothing else: then it is better to print too little than to stand still.
 */
function reader(text: string): { readonly at: Read; tired(): boolean } {
  const known = new Map<number, readonly Reading[]>();
  let steps = 0;
  const at: Read = (at) => {
    const before = known.get(at);
    steps += before?.length ?? 1;
    if (before) return before;
    if (known.size === 10_000) known.clear();
    const readings = readingsAt(text, at);
    known.set(at, readings);
    return readings;
  };
  return { at, tired: () => steps > mostSteps + mostStepsACharacter * text.length };
}

/** A character to look for: each of these is a way to say it, as the values of one reading after another. */
type Wanted = readonly (readonly number[])[];
type Pattern = readonly Wanted[];

/** What a text may be besides itself: base64 has a second alphabet for URLs (RFC 4648, 5), hexadecimal digits come in both cases. */
type Variant = "text" | "base64" | "hex";

/** All that is looked for, by what it begins with. */
class Patterns {
  readonly #known = new Set<string>();
  /** First values. */
  readonly #starts = new Set<number>();
  /** By the first two values. */
  readonly #byPair = new Map<number, Pattern[]>();
  /** Marks for the first three units of each as it is: where there is no mark, none begins without an escape. */
  readonly #beginnings = new Uint8Array(1 << 18);

  get size(): number {
    return this.#known.size;
  }

  add(text: string, variant: Variant): void {
    const key = `${variant}:${text}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const pattern = patternOf(text, variant);
    const beginnings = pattern.slice(0, 3).reduce<readonly (readonly number[])[]>(extended, [[]]);
    for (const [first = 0, second = 0, third = 0] of beginnings) {
      this.#starts.add(first);
      this.#beginnings[mark(first, second, third)] = 1;
      const others = this.#byPair.get(pair(first, second));
      if (others === undefined) this.#byPair.set(pair(first, second), [pattern]);
      else if (others.at(-1) !== pattern) others.push(pattern);
    }
  }

  /** Where the longest one that begins at `at` ends, or -1. */
  longestAt(text: string, at: number, read: Read): number {
    const [first, second, third] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    if (!isLead(first) && !isLead(second) && !isLead(third)) {
      if (this.#beginnings[mark(first, second, third)] === 0) return -1;
    }
    let longest = -1;
    const tried = new Set<Pattern>();
    for (const one of read(at)) {
      if (!this.#starts.has(one.value)) continue;
      for (const next of read(one.end)) {
        for (const pattern of this.#byPair.get(pair(one.value, next.value)) ?? []) {
          if (tried.has(pattern)) continue;
          tried.add(pattern);
          longest = Math.max(longest, endOf(pattern, { text, read }, at));
        }
      }
    }
    return longest;
  }
}

function extended(beginnings: readonly (readonly number[])[], wanted: Wanted): readonly (readonly number[])[] {
  return wanted.flatMap((values) => beginnings.map((before) => [...before, ...values]));
}

function pair(first: number, second: number): number {
  return first * 0x200000 + second;
}

function mark(first: number, second: number, third: number): number {
  return (first * 4096 + second * 64 + third) & 0x3ffff;
}

/**
 * Where the pattern that may begin at `start` ends furthest, or -1. An escape may be read in more than one way: all ways are followed
 * at once, so that there are never more of them than places in the text.
 */
function endOf(
  pattern: Pattern,
  { text, read }: { readonly text: string; readonly read: Read },
  start: number,
): number {
  let places = [start];
  for (const wanted of pattern) {
    const [only = start] = places;
    const unit = text.charCodeAt(only);
    if (places.length === 1 && !isLead(unit)) {
      const values = wanted.find(([first]) => first === unit);
      if (values === undefined) return -1;
      places[0] = only + values.length;
      if (values.length === 1) continue;
      places = [...endsOf(values, read, [only])];
    } else places = [...new Set(wanted.flatMap((values) => [...endsOf(values, read, places)]))];
    if (places.length === 0) return -1;
  }
  return Math.max(...places);
}

function endsOf(values: readonly number[], read: Read, starts: readonly number[]): ReadonlySet<number> {
  let places = new Set(starts);
  for (const value of values) {
    const next = new Set<number>();
    for (const place of places) for (const reading of read(place)) if (reading.value === value) next.add(reading.end);
    places = next;
  }
  return places;
}

function patternOf(text: string, variant: Variant): Pattern {
  return Array.from(text, (character) => {
    const point = character.codePointAt(0) ?? 0;
    if (point >= 128) return [...new Set([[point], unitsOf(character), [...Buffer.from(character)]])];
    const other = sameAs(character, variant);
    return other === character ? [[point]] : [[point], [other.charCodeAt(0)]];
  });
}

function unitsOf(character: string): readonly number[] {
  return character.split("").map((unit) => unit.charCodeAt(0));
}

function sameAs(character: string, variant: Variant): string {
  if (variant === "hex") return character.toUpperCase();
  if (variant === "base64") return { "+": "-", "/": "_" }[character] ?? character;
  return character;
}
