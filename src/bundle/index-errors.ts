// Errors about package indexes, from the words of uv: one that does not answer, that wants a login, or that lacks a version.
import type { WovenErrorDetails } from "../errors.ts";
import { stepEnv } from "../settings/problems.ts";
import type { Requirements } from "../settings/settings.ts";
import { addressOf, loginAdvice } from "./index-logins.ts";
import type { Indexes } from "./indexes.ts";
import type { RequirementLine } from "./requirement-files.ts";

export type Verdict = Pick<WovenErrorDetails, "code" | "message" | "next"> & {
  /** The package, to find its line. */
  readonly name?: string | undefined;
  /** The line, if it has no name. */
  readonly place?: RequirementLine | undefined;
};

/** uv takes a package from the first index that has it, in whatever version. */
export function inFirstIndexOnly(text: string, name: string, { kind }: Requirements): Verdict | undefined {
  const [, found, index = "", wanted = ""] =
    /hint: `([\w.-]+)` was found on (\S+), but not at the requested version \(([^)]*)\)/.exec(text) ?? [];
  if (found !== name) return undefined;
  // uv reads sources only for the dependencies of the pyproject.toml itself.
  const other =
    kind === "files"
      ? "Or require a version that this index has."
      : `Or name the index of ${name} in [tool.uv.sources] of pyproject.toml.`;
  return {
    code: "requirement-version",
    name,
    message: `${wanted} is not in ${index.replace(/\/\/[^/@]*@/, "//")}, the first index that has ${name}`,
    next: `If you trust all your indexes, write UV_INDEX_STRATEGY: unsafe-best-match in ${stepEnv}. ${other} Woven looks for ${name} in the first index only, so that no other one can slip in a package of the same name.`,
  };
}

/** Without a login, uv takes an index for one that lacks the package. */
export function noLogin(text: string, indexes: Indexes | undefined): Verdict | undefined {
  const [, url, status] =
    /An index URL \((\S+?)\) could not be queried due to a lack of valid authentication credentials \(([^)]+)\)/.exec(
      text,
    ) ?? [];
  if (url === undefined) return undefined;
  const name = /Because ([\w.-]+?)(?:\[[^\]]*\])? was not found/.exec(text)?.[1];
  return {
    code: "index-unreachable",
    name,
    message: `The package index refused the request: ${status} at ${addressOf(url, {}).url}`,
    next: loginAdvice(url, indexes),
  };
}

export function unreachable(text: string, indexes: Indexes | undefined): Verdict {
  const url =
    /(?:Failed to (?:fetch|download):?|for url) [`(]?(https?:\/\/[^\s`)]+)/.exec(text)?.[1] ??
    /https?:\/\/[^\s`)]+/.exec(text)?.[0];
  const host = url?.replace(/\/\/[^/@]*@/, "//");
  const status = /HTTP status \w+ error \((\d+[^)]*)\)/.exec(text)?.[1];
  const message = status
    ? `The package index refused the request: ${status}${host ? ` at ${host}` : ""}`
    : `The runner cannot reach the package index${host ? `: ${host}` : ""}`;
  const next = /^40[13]/.test(status ?? "")
    ? loginAdvice(url ?? "", indexes)
    : "Run the job again. If it fails again, check PIP_INDEX_URL, the proxy variables and the runner's certificate authorities (SSL_CERT_FILE).";
  return { code: "index-unreachable", message, next };
}
