import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMasker, type Masker, mostSteps } from "../src/mask.ts";

/** What django.core.management.utils.get_random_secret_key picks from. */
const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)";

function djangoKey(length = 50): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join("");
}

const hex = (text: string, width: number) => text.charCodeAt(0).toString(16).padStart(width, "0");

const names: Readonly<Record<string, string>> = {
  "!": "excl",
  "@": "commat",
  "#": "num",
  $: "dollar",
  "%": "percnt",
  "^": "Hat",
  "&": "amp",
  "*": "ast",
  "(": "lpar",
  ")": "rpar",
  _: "lowbar",
  "=": "equals",
  "+": "plus",
  ";": "semi",
  "\\": "bsol",
  '"': "quot",
  "'": "apos",
};
const named = (one: string) => (names[one] === undefined ? one : `&${names[one]};`);

/** As RFC 2045, 6.7 asks for: lines of 76 characters at most. */
function quotedPrintable(text: string): string {
  const escaped = text.replace(/[^!-<>-~ ]/g, (one) => `=${hex(one, 2).toUpperCase()}`);
  return escaped.replace(/(?:=..|[^=]){75}(?=.)/g, "$&=\n").replace(/(?:=..|[^=]){25}(?==..=..=..)/g, "$&=\r\n");
}

/** What programs make of a text before it stands in a log. */
const encodings: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "HTML by Django": (text) =>
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      .replaceAll("'", "&#x27;"),
  "HTML with decimal references": (text) => text.replace(/[^a-z0-9]/gi, (one) => `&#${one.charCodeAt(0)};`),
  "HTML with named references": (text) => text.replace(/[^a-z0-9]/gi, (one) => named(one)),
  "quoted-printable": (text) => quotedPrintable(text),
  "quoted-printable behind a long name": (text) => quotedPrintable(`${"n".repeat(60)}=${text}`).slice(63),
  encodeURIComponent: (text) => encodeURIComponent(text),
  "a form": (text) => new URLSearchParams([["a", text]]).toString().slice(2),
  "every byte percent-encoded, in small letters": (text) => text.replace(/[\s\S]/g, (one) => `%${hex(one, 2)}`),
  "percent-encoded twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  "JSON in JSON": (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  "JSON in ASCII": (text) => text.replace(/[\s\S]/g, (one) => `\\u${hex(one, 4)}`),
  "Apache's log": (text) => text.replace(/[^a-z0-9]/gi, (one) => `\\x${hex(one, 2)}`),
  "Python's repr": (text) => text.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
  "Python's repr in HTML": (text) => text.replaceAll("\\", "\\\\").replaceAll("'", "\\&#x27;"),
  "shlex.quote": (text) => text.replaceAll("'", `'"'"'`),
  "a quoted shell word": (text) => text.replaceAll("'", `'\\''`),
  "printf %q": (text) => text.replace(/[^a-z0-9]/gi, "\\$&"),
  SQL: (text) => text.replaceAll("'", "''"),
  "hexadecimal digits": (text) => Buffer.from(text).toString("hex"),
  "large hexadecimal digits": (text) => Buffer.from(text).toString("hex").toUpperCase(),
  base64: (text) => Buffer.from(text).toString("base64").replace(/=+$/, ""),
  "base64 for URLs": (text) => Buffer.from(text).toString("base64url"),
  "base64 behind a byte": (text) => Buffer.from(`:${text}`).toString("base64"),
  "base64 behind two, in a URL": (text) => encodeURIComponent(Buffer.from(`::${text}`).toString("base64")),
};

/** Whether any six characters in a row of what was encoded are still there. */
function leaks(encoded: string, printed: string): boolean {
  for (let at = 0; at + 8 <= encoded.length; at++) if (printed.includes(encoded.slice(at, at + 8))) return true;
  return false;
}

