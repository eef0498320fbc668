// patch: bring parts of the checkout into a version that is on the nodes, without touching its packages or the database.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { activeRelease, hasOldUrls, type ReleaseRecord, sameContent } from "../node/state.ts";
import { hashText, type ReleaseFile, treeDigest } from "../release/file-set.ts";
import { layout } from "../release/layout.ts";
import type { RunReport } from "../report.ts";
import { type CheckoutFiles, checkoutFiles } from "../rollout/checkout-files.ts";
import { type Configured, hasSameSettings, patchedConfiguration } from "../rollout/configuration-digest.ts";
import { fleet, type NodeRun } from "../rollout/fleet.ts";
import { deployFacts, distributionName, isLive } from "../rollout/release-facts.ts";
import { type PlanInput, planRelease, sharedKey } from "../rollout/release-plan.ts";
import { requireVariables } from "../rollout/required-variables.ts";
import { type Release, rollOut } from "../rollout/rollout.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { missingVariables } from "../rollout/variables.ts";
import { serverNamesOf } from "../servers/servers.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { Distribution, PatchPart, Settings, Site } from "../settings/settings.ts";
import { templates } from "../steps/templates.ts";
import { bundler, distributionOf } from "./bundle.ts";

/**
 * The patched release is built beside the one it replaces, from hard links and what changed, and takes its place like
 * a new version does: started, asked, switched to. So an unhealthy patch never becomes live.
 */
