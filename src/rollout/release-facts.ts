// Reads the facts of a node for commands about a distribution, and notes in its report what is live.
import { WovenError } from "../errors.ts";
import { type FactsRequest, type NodeFacts, readFacts } from "../node/facts.ts";
import type { Host } from "../node/host.ts";
import { unitsOf } from "../node/services.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import { layout, unitPrefix } from "../release/layout.ts";
import { firstServices } from "../servers/servers.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { Settings } from "../settings/settings.ts";
import { sameNames, takenAdvice } from "../steps/release-names.ts";
import { nginxConf } from "../steps/webconf.ts";
import type { NodeRun } from "./fleet.ts";

/** The facts of a node, with the state of a distribution. Throws `state-broken` or `state-newer` if that cannot be read. */
export function distributionFacts(
  host: Host,
  distribution: string,
  { deploymentRoot }: Pick<Settings, "deploymentRoot">,
  more: Pick<FactsRequest, "files" | "setup" | "stages"> = {},
): Promise<NodeFacts> {
  return readFacts(host, { distribution, firstServices, deploymentRoot, ...more });
}

/** Reads the facts, and notes what is live now. Throws if the deploy user is root: a deploy needs an ordinary user. */
export async function deployFacts(
  node: NodeRun,
  settings: Settings,
  more?: Pick<FactsRequest, "files" | "setup" | "stages">,
): Promise<NodeFacts> {
  const facts = await distributionFacts(node.host, distributionName(settings), settings, more);
  node.liveAtStart(activeRelease(facts.state)?.version);
  reportTidying(node.host, facts);
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

/** Warns if an earlier run failed to tidy up, and no switch has come after it. */
function reportTidying(host: Host, { state }: NodeFacts): void {
  const last = state?.attempts?.at(-1);
  if (last?.end !== "untidied" || last.history !== state?.history.length) return;
  const { command, release = "", step = "its last step", actor } = last;
  host.log.warning(
    `${host.name}: ${command} ${release} by ${actor} succeeded, but did not tidy up: ${step} failed. The next switch does it. The log is in /var/local/woven/runs there.`,
  );
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

/**
 * Throws `name-taken` if another distribution on the node has a release with the folders of this one. The node checks it again, under
 * the lease: this finds it before anything is built.
 */
export function requireOwnNames({ deploymentRoot, recorded }: NodeFacts, release: ReleaseNames, node: string): void {
  const namesOf = ({ distribution, name }: ReleaseNames): readonly string[] => {
    const { active, release } = layout(deploymentRoot, distribution, name);
    return [active, release];
  };
  const ours = namesOf(release);
  const other = recorded.find(
    (one) => one.distribution !== release.distribution && namesOf(one).some((path) => ours.includes(path)),
  );
  if (other === undefined) return;
  throw new WovenError({
    code: "name-taken",
    message: `${sameNames(release)}: ${other.distribution} ${other.name} on ${node}`,
    ...takenAdvice,
    node,
  });
}

type ReleaseNames = Pick<ReleaseRecord, "distribution" | "name">;

export function distributionName({ distributionName }: Settings): string {
  if (distributionName) return distributionName.value;
  throw new WovenError({
    code: "no-name",
    message: "the name of the distribution is not known",
    next: 'Write its name: distribution = "…" in woven.toml or [tool.woven].',
  });
}
