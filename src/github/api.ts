// One repository of GitHub's REST API, for a run that must go on without it: every request has a time limit, a failure is a warning, and
// after an answer that later requests would get as well, none is sent.
import type { Octokit } from "@octokit/core";
import { type Trouble, troubleOf } from "./api-trouble.ts";

export interface ApiOptions {
  readonly token: string;
  /** GITHUB_API_URL and GITHUB_REPOSITORY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: {
    warning(text: string): void;
    debug(text: string): void;
    clean(text: string): string;
  };
  readonly signal: AbortSignal;
  readonly patience?: Patience;
}

/** Milliseconds. */
interface Patience {
  /** For one answer. */
  readonly answer: number;
  /** For all requests of one purpose. */
  readonly purpose: number;
}

const usual: Patience = { answer: 10_000, purpose: 20_000 };

/** One repository, by the API. */
export interface Api {
  readonly request: Octokit["request"];
  readonly graphql: Octokit["graphql"];
  readonly here: { readonly owner: string; readonly repo: string };
  /** The kind of account that the token writes as. */
  readonly writesAs: "Bot" | "User";
}

export interface Purpose {
  /** What is missing if it fails, as a sentence. */
  readonly what: string;
  /** Which permission it needs. */
  readonly permission: string;
}

/** Does work with the API. Undefined: it failed, and a warning says why. */
export type Ask = <T>(purpose: Purpose, work: (api: Api) => Promise<T>) => Promise<T | undefined>;

export function askGitHub(options: ApiOptions): Ask {
  const { env, log, signal, patience = usual } = options;
  const [owner = "", repo = ""] = (env["GITHUB_REPOSITORY"] ?? "").split("/");
  let useless: Trouble | undefined;
  const lacking = new Set<string>();
  return async (purpose, work) => {
    // One warning is enough: a sweep may have a hundred pull requests to tell.
    if (lacking.has(purpose.permission)) return undefined;
    const until = AbortSignal.any([signal, AbortSignal.timeout(patience.purpose)]);
    try {
      if (useless) throw useless.error;
      const { request, graphql } = await open(options, until, patience);
      return await work({ request, graphql, here: { owner, repo }, writesAs: kindOf(options.token) });
    } catch (error) {
      const trouble = troubleOf(error, purpose.permission, signal);
      if (trouble.lasts) useless = trouble;
      if (trouble.lacks) lacking.add(purpose.permission);
      log.warning(`${purpose.what}: ${trouble.text}`);
      return undefined;
    }
  };
}

async function open(
  { token, env, log }: ApiOptions,
  until: AbortSignal,
  { answer }: Patience,
): Promise<Pick<Octokit, "request" | "graphql">> {
  // Only here: loading it takes time, and most commands never need it.
  const { Octokit: Client } = await import("@octokit/core");
  const told = (text: string) => log.debug(`octokit: ${text}`);
  return new Client({
    auth: token,
    baseUrl: env["GITHUB_API_URL"] || "https://api.github.com",
    userAgent: "woven",
    request: {
      fetch: (url: string, how: RequestInit) =>
        fetch(url, { ...how, signal: AbortSignal.any([until, AbortSignal.timeout(answer)]) }),
    },
    log: { debug: told, info: told, warn: told, error: told },
  });
}

/** The tokens of jobs and of apps begin so. A personal one writes as its owner. */
function kindOf(token: string): Api["writesAs"] {
  return token.startsWith("ghs_") ? "Bot" : "User";
}

const mostPages = 50;

/** All items of a list, page by page. Throws if the answer is no list, or too long to be read to its end. */
export async function pages<T>(
  get: (page: { readonly per_page: number; readonly page: number }) => Promise<{ readonly data: readonly T[] }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; page <= mostPages; page++) {
    const { data } = await get({ per_page: 100, page });
    if (!Array.isArray(data)) throw new TypeError("the answer is not the list that was asked for");
    all.push(...data);
    if (data.length < 100) return all;
  }
  throw new RangeError(`the list has more than ${mostPages * 100} items`);
}
