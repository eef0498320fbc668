// Reads Poetry's own tables: caret and tilde constraints, lists of dependencies, and versions that a plugin makes from git tags.
import { table } from "../config-file.ts";
import type { Chosen } from "../settings.ts";
import type { Metadata } from "./metadata.ts";

/** `[tool.poetry] version`, unless poetry-dynamic-versioning fills it in when it builds. */
export function poetryVersion(tool: Readonly<Record<string, unknown>>, from: string): Metadata {
  if (table(tool["poetry-dynamic-versioning"])?.["enable"] === true)
    return { computed: `${from}: computed by poetry-dynamic-versioning` };
  const version = table(tool["poetry"])?.["version"];
  return typeof version === "string" && version.trim() !== "" ? { version: { value: version.trim(), from } } : {};
}

/** Poetry's constraint on Python as a PEP 440 specifier, or undefined if there is no equivalent. */
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

/** The requirements in Poetry's own tables, without versions, which are in its lock: `psycopg[binary] ; python_version < '3.13'`. */
export function poetryRequirements(poetry: Readonly<Record<string, unknown>>, chosen: Chosen): readonly string[] {
  const groups = table(poetry["group"]) ?? {};
  const extras = table(poetry["extras"]) ?? {};
  const wanted = (chosen.extras ?? []).flatMap((name) => (Array.isArray(extras[name]) ? extras[name] : []));
  const lists = [
    table(poetry["dependencies"]) ?? {},
    ...(chosen.groups ?? []).map((name) => table(table(groups[name])?.["dependencies"]) ?? {}),
  ];
  return lists.flatMap((list) =>
    Object.entries(list)
      .filter(([name]) => name.toLowerCase() !== "python")
      .flatMap(([name, stated]) =>
        (Array.isArray(stated) ? stated : [stated]).flatMap((one) => root(name, one, wanted)),
      ),
  );
}

function root(name: string, stated: unknown, wanted: readonly unknown[]): readonly string[] {
  const options = table(stated) ?? {};
  if (options["optional"] === true && !wanted.includes(name)) return [];
  const extras = Array.isArray(options["extras"]) ? `[${options["extras"].join(",")}]` : "";
  const python = poetryPython(options["python"]);
  const markers = [
    typeof options["markers"] === "string" ? `(${options["markers"]})` : undefined,
    typeof options["platform"] === "string" ? `sys_platform == "${options["platform"]}"` : undefined,
    ...(python?.split(",").map(pythonMarker) ?? []),
  ].filter((marker) => marker !== undefined);
  return [`${name}${extras}${markers.length > 0 ? ` ; ${markers.join(" and ")}` : ""}`];
}

/** `>=3.9` as a marker. */
function pythonMarker(specifier: string): string {
  return specifier.replace(/^([<>=!~]+)(.*)$/, 'python_full_version $1 "$2"');
}
