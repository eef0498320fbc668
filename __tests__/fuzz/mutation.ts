// Inputs for the fuzz run: real samples with a few edits, and now and then what nobody would write.
import fc from "fast-check";

/** What has a meaning somewhere: to a shell, a terminal, the runner, Markdown, nginx, Apache, systemd, a parser. */
const tokens = [
  ..."\n \r \0 \t ' \" \\ ` $ { } [ ] ( ) < > | & ; # : , = % @ ! * ~ / .. ../ -- \u001b[31m \u001b]0;x\u0007 \u202e \u2028 \u0085 \ufeff 🔑 é".split(
    " ",
  ),
  ...[
    "::error::x",
    "\n::set-output name=a::b",
    "##[group]x",
    "%0A::error::",
    "$(id)",
    "`id`",
    "$".concat("{x}"),
    "{{x}}",
    "{{{x}}}",
  ],
  ...[
    "<script>",
    "<img src=x>",
    "</code></details>",
    "```",
    "\n# x",
    "\n- x",
    "[a](http://x)",
    "![a](http://x)",
    "http://x.example",
  ],
  ...[
    "; return 1;",
    "}\nserver {",
    "\nExecStart=/bin/sh",
    "%i",
    "$host",
    "</VirtualHost>",
    "\nInclude /etc/passwd",
    "LoadModule",
  ],
  ...[
    "__proto__",
    "constructor",
    "null",
    "true",
    "-1",
    "1e999",
    "NaN",
    "\\n",
    "\\u0000",
    "'''",
    '"""',
    "-----BEGIN",
    "AAAA",
    "==",
  ],
  "a".repeat(5000),
  "(".repeat(3000),
  "[".repeat(3000),
  "9".repeat(400),
  " ".repeat(3000),
  "\n".repeat(3000),
  "\\".repeat(1000),
  "%25".repeat(1000),
  "a.".repeat(2000),
  "-".repeat(2000),
  "*,".repeat(1000),
] as const;

type Edit = (text: string) => string;

const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (text: string, share: number) => Math.floor(share * text.length);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...tokens)).map(
    ([share, token]): Edit =>
      (text) => {
        const index = at(text, share);
        return text.slice(0, index) + token + text.slice(index);
      },
  ),
  fc.tuple(place, fc.nat(30)).map(
    ([share, length]): Edit =>
      (text) => {
        const index = at(text, share);
        return text.slice(0, index) + text.slice(index + length);
      },
  ),
  fc.tuple(place, fc.nat(60)).map(
    ([share, length]): Edit =>
      (text) => {
        const index = at(text, share);
        return text.slice(0, index) + text.slice(index, index + length).repeat(3) + text.slice(index + length);
      },
  ),
  fc.tuple(place, fc.string({ unit: "binary", maxLength: 3 })).map(
    ([share, more]): Edit =>
      (text) => {
        const index = at(text, share);
        return text.slice(0, index) + more + text.slice(index + more.length);
      },
  ),
  fc.tuple(place, place).map(
    ([one, other]): Edit =>
      (text) =>
        text.slice(at(text, one)) + text.slice(0, at(text, other)),
  ),
);

/** A sample with up to five edits, or a text made of nothing but tokens. */
export function mutated(samples: readonly string[]): fc.Arbitrary<string> {
  const pieces = fc.oneof(fc.constantFrom(...tokens), fc.string({ maxLength: 8 }));
  return fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 5 }))
        .map(([sample, edits]) => edits.reduce((text, one) => one(text), sample)),
    },
    { weight: 1, arbitrary: fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join("")) },
  );
}
