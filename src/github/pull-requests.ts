// Pull requests by GitHub's REST API: the comment about a preview, its deployment record, and which ones are open. What fails here is a
// warning: a preview is up although GitHub does not know of it.
import type { PreviewNews } from "../report.ts";
import { type ApiOptions, askGitHub, pages } from "./api.ts";
import { recordDeployment } from "./deployment-record.ts";
import { commentMarker, previewComment } from "./preview-comment.ts";
import { writeComment } from "./sticky-comment.ts";

/** The state of a pull request now. */
export interface PullRequestNow {
  readonly state: "open" | "closed";
  readonly commit: string;
}

export function pullRequests(options: ApiOptions) {
  const { log } = options;
  const ask = askGitHub(options);
  return {
    /** The numbers of the open pull requests. Undefined: GitHub could not be asked. */
    open: (): Promise<ReadonlySet<number> | undefined> =>
      ask(
        { what: "GitHub did not list the open pull requests", permission: "pull-requests: read" },
        async ({ request, here }) => {
          const all = await pages((page) =>
            request("GET /repos/{owner}/{repo}/pulls", { ...here, state: "open", ...page }),
          );
          return new Set(all.map(({ number }) => Number(number)));
        },
      ),
    now: (number: number): Promise<PullRequestNow | undefined> =>
      ask(
        { what: `GitHub did not say whether pull request ${number} is open`, permission: "pull-requests: read" },
        async ({ request, here }) => {
          const { data } = await request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
            ...here,
            pull_number: number,
          });
          const { state } = data;
          if (state !== "open" && state !== "closed") throw new TypeError("the answer has no state");
          return { state, commit: data.head.sha };
        },
      ),
    /** Writes the comment and the deployment record. */
    async tell(number: number, news: PreviewNews): Promise<void> {
      const comment = {
        marker: commentMarker(news.name),
        body: log.clean(previewComment(news)),
        // A pull request that never had a preview needs no comment about its end.
        ifNone: news.state === "removed" ? "leave" : "write",
        debug: log.debug,
      } as const;
      await ask(
        { what: `Pull request ${number} has no comment about this`, permission: "pull-requests: write" },
        (api) => writeComment(api, number, comment),
      );
      await ask({ what: "GitHub has no deployment record of this", permission: "deployments: write" }, (api) =>
        recordDeployment(api, news),
      );
    },
  };
}
