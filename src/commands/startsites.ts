// startsites: starts the sites that are listed and not served yet, in the live release. Retires those that are no longer listed, if asked to.
import { WovenError } from "../errors.ts";
import { holdPackageFiles } from "../package-files.ts";
import type { RunReport } from "../report.ts";
import { fleet, type NodeRun } from "../rollout/fleet.ts";
import { deployFacts } from "../rollout/release-facts.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { serviceAddresses } from "../rollout/service-addresses.ts";
import { shownSite } from "../rollout/site-changes.ts";
import { type SitesOutcome, startSites } from "../rollout/start-sites.ts";
import type { Settings } from "../settings/settings.ts";
import { templates } from "../steps/templates.ts";
import { distributionOf } from "./bundle.ts";

export async function startsites(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const distribution = distributionOf(settings);
  holdPackageFiles();
  const own = templates(settings.workingDirectory);
  await using nodes = fleet(settings, runtime);
  await using services = serviceAddresses(settings, runtime);
  await nodes.phase(async (node) => {
    const facts = await deployFacts(node, settings);
    const outcome = await startSites(node, { settings, distribution, templates: own, facts, runtime, services });
    node.text = outcomeLines(outcome, settings).join("\n");
    for (const line of node.text.split("\n")) runtime.log.remote(node.host.name, line);
    if (outcome.failed.length > 0) throw notAll(outcome, settings, node);
  });
  return runReport(nodes, settings, runtime);
}

/** What a run did and did not, a line each. */
export function outcomeLines(
  { started, retired, gone, failed, problems }: SitesOutcome,
  { dryRun, retire }: Pick<Settings, "dryRun" | "retire">,
): readonly string[] {
  const verb = (done: string, would: string) => (dryRun ? would : done);
  const lines = [
    ...started.map((site) => `${verb("Started", "Would start")} ${shownSite(site)}`),
    ...retired.map((site) => `${verb("Retired", "Would retire")} ${shownSite(site)}`),
    ...failed.map(({ site, why }) => `Not started: ${shownSite(site)}: ${why}`),
    ...gone.map((site) =>
      retire
        ? `No longer listed: ${shownSite(site)}. It is the first site, which only a deployment can replace`
        : `No longer listed: ${shownSite(site)}. To retire it, set retire: true`,
    ),
    ...problems,
  ];
  return lines.length > 0 ? lines : ["All listed sites are served"];
}

function notAll({ started, failed }: SitesOutcome, { dryRun }: Settings, { host }: NodeRun): WovenError {
  const [first] = failed;
  const others = started.length === 0 ? "No other site was new." : `Started: ${started.map(shownSite).join(", ")}.`;
  return new WovenError({
    code: "sites-failed",
    message: failed.map(({ site, why }) => `${shownSite(site)} was not started: ${why}`).join("; "),
    state: dryRun ? "Nothing was changed." : `${others} The sites that were served before are as they were.`,
    next: `Fix the cause${first === undefined ? "" : ` of ${failed.map(({ site }) => shownSite(site)).join(", ")}`}, and run startsites again.`,
    node: host.name,
  });
}
