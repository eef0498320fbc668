// The sites of the database after a deployment: the new release, whose migrations have run, says which there are, and starts those that
// it does not serve yet. The release is live by then, so what is wrong with one of them is a warning.
import { activeRelease } from "../node/state.ts";
import type { Fleet } from "./fleet.ts";
import type { LiveRelease } from "./joining-sites.ts";
import { distributionFacts } from "./release-facts.ts";
import type { Runtime } from "./runtime.ts";
import type { ServiceAddresses } from "./service-addresses.ts";
import { shownSite } from "./site-changes.ts";
import { startSites } from "./start-sites.ts";

/** Warns once, however many nodes there are, and at the top of the summary. */
export function siteWarnings(nodes: Fleet, { log }: Pick<Runtime, "log">): (text: string) => void {
  return (text) => {
    if (nodes.notice(text)) log.warning(text, { title: "Woven: sites" });
  };
}

export async function startDatabaseSites(
  nodes: Fleet,
  given: Pick<LiveRelease, "settings" | "distribution" | "templates"> & {
    readonly runtime: Runtime;
    readonly services: ServiceAddresses;
  },
): Promise<void> {
  const { runtime } = given;
  const settings = { ...given.settings, retire: false };
  if (settings.sitesFrom !== "database" || settings.dryRun || nodes.failed) return;
  const warn = siteWarnings(nodes, runtime);
  await nodes.phase(async (node) => {
    const { distributionName } = settings;
    const facts = await distributionFacts(node.host, distributionName?.value ?? "", settings);
    if (activeRelease(facts.state) === undefined) return;
    const { started, failed, problems } = await startSites(node, { ...given, settings, facts });
    for (const site of started) runtime.log.remote(node.host.name, `Started ${shownSite(site)}`);
    for (const { site, why } of failed) warn(`${shownSite(site)} was not started: ${why}`);
    for (const problem of problems) warn(problem);
  });
}
