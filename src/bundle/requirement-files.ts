// Reads requirements files with everything they include. Keeps file and line for the content key, for hashes and for error messages.
// Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import { WovenError } from "../errors.ts";
import { logicalLines } from "../settings/project/requirement-lines.ts";
import { decodeText, encodingAdvice } from "../settings/text-encoding.ts";
import { digestsIn } from "./digests.ts";
import { normaliseName } from "./wheel-tags.ts";

/** One requirement as written. */
export interface RequirementLine {
  /** Relative to the working directory. */
  readonly file: string;
  readonly line: number;
  /** Without comment, continuation and hashes: `django[argon2]>=5 ; python_version > "3.8"`. */
  readonly text: string;
  /** Normalised. Undefined for a plain path or URL. */
  readonly name?: string;
  /** Allowed digests, `sha256:…`. If empty, all are allowed. */
  readonly hashes: readonly string[];
  /** `constraint`: from a constraint file, which only limits versions. */
  readonly kind: "requirement" | "constraint";
}

/** All the text that decides what is resolved. */
export interface RequirementText {
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly lines: readonly RequirementLine[];
}

interface Included {
  readonly path: string;
  readonly kind: RequirementLine["kind"];
  readonly from?: { readonly file: string; readonly line: number };
}

/** Reads `paths` (relative to `workingDirectory`) and their `-r` and `-c` includes. Throws `requirement-file` if one is missing. */
export async function readRequirementFiles(
  paths: readonly string[],
  workingDirectory: string,
): Promise<RequirementText> {
  const files: { path: string; content: string }[] = [];
  const lines: RequirementLine[] = [];
  const queue: Included[] = paths.map((path) => ({ path, kind: "requirement" }));
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { path, kind } = next;
    if (files.some((file) => file.path === path)) continue;
    const content = await readText(next, workingDirectory);
    files.push({ path, content });
    if (!/\.(toml|cfg|py)$/.test(path)) {
      const read = parseRequirementFile(content, path, kind);
      lines.push(...read.lines);
      queue.push(...read.includes);
    }
  }
  return { files, lines };
}

/** The requirements and the includes of one file's text. */
export function parseRequirementFile(
  content: string,
  file: string,
  kind: RequirementLine["kind"],
): { lines: RequirementLine[]; includes: Included[] } {
  const lines: RequirementLine[] = [];
  const includes: Included[] = [];
  for (const { text, line } of logicalLines(content)) {
    const include = /^(?:-r|--requirements?|-c|--constraints?)(?:\s+|=|(?<=-[rc]))(.+)$/.exec(text)?.[1]?.trim();
    if (include !== undefined && !/^https?:/.test(include)) {
      const path = isAbsolute(include) ? include : join(dirname(file), include);
      includes.push({ path, kind: /^(-c|--c)/.test(text) ? "constraint" : kind, from: { file, line } });
    } else if (!text.startsWith("-") || /^(-e|--editable)\b/.test(text))
      lines.push(parseRequirement(text, { file, line, kind }));
  }
  return { lines, includes };
}

/** Separates one requirement's text from its `--hash` options. */
export function parseRequirement(
  text: string,
  place: Pick<RequirementLine, "file" | "line" | "kind">,
): RequirementLine {
  const hashes = digestsIn(text);
  const bare = text.replaceAll(/\s--[a-z-]+[=\s]\S+/g, "").trim();
  const name = nameOf(bare);
  return { ...place, text: bare, hashes, ...(name === undefined ? {} : { name }) };
}

/** The line of a package's requirement. Requirements come before constraints. */
export function lineOf(lines: readonly RequirementLine[], name: string): RequirementLine | undefined {
  const own = lines.filter((line) => line.name === normaliseName(name));
  return own.find((line) => line.kind === "requirement") ?? own[0];
}

/** The path in a requirement for a folder or an archive on this machine, as written. Undefined for other requirements. */
export function localPathOf(text: string): string | undefined {
  const target = text
    .replace(/^(-e|--editable)[\s=]+/, "")
    .replace(/^[\w.-]+\s*(\[[^\]]*\])?\s*@\s*/, "")
    .replace(/\s+;.*$/, "")
    .replace(/#.*$/, "")
    .replace(/\[[\w,\s.-]*\]$/, "")
    .trim();
  if (target.startsWith("file:")) return target.replace(/^file:(\/\/(localhost)?)?/, "");
  if (/^[a-z+]+:/i.test(target)) return undefined;
  if (/^(-e|--editable)/.test(text) || /^\.{0,2}\//.test(target) || target === "." || target === "..") return target;
  return /\.(whl|zip|tar\.gz|tgz)$/.test(target) ? target : undefined;
}

async function readText(included: Included, workingDirectory: string): Promise<string> {
  const absolute = isAbsolute(included.path) ? included.path : join(workingDirectory, included.path);
  const shown = relative(workingDirectory, absolute);
  const bytes = await readFile(absolute).catch((cause) => {
    throw unreadable(included, shown, cause);
  });
  const decoded = decodeText(bytes);
  if (decoded.kind === "text") return decoded.text;
  throw new WovenError({
    code: "requirement-file",
    message: `line ${decoded.line} of ${shown} is not ${decoded.encoding.toUpperCase()}`,
    next: encodingAdvice(shown),
    file: shown,
    line: decoded.line,
  });
}

function unreadable({ from }: Included, shown: string, cause: unknown): WovenError {
  return new WovenError({
    code: "requirement-file",
    message: from
      ? `${from.file}:${from.line} includes ${shown}, which cannot be read`
      : `The requirements file ${shown} cannot be read`,
    next: from
      ? `Correct the path in ${from.file}, which is relative to that file's folder, or add the file to the repository.`
      : "Correct the requirements setting, or add the file to the repository.",
    file: from?.file,
    line: from?.line,
    cause,
  });
}

function nameOf(text: string): string | undefined {
  const egg = /[#&]egg=([\w.-]+)/.exec(text)?.[1];
  if (egg) return normaliseName(egg);
  const name = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?(?=$|[@<>=!~;(\s])/.exec(text)?.[1];
  return name === undefined || localPathOf(text) === name ? undefined : normaliseName(name);
}
