// patch: puts parts of the checkout into the live version, without changing its packages or the database.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { intactKeys, type ListedRelease } from "../node/listed-release.ts";
import { activeRelease, hasOldUrls, type ReleaseRecord, sameContent } from "../node/state.ts";
import type { ReleaseFile } from "../release/described-file.ts";
import { treeDigest } from "../release/file-set.ts";
import { layout, siteName } from "../release/layout.ts";
import { listedFiles, type Manifest, sharedKey } from "../release/manifest.ts";
import { withoutWritable, withWritable, writableFolders } from "../release/writable.ts";
import type { RunReport } from "../report.ts";
import { newCertificate } from "../rollout/certificates.ts";
import { type CheckoutFiles, checkoutFiles } from "../rollout/checkout-files.ts";
import { type Configured, hasSameSettings, patchedConfiguration } from "../rollout/configuration-digest.ts";
import { sitesAsServed, sitesToDeploy } from "../rollout/database-sites.ts";
import { domainCheck } from "../rollout/domains.ts";
import { fleet, type NodeRun } from "../rollout/fleet.ts";
import { siteWarnings } from "../rollout/new-sites.ts";
import { deployFacts, distributionName, isLive } from "../rollout/release-facts.ts";
import { type PlanInput, planRelease } from "../rollout/release-plan.ts";
import { requireVariables } from "../rollout/required-variables.ts";
import { type Release, rollOut } from "../rollout/rollout.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { serviceAddresses } from "../rollout/service-addresses.ts";
import { checkServers } from "../rollout/site-servers.ts";
import { missingVariables } from "../rollout/variables.ts";
import { backgroundOn } from "../settings/background/background.ts";
import type { NodePlace } from "../settings/data-services.ts";
import { present } from "../settings/present.ts";
import type { Distribution, PatchPart, Settings, Site } from "../settings/settings.ts";
import { servedNames } from "../settings/site-names.ts";
import { type Templates, templates } from "../steps/templates.ts";
import { bundler, distributionOf } from "./bundle.ts";

/**
 * Builds the patched release beside the live one, from hard links and the changed files. It then goes through the same switch and
 * health checks as a new version. So an unhealthy patch never becomes live.
 */
export async function patch(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const distribution = distributionOf(settings);
  const name = distributionName(settings);
  // Only the part wsgi changes the environment.
  if (settings.parts.includes("wsgi")) await requireVariables(settings, runtime);
  await using nodes = fleet(settings, runtime);
  nodes.logInEarly(settings);
  const project = await checkoutFiles(settings, runtime);
  const files = present({ of: "active" as const, own: project.own(name) });
  const own = templates(settings.workingDirectory);
  const bundles = bundler(settings, runtime);
  const releases = new Map<NodeRun, Release>();
  await using services = serviceAddresses(settings, runtime);
  const warn = missingVariables(settings, runtime);
  const domains = domainCheck(nodes, runtime);
  const warnSite = siteWarnings(nodes, runtime);

  await nodes.phase(async (node) => {
    const facts = await deployFacts(node, settings, { files, stages: 2 });
    const target = activeRelease(facts.state);
    if (!target) throw nothingToPatch(name, node.host.name);
    const sites = settings.parts.includes("webconf")
      ? await sitesToDeploy(node.host, settings, target, { root: facts.deploymentRoot, warn: warnSite })
      : sitesKept(settings, target);
    const { listed } = facts;
    if (!listed) throw drifted(target, "the list of the files", node.host.name);
    if (settings.parts.includes("wsgi")) warn(target);
    checkTarget(settings, target, node.host.name);
    const placed = { ...settings, sites, background: backgroundOn(settings.background, node.host.address) };
    const here = await services.added(placed, node.host);
    checkDomains({ settings: here, distribution, templates: own }, target, node.host.name);
    if (settings.parts.includes("webconf")) domains.compare(target, sites, target.version, "dns");
    const input = patchInput({
      settings: here,
      distribution,
      templates: own,
      name,
      project,
      facts,
      listed,
      target,
      node: node.host.address,
    });
    const intact = intactKeys(listed);
    const changedOnNode = input.files.find(
      ({ kind, sha256, bytes }) => bytes < 0 && !intact.has(sharedKey(kind, sha256)),
    );
    if (changedOnNode) throw drifted(target, changedOnNode.path, node.host.name);
    const outdatedUrls = settings.parts.includes("webconf") && hasOldUrls(target);
    if (input.content && sameContent(target.content, input.content) && !outdatedUrls) {
      const placed = newCertificate(settings.tls, facts, name);
      if (isLive(facts, target) && placed.length === 0) return;
      releases.set(node, { kind: "kept", node, facts, target, placed });
      return;
    }
    releases.set(node, {
      kind: "built",
      node,
      facts,
      settings: { ...input.settings, migrate: { kind: "none" } },
      plan: planRelease(input, runtime),
      event: "patch",
    });
  });
  await rollOut(nodes, releases, settings, runtime, bundles.tools);
  await domains.end();
  return runReport(nodes, settings, runtime);
}

function sitesKept(settings: Settings, target: ReleaseRecord): readonly Site[] {
  return settings.sitesFrom === "database" ? sitesAsServed(settings, target) : settings.sites;
}

/** A patch changes neither the version nor the server. */
function checkTarget(settings: Settings, target: ReleaseRecord, node: string): void {
  if (settings.version !== undefined && settings.version !== target.version)
    throw otherVersion(target, settings.version, node);
  checkServers(settings, target, node);
}

interface Patching {
  readonly settings: Settings;
  readonly distribution: Distribution;
  readonly templates: Templates;
  readonly name: string;
  readonly project: CheckoutFiles;
  readonly facts: NodeFacts;
  /** The files of the target. */
  readonly listed: ListedRelease;
  readonly node: NodePlace;
  readonly target: ReleaseRecord;
}

