// Reads the words after `woven startproject` and `woven init`: names, and options with their values. Reports all mistakes together.
import { parseArgs, stripVTControlCharacters } from "node:util";
import { type Problem, SettingsError } from "../errors.ts";
import { nearest } from "../settings/did-you-mean.ts";

export interface Option {
  /** `flag`: takes no value. `list`: may be given several times. */
  readonly kind: "value" | "flag" | "list";
  readonly short?: string;
  /** For the help: what the value is, and what it is for. */
  readonly value?: string;
  readonly meaning: string;
}

export type Options = Readonly<Record<string, Option>>;

export interface Words {
  readonly positionals: readonly string[];
  has(name: string): boolean;
  value(name: string): string | undefined;
  list(name: string): readonly string[];
}

/** Throws a SettingsError with everything that is wrong about the options. */
export function readWords(argv: readonly string[], known: Options): Words {
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(known).map(([name, { kind, short }]) => [
        name,
        { type: kind === "flag" ? "boolean" : "string", ...(short === undefined ? {} : { short }) } as const,
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const problems: Problem[] = [];
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const where = stripVTControlCharacters(token.rawName);
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    const before = given.get(token.name) ?? [];
    if (option === undefined) problems.push({ where, what: "is not an option", next: advice(token.name, known) });
    else if (option.kind !== "list" && before.length > 0)
      problems.push({ where, what: "is given twice", next: "Keep one of the two." });
    else if (option.kind === "flag" && token.value !== undefined)
      problems.push({ where, what: "takes no value", next: `Write ${where} alone.` });
    else if (option.kind !== "flag" && isMissing(token))
      problems.push({ where, what: "needs a value", next: `Write ${where} and the value after it.` });
    given.set(token.name, [...before, token.value ?? ""]);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    positionals,
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.[0],
    list: (name) => given.get(name) ?? [],
  };
}

function isMissing({ value, inlineValue }: { value: string | undefined; inlineValue: boolean | undefined }): boolean {
  return value === undefined || (inlineValue === false && /^-./.test(value));
}

function advice(name: string, known: Options): string {
  const near = nearest(name, Object.keys(known));
  return near === undefined
    ? `The options are: ${Object.keys(known)
        .map((one) => `--${one}`)
        .join(", ")}.`
    : `Did you mean --${near}?`;
}

/** The lines of the help: an option each. */
export function optionLines(known: Options): string {
  return Object.entries(known)
    .map(([name, { short, value, meaning }]) => {
      const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].join(", ");
      const shown = value === undefined ? names : `${names} ${value}`;
      return `  ${shown.padEnd(26)}  ${meaning}`;
    })
    .join("\n");
}
