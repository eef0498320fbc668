// Pull requests by GitHub's REST API: the comment about a preview, its deployment record, and which ones are open. What fails here is a
// warning: a preview is up although GitHub does not know of it.
import type { Octokit } from "@octokit/core";
import type { PreviewNews } from "../report.ts";
import { commentMarker, previewComment } from "./preview-comment.ts";

interface Options {
  readonly token: string;
  /** GITHUB_API_URL and GITHUB_REPOSITORY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: {
    warning(text: string): void;
    debug(text: string): void;
    clean(text: string): string;
  };
  readonly signal: AbortSignal;
}

/** The state of a pull request now. */
export interface PullRequestNow {
  readonly state: "open" | "closed";
  readonly commit: string;
}

/** Milliseconds for one answer. */
const patience = 10_000;

/** One environment for all previews: a job's token can make one, and cannot delete it. */
const environment = "preview";

export function pullRequests({ token, env, log, signal }: Options) {
  const [owner = "", repo = ""] = (env["GITHUB_REPOSITORY"] ?? "").split("/");
  const here = { owner, repo };
  let client: Promise<Octokit> | undefined;
  const octokit = () => (client ??= open({ token, env, log, signal }));
  const ask = async <T>(purpose: Purpose, work: (api: Api) => Promise<T>): Promise<T | undefined> => {
    try {
      const { request } = await octokit();
      return await work({ request, here });
    } catch (error) {
      log.warning(`${purpose.what}: ${reason(error, purpose.permission)}`);
      return undefined;
    }
  };
  return {
    /** The numbers of the open pull requests. Undefined: GitHub could not be asked. */
    open: (): Promise<ReadonlySet<number> | undefined> =>
      ask(
        { what: "GitHub did not list the open pull requests", permission: "pull-requests: read" },
        async ({ request, here: place }) => {
          const all = await pages((page) =>
            request("GET /repos/{owner}/{repo}/pulls", { ...place, state: "open", ...page }),
          );
          return new Set(all.map(({ number }) => Number(number)));
        },
      ),
    now: (number: number): Promise<PullRequestNow | undefined> =>
      ask(
        { what: `GitHub did not say whether pull request ${number} is open`, permission: "pull-requests: read" },
        async ({ request, here: place }) => {
          const { data } = await request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
            ...place,
            pull_number: number,
          });
          return { state: data.state === "open" ? "open" : "closed", commit: data.head.sha };
        },
      ),
    /** Writes the comment and the deployment record. */
    async tell(number: number, news: PreviewNews): Promise<void> {
      const body = log.clean(previewComment(news));
      await ask(
        { what: `Pull request ${number} has no comment about this`, permission: "pull-requests: write" },
        (api) =>
          writeComment(api, number, {
            marker: commentMarker(news.name),
            body,
            state: news.state,
            writes: authorOf(token),
          }),
      );
      await ask({ what: "GitHub has no deployment record of this", permission: "deployments: write" }, (api) =>
        recordDeployment(api, news),
      );
    },
  };
}

interface Purpose {
  readonly what: string;
  readonly permission: string;
}

/** One repository, by the API. */
interface Api {
  readonly request: Octokit["request"];
  readonly here: { readonly owner: string; readonly repo: string };
}

async function open({ token, env, log, signal }: Options): Promise<Octokit> {
  // Only here: loading it takes time, and most commands never need it.
  const { Octokit: Client } = await import("@octokit/core");
  const told = (text: string) => log.debug(`octokit: ${text}`);
  return new Client({
    auth: token,
    baseUrl: env["GITHUB_API_URL"] || "https://api.github.com",
    userAgent: "woven",
    request: {
      fetch: (url: string, how: RequestInit) =>
        fetch(url, { ...how, signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) }),
    },
    log: { debug: told, info: told, warn: told, error: told },
  });
}

/** All items of a list, page by page. */
async function pages<T>(
  get: (page: { readonly per_page: number; readonly page: number }) => Promise<{ readonly data: readonly T[] }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; page <= 50; page++) {
    const { data } = await get({ per_page: 100, page });
    all.push(...data);
    if (data.length < 100) break;
  }
  return all;
}

interface Comment {
  readonly marker: string;
  readonly body: string;
  readonly state: PreviewNews["state"];
  readonly writes: "Bot" | "User";
}

/** The token of a job begins so. It writes as a bot; a personal one writes as its owner. */
function authorOf(token: string): Comment["writes"] {
  return token.startsWith("ghs_") ? "Bot" : "User";
}

/** Replaces the comment that an earlier run wrote, also if somebody has edited it below its first line. */
async function writeComment(
  { request, here }: Api,
  number: number,
  { marker, body, state, writes }: Comment,
): Promise<void> {
  const comments = await pages((page) =>
    request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", { ...here, issue_number: number, ...page }),
  );
  // Anyone may quote the marker. Only a comment of the token's own kind of author counts.
  const own = comments.find((one) => one.body?.startsWith(marker) && one.user?.type === writes);
  if (own)
    await request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...here, comment_id: own.id, body });
  // A pull request that never had a preview needs no comment about its end.
  else if (state !== "removed")
    await request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", { ...here, issue_number: number, body });
}

/** A transient record for each update. Those before it become inactive. `task` keeps those of each preview apart. */
async function recordDeployment(api: Api, { name, state, commit, url, run }: PreviewNews): Promise<void> {
  const task = `preview:${name}`;
  const { request, here } = api;
  const { data: earlier } = await request("GET /repos/{owner}/{repo}/deployments", {
    ...here,
    environment,
    task,
    per_page: 10,
  });
  if (state === "failed") return;
  const address = url === undefined ? {} : { environment_url: url };
  if (state === "built" && commit !== undefined) {
    const { data } = await request("POST /repos/{owner}/{repo}/deployments", {
      ...here,
      ref: commit,
      task,
      environment,
      description: `Preview ${name}`,
      transient_environment: true,
      production_environment: false,
      auto_merge: false,
      required_contexts: [],
    });
    if (!("id" in data)) return;
    const log = run === undefined ? {} : { log_url: run };
    await setStatus(api, data.id, { state: "success", ...address, ...log });
  }
  for (const { id } of earlier) await setStatus(api, id, { state: "inactive" });
}

interface Status {
  readonly state: "success" | "inactive";
  readonly environment_url?: string;
  readonly log_url?: string;
}

async function setStatus({ request, here }: Api, id: number | bigint, status: Status): Promise<void> {
  await request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
    ...here,
    deployment_id: Number(id),
    auto_inactive: false,
    ...status,
  });
}

/** Why GitHub did not do it, and what to do about it. */
function reason(error: unknown, permission: string): string {
  const {
    status = 0,
    message = "",
    response,
  } = error as {
    readonly status?: number;
    readonly message?: string;
    readonly response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
  };
  const headers = response?.headers ?? {};
  if (status === 429 || headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== undefined)
    return "the limit of requests is reached. The next run tries again.";
  if (status === 401) return "the token is not valid any more.";
  if (status === 403 || status === 404) return `the token may not do that. Give the job permissions: ${permission}.`;
  if (status >= 500) return `GitHub answered ${status}. The next run tries again.`;
  if (status >= 400) return `GitHub answered ${status}: ${message}`;
  return `GitHub cannot be reached: ${message}`;
}
