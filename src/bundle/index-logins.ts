// The logins of package indexes. uv and pip get them in variables and in files that only this account can read, never on a command line.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stepEnv } from "../settings/problems.ts";
import type { Environment } from "./build-context.ts";
import type { Indexes } from "./indexes.ts";

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** An address without its login, and the login. */
export interface Address {
  readonly url: string;
  readonly login?: Login | undefined;
}

/** Separates the login from an address. Replaces `${NAME}` in it from the environment first, as pip and uv do. */
export function addressOf(written: string, env: Environment): Address {
  const text = written.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (whole, name: string) => env[name] ?? whole);
  const [, scheme, userinfo, rest] = /^([a-z+]+:\/\/)(?:([^/?#]*)@)?(.*)$/is.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) return { url: text };
  const url = `${scheme}${rest}`;
  if (userinfo === undefined) return { url };
  const [user = "", ...password] = userinfo.split(":").map(decoded);
  return { url, login: { user, password: password.join(":") } };
}

/** The login that variables give for a name: those of uv, and those of Poetry. */
export function loginOfName(name: string | undefined, env: Environment): Login | undefined {
  if (name === undefined) return undefined;
  const key = variableName(name);
  for (const prefix of [`UV_INDEX_${key}`, `POETRY_HTTP_BASIC_${key}`]) {
    const [user, password] = [env[`${prefix}_USERNAME`], env[`${prefix}_PASSWORD`]];
    if (user || password) return { user: user ?? "", password: password ?? "" };
  }
  return undefined;
}

/** uv's variables for the login of a named index. */
export function loginVariables(name: string, { user, password }: Login): Environment {
  const key = variableName(name);
  return { [`UV_INDEX_${key}_USERNAME`]: user, [`UV_INDEX_${key}_PASSWORD`]: password };
}

/** All indexes of a run, with the logins known for them. */
export function allAddresses(indexes: Indexes): readonly Address[] {
  const configured = [...(indexes.index ? [indexes.index] : []), ...indexes.extra].map((url) => addressOf(url, {}));
  return [...configured, ...(indexes.project ?? [])];
}

/** The passwords among these, and the tokens that take the place of user names. A short user name is no token. */
export function secretsIn(indexes: Indexes): readonly string[] {
  return allAddresses(indexes).flatMap(({ login }) => {
    if (!login) return [];
    const secret = login.password || (login.user.length >= 16 ? login.user : "");
    return secret.length >= 4 ? [secret] : [];
  });
}

/** The address with the login of the index on the same host whose path is nearest to it. */
export function withLogin(url: string, indexes: Indexes): string {
  const login = loginFor(url, indexes);
  if (!login || addressOf(url, {}).login) return url;
  const userinfo = `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}`;
  return url.replace(/^(https?:\/\/)/i, `$1${userinfo}@`);
}

export function loginFor(url: string, indexes: Indexes): Login | undefined {
  const target = URL.parse(url);
  if (!target) return undefined;
  const near = allAddresses(indexes).flatMap((address) => {
    const index = URL.parse(address.url);
    return address.login && index?.origin === target.origin && /^https?:$/.test(target.protocol)
      ? [{ login: address.login, shared: sharedPath(index.pathname, target.pathname) }]
      : [];
  });
  return near.toSorted((one, other) => other.shared - one.shared)[0]?.login;
}

/** How to give the login of an index that refused a request. */
export function loginAdvice(url: string, indexes: Indexes | undefined): string {
  const origin = URL.parse(url)?.origin;
  const named = indexes?.project?.find((index) => index.name && URL.parse(index.url)?.origin === origin);
  const login = indexes && loginFor(url, indexes);
  // `addressOf` leaves a variable as it is if it is not set.
  const unset = login && /\$\{(\w+)\}/.exec(`${login.user} ${login.password}`)?.[1];
  if (unset !== undefined)
    return `The address of the index needs the variable ${unset}. Set it from a secret, in ${stepEnv}.`;
  const wrong = login ? "The login is wrong, or has expired. " : "The index needs a login. ";
  if (!named?.name)
    return `${wrong}Set PIP_INDEX_URL (or PIP_EXTRA_INDEX_URL, if it is used beside PyPI) in ${stepEnv}. Its address has user and token from a secret: https://user:token@…`;
  const key = `UV_INDEX_${variableName(named.name)}`;
  return `${wrong}Set ${key}_USERNAME and ${key}_PASSWORD from secrets, in ${stepEnv}.`;
}

function sharedPath(one: string, other: string): number {
  const parts = other.split("/");
  const at = one.split("/").findIndex((part, index) => part !== parts[index]);
  return at < 0 ? one.split("/").length : at;
}

/**
 * Variables for a pip that builds: it passes its indexes on to a second pip on the command line, so they have no logins. The logins are
 * in a netrc file in `folder`, before those of the user's own.
 */
export async function buildIndexVariables(indexes: Indexes, folder: string, env: Environment): Promise<Environment> {
  const addresses = allAddresses(indexes);
  if (addresses.length === 0) return {};
  const usable = (indexes.project ?? []).filter(({ use }) => use !== "explicit");
  const index = indexes.index ?? usable.find(({ use }) => use === "default")?.url;
  const extra = [...indexes.extra, ...usable.filter(({ use }) => use === "extra").map(({ url }) => url)];
  const plain = (url: string) => addressOf(url, {}).url;
  const entries = addresses.flatMap(({ url, login }) => {
    const host = URL.parse(url)?.hostname;
    return login && host ? [`machine ${host} login ${quoted(login.user)} password ${quoted(login.password)}\n`] : [];
  });
  const own = env["NETRC"] ?? (env["HOME"] ? join(env["HOME"], ".netrc") : undefined);
  const kept = own === undefined ? "" : await readFile(own, "utf8").catch(() => "");
  const netrc = join(folder, "netrc");
  // Of several entries for a host, the first counts here and the last counts in Python: each host is written once.
  const hosts = new Map(entries.toReversed().map((entry) => [entry.split(" ")[1], entry]));
  await writeFile(netrc, `${kept}\n${[...hosts.values()].join("")}`, { mode: 0o600 });
  return {
    ...(index === undefined ? {} : { PIP_INDEX_URL: plain(index) }),
    ...(extra.length > 0 ? { PIP_EXTRA_INDEX_URL: extra.map(plain).join(" ") } : {}),
    ...(hosts.size > 0 ? { NETRC: netrc } : {}),
  };
}

/** Python before 3.11 knows no quotes in netrc, so only what cannot do without them has them. */
function quoted(text: string): string {
  return /^#|[\s"\\]/.test(text) || text === "" ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : text;
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