describe.each(Object.entries(encodings))("%s", (name, encode) => {
  test("hides a thousand keys as Django makes them", () => {
    let leaked = 0;
    for (let count = 0; count < 1000; count++) {
      const key = djangoKey();
      const masker = createMasker();
      masker.add(key);
      const encoded = encode(key);
      // Of base64 up to two characters at each end belong to what stands beside the secret as well.
      if (leaks(name.startsWith("base64") ? encoded.slice(2, -2) : encoded, masker.hide(`<${encoded}>`))) leaked += 1;
    }
    expect(leaked).toBe(0);
  });

  test("hides any text", () => {
    const secrets = fc.string({ unit: fc.constantFrom(..."aZ9 %&;'\"\\$+#x27u"), minLength: 8, maxLength: 30 });
    fc.assert(
      fc.property(secrets, (secret) => {
        fc.pre(secret.trim() === secret && !/\\n/.test(secret));
        const masker = createMasker();
        masker.add(secret);
        const encoded = encode(secret);
        const kept = name.startsWith("base64") ? encoded.slice(2, -2) : encoded;
        expect(leaks(kept, masker.hide(`< ${encoded} >`))).toBe(false);
      }),
    );
  });
});

test("letters beyond ASCII are hidden in UTF-8, in Latin-1, in UTF-16 and as references", () => {
  const masker = createMasker();
  masker.add("pässwörd🔑日");
  for (const written of [
    "pässwörd🔑日",
    encodeURIComponent("pässwörd🔑日"),
    "p\\xe4ssw\\xf6rd\\U0001f511\\u65e5",
    "p\\xc3\\xa4ssw\\xc3\\xb6rd\\xf0\\x9f\\x94\\x91\\xe6\\x97\\xa5",
    "p\\u00e4ssw\\u00f6rd\\ud83d\\udd11\\u65e5",
    "p&#228;ssw&#xF6;rd&#128273;&#26085;",
    "p\\303\\244ssw\\303\\266rd\\360\\237\\224\\221\\346\\227\\245",
    "p\\u{e4}ssw\\u{f6}rd\\u{1f511}\\u{65e5}",
  ])
    expect(masker.hide(`<${written}>`)).toBe("<***>");
});

