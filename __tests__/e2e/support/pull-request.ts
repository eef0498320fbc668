// What GitHub tells a workflow about a pull request: the payload of the webhook, as far as it matters here.
import type { Job } from "./operator.ts";

export interface PullRequestEvent {
  readonly action: string;
  readonly number?: number;
  readonly commit?: string;
  readonly labels?: readonly string[];
  readonly draft?: boolean;
  /** `owner/name` of the repository that it comes from. */
  readonly from?: string;
}

/** The event, and the variables that the runner sets for it. */
export function pullRequest(event: PullRequestEvent): Required<Pick<Job, "event" | "env">> {
  const { action, number = 12, commit = "1", labels = [], draft = false, from = "octocat/shop" } = event;
  const sha = commit.padEnd(40, "0");
  return {
    event: {
      action,
      number,
      repository: { full_name: "octocat/shop" },
      pull_request: {
        number,
        state: action === "closed" ? "closed" : "open",
        draft,
        labels: labels.map((name) => ({ name })),
        head: { sha, ref: "next", repo: { full_name: from } },
        base: { ref: "main" },
      },
    },
    env: { GITHUB_EVENT_NAME: "pull_request", GITHUB_REF: `refs/pull/${number}/merge`, GITHUB_SHA: sha },
  };
}
