// The `files` input: secret files of the application, as a YAML or JSON mapping of name to content. Problems name files, never contents.
import { inspect } from "node:util";
import { LineCounter, parseDocument } from "yaml";
import { fits, misfit } from "./grammar.ts";
import { quoted, type Report, secretExpression } from "./problems.ts";
import { plainValue } from "./roles.ts";
import type { SecretFile } from "./settings.ts";
import type { SettingsSource } from "./source.ts";

const where = "input files";
const example = `files: |\n  google.json: \${{ toJSON(secrets.GOOGLE_JSON) }}`;

/** What the names of the variables begin with that hold the paths of files on a server. */
export const fileVariablePrefix = "WOVEN_FILE_";

/** `google.json` → `WOVEN_FILE_GOOGLE_JSON`. The release computes the same: templates/woven/release/environment.py. */
export function fileVariable(name: string): string {
  return `${fileVariablePrefix}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

export function fileVariables(files: Readonly<Record<string, SecretFile>>): readonly string[] {
  return Object.keys(files).map(fileVariable);
}

/** The files by name. Reports names and values that cannot be files. */
export function readSecretFiles(
  { input }: Pick<SettingsSource, "input">,
  report: Report,
): Readonly<Record<string, SecretFile>> {
  const read = parseFiles(input("files"));
  if (read.kind === "wrong") {
    report({ where, what: read.what, next: read.next });
    return {};
  }
  const files = new Map<string, SecretFile>();
  const byVariable = new Map<string, string>();
  for (const [name, value] of read.entries) {
    const content = contentOf(value);
    const variable = fileVariable(name);
    const other = byVariable.get(variable);
    if (!fits("fileName", name)) report({ where, what: `${quoted(name)} ${misfit("fileName")}` });
    else if (content.kind === "wrong") report({ where, what: `${name}: ${content.what}`, next: content.next });
    else if (other !== undefined)
      report({ where, what: `${other} and ${name} have the same variable, ${variable}`, next: "Rename one of them." });
    else files.set(name, secretFile(content.bytes));
    byVariable.set(variable, name);
  }
  return Object.fromEntries(files);
}

/** The texts in the input that are secret: each content, and its base64 if it is written so. All of it if it cannot be read. */
export function secretTexts(text: string): readonly { readonly name: string; readonly text: string }[] {
  const read = parseFiles(text);
  if (read.kind === "wrong") return [{ name: where, text }];
  return read.entries.flatMap(([name, value]) => {
    const content = contentOf(value);
    const written = content.kind === "content" ? content.written : JSON.stringify(value);
    const decoded = content.kind === "content" ? Buffer.from(content.bytes).toString("utf8") : "";
    return [...new Set([written, decoded])].map((one) => ({ name: `the file ${name}`, text: one }));
  });
}

type Parsed =
  | { readonly kind: "files"; readonly entries: readonly (readonly [name: string, value: unknown])[] }
  | { readonly kind: "wrong"; readonly what: string; readonly next: string };

function parseFiles(text: string): Parsed {
  if (text.trim() === "") return { kind: "files", entries: [] };
  const lineCounter = new LineCounter();
  // All values are texts: 0123 stays as it is. The line break at the end, which is easily lost on the way, ends a block of text.
  const document = parseDocument(`${text}\n`, {
    schema: "failsafe",
    lineCounter,
    prettyErrors: false,
    logLevel: "silent",
  });
  // Not the parser's own message, which quotes the text: it is a secret.
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0]);
    const what = `is not YAML (line ${line}: ${error.code.toLowerCase().replaceAll("_", " ")})`;
    return { kind: "wrong", what, next: `Let GitHub put the content into quotes:\n${example}` };
  }
  const value = plainValue(() => document.toJS({ maxAliasCount: 20 }));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { kind: "wrong", what: "is not a mapping of names to contents", next: `For example:\n${example}` };
  // The key of a service account, pasted as it is: each of its fields would become a file.
  if ("private_key" in value)
    return { kind: "wrong", what: "is the content of one file, without its name", next: `Write:\n${example}` };
  return { kind: "files", entries: Object.entries(value) };
}

type Content =
  | { readonly kind: "content"; readonly bytes: Uint8Array; readonly written: string }
  | { readonly kind: "wrong"; readonly what: string; readonly next: string };

/** A text, or `{ base64: … }` for bytes. */
function contentOf(value: unknown): Content {
  if (typeof value === "string")
    return value === "" ? empty : { kind: "content", bytes: Buffer.from(value), written: value };
  const { base64, ...rest } = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  if (typeof base64 !== "string" || Object.keys(rest).length > 0)
    return {
      kind: "wrong",
      what: "is not a text",
      next: `Write its content as a text, or, for bytes: { base64: "${secretExpression("NAME")}" }`,
    };
  const plain = base64.replaceAll(/\s/g, "");
  if (plain === "") return empty;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(plain) || plain.replace(/=+$/, "").length % 4 === 1)
    return { kind: "wrong", what: "is not base64", next: "Make it with: base64 -w0 <file>" };
  return { kind: "content", bytes: Buffer.from(plain, "base64"), written: base64 };
}

const empty: Content = {
  kind: "wrong",
  what: "is empty",
  next: "Check the name of the secret: GitHub gives an empty text for one that does not exist.",
};

function secretFile(bytes: Uint8Array): SecretFile {
  return Object.freeze({
    reveal: () => bytes,
    toString: () => "***" as const,
    toJSON: () => "***",
    [inspect.custom]: () => "***",
  });
}
