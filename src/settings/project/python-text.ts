// Finds literals in Python source without running it: `name="shop"` in setup.py, `__version__ = "1.4"`, the settings module in manage.py.

export type Token =
  | { readonly kind: "name" | "sign"; readonly text: string; readonly indent: number }
  | { readonly kind: "string"; readonly text: string; readonly literal: boolean; readonly indent: number }
  | { readonly kind: "other" | "end"; readonly text: string; readonly indent: number };

const tokenPattern =
  /(?<space>[ \t\f]+|\\\r?\n|#[^\n]*)|(?<end>\r?\n)|(?<prefix>[A-Za-z]{0,2})(?<quoted>"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|(?<name>[A-Za-z_]\w*)|(?<sign>[()[\]{},.=:+])|(?<other>[\s\S])/g;

/** The tokens of a Python text, without comments and blanks. `indent` is that of the token's line. */
export function pythonTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let indent = 0;
  let lineStart = true;
  for (const { 0: text, groups = {} } of source.matchAll(tokenPattern)) {
    const { space, end } = groups;
    if (space === undefined) tokens.push(tokenOf(text, groups, indent));
    if (space !== undefined && lineStart && !space.startsWith("#")) indent = space.length;
    lineStart = end !== undefined || (lineStart && space !== undefined);
    if (end !== undefined) indent = 0;
  }
  return tokens;
}

function tokenOf(
  text: string,
  { end, prefix = "", quoted, name, sign }: Readonly<Record<string, string>>,
  indent: number,
): Token {
  if (end !== undefined) return { kind: "end", text: "\n", indent };
  if (quoted !== undefined) return stringToken(prefix, quoted, indent);
  if (name !== undefined) return { kind: "name", text: name, indent };
  return { kind: sign === undefined ? "other" : "sign", text, indent };
}

function stringToken(prefix: string, quoted: string, indent: number): Token {
  const width = /^("""|''')/.test(quoted) ? 3 : 1;
  const text = quoted.slice(width, -width);
  // Names and versions are never f-strings or strings with escapes.
  return { kind: "string", text, literal: /^[ru]?$/i.test(prefix) && !text.includes("\\"), indent };
}

/** The value of the string literal at `index`, if it is the whole expression: nothing is added, formatted or called. */
export function loneString(tokens: readonly Token[], index: number): string | undefined {
  const token = tokens[index];
  if (token?.kind !== "string" || !token.literal) return undefined;
  const after = tokens[index + 1];
  const ended =
    after === undefined ||
    after.kind === "end" ||
    after.text === ";" ||
    (after.kind === "sign" && [")", ",", "]", "}"].includes(after.text));
  return ended ? token.text : undefined;
}

/** The string literal that the module assigns to a name at its top level: `__version__ = "1.4"`, also with a type hint. The last one counts. */
export function moduleString(tokens: readonly Token[], name: string): string | undefined {
  let value: string | undefined;
  tokens.forEach((token, index) => {
    const previous = tokens[index - 1];
    if (
      token.kind !== "name" ||
      token.text !== name ||
      token.indent !== 0 ||
      (previous !== undefined && previous.kind !== "end")
    )
      return;
    const line = tokens.slice(index + 1);
    const hint = line[0]?.text === ":" ? 2 : 0;
    if (line[hint]?.text === "=") value = loneString(tokens, index + hint + 2);
  });
  return value;
}

/** A keyword argument of a call: a literal text, a literal list, a name, or something else. */
export type Argument =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "computed" };

/** The keyword arguments of the first call of `callee`. A name to which the module assigns a literal counts as that literal. */
export function callArguments(tokens: readonly Token[], callee: string): ReadonlyMap<string, Argument> | undefined {
  const start = tokens.findIndex(
    (token, index) =>
      token.kind === "name" &&
      token.text === callee &&
      tokens[index + 1]?.text === "(" &&
      tokens[index - 1]?.text !== "def",
  );
  if (start === -1) return undefined;
  const found = new Map<string, Argument>();
  const words = tokens.filter((token) => token.kind !== "end");
  let depth = 0;
  for (let index = words.indexOf(tokens[start + 1] as Token); index < words.length; index += 1) {
    const token = words[index];
    if (token?.kind === "sign" && ["(", "[", "{"].includes(token.text)) depth += 1;
    if (token?.kind === "sign" && [")", "]", "}"].includes(token.text)) depth -= 1;
    if (depth === 0) break;
    if (
      depth === 1 &&
      token?.kind === "name" &&
      words[index + 1]?.text === "=" &&
      ["(", ","].includes(words[index - 1]?.text ?? "")
    )
      found.set(token.text, argument(words, index + 2, tokens));
  }
  return found;
}

function argument(words: readonly Token[], index: number, module: readonly Token[]): Argument {
  const text = loneString(words, index);
  if (text !== undefined) return { kind: "text", text };
  const first = words[index];
  const next = words[index + 1]?.text;
  if (first?.kind === "name" && (next === "," || next === ")")) {
    const referred = moduleString(module, first.text);
    if (referred !== undefined) return { kind: "text", text: referred };
  }
  return first?.text === "[" ? listArgument(words, index + 1) : { kind: "computed" };
}

function listArgument(words: readonly Token[], start: number): Argument {
  const items: string[] = [];
  for (let index = start; index < words.length; index += 1) {
    const token = words[index];
    if (token?.text === "]" && token.kind === "sign")
      return [",", ")"].includes(words[index + 1]?.text ?? "") ? { kind: "list", items } : { kind: "computed" };
    if (token?.text === "," && token.kind === "sign") continue;
    const text = loneString(words, index);
    if (text === undefined) return { kind: "computed" };
    items.push(text);
  }
  return { kind: "computed" };
}
