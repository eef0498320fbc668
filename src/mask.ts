// Finds secrets in text before it is printed: as they are, with each character in any of its escapes, in base64 and in hexadecimal.
import { EncodedPieces } from "./encoded-pieces.ts";
import { isLead, type Reading, readingsAt } from "./escapes.ts";
import { base64Forms, formsForRunner, shortest, valuesOf } from "./secret-forms.ts";

export interface Masker {
  /** Registers a secret. Returns its new literal forms, for a masker that knows only plain texts. */
  add(secret: string): readonly string[];
  /** The text with `***` for every registered secret, however its characters are written. */
  hide(text: string): string;
}

/** How much work it was to mask texts: comparisons with the characters of secrets, and readings of escapes. */
export interface Work {
  steps: number;
}

/**
 * Masks 1 MB of text in a fraction of a second, even with many secrets: most places are skipped after a check of three units. Adds its
 * steps to `work`: at most `mostSteps` for each text.
 */
export function createMasker(work: Work = { steps: 0 }): Masker {
  const forms = new Set<string>();
  const patterns = new Patterns();
  const encoded = new EncodedPieces();
  return {
    add(secret) {
      for (const value of valuesOf(secret)) {
        for (const piece of piecesOf(value)) patterns.add(piece, "text");
        // Those too short for a piece of six bytes.
        for (const form of base64Forms(value)) if (form.length < 8) patterns.add(form, "base64");
        if (Buffer.byteLength(value) < 6) patterns.add(Buffer.from(value).toString("hex"), "hex");
        encoded.add(value);
      }
      const fresh = formsForRunner(secret).filter((form) => !forms.has(form));
      for (const form of fresh) forms.add(form);
      return fresh;
    },
    hide: (text) => (patterns.size === 0 ? text : hidden(text, { patterns, encoded, work })),
  };
}

/** A piece of a secret of this length is masked everywhere, even if the rest was cut off. */
const pieceLength = 64;

/** The text itself if it is short. Else consecutive pieces, the last one up to its end. */
function piecesOf(text: string): readonly string[] {
  const points = Array.from(text);
  if (points.length <= 2 * pieceLength) return [text];
  const starts = Array.from({ length: Math.floor(points.length / pieceLength) }, (_, index) => index * pieceLength);
  return [...starts, points.length - pieceLength]
    .map((start) => points.slice(start, start + pieceLength).join(""))
    .filter((piece) => piece.trim().length >= shortest);
}

interface Search {
  readonly patterns: Patterns;
  readonly encoded: EncodedPieces;
  readonly work: Work;
}

/** Extends a masked part if another secret, or a piece of one, begins inside it or right after it. */
function hidden(text: string, { patterns, encoded, work }: Search): string {
  const kept: string[] = [];
  let printed = 0;
  let to = 0;
  const spans = encoded.spansIn(text, new Reader(text, work).at);
  const reader = new Reader(text, work);
  let next = 0;
  for (let at = 0; at < text.length; at++) {
    let end = patterns.longestAt(reader, at);
    for (; spans[next]?.start === at; next++) end = Math.max(end, spans[next]?.end ?? end);
    if (reader.tired) end = text.length;
    if (end <= to) continue;
    if (at > to || kept.length === 0) kept.push(text.slice(printed, at));
    to = end;
    printed = end;
    if (reader.tired) break;
  }
  return [...kept, text.slice(printed)].join("***");
}

/**
 * The most steps for a text of this length. After them, the rest is masked unread. Ordinary text needs less than one step for each
 * character.
 */
export function mostSteps(length: number): number {
  return 1_000_000 + 6 * length;
}

/**
 * Reads each place once, even for many secrets, and counts the work. A secret of a hundred backslashes can be found in very many ways
 * in a text of backslashes. Then it is better to print too little than to hang.
 */
class Reader {
  readonly text: string;
  readonly #known = new Map<number, readonly Reading[]>();
  readonly #work: Work;
  readonly #most: number;

  constructor(text: string, work: Work) {
    this.text = text;
    this.#work = work;
    this.#most = work.steps + mostSteps(text.length) / 2;
  }

  get tired(): boolean {
    return this.#work.steps >= this.#most;
  }

  step(): void {
    this.#work.steps += 1;
  }

  /** All readings here. None if too much was read before. */
  readonly at = (at: number): readonly Reading[] => {
    if (this.tired) return [];
    const before = this.#known.get(at);
    const readings = before ?? readingsAt(this.text, at);
    this.#work.steps += 1 + readings.length;
    if (before) return before;
    if (this.#known.size === 10_000) this.#known.clear();
    this.#known.set(at, readings);
    return readings;
  };
}

/** A character to look for. Each item is one way to write it, as the values of successive readings. */
type Wanted = readonly (readonly number[])[];
type Pattern = readonly Wanted[];

/** How to compare a text: base64 has a second alphabet for URLs (RFC 4648, 5), and hexadecimal digits come in both cases. */
type Variant = "text" | "base64" | "hex";

/** All patterns, indexed by how they begin. */
class Patterns {
  readonly #known = new Set<string>();
  /** First values. */
  readonly #starts = new Set<number>();
  /** By the first two values. */
  readonly #byPair = new Map<number, Pattern[]>();
  /** Marks for the first three units of each pattern. Without a mark, no pattern begins here unless there is an escape. */
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

  /** The end of the longest pattern that begins at `at`, or -1. */
  longestAt(reader: Reader, at: number): number {
    const { text } = reader;
    const [first, second, third] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    if (!isLead(first) && !isLead(second) && !isLead(third)) {
      if (this.#beginnings[mark(first, second, third)] === 0) return -1;
    }
    let longest = -1;
    const tried = new Set<Pattern>();
    for (const one of reader.at(at)) {
      if (!this.#starts.has(one.value)) continue;
      for (const next of reader.at(one.end)) {
        for (const pattern of this.#byPair.get(pair(one.value, next.value)) ?? []) {
          if (tried.has(pattern)) continue;
          tried.add(pattern);
          longest = Math.max(longest, endOf(pattern, reader, at));
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
 * The furthest end of the pattern at `start`, or -1. An escape may have several readings. All are followed together, so there are never
 * more of them than places in the text.
 */
function endOf(pattern: Pattern, reader: Reader, start: number): number {
  let places = [start];
  for (const wanted of pattern) {
    if (reader.tired) return -1;
    reader.step();
    const [only = start] = places;
    const unit = reader.text.charCodeAt(only);
    if (places.length === 1 && !isLead(unit)) {
      const values = wanted.find(([first]) => first === unit);
      if (values === undefined) return -1;
      places[0] = only + values.length;
      if (values.length === 1) continue;
      places = [...endsOf(values, reader, [only])];
    } else places = [...new Set(wanted.flatMap((values) => [...endsOf(values, reader, places)]))];
    if (places.length === 0) return -1;
  }
  return Math.max(...places);
}

function endsOf(values: readonly number[], reader: Reader, starts: readonly number[]): ReadonlySet<number> {
  let places = new Set(starts);
  for (const value of values) {
    const next = new Set<number>();
    for (const place of places) {
      for (const reading of reader.at(place)) if (reading.value === value) next.add(reading.end);
    }
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
