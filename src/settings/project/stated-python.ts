// What a project states about its Python outside its metadata: in its lock, and in the files that tools choose a Python by.
import { posix } from "node:path";
import { parse } from "smol-toml";
import { table } from "../config-file.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Found, Requirements } from "../settings.ts";
import { poetryPython } from "./poetry.ts";
import { isSpecifier } from "./python-versions.ts";

type Lock = Extract<Requirements, { kind: "lock" }>;

/** The Pythons that a lock is for, as a PEP 440 specifier. A lock that cannot be read states nothing: the bundle code reports it. */
export function lockedPython(files: ProjectFiles, requirements: Requirements): Found<string> | undefined {
  if (requirements.kind !== "lock" || requirements.format === "pipfile") return undefined;
  const { path, format } = requirements;
  const stated = statedIn(parsed(files.read(path) ?? ""), format);
  return stated === undefined || !isSpecifier(stated.value)
    ? undefined
    : { value: stated.value, from: `${path} ${stated.key}` };
}

interface Stated {
  readonly key: string;
  readonly value: string;
}

function statedIn(lock: Readonly<Record<string, unknown>>, format: Lock["format"]): Stated | undefined {
  const metadata = table(lock["metadata"]) ?? {};
  switch (format) {
    case "uv":
    case "pylock":
      return text("requires-python", lock["requires-python"]);
    case "poetry":
      return text("metadata.python-versions", poetryPython(metadata["python-versions"]));
    case "pdm": {
      const targets = metadata["targets"];
      const [only, ...others] = Array.isArray(targets) ? targets : [];
      return others.length > 0 ? undefined : text("metadata.targets", table(only)?.["requires_python"]);
    }
    case "pipfile":
      return undefined;
  }
}

function text(key: string, value: unknown): Stated | undefined {
  return typeof value === "string" && value.trim() !== "" ? { key, value: value.trim() } : undefined;
}

function parsed(content: string): Readonly<Record<string, unknown>> {
  try {
    return parse(content);
  } catch {
    return {};
  }
}

/**
 * The minor version that the project is developed with: from `.python-version` (pyenv, uv), `.tool-versions` (asdf), `mise.toml`,
 * `runtime.txt` (Heroku) or the Pipfile. The first file that names one counts; files in the working directory come first, files above it last.
 */
export function pinnedPython(files: ProjectFiles, requirements: Requirements | undefined): Found<string> | undefined {
  for (const folder of [".", ...files.above.map(({ folder: above }) => above)]) {
    for (const [name, read] of versionFiles) {
      const path = posix.join(folder, name);
      const version = read(files.read(path) ?? "");
      if (version !== undefined) return { value: version, from: path };
    }
  }
  const version = requirements?.kind === "lock" && pipfilePython(files.read(requirements.path) ?? "", requirements);
  return version ? { value: version, from: requirements.path } : undefined;
}

/** Undefined if the first version in the file is no CPython 3, such as `pypy3.10-7.3` or `system`. */
const versionFiles: readonly (readonly [name: string, read: (text: string) => string | undefined])[] = [
  [".python-version", (content) => minor(words(content)[0], /^(?:cpython-?|python-?)?(3\.\d{1,2})(?:\.\d+)?$/)],
  [".tool-versions", (content) => minor(/^python[ \t]+(\S+)/m.exec(content)?.[1], /^(3\.\d{1,2})(?:\.\d+)?$/)],
  ["mise.toml", misePython],
  [".mise.toml", misePython],
  ["runtime.txt", (content) => minor(words(content)[0], /^python-(3\.\d{1,2})(?:\.\d+)?$/)],
];

function misePython(content: string): string | undefined {
  const stated = table(parsed(content)["tools"])?.["python"];
  const first: unknown = Array.isArray(stated) ? stated[0] : stated;
  return minor(typeof first === "string" ? first : undefined, /^(3\.\d{1,2})(?:\.\d+)?$/);
}

function words(content: string): readonly string[] {
  return content.replaceAll(/#.*$/gm, "").split(/\s+/).filter(Boolean);
}

function minor(stated: string | undefined, form: RegExp): string | undefined {
  return form.exec(stated ?? "")?.[1];
}

function pipfilePython(content: string, { format }: Lock): string | undefined {
  if (format !== "pipfile") return undefined;
  try {
    const requires = table(table(table(JSON.parse(content))?.["_meta"])?.["requires"]);
    const stated = requires?.["python_version"] ?? requires?.["python_full_version"];
    return minor(typeof stated === "string" ? stated : undefined, /^(3\.\d{1,2})(?:\.\d+)?$/);
  } catch {
    // The bundle code reads the whole lock later, and reports what is wrong with it.
    return undefined;
  }
}
