// What manage.py and wsgi.py set in the environment before Django starts: DJANGO_SETTINGS_MODULE and DJANGO_CONFIGURATION.
import { loneString, moduleString, pythonTokens, type Token } from "./python-text.ts";

/** The literal modules that a Python text sets as DJANGO_SETTINGS_MODULE. */
export function namedModules(source: string): readonly string[] {
  return namedValues(source, "DJANGO_SETTINGS_MODULE").filter((text) => /^[A-Za-z_][\w.]*$/.test(text));
}

/** The literal values that a Python text gives to an environment variable. */
export function namedValues(source: string, variable: string): readonly string[] {
  const tokens = pythonTokens(source);
  const named = tokens.flatMap((_, index) => {
    const at = valueAfter(tokens, index, variable);
    return at === undefined ? [] : (literal(tokens, at) ?? []);
  });
  return [...new Set(named)];
}

/** Whether a Python text sets the variable at all: `os.environ.setdefault("…", …)`, `os.environ["…"] = …`. */
export function setsVariable(source: string, variable: string): boolean {
  const tokens = pythonTokens(source);
  return tokens.some(
    (_, index) =>
      valueAfter(tokens, index, variable) !== undefined &&
      (tokens[index + 1]?.text === "]" || isSetter(tokens.slice(0, index))),
  );
}

function isSetter(before: readonly Token[]): boolean {
  const [name, open] = before.filter(({ kind }) => kind !== "end").slice(-2);
  return open?.text === "(" && ["setdefault", "putenv"].includes(name?.text ?? "");
}

/** The place of the value in `…"NAME", "value")` or `…"NAME"] = "value"`. */
function valueAfter(tokens: readonly Token[], index: number, variable: string): number | undefined {
  const token = tokens[index];
  if (token?.kind !== "string" || token.text !== variable) return undefined;
  const first = tokens[index + 1]?.text;
  let value = index + 2;
  if (first === "]" && tokens[value]?.text === "=") value += 1;
  else if (first !== ",") return undefined;
  while (tokens[value]?.kind === "end") value += 1;
  return value;
}

/** A literal, or a name to which the module assigns a literal. */
function literal(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at];
  const alone = [")", ",", ";", "\n", undefined].includes(tokens[at + 1]?.text);
  return token?.kind === "name" && alone ? moduleString(tokens, token.text) : loneString(tokens, at);
}
