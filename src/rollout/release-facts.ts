// Facts of a node for the commands that know a distribution, kept in the node's part of the report.
import { WovenError } from "../errors.ts";
import { type FactsRequest, type NodeFacts, readFacts } from "../node/facts.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import { instance, layout, unitPrefix } from "../release/layout.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { Settings } from "../settings/settings.ts";
import { confName } from "../steps/webconf.ts";
import type { NodeRun } from "./fleet.ts";

/** Reads the facts, and notes what is live now. Throws where the deploy user is root: releases do not belong to root. */
export async function deployFacts(
  node: NodeRun,
  settings: Settings,
  files?: FactsRequest["files"],
): Promise<NodeFacts> {
  const facts = await readFacts(node.host, {
    distribution: distributionName(settings),
    deploymentRoot: settings.deploymentRoot,
    ...(files ? { files } : {}),
  });
  node.served(activeRelease(facts.state)?.version);
  if (facts.user === "root") {
    throw new WovenError({
      code: "deploy-user-root",
      message: `the deploy user of ${node.host.name} is root`,
      next: "Name an ordinary user in the role (woven@host); setupnode makes it, and lets it do what a deploy needs.",
      node: node.host.name,
    });
  }
  return facts;
}

/**
 * Whether a release is live as it should be: it has proved itself, its unit runs and no other of the distribution starts at boot, and
 * nginx has the domains of its sites by its configuration.
 */
export function isLive(
  { running, starting, enabled }: NodeFacts,
  { distribution, name, address, sites, healthy }: ReleaseRecord,
): boolean {
  const unit = instance(layout("/", distribution, name), address);
  return (
    healthy &&
    running.includes(unit) &&
    starting.every((other) => other === unit || !other.startsWith(unitPrefix(distribution))) &&
    sites.every((site) => enabled.includes(`/etc/nginx/sites-available/${confName(primaryDomain(site), name)}.conf`))
  );
}

export function distributionName({ distributionName }: Settings): string {
  if (distributionName) return distributionName.value;
  throw new WovenError({
    code: "no-name",
    message: "it is not known which distribution this is about",
    next: 'Write its name: distribution = "…" in woven.toml or [tool.woven].',
  });
}
