// The deployment record of a preview, with which the pull request shows a button: https://docs.github.com/en/rest/deployments/deployments
import type { PreviewNews } from "../report.ts";
import type { Api } from "./api.ts";

/** One environment for all previews: a job's token can make one, and cannot delete it. */
const environment = "preview";

/** A transient record for each update. Those before it become inactive. `task` keeps those of each preview apart. */
export async function recordDeployment(api: Api, { name, state, commit, url, run }: PreviewNews): Promise<void> {
  // What was there before is still there.
  if (state === "failed") return;
  const { request, here } = api;
  const task = `preview:${name}`;
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
    if (!("id" in data)) throw new TypeError("GitHub made no record of the deployment");
    const address = url === undefined ? {} : { environment_url: url };
    const log = run === undefined ? {} : { log_url: run };
    await setStatus(api, data.id, { state: "success", ...address, ...log });
  }
  const { data: all } = await request("GET /repos/{owner}/{repo}/deployments", {
    ...here,
    environment,
    task,
    per_page: 30,
  });
  // Of two runs at once, the record of the later one stays.
  const ended = all.map(({ id }) => Number(id)).toSorted((one, other) => other - one);
  if (state === "built") ended.shift();
  await endAll(api, ended);
}

/**
 * Makes records inactive, the newest first in `ids`. All before an inactive one are inactive, so it stops asking there, and begins with the
 * oldest: if this run is cut off, the next one finds the rest.
 */
async function endAll(api: Api, ids: readonly number[]): Promise<void> {
  const active: number[] = [];
  for (const id of ids) {
    if ((await stateOf(api, id)) === "inactive") break;
    active.push(id);
  }
  for (const id of active.toReversed()) await setStatus(api, id, { state: "inactive" });
}

/** The last status of a deployment. */
async function stateOf({ request, here }: Api, id: number): Promise<string | undefined> {
  const { data } = await request("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
    ...here,
    deployment_id: id,
    per_page: 1,
  });
  return data[0]?.state;
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
