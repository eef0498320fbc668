// Finds pieces of a secret in base64 and hexadecimal, also in lines of any width, in groups, and in the dumps of od, xxd and hexdump.
import type { Reading } from "./escapes.ts";
import { base64Forms } from "./secret-forms.ts";

/** A part of a text, from its first unit to the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Pieces of six bytes: 8 digits of base64 or 12 of hexadecimal. Shorter ones also stand in ordinary text, by chance. */
const pieceBits = 48;
const half = 2 ** (pieceBits / 2);

/** What a character is in a run of digits: its value, or one of these. */
const noDigit = -1;
const separator = -2;

interface Notation {
  /** Bits that a digit gives. */
  readonly bits: 4 | 6;
  /** By character code. */
  readonly digits: Int8Array;
}

function notation(bits: 4 | 6, alphabets: readonly string[], separators: string): Notation {
  const digits = new Int8Array(128).fill(noDigit);
  for (const alphabet of alphabets) {
    for (let value = 0; value < alphabet.length; value++) digits[alphabet.charCodeAt(value)] = value;
  }
  for (const one of separators) digits[one.charCodeAt(0)] = separator;
  return { bits, digits };
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** With both alphabets (RFC 4648, 4 and 5). */
const base64 = notation(6, [`${letters}+/`, `${letters}-_`], "");
const hexadecimal = notation(4, ["0123456789abcdef", "0123456789ABCDEF"], " :,-");

/** The work for a text is proportional to its length, however many pieces are known. */
export class EncodedPieces {
  readonly #base64 = new Pieces(base64);
  readonly #hexadecimal = new Pieces(hexadecimal);

  add(value: string): void {
    for (const form of base64Forms(value)) this.#base64.add(form, 1);
    const bytes = Buffer.from(value);
    this.#hexadecimal.add(bytes.toString("hex"), 2);
    // `hexdump` and `od -x` print words of two bytes, the last byte first.
    for (const from of [0, 1]) {
      const words = Buffer.from(bytes.subarray(from, bytes.length - ((bytes.length - from) % 2)));
      this.#hexadecimal.add(words.swap16().toString("hex"), 4);
    }
  }

  /**
   * Where they are, by their starts. `read` gives all readings of an escape, or none if the work becomes too much: then the last span is
   * the rest of the text.
   */
  spansIn(text: string, read: (at: number) => readonly Reading[]): readonly Span[] {
    const inBase64 = new Run(this.#base64);
    const inHexadecimal = new Run(this.#hexadecimal);
    let at = 0;
    for (let next = symbolAt(text, at, read); next !== undefined && at < text.length; next = symbolAt(text, at, read)) {
      const { value, end } = next;
      inBase64.push(value, { start: at, end });
      // No hexadecimal digit needs an escape: in `\x2b61`, all four may be digits of a secret.
      if (isLineBreak(value)) inHexadecimal.push(value, { start: at, end });
      else for (let raw = at; raw < end; raw++) inHexadecimal.push(text.charCodeAt(raw), { start: raw, end: raw + 1 });
      at = end;
    }
    const found = [...inBase64.found, ...inHexadecimal.found.map((span) => withColumn(text, span))];
    if (at < text.length) found.push({ start: at, end: text.length });
    return found.sort((one, other) => one.start - other.start);
  }
}

const lineFeed = 10;
const carriageReturn = 13;
const isLineBreak = (unit: number) => unit === lineFeed || unit === carriageReturn;
const isBlank = (unit: number) => unit === 32 || unit === 9;

/** What begins an escape for a line break or a digit that is no letter: `\n`, `%2B`, `&#43;`. */
const escapes: ReadonlySet<number> = new Set(["%", "&", "\\"].map((one) => one.charCodeAt(0)));
const escaped: ReadonlySet<number> = new Set([..."+/-_\r\n"].map((one) => one.charCodeAt(0)));
const equals = 61;

/** The character here, or the one for which an escape stands. Nothing if it cannot be read. */
function symbolAt(text: string, at: number, read: (at: number) => readonly Reading[]): Reading | undefined {
  const unit = text.charCodeAt(at);
  const plain = { value: unit, end: at + 1 };
  // A soft line break of quoted-printable.
  if (unit === equals && isLineBreak(text.charCodeAt(at + 1))) return { ...plain, value: carriageReturn };
  if (!escapes.has(unit)) return plain;
  const readings = read(at);
  if (readings.length === 0) return undefined;
  return readings.reduce((last, next) => (escaped.has(next.value) && next.end >= last.end ? next : last), plain);
}

/** The rest of a line of a dump: more bytes, and the column that shows them as text. */
const column = /(?: {0,2}[0-9a-f]{2}){0,64} {2,128}[^\s].{0,127}$/imy;

function withColumn(text: string, span: Span): Span {
  column.lastIndex = span.end;
  return column.test(text) ? { start: span.start, end: column.lastIndex } : span;
}

/** Pieces as numbers, so that a run of digits can be compared at each digit. */
class Pieces {
  readonly notation: Notation;
  readonly #known = new Set<number>();
  /** Marks by the last bits of each piece: most places need no look into the set. */
  readonly #marks = new Uint8Array(1 << 18);

  constructor(notation: Notation) {
    this.notation = notation;
  }

  /** Adds the pieces that begin at every `step`th digit. */
  add(digits: string, step: number): void {
    const { bits, digits: values } = this.notation;
    const length = pieceBits / bits;
    for (let start = 0; start + length <= digits.length; start += step) {
      let piece = 0;
      for (let at = start; at < start + length; at++) piece = piece * 2 ** bits + (values[digits.charCodeAt(at)] ?? 0);
      this.#known.add(piece);
      this.#marks[piece % this.#marks.length] = 1;
    }
  }

  has(high: number, low: number): boolean {
    return this.#marks[low % this.#marks.length] === 1 && this.#known.has(high * half + low);
  }
}

/** The last digits that were read, across a line break with its indentation or a separator. */
class Run {
  readonly found: { start: number; end: number }[] = [];
  readonly #pieces: Pieces;
  /** Where each of the last digits begins. */
  readonly #starts: number[];
  #length = 0;
  #high = 0;
  #low = 0;
  #gap: "none" | "one" | "two" | "indentation" = "none";

  constructor(pieces: Pieces) {
    this.#pieces = pieces;
    this.#starts = new Array<number>(pieceBits / pieces.notation.bits).fill(0);
  }

  push(unit: number, { start, end }: Span): void {
    const digit = this.#pieces.notation.digits[unit] ?? noDigit;
    if (digit < 0) {
      if (this.#length > 0) this.#separate(unit, digit);
      return;
    }
    const { bits } = this.#pieces.notation;
    this.#gap = "none";
    this.#high = ((this.#high << bits) | (this.#low >>> (pieceBits / 2 - bits))) % half;
    this.#low = ((this.#low << bits) | digit) % half;
    this.#starts[this.#length++ % this.#starts.length] = start;
    if (this.#length < this.#starts.length || !this.#pieces.has(this.#high, this.#low)) return;
    const from = this.#starts[this.#length % this.#starts.length] ?? start;
    const last = this.found.at(-1);
    if (last !== undefined && from <= last.end) last.end = end;
    else this.found.push({ start: from, end });
  }

  /** A run goes on after one line break and its indentation, or after up to two separators. */
  #separate(unit: number, digit: number): void {
    // A carriage return is half a line break.
    if (unit === carriageReturn || (this.#gap === "indentation" && isBlank(unit))) return;
    if (unit === lineFeed && this.#gap !== "indentation") this.#gap = "indentation";
    else if (digit === separator && this.#gap === "none") this.#gap = "one";
    else if (digit === separator && this.#gap === "one") this.#gap = "two";
    else this.#length = 0;
  }
}
