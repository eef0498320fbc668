// The ways to write one character: plain, or escaped for a URL, HTML, JSON, a Python string, a log, mail or a shell word, even twice.

/** One way to read the text at a place: a UTF-16 unit, code point or byte, and the place where it ends. */
export interface Reading {
  readonly value: number;
  readonly end: number;
}

/** How deep nested escapes are read, such as `%2525` or `\\\\"`. */
const deepest = 8;

const percent = 37;
const ampersand = 38;
const apostrophe = 39;
const plus = 43;
const equals = 61;
const backslash = 92;

/** Characters that may begin an escape, or that are written twice. */
const leads = new Uint8Array(128);
for (const code of [percent, ampersand, apostrophe, plus, equals, backslash, 34, 36]) leads[code] = 1;

/** Whether this unit may begin an escape. All other units have one reading. */
export function isLead(unit: number): boolean {
  return unit < 128 && leads[unit] === 1;
}

/** All readings at `at`. None at the end of the text. */
export function readingsAt(text: string, at: number): readonly Reading[] {
  const unit = text.charCodeAt(at);
  if (Number.isNaN(unit)) return [];
  const readings: Reading[] = [{ value: unit, end: at + 1 }];
  if (!isLead(unit)) return readings;
  // SQL, CSV, systemd and make write these twice.
  if (text.charCodeAt(at + 1) === unit) readings.push({ value: unit, end: at + 2 });
  switch (unit) {
    case plus:
      readings.push({ value: 32, end: at + 1 });
      break;
    case apostrophe:
      readShellQuote(text, at, readings);
      break;
    case percent:
      readPercent(text, at, readings);
      break;
    case ampersand:
      readEntity(text, at, readings);
      break;
    case equals:
      readQuotedPrintable(text, at + 1, readings);
      break;
    case backslash:
      readSlashes(text, at + 1, readings);
      break;
  }
  return readings;
}

/** `'\''` and `'"'"'`, also with escaped quotes. */
const shellQuote = /'(?:\\{1,16}''|\\{0,16}"'\\{0,16}"')/y;

function readShellQuote(text: string, at: number, readings: Reading[]): void {
  shellQuote.lastIndex = at;
  if (shellQuote.test(text)) readings.push({ value: apostrophe, end: shellQuote.lastIndex });
}

/** `%2F`, `%252F`, and JavaScript's old `%u002F`. A `%25` is a percent sign, or the start of an escape that was encoded again. */
function readPercent(text: string, at: number, readings: Reading[]): void {
  let start = at + 1;
  for (let depth = 0; depth < deepest && hex(text, start, 2) === percent; depth++) {
    start += 2;
    readings.push({ value: percent, end: start });
  }
  const wide = (text.charCodeAt(start) | 32) === 117;
  const value = wide ? hex(text, start + 1, 4) : hex(text, start, 2);
  const end = start + (wide ? 5 : 2);
  if (value < 0 || value === percent) return;
  readings.push({ value, end });
  if (value === backslash) readSlashes(text, end, readings);
}

/** Named references to ASCII (https://html.spec.whatwg.org/multipage/named-characters.html), and `nbsp`. */
const names: ReadonlyMap<string, number> = new Map(
  Object.entries({
    "\t": "Tab",
    "\n": "NewLine",
    "!": "excl",
    '"': "quot QUOT",
    "#": "num",
    $: "dollar",
    "%": "percnt",
    "&": "AMP",
    "'": "apos",
    "(": "lpar",
    ")": "rpar",
    "*": "ast midast",
    "+": "plus",
    ",": "comma",
    ".": "period",
    "/": "sol",
    ":": "colon",
    ";": "semi",
    "<": "lt LT",
    "=": "equals",
    ">": "gt GT",
    "?": "quest",
    "@": "commat",
    "[": "lsqb lbrack",
    "\\": "bsol",
    "]": "rsqb rbrack",
    "^": "Hat",
    _: "lowbar UnderBar",
    "`": "grave DiacriticalGrave",
    "{": "lcub lbrace",
    "|": "verbar vert VerticalLine",
    "}": "rcub rbrace",
    "\u00a0": "nbsp NonBreakingSpace",
  }).flatMap(([character, all]) => all.split(" ").map((name) => [name, character.charCodeAt(0)] as const)),
);
const entity = /#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z]{2,16});/y;

