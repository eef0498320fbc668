// What people should know about a preview after a run: for the comment on the pull request.
import type { PreviewNews, RunReport } from "../report.ts";
import { present } from "../settings/present.ts";
import type { Settings } from "../settings/settings.ts";
import type { AskedPreview } from "./preview-parts.ts";
import type { Runtime } from "./runtime.ts";

/** Tells the pull request how its preview is now. The report of a run that threw an error has no nodes. */
export async function tellPullRequest(
  report: Pick<RunReport, "nodes" | "url" | "error" | "preview">,
  decision: AskedPreview,
  settings: Settings,
  runtime: Runtime,
): Promise<void> {
  const { pull } = decision;
  if (pull === undefined || settings.dryRun) return;
  const failed = [report, ...report.nodes].find(({ error }) => error !== undefined)?.error;
  // A failed removal stays: the server, the sweep or the next run removes it. The comment would be wrong about it.
  if (failed && decision.kind === "remove") return;
  // Nothing was there.
  if (decision.kind === "remove" && report.nodes.every(({ changed }) => !changed)) return;
  const news: PreviewNews = {
    name: decision.name,
    state: stateOf(failed, decision),
    why: decision.why,
    migrations: [
      ...new Set(
        report.nodes
          .flatMap(({ steps }) => steps.filter(({ step }) => step === "migrate"))
          .flatMap(({ details }) => details),
      ),
    ],
    seconds: (runtime.now() - runtime.started) / 1000,
    accounts: settings.web.basicAuth?.map(({ name }) => name) ?? [],
    hours: (settings.preview?.ttl ?? 0) / 3600,
    ...present({
      url: report.url,
      commit: pull.commit,
      run: runtime.by.run,
      changes: report.preview?.changes,
      failure: failed?.message.split("\n")[0],
    }),
  };
  await runtime.pullRequests?.tell(pull.number, news);
}

/** Tells a pull request that a sweep has removed its preview. */
export async function tellOfRemoval(number: number, name: string, why: string, runtime: Runtime): Promise<void> {
  const { run } = runtime.by;
  await runtime.pullRequests?.tell(number, {
    ...{ name, state: "removed", why },
    ...{ migrations: [], accounts: [], hours: 0, seconds: (runtime.now() - runtime.started) / 1000 },
    ...present({ run }),
  });
}

function stateOf(failed: unknown, { kind }: AskedPreview): PreviewNews["state"] {
  if (failed) return "failed";
  return kind === "build" ? "built" : "removed";
}
