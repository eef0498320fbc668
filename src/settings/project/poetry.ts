// What is peculiar to Poetry's own tables: caret and tilde constraints, and versions that a plugin makes of git tags.
import { table } from "../config-file.ts";
import type { Metadata } from "./metadata.ts";

/** `[tool.poetry] version`, unless poetry-dynamic-versioning fills it in when it builds. */
export function poetryVersion(tool: Readonly<Record<string, unknown>>, from: string): Metadata {
  if (table(tool["poetry-dynamic-versioning"])?.["enable"] === true)
    return { computed: `${from}: worked out by poetry-dynamic-versioning` };
  const version = table(tool["poetry"])?.["version"];
  return typeof version === "string" && version.trim() !== "" ? { version: { value: version.trim(), from } } : {};
}

/** Poetry's constraint on Python as a PEP 440 specifier, or undefined where it cannot be said as one. */
export function poetryPython(constraint: unknown): string | undefined {
  if (typeof constraint !== "string" || constraint.includes("||") || constraint.trim() === "*") return undefined;
  const parts = constraint
    .replaceAll(/([\^~<>=!])\s+/g, "$1")
    .trim()
    .split(/[,\s]+/);
  const specifiers = parts.map(onePart);
  return specifiers.includes(undefined) ? undefined : specifiers.join(",");
}

function onePart(part: string): string | undefined {
  const [, sign = "", version = ""] = /^(\^|~=|~|>=|<=|==|!=|>|<|)(\d+(?:\.\d+)*(?:\.\*)?)$/.exec(part) ?? [];
  const numbers = version.split(".").map(Number);
  const [major = 0, minor] = numbers;
  if (version === "") return undefined;
  if (sign === "^") return `>=${version},<${major + 1}`;
  if (sign === "~") return minor === undefined ? `>=${version},<${major + 1}` : `>=${version},<${major}.${minor + 1}`;
  return `${sign === "" ? "==" : sign}${version}`;
}