/** The release after the patch: its own packages, the patched parts, and everything else unchanged. */
function patchInput(patching: Patching): PlanInput {
  const { settings, distribution, templates: own, name, project, facts, listed, target } = patching;
  const { parts } = settings;
  const plain = patchedFiles(listed, name, project.files, parts);
  const folders = parts.includes("project") ? settings.writable : writableFolders(listedFiles(listed), name);
  const files = withWritable(plain, folders, name);
  const { configuration: before } = target.content;
  const configuration = patchedConfiguration(before, patching, target.salt, parts);
  const { served, known } = patchedSites(settings.sites, target.sites, parts);
  const checked = served.map((site) => withHealth(site, settings.sites));
  return {
    settings: { ...settings, sites: checked },
    sites: known,
    distribution,
    name,
    version: target.version,
    facts,
    node: patching.node,
    base: { place: layout(facts.deploymentRoot, name, target.name), listed },
    files,
    source: project.source,
    bundle: { key: target.content.bundle },
    templates: own,
    python: {
      version: target.python,
      ...(target.interpreter === undefined ? {} : { interpreter: target.interpreter }),
    },
    patched: true,
    salt: target.salt,
    content: { tree: treeDigest(files), bundle: target.content.bundle, configuration },
    ...(parts.includes("wsgi") ? {} : { generated: "kept", variables: target.variables ?? [] }),
    ...(parts.includes("webconf") ? {} : { keepsWebConf: target }),
  };
}

/** How a patch checks health is always as the settings say. */
function withHealth({ health: _, ...site }: Site, settings: readonly Site[]): Site {
  const { health } = settings.find((one) => siteName(one) === siteName(site)) ?? {};
  return { ...site, ...(health ? { health } : {}) };
}

interface PatchedSites {
  /** The sites in the web configuration. */
  readonly served: readonly Site[];
  /** The sites that have settings and WSGI scripts. */
  readonly known: readonly Site[];
}

/** A part that is not patched keeps its sites. New settings also know the domains of a web configuration that stays. */
export function patchedSites(
  wanted: readonly Site[],
  before: readonly Pick<Site, "id" | "subdomain" | "domains" | "served">[],
  parts: readonly PatchPart[],
): PatchedSites {
  if (parts.includes("webconf")) return { served: wanted, known: wanted };
  if (!parts.includes("wsgi")) return { served: before, known: before };
  const added = wanted.filter((site) => before.every((one) => siteName(one) !== siteName(site)));
  const known = before.map((one): Site => {
    const now = wanted.find((site) => siteName(site) === siteName(one));
    return now ? { ...now, domains: [...new Set([...one.domains, ...now.domains])] } : one;
  });
  return { served: before, known: [...known, ...added] };
}

/** Django refuses a domain that the settings do not list (ALLOWED_HOSTS). So settings must be patched before the web configuration. */
function checkDomains(configured: Configured, target: ReleaseRecord, node: string): void {
  const { sites, parts } = configured.settings;
  if (!parts.includes("webconf") || parts.includes("wsgi")) return;
  const added = sites.flatMap((site) => {
    const known = target.sites.find((one) => siteName(one) === siteName(site))?.domains ?? [];
    return servedNames(site).filter((domain) => !known.includes(domain));
  });
  if (added.length === 0 || hasSameSettings(target.content.configuration, configured, target.salt)) return;
  throw new WovenError({
    code: "patch-settings-first",
    message: `the settings of ${target.distribution} ${target.version} on ${node} do not list ${added.join(", ")}`,
    state: "Nothing was changed.",
    next: "Patch the settings, too: parts: wsgi, webconf.",
    node,
  });
}

/** The part of a release that a file of the project belongs to. */
export function partOf(path: string): PatchPart {
  const folders = path.split("/").slice(0, -1);
  if (folders[0] === "static") return "static";
  if (folders.includes("templates")) return "templates";
  if (folders.includes("static")) return "static";
  if (folders[1] === "media") return "media";
  return "project";
}

/**
 * The files of the patched parts, from the checkout, and all others from the release. `bytes` is -1 for the others. Files of writable
 * folders are where the repository has them.
 */
export function patchedFiles(
  listed: Manifest,
  distribution: string,
  checkout: readonly ReleaseFile[],
  parts: readonly PatchPart[],
): readonly ReleaseFile[] {
  const fromCheckout = (path: string) => /^(project|static)\//.test(path) && parts.includes(partOf(path));
  const before = withoutWritable(listedFiles(listed), distribution);
  return [...before.filter(({ path }) => !fromCheckout(path)), ...checkout.filter(({ path }) => fromCheckout(path))];
}

function nothingToPatch(name: string, node: string): WovenError {
  return new WovenError({
    code: "nothing-active",
    message: `no version of ${name} is live on ${node}`,
    state: "Nothing was changed.",
    next: "Deploy a version first.",
    node,
  });
}

function otherVersion({ distribution, version }: ReleaseRecord, wanted: string, node: string): WovenError {
  return new WovenError({
    code: "patch-other-version",
    message: `${distribution} ${version} is live on ${node}, not ${wanted}. patch changes only the live version`,
    state: "Nothing was changed.",
    next: `Omit the version input, or activate ${wanted} first.`,
    node,
  });
}

function drifted(target: ReleaseRecord, path: string, node: string): WovenError {
  return new WovenError({
    code: "release-drifted",
    message: `${path} of ${target.distribution} ${target.version} was changed or removed on ${node}, but not by Woven`,
    state: "Nothing was changed.",
    next: "Deploy a new version, or deploy this one again with overwrite: true.",
    node,
  });
}
