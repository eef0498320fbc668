// Reads the facts of a node for commands about a distribution, and notes in its report what is live.
import { WovenError } from "../errors.ts";
import { type FactsRequest, type NodeFacts, readFacts } from "../node/facts.ts";
import type { Host } from "../node/host.ts";
import { unitsOf } from "../node/services.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import { unitPrefix } from "../release/layout.ts";
import { firstServices } from "../servers/servers.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { Settings } from "../settings/settings.ts";
import { nginxConf } from "../steps/webconf.ts";
import type { NodeRun } from "./fleet.ts";

/** The facts of a node, with the state of a distribution. Throws `state-broken` or `state-newer` if that cannot be read. */
export function distributionFacts(
  host: Host,
  distribution: string,
  { deploymentRoot }: Pick<Settings, "deploymentRoot">,
  files?: FactsRequest["files"],
): Promise<NodeFacts> {
  return readFacts(host, { distribution, firstServices, deploymentRoot, ...(files ? { files } : {}) });
}

/** Reads the facts, and notes what is live now. Throws if the deploy user is root: a deploy needs an ordinary user. */
export async function deployFacts(
  node: NodeRun,
  settings: Settings,
  files?: FactsRequest["files"],
): Promise<NodeFacts> {
  const facts = await distributionFacts(node.host, distributionName(settings), settings, files);
  node.liveAtStart(activeRelease(facts.state)?.version);
  if (facts.user === "root") {
    throw new WovenError({
      code: "deploy-user-root",
      message: `the deploy user of ${node.host.name} is root`,
      next: "Name an ordinary user in the role (woven@host). setupnode creates it and gives it the rights that a deploy needs.",
      node: node.host.name,
    });
  }
  return facts;
}

/**
 * Whether a release is fully live: it was healthy, its units run, no other units of the distribution start at boot, and nginx uses its
 * configuration for every domain.
 */
export function isLive(
  { running, starting, enabled }: NodeFacts,
  { distribution, name, services, sites, healthy }: ReleaseRecord,
): boolean {
  const units = unitsOf(services);
  return (
    healthy &&
    units.every((unit) => running.includes(unit)) &&
    starting.every((other) => units.includes(other) || !other.startsWith(unitPrefix(distribution))) &&
    sites.every((site) => enabled.includes(nginxConf(primaryDomain(site), name)))
  );
}

export function distributionName({ distributionName }: Settings): string {
  if (distributionName) return distributionName.value;
  throw new WovenError({
    code: "no-name",
    message: "the name of the distribution is not known",
    next: 'Write its name: distribution = "…" in woven.toml or [tool.woven].',
  });
}
