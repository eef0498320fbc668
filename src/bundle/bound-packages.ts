// Locks name the index of each package. uv takes a package from one certain index only if a pyproject.toml says so, so Woven writes one.
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "smol-toml";
import type { Requirements } from "../settings/settings.ts";
import type { Environment } from "./build-context.ts";
import { addressOf, loginFor, loginVariables } from "./index-logins.ts";
import type { Indexes } from "./indexes.ts";
import { pipfileSources } from "./project-indexes.ts";
import type { RequirementLine, RequirementText } from "./requirement-files.ts";
import { normaliseName } from "./wheel-tags.ts";

/** The address of the index of a package, by `name==version`, or by `name` if the lock states no version of it. */
export type Bindings = ReadonlyMap<string, string>;

/** The packages of a lock that come from another index than PyPI. */
export function lockBindings(requirements: Requirements, text: RequirementText, env: Environment): Bindings {
  if (requirements.kind !== "lock") return new Map();
  const content = text.files[0]?.content ?? "";
  const found = requirements.format === "pipfile" ? pipfileBindings(content) : tomlBindings(content);
  const plain = found.map(([name, url]) => [name, addressOf(url, env).url] as const);
  return new Map(plain.filter(([, url]) => /^https?:\/\//.test(url) && !/^https:\/\/pypi\.org\/simple\/?$/.test(url)));
}

interface LockedPackage {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly index?: unknown;
  readonly source?: { readonly registry?: unknown; readonly type?: unknown; readonly url?: unknown };
}

/** uv.lock: `source = { registry = … }`. poetry.lock: a source of the type `legacy`. pylock.toml: `index`. */
function tomlBindings(content: string): [string, string][] {
  const lock: { package?: LockedPackage[]; packages?: LockedPackage[] } = parse(content);
  return [...(lock.package ?? []), ...(lock.packages ?? [])].flatMap(({ name, version, index, source }) => {
    const url = index ?? source?.registry ?? (source?.type === "legacy" ? source.url : undefined);
    return typeof name === "string" && typeof url === "string"
      ? [[`${normaliseName(name)}==${String(version)}`, url]]
      : [];
  });
}

function pipfileBindings(content: string): [string, string][] {
  const sources = pipfileSources(content);
  const lock: Record<string, Record<string, { index?: unknown }>> = JSON.parse(content);
  const { _meta, ...sections } = lock;
  return Object.values(sections).flatMap((section) =>
    Object.entries(section).flatMap(([name, { index }]): [string, string][] => {
      const source = sources.find((one) => one["name"] === index) ?? sources[0];
      return typeof source?.["url"] === "string" ? [[normaliseName(name), source["url"]]] : [];
    }),
  );
}

/** The lines whose package has an index of its own, with its address, and the others. */
export function divide(lines: readonly RequirementLine[], bindings: Bindings) {
  const bound: { line: RequirementLine; url: string }[] = [];
  const free: RequirementLine[] = [];
  for (const line of lines) {
    const version = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*(==\s*[\w.!+-]+)/.exec(line.text)?.[1]?.replace(/\s/g, "");
    const url =
      version === undefined || line.name === undefined
        ? undefined
        : (bindings.get(`${line.name}${version}`) ?? bindings.get(line.name));
    if (url === undefined) free.push(line);
    else bound.push({ line, url });
  }
  return { bound, free };
}

/** Writes the pyproject.toml for these lines. Returns its path, and the variables with the logins. */
export async function writeBindings(
  bound: readonly { readonly line: RequirementLine; readonly url: string }[],
  { indexes, tempDir }: { readonly indexes: Indexes; readonly tempDir: string },
): Promise<{ readonly sources: readonly string[]; readonly variables: Environment }> {
  if (bound.length === 0) return { sources: [], variables: {} };
  const names = new Map([...new Set(bound.map(({ url }) => url))].map((url, at) => [url, `woven-lock-${at + 1}`]));
  const text = (value: string) => JSON.stringify(value);
  const byName = Map.groupBy(bound, ({ line }) => line.name ?? "");
  const sources = [...byName].map(([name, all]) => {
    const isSame = all.every(({ url }) => url === all[0]?.url);
    const each = (isSame ? all.slice(0, 1) : all).map(({ line, url }) => {
      const marker = isSame ? undefined : / ;\s*(.+)$/.exec(line.text)?.[1];
      return `{ index = ${text(names.get(url) ?? "")}${marker ? `, marker = ${text(marker)}` : ""} }`;
    });
    return `${text(name)} = [${each.join(", ")}]`;
  });
  const file = [
    `[project]\nname = "woven-lock"\nversion = "0"`,
    `dependencies = [${bound.map(({ line }) => text(line.text)).join(", ")}]`,
    "[tool.uv.sources]",
    ...sources,
    ...[...names].map(([url, name]) => `[[tool.uv.index]]\nname = ${text(name)}\nurl = ${text(url)}\nexplicit = true`),
  ];
  const path = join(await mkdtemp(join(tempDir, "lock-indexes-")), "pyproject.toml");
  await writeFile(path, `${file.join("\n")}\n`);
  const variables = [...names].map(([url, name]) => {
    const login = loginFor(url, indexes);
    return login ? loginVariables(name, login) : {};
  });
  return { sources: [path], variables: Object.assign({}, ...variables) };
}
