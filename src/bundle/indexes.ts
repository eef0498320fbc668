// The package indexes of this runner. uv reads neither pip.conf nor PIP_*, so Woven passes pip's settings to it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "./build-context.ts";
import { loginVariables } from "./index-logins.ts";
import type { ProjectIndex } from "./project-indexes.ts";

export interface Indexes {
  readonly index?: string;
  readonly extra: readonly string[];
  readonly findLinks: readonly string[];
  readonly trustedHosts: readonly string[];
  readonly noIndex: boolean;
  /** Those that the project names itself. */
  readonly project?: readonly ProjectIndex[];
  /** PEM file of certificate authorities. */
  readonly cert?: string;
}

type Options = ReadonlyMap<string, string>;

/** pip's settings: from its files, global ones first, then from PIP_* (https://pip.pypa.io/en/stable/topics/configuration/). */
export async function readIndexes(env: Environment): Promise<Indexes> {
  const files = await Promise.all(pipConfigFiles(env).map((path) => readFile(path, "utf8").catch(() => "")));
  return indexesOf([...files.map(parsePipConfig), optionsFromEnvironment(env)]);
}

/** Later options override earlier ones. */
export function indexesOf(sources: readonly Options[]): Indexes {
  const options = new Map(sources.flatMap((source) => [...source]));
  const index = options.get("index-url");
  const cert = options.get("cert");
  return {
    ...(index ? { index } : {}),
    ...(cert ? { cert } : {}),
    extra: words(options.get("extra-index-url")),
    findLinks: words(options.get("find-links")),
    trustedHosts: words(options.get("trusted-host")),
    noIndex: ["1", "true", "yes", "on"].includes((options.get("no-index") ?? "").toLowerCase()),
  };
}

/** The options of `[global]`, `[download]` and `[install]`, in pip's INI dialect with its indented continuation lines. */
export function parsePipConfig(text: string): Options {
  const options = new Map<string, string>();
  let section = "";
  let last = "";
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const heading = /^\[([^\]]+)\]/.exec(line)?.[1];
    const [, key, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (heading !== undefined) section = heading.trim();
    else if (!["global", "download", "install"].includes(section)) continue;
    else if (key !== undefined) {
      last = key.replaceAll("_", "-").toLowerCase();
      options.set(last, (value ?? "").trim());
    } else if (last) options.set(last, `${options.get(last) ?? ""} ${line.trim()}`.trim());
  }
  return options;
}

/**
 * uv's variables for these indexes. Not options, because an address may hold a login and every account can read a command line. The
 * user's own UV_* variables take precedence.
 */
export function uvIndexVariables(indexes: Indexes, env: Environment): Environment {
  const ownIndex = env["UV_DEFAULT_INDEX"] ?? env["UV_INDEX_URL"];
  const ownExtra = env["UV_INDEX"] ?? env["UV_EXTRA_INDEX_URL"];
  const joined = (own: string | undefined, more: readonly string[], separator: string) =>
    [...(own ? [own] : []), ...more].join(separator);
  const unknown = (indexes.project ?? []).filter(({ isUnknownToUv, use }) => isUnknownToUv && use !== "explicit");
  const asNamed = ({ name, url }: ProjectIndex, at: number) => `${nameForUv(name, at)}=${url}`;
  const more = unknown.flatMap((one, at) => (one.use === "extra" ? [asNamed(one, at)] : []));
  const [replaced] = unknown.flatMap((one, at) => (one.use === "default" ? [asNamed(one, at)] : []));
  const defaultIndex = indexes.index ?? replaced;
  const logins = unknown.map(({ name, login }, at) => (login ? loginVariables(nameForUv(name, at), login) : {}));
  const extra = [...(ownExtra ? [ownExtra] : indexes.extra), ...more];
  return {
    ...Object.assign({}, ...logins),
    ...(defaultIndex && !ownIndex ? { UV_DEFAULT_INDEX: defaultIndex } : {}),
    ...(extra.length > 0 && (more.length > 0 || !ownExtra) ? { UV_INDEX: extra.join(" ") } : {}),
    ...(indexes.findLinks.length > 0 ? { UV_FIND_LINKS: joined(env["UV_FIND_LINKS"], indexes.findLinks, ",") } : {}),
    ...(indexes.trustedHosts.length > 0
      ? { UV_INSECURE_HOST: joined(env["UV_INSECURE_HOST"], indexes.trustedHosts, " ") }
      : {}),
  };
}

/** uv takes only some characters in a name. */
function nameForUv(name: string | undefined, at: number): string {
  return name !== undefined && /^[A-Za-z][\w-]*$/.test(name) ? name : `woven-${at + 1}`;
}

/** Options for which uv has no variable. */
export function uvIndexArguments({ noIndex }: Indexes): readonly string[] {
  return noIndex ? ["--no-index"] : [];
}

/** uv trusts the machine's certificate authorities, as pip does: a company's proxy may use one of those. */
export const systemCertificates: Environment = { UV_SYSTEM_CERTS: "true" };

/** uv's environment: no downloads of Python, plain output, pip's certificate authorities. */
export function uvEnvironment(indexes: Indexes, env: Environment): Environment {
  return {
    ...env,
    ...uvIndexVariables(indexes, env),
    UV_PYTHON_DOWNLOADS: "never",
    ...systemCertificates,
    UV_NO_PROGRESS: "1",
    NO_COLOR: "1",
    ...(indexes.cert && !env["SSL_CERT_FILE"] ? { SSL_CERT_FILE: indexes.cert } : {}),
  };
}

function pipConfigFiles(env: Environment): string[] {
  const home = env["HOME"];
  const own = env["PIP_CONFIG_FILE"];
  // pip: os.devnull as PIP_CONFIG_FILE turns every configuration file off.
  if (own === "/dev/null") return [];
  return [
    "/etc/xdg/pip/pip.conf",
    "/etc/pip.conf",
    ...(home
      ? [join(home, ".pip/pip.conf"), join(env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "pip/pip.conf")]
      : []),
    ...(env["VIRTUAL_ENV"] ? [join(env["VIRTUAL_ENV"], "pip.conf")] : []),
    ...(own ? [own] : []),
  ];
}

function optionsFromEnvironment(env: Environment): Options {
  const pairs = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith("PIP_") && value ? [[name.slice(4).toLowerCase().replaceAll("_", "-"), value] as const] : [],
  );
  return new Map(pairs);
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