/** `&lt;`, `&amp;lt;`, `&#60;`. An `&amp;` is an ampersand, or the start of an escape that was encoded again. */
function readEntity(text: string, at: number, readings: Reading[]): void {
  let start = at + 1;
  for (let depth = 0; depth < deepest && text.startsWith("amp;", start); depth++) {
    start += 4;
    readings.push({ value: ampersand, end: start });
  }
  entity.lastIndex = start;
  const [found, decimal, hexadecimal, name] = entity.exec(text) ?? [];
  if (found === undefined) return;
  const number = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
  const value = name === undefined ? number : names.get(name);
  if (value !== undefined) readings.push({ value, end: start + found.length });
}

const softLineBreak = /\r?\n/y;

/** `=3D`, and the characters after a soft line break (RFC 2045, 6.7). */
function readQuotedPrintable(text: string, from: number, readings: Reading[]): void {
  const value = hex(text, from, 2);
  if (value >= 0) readings.push({ value, end: from + 2 });
  softLineBreak.lastIndex = from;
  if (!softLineBreak.test(text)) return;
  const start = softLineBreak.lastIndex;
  const unit = text.charCodeAt(start);
  if (Number.isNaN(unit)) return;
  readings.push({ value: unit, end: start + 1 });
  const escaped = unit === equals ? hex(text, start + 1, 2) : -1;
  if (escaped >= 0) readings.push({ value: escaped, end: start + 3 });
}

/** One or more backslashes and the character after them, which may itself be escaped in another way. */
function readSlashes(text: string, from: number, readings: Reading[]): void {
  readings.push({ value: backslash, end: from });
  let start = from;
  for (let depth = 1; depth < deepest && text.charCodeAt(start) === backslash; depth++) {
    start += 1;
    readings.push({ value: backslash, end: start });
  }
  const unit = text.charCodeAt(start);
  if (unit === percent && readings.length < deepest * 4) readPercent(text, start, readings);
  else if (unit === ampersand) readEntity(text, start, readings);
  if (!Number.isNaN(unit)) readings.push({ value: unit, end: start + 1 });
  readEscaped(text, start, readings);
}

const letters: ReadonlyMap<string, number> = new Map([
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["b", 8],
  ["f", 12],
  ["v", 11],
  ["a", 7],
  ["e", 27],
  ["0", 0],
]);
const octal = /[0-3][0-7]{2}/y;
const braced = /\{([0-9a-fA-F]{1,6})\}/y;

/** `x2f`, `u002F`, `u{2f}`, `U0000002f`, `057`, `n`, each after a backslash. */
function readEscaped(text: string, start: number, readings: Reading[]): void {
  const letter = text[start] ?? "";
  const digits = { x: 2, u: 4, U: 8 }[letter];
  if (digits !== undefined) {
    const value = hex(text, start + 1, digits);
    if (value >= 0) readings.push({ value, end: start + 1 + digits });
  }
  if (letter === "u") pushMatch(braced, { text, at: start + 1, base: 16 }, readings);
  const plain = letters.get(letter);
  if (plain !== undefined) readings.push({ value: plain, end: start + 1 });
  pushMatch(octal, { text, at: start, base: 8 }, readings);
}

function pushMatch(
  pattern: RegExp,
  { text, at, base }: { readonly text: string; readonly at: number; readonly base: number },
  readings: Reading[],
): void {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found) readings.push({ value: Number.parseInt(found[1] ?? found[0], base), end: pattern.lastIndex });
}

/** The number that exactly `length` hexadecimal digits give, or -1. */
function hex(text: string, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index++) {
    const digit = hexDigit(text.charCodeAt(index));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const small = code | 32;
  return small >= 97 && small <= 102 ? small - 87 : -1;
}
