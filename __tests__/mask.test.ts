import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMasker } from "../src/mask.ts";

/** What django.core.management.utils.get_random_secret_key picks from. */
const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)";

function djangoKey(length = 50): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join("");
}

const hex = (text: string, width: number) => text.charCodeAt(0).toString(16).padStart(width, "0");

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

test("a secret that could be found in endless ways does not stop the run; what is not looked at is hidden", {
  timeout: 60_000,
}, () => {
  const masker = createMasker();
  masker.add(`${"\\".repeat(900)}x1y2`);
  const started = process.cpuUsage();
  const printed = masker.hide(`before ${"\\".repeat(3000)}x1y2 hunter22`);
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(4);
  expect(printed).toMatch(/^before /);
  expect(printed).not.toContain("x1y2");
});

test("ordinary text is left as it is", () => {
  const masker = createMasker();
  masker.add("correct horse battery staple");
  const text = `GET /shop?q=%20horse+battery%27 200 "it's" \\x41\\u0042 &amp;&#39; $$ %% correct horse`;
  expect(masker.hide(text)).toBe(text);
});

test("a megabyte is looked through in well under a second, whatever it is made of", { timeout: 60_000 }, () => {
  const masker = createMasker();
  const keys = Array.from({ length: 50 }, () => djangoKey());
  for (const key of keys) masker.add(key);
  const body = Array.from({ length: 45 }, () => randomBytes(48).toString("base64"));
  masker.add(`-----BEGIN PRIVATE KEY-----\n${body.join("\n")}\n-----END PRIVATE KEY-----\n`);
  const line = `2026-01-02 12:00:00 INFO django.request GET /shop/1?q=%20horse 200 "Mozilla" it's`;
  const seconds = (unit: string, length = 1e6) => {
    const text = unit.repeat(Math.ceil(length / unit.length));
    const started = process.cpuUsage();
    masker.hide(text);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1e6;
  };
  seconds(line);
  expect(seconds(`${line}\n`)).toBeLessThan(0.8);
  expect(seconds(`${keys[0]} ${encodeURIComponent(keys[1] ?? "")}\n`)).toBeLessThan(1.5);
  // Nobody logs these; but no line that a node prints (64 KiB are the most) may hold the run up for long.
  for (const unit of ["\\", "%25", "&amp;", "'", "+", "\\x41", `'"'`, "%5C", "\\%5C", "a", "==", "%61"])
    expect.soft(seconds(unit, 64 * 1024), unit).toBeLessThan(1);
});