export async function patch(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const distribution = distributionOf(settings);
  const name = distributionName(settings);
  // Only the part wsgi brings another environment along.
  if (settings.parts.includes("wsgi")) await requireVariables(settings, runtime);
  const project = await checkoutFiles(settings, runtime);
  const bundles = bundler(settings, runtime);
  const releases = new Map<NodeRun, Release>();
  await using nodes = fleet(settings, runtime);
  const warn = missingVariables(settings, runtime);

  await nodes.phase(async (node) => {
    const facts = await deployFacts(node, settings, { of: "active" });
    const target = activeRelease(facts.state);
    if (!target) throw nothingToPatch(name, node.host.name);
    if (settings.parts.includes("wsgi")) warn(target);
    if (settings.version !== undefined && settings.version !== target.version)
      throw otherServes(target, settings.version, node.host.name);
    const [server = settings.server] = serverNamesOf(target);
    if (server !== settings.server) throw otherServer(target, server, settings, node.host.name);
    checkKnown({ settings, distribution }, target, node.host.name);
    const input = patchInput({ settings, distribution, name, project, facts, target });
    const lost = input.files.find(
      (file) => file.kind !== "symlink" && file.bytes < 0 && !facts.files.has(sharedKey(file.kind, file.sha256)),
    );
    if (lost) throw drifted(target, lost.path, node.host.name);
    const behind = settings.parts.includes("webconf") && hasOldUrls(target);
    if (input.content && sameContent(target.content, input.content) && !behind) {
      if (isLive(facts, target)) return node.end();
      releases.set(node, { kind: "kept", node, facts, target });
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
  await rollOut(nodes, releases, settings, runtime, bundles.uv);
  return runReport(nodes, settings, runtime);
}

interface Patching {
  readonly settings: Settings;
  readonly distribution: Distribution;
  readonly name: string;
  readonly project: CheckoutFiles;
  readonly facts: NodeFacts;
  readonly target: ReleaseRecord;
}

/** The release as it will be: its own packages, the parts that are patched, and all else as it is. */
function patchInput({ settings, distribution, name, project, facts, target }: Patching): PlanInput {
  const { parts } = settings;
  const files = patchedFiles(target, project.files, parts);
  const { configuration: before } = target.content;
  const configuration = patchedConfiguration(before, { settings, distribution }, target.salt, parts);
  const { served, known } = patchedSites(settings.sites, target.sites, parts);
  return {
    settings: { ...settings, sites: served },
    sites: known,
    distribution,
    name,
    version: target.version,
    facts,
    base: layout(facts.deploymentRoot, name, target.name),
    files,
    source: project.source,
    bundle: { key: target.content.bundle },
    templates: templates(settings.workingDirectory),
    patched: true,
    salt: target.salt,
    content: { tree: treeDigest(files), bundle: target.content.bundle, configuration },
    ...(parts.includes("wsgi") ? {} : { generated: "kept", variables: target.variables ?? [] }),
    ...(parts.includes("webconf") ? {} : { keepsWebConf: target }),
  };
}

interface PatchedSites {
  /** Those that the web servers have then. */
  readonly served: readonly Site[];
  /** Those that settings and WSGI scripts are for. */
  readonly known: readonly Site[];
}

/** A part that stays as it is knows the sites it was made for; settings that are made anew serve the web configuration of before as well. */
export function patchedSites(
  wanted: readonly Site[],
  before: readonly Pick<Site, "id" | "domains">[],
  parts: readonly PatchPart[],
): PatchedSites {
  if (parts.includes("webconf")) return { served: wanted, known: wanted };
  if (!parts.includes("wsgi")) return { served: before, known: before };
  const added = wanted.filter(({ id }) => before.every((one) => one.id !== id));
  const known = before.map((one): Site => {
    const now = wanted.find(({ id }) => id === one.id);
    return now ? { ...now, domains: [...new Set([...one.domains, ...now.domains])] } : one;
  });
  return { served: before, known: [...known, ...added] };
}

/** Settings refuse a domain they do not know (ALLOWED_HOSTS): a web configuration with one cannot come before them. */
function checkKnown(configured: Configured, target: ReleaseRecord, node: string): void {
  const { sites, parts } = configured.settings;
  if (!parts.includes("webconf") || parts.includes("wsgi")) return;
  const fresh = sites.filter((site) =>
    target.sites.every(({ id, domains }) => id !== site.id || !domains.includes(primaryDomain(site))),
  );
  if (fresh.length === 0 || hasSameSettings(target.content.configuration, configured, target.salt)) return;
  throw new WovenError({
    code: "patch-settings-first",
    message: `the settings of ${target.distribution} ${target.version} on ${node} do not know ${fresh.map(primaryDomain).join(", ")}`,
    next: "They are the part wsgi: patch with parts: wsgi, webconf.",
    node,
  });
}

/** Which part of a release a file of the project belongs to. */
export function partOf(path: string): PatchPart {
  const folders = path.split("/").slice(0, -1);
  if (folders.includes("templates")) return "templates";
  if (folders.includes("static")) return "static";
  if (folders[1] === "media") return "media";
  return "project";
}

/** The files of the parts that are patched, from the checkout; all others as the release has them. `bytes` is -1 for those. */
export function patchedFiles(
  target: ReleaseRecord,
  checkout: readonly ReleaseFile[],
  parts: readonly PatchPart[],
): readonly ReleaseFile[] {
  const fromCheckout = (path: string) => path.startsWith("project/") && parts.includes(partOf(path));
  const kept = Object.entries(target.files).filter(([path]) => !fromCheckout(path));
  const links = Object.entries(target.symlinks).filter(([path]) => !fromCheckout(path));
  return [
    ...kept.map(
      ([path, key]): ReleaseFile => ({
        path,
        kind: key.startsWith("x") ? "executable" : "file",
        sha256: key.replace(/^x/, ""),
        bytes: -1,
      }),
    ),
    ...links.map(([path, to]): ReleaseFile => ({ path, kind: "symlink", sha256: hashText(to), bytes: 0, target: to })),
    ...checkout.filter(({ path }) => fromCheckout(path)),
  ];
}

function nothingToPatch(name: string, node: string): WovenError {
  return new WovenError({
    code: "nothing-active",
    message: `no version of ${name} is active on ${node}`,
    next: "Deploy one first.",
    node,
  });
}

function otherServes({ distribution, version }: ReleaseRecord, wanted: string, node: string): WovenError {
  return new WovenError({
    code: "patch-other-version",
    message: `${distribution} ${version} is live on ${node}, not ${wanted}. patch changes the live version only`,
    next: `Leave the version input out, or activate ${wanted} first.`,
    node,
  });
}

function otherServer(target: ReleaseRecord, server: string, wanted: Settings, node: string): WovenError {
  return new WovenError({
    code: "patch-other-server",
    message: `${target.distribution} ${target.version} runs under ${server} on ${node}, and the configuration says server = "${wanted.server}"`,
    next: `A patch does not change the server. Deploy a new version, or this one again with overwrite: true; or write server = "${server}".`,
    node,
  });
}

function drifted(target: ReleaseRecord, path: string, node: string): WovenError {
  return new WovenError({
    code: "release-drifted",
    message: `${path} of ${target.distribution} ${target.version} was changed or removed on ${node} by somebody else`,
    next: "Nothing was touched. Deploy a new version, or this one anew with overwrite: true.",
    node,
  });
}
