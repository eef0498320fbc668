// The package indexes that the project itself names: in requirements files, in the configuration of uv, Poetry, PDM and Pipenv, and in
// locks. uv finds some of them by itself, but pip downloads and builds, and it must know all of them, with their logins.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "smol-toml";
import { logicalLines } from "../settings/project/requirement-lines.ts";
import type { Requirements } from "../settings/settings.ts";
import type { Environment } from "./build-context.ts";
import { type Address, addressOf, loginOfName } from "./index-logins.ts";
import type { RequirementText } from "./requirement-files.ts";

export interface ProjectIndex extends Address {
  readonly name?: string | undefined;
  /** `explicit`: only for the packages that name it. */
  readonly use: "default" | "extra" | "explicit";
  /** Whether Woven must pass it to uv, which does not read it by itself. */
  readonly isUnknownToUv: boolean;
}

type Table = Readonly<Record<string, unknown>>;
interface Written {
  readonly name?: unknown;
  readonly url: unknown;
  readonly use: ProjectIndex["use"];
  readonly isUnknownToUv?: boolean;
}

/** All of them, in the order of their priority. */
export async function projectIndexes(
  requirements: Requirements,
  text: RequirementText,
  { workingDirectory, env }: { readonly workingDirectory: string; readonly env: Environment },
): Promise<readonly ProjectIndex[]> {
  const lock = requirements.kind === "lock" ? dirname(join(workingDirectory, requirements.path)) : undefined;
  const folders = [...new Set([...(lock === undefined ? [] : [lock]), workingDirectory])];
  const tables = await Promise.all(folders.map(readTables));
  const config = env["XDG_CONFIG_HOME"] || (env["HOME"] && join(env["HOME"], ".config"));
  const user = config ? await readToml(join(config, "uv/uv.toml")) : {};
  const written = [
    ...fromUvVariables(env),
    ...tables.flatMap(({ uv, uvToml }) => [...fromUv(uvToml), ...fromUv(uv)]),
    ...fromUv(user),
    ...(requirements.kind === "files" ? text.files.flatMap(({ content }) => fromRequirements(content)) : []),
    ...tables.flatMap(({ pdm }) => fromPdm(pdm, requirements)),
    ...tables.flatMap(({ poetry }) => fromPoetry(poetry, requirements)),
    ...(requirements.kind === "lock" && requirements.format === "pipfile" ? fromPipfile(text) : []),
  ];
  return written.flatMap((one) => completed(one, env));
}

function completed({ name: given, url, use, isUnknownToUv = false }: Written, env: Environment): ProjectIndex[] {
  if (typeof url !== "string" || !/^https?:\/\//i.test(url)) return [];
  const name = typeof given === "string" && given !== "" ? given : undefined;
  const address = addressOf(url, env);
  return [{ url: address.url, login: loginOfName(name, env) ?? address.login, name, use, isUnknownToUv }];
}

/** `UV_INDEX` holds addresses and `name=address`, separated by blanks. */
function fromUvVariables(env: Environment): Written[] {
  const each = (text: string | undefined, use: ProjectIndex["use"]) =>
    (text ?? "").split(/\s+/).flatMap((word): Written[] => {
      const [, name, url] = /^(?:([\w.-]+)=)?(.+)$/.exec(word) ?? [];
      return url === undefined ? [] : [{ name, url, use }];
    });
  return [
    ...each(env["UV_INDEX"], "extra"),
    ...each(env["UV_EXTRA_INDEX_URL"], "extra"),
    ...each(env["UV_DEFAULT_INDEX"] ?? env["UV_INDEX_URL"], "default"),
  ];
}

/** https://docs.astral.sh/uv/concepts/indexes/ */
function fromUv(uv: Table): Written[] {
  const named = list(uv["index"]).map(
    (index): Written => ({ name: index["name"], url: index["url"], use: useOf(index) }),
  );
  const older = [uv, table(uv["pip"])].flatMap((options): Written[] => [
    { url: options["index-url"], use: "default" },
    ...[options["extra-index-url"]].flat().map((url): Written => ({ url, use: "extra" })),
  ]);
  return [...named, ...older];
}

function fromRequirements(content: string): Written[] {
  return logicalLines(content).flatMap(({ text }): Written[] => {
    const [, option = "", url] =
      /^(-i|--index-url|--pypi-url|--extra-index-url)(?:\s+|=|(?<=-i))(\S+)$/.exec(text) ?? [];
    return url === undefined ? [] : [{ url, use: option.includes("extra") ? "extra" : "default" }];
  });
}

/** https://pdm-project.org/en/latest/usage/config/#configure-the-package-indexes: the name `pypi` replaces PyPI. */
function fromPdm(pdm: Table, requirements: Requirements): Written[] {
  const used = requirements.kind === "project" || (requirements.kind === "lock" && requirements.format === "pdm");
  return list(pdm["source"]).map(({ name, url, username, password }) => {
    const login = typeof username === "string" ? `${username}:${typeof password === "string" ? password : ""}@` : "";
    const address = typeof url === "string" ? url.replace(/^(https?:\/\/)(?![^/]*@)/, `$1${login}`) : url;
    return { name, url: address, use: name === "pypi" ? "default" : "extra", isUnknownToUv: used };
  });
}

/** https://python-poetry.org/docs/repositories/. Its lock names the index of each package, if it has groups. */
function fromPoetry(poetry: Table, requirements: Requirements): Written[] {
  const isUnknownToUv =
    requirements.kind === "project" ||
    (requirements.kind === "lock" && requirements.format === "poetry" && requirements.roots !== undefined);
  return list(poetry["source"]).map((source) => ({
    name: source["name"],
    url: source["url"],
    use: useOf(source),
    isUnknownToUv,
  }));
}

function useOf(index: Table): ProjectIndex["use"] {
  if (index["explicit"] === true || index["priority"] === "explicit") return "explicit";
  return index["default"] === true || index["priority"] === "default" ? "default" : "extra";
}

function fromPipfile(text: RequirementText): Written[] {
  return pipfileSources(text.files[0]?.content ?? "").map(({ name, url }) => ({ name, url, use: "extra" }));
}

/** The sources of a Pipfile.lock. The first one is the default. Empty if it cannot be read, which the lock's reader reports. */
export function pipfileSources(content: string): readonly Table[] {
  try {
    // Pipenv also replaces `$NAME`.
    const braced = content.replaceAll(/\$([A-Za-z_]\w*)/g, (_, name: string) => ["${", "}"].join(name));
    return list(table(table(JSON.parse(braced))["_meta"])["sources"]);
  } catch {
    return [];
  }
}

async function readTables(folder: string) {
  const tool = table((await readToml(join(folder, "pyproject.toml")))["tool"]);
  return {
    uv: table(tool["uv"]),
    uvToml: await readToml(join(folder, "uv.toml")),
    poetry: table(tool["poetry"]),
    pdm: table(tool["pdm"]),
  };
}

/** Empty if it is missing or broken: uv and the reader of the settings report that. */
async function readToml(path: string): Promise<Table> {
  try {
    return parse(await readFile(path, "utf8"));
  } catch {
    return {};
  }
}

function table(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function list(value: unknown): readonly Table[] {
  return Array.isArray(value) ? value.map(table) : [];
}