test("what Python's own functions make of a secret is hidden", () => {
  const secret = `a'b"c\\d%e&f<g>h i+é=`;
  const program = `
import base64, html, json, shlex, sys, urllib.parse as u
s = sys.argv[1]
for t in (repr(s), ascii(s), repr(s.encode()), repr(repr(s)), json.dumps(s), json.dumps(json.dumps(s)), shlex.quote(s), shlex.join(["x", s]),
          html.escape(s), html.escape(repr(s)), u.quote(s), u.quote(s, safe=""), u.quote_plus(s), u.quote(u.quote(s)), u.urlencode({"a": s}),
          s.encode().hex(), base64.b64encode(s.encode()).decode(), base64.urlsafe_b64encode(b"ab" + s.encode()).decode(),
          s.encode("unicode_escape").decode(), s.encode("ascii", "xmlcharrefreplace").decode(), s.encode("ascii", "backslashreplace").decode()):
    print(t)`;
  const lines = execFileSync("python3", ["-c", program, secret], { encoding: "utf8" }).trim().split("\n");
  const masker = createMasker();
  masker.add(secret);
  expect(lines.length).toBe(21);
  expect(lines.filter((line) => !masker.hide(line).includes("***"))).toEqual([]);
  expect(lines.filter((line) => leaks(line.replaceAll(/[\\"']+|^YWJ|.{3}=*$/g, ""), masker.hide(line)))).toEqual([]);
});

test("secrets that overlap are hidden from the start of the first to the end of the last", () => {
  const masker = createMasker();
  masker.add("abcdefgh");
  masker.add("efghijkl");
  expect(masker.hide("<abcdefghijkl> <efghijkl>")).toBe("<***> <***>");
});

const cut = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, "gs")) ?? [];
const lines = (text: string, width: number, indentation = "") =>
  cut(text, width)
    .map((line) => `${indentation}${line}\n`)
    .join("");
const hexOf = (text: string) => Buffer.from(text).toString("hex");
const base64Of = (text: string) => Buffer.from(text).toString("base64");
const bytesOf = (text: string, between: string) => cut(hexOf(text), 2).join(between);
const words = (text: string) => cut(hexOf(text), 4).map((word) => word.replace(/^(..)(..)$/, "$2$1"));
const address = (index: number) => (index * 16).toString(16).padStart(8, "0");
const dump = (text: string, line: (sixteen: string) => string) =>
  cut(text, 16)
    .map((sixteen, index) => `${address(index)}${line(sixteen)}\n`)
    .join("");

/** How programs print binary data, or wrap what they have encoded. */
const printouts: Readonly<Record<string, (text: string) => string>> = {
  "base64(1)": (text) => lines(base64Of(text), 76),
  "openssl base64": (text) => lines(base64Of(text), 64),
  "base64 in indented YAML": (text) => lines(base64Of(text), 40, "      "),
  "base64 in lines, in JSON": (text) => JSON.stringify(lines(base64Of(text), 60)),
  "base64 for URLs with CRLF": (text) => lines(base64Of(text).replaceAll("+", "-"), 50).replaceAll("\n", "\r\n"),
  "xxd -p": (text) => lines(hexOf(text), 60),
  "bytes.hex(':')": (text) => bytesOf(text, ":"),
  "large hexadecimal digits with dashes": (text) => bytesOf(text, "-").toUpperCase(),
  "a list of bytes": (text) => bytesOf(text, ", "),
  "od -An -tx1": (text) => lines(` ${bytesOf(text, " ")}`, 48),
  "od -tx1": (text) => dump(text, (sixteen) => ` ${bytesOf(sixteen, " ")}`),
  hexdump: (text) => dump(text, (sixteen) => ` ${words(sixteen).join(" ")}`),
  "hexdump -C": (text) =>
    dump(
      text,
      (sixteen) =>
        `  ${bytesOf(sixteen, " ")
          .replace(/^.{24}/, "$& ")
          .padEnd(48)}  |${sixteen}|`,
    ),
  xxd: (text) => dump(text, (sixteen) => `: ${cut(hexOf(sixteen), 4).join(" ").padEnd(39)}  ${sixteen}`),
};

/** Those with addresses show a line of 16 bytes by itself. */
const dumps = new Set(["od -tx1", "hexdump", "hexdump -C", "xxd"]);

/** How much of each line depends on the key. */
function telling(print: (key: string) => string): readonly number[] {
  const printed = [
    "q7Zr2LmX9vBt4KpW1sHd8GfN3yCj6TaE5uRo0QiVwMzUxYbS",
    "Kx5Tn0bYc8RwJq2Zs6VhLf9DmA4gPe7UtHi1OkMyXo3BrECW",
  ].map(print);
  const [one = [], other = []] = printed.map((text) => text.split("\n"));
  expect(one.map((line) => line.length)).toEqual(other.map((line) => line.length));
  return one.map((line, index) => [...line].filter((character, at) => character !== other[index]?.[at]).length);
}

describe.each(Object.entries(printouts))("%s", (name, print) => {
  const befores = ["", "=", "DATABASE_PASSWORD=", "user-of-shop:", "mysql://user-of-the-shop:"];
  const masked = (before: string, hide: (text: string, masker: Masker) => string) =>
    telling((key) => {
      const masker = createMasker();
      masker.add(key);
      return hide(print(`${before}${key}`), masker);
    });

  test.each(befores)("hides a key behind %j, in a text as a whole", (before) => {
    const left = masked(before, (text, masker) => masker.hide(text));
    expect(Math.max(...left)).toBeLessThanOrEqual(dumps.has(name) ? 15 : 4);
  });

  // Fewer than six bytes cannot be told from ordinary text: at most 5 × 2 digits of them, and 5 characters beside them.
  test.each(befores)("hides a key behind %j, line by line", (before) => {
    const left = masked(before, (text, masker) =>
      text
        .split("\n")
        .map((line) => masker.hide(line))
        .join("\n"),
    );
    expect(Math.max(...left)).toBeLessThanOrEqual(15);
  });
});

test.each(["key=", "\\x", "%", "&#", "\\"])("digits right behind %j are not taken for a part of it", (before) => {
  for (const secret of ["D+/-_D", "+abcde", "JKLMNO", "/etc/a longer one", "\xfa+\xe9~~~"]) {
    const masker = createMasker();
    masker.add(secret);
    expect(masker.hide(`${before}${hexOf(secret)} `)).toBe(`${before}*** `);
    const [, kept = ""] = masker.hide(`${before}${base64Of(secret)} `).split("***");
    expect(kept.length).toBeLessThan(5);
    expect(masker.hide(`${before}${base64Of(secret)} `).startsWith(`${before}***`)).toBe(true);
  }
});

test("a secret that could be found in endless ways does not stop the run; what is not looked at is hidden", () => {
  const work = { steps: 0 };
  const masker = createMasker(work);
  masker.add(`${"\\".repeat(900)}x1y2`);
  const text = `before ${"\\".repeat(3000)}x1y2 hunter22`;
  const printed = masker.hide(text);
  expect(work.steps).toBeLessThan(mostSteps(text.length) + 100);
  expect(printed).toMatch(/^before /);
  expect(printed).not.toContain("x1y2");
});

test("ordinary text is left as it is", () => {
  const masker = createMasker();
  masker.add("correct horse battery staple");
  const text = `GET /shop?q=%20horse+battery%27 200 "it's" \\x41\\u0042 &amp;&#39; $$ %% correct horse`;
  expect(masker.hide(text)).toBe(text);
});

describe("the work for a long text", () => {
  const keys = Array.from({ length: 50 }, () => djangoKey());
  const body = Array.from({ length: 45 }, () => randomBytes(48).toString("base64"));
  const pem = `-----BEGIN PRIVATE KEY-----\n${body.join("\n")}\n-----END PRIVATE KEY-----\n`;
  const masked = (secrets: readonly string[], unit: string) => {
    const work = { steps: 0 };
    const masker = createMasker(work);
    for (const secret of secrets) masker.add(secret);
    const text = unit.repeat(Math.ceil(1e5 / unit.length));
    const printed = masker.hide(text);
    return { text, printed, steps: work.steps };
  };

  test.each([
    `2026-01-02 12:00:00 INFO django.request GET /shop/1?q=%20horse 200 "Mozilla" it's\n`,
    `&lt;p class=&quot;a&quot;&gt;it&#x27;s&lt;/p&gt;\n`,
    `{\\"name\\": \\"a horse\\", \\"price\\": 12}\n`,
    `d2:3a 5f6e8c9b0a1d2e3f4a5b6c7d8e9f aGVsbG8gd29ybGQ=\n`,
  ])("is a few steps for each character of ordinary text, which stays: %j", (line) => {
    const { text, printed, steps } = masked([...keys, pem], line);
    expect(printed).toBe(text);
    expect(steps).toBeLessThan(3 * text.length);
  });

  const short = randomBytes(18).toString("hex");
  const odd = Array.from({ length: 40 }, (_, index) => `${"\\%&='+".repeat(4)}${index}${short}`);
  const alike = Array.from({ length: 40 }, (_, index) => `${"a".repeat(64)}${index}${short}`);
  const units = [
    "\\",
    "%25",
    "&amp;",
    "'",
    "+",
    "\\x41",
    `'"'`,
    "%5C",
    "\\%5C",
    "a",
    "==",
    "%61",
    "=\n",
    "=3D",
    "\n",
    "a\n ",
    "61 ",
  ];
  test.each(units)("has a bound, whatever the text is made of: %j", (unit) => {
    for (const secrets of [[short], keys, odd, alike, [pem]]) {
      const { text, steps } = masked(secrets, unit);
      // One reading may begin below the bound and end above it.
      expect(steps).toBeLessThan(mostSteps(text.length) + 100);
    }
  });

  test("is bounded for secrets that begin alike; what is not looked at is hidden", () => {
    const { text, printed, steps } = masked(alike, "a");
    expect(steps).toBeLessThan(mostSteps(text.length));
    expect(printed).toMatch(/^a+\*\*\*$/);
  });
});
