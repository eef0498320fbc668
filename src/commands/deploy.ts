// deploy: builds a new release beside the live one on every node, migrates once, switches, and checks health.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { activeRelease, hasOldUrls, type ReleaseRecord, sameContent } from "../node/state.ts";
import { holdPackageFiles } from "../package-files.ts";
import { fileNotes } from "../release/file-notes.ts";
import { layout } from "../release/layout.ts";
import { differences as differentFiles, type Manifest, manifestOf } from "../release/manifest.ts";
import { withWritable } from "../release/writable.ts";
import type { RunReport } from "../report.ts";
import { newCertificate } from "../rollout/certificates.ts";
import { checkoutFiles } from "../rollout/checkout-files.ts";
import { sitesToDeploy } from "../rollout/database-sites.ts";
import { domainCheck } from "../rollout/domains.ts";
import { fleet, type NodeRun } from "../rollout/fleet.ts";
import { siteWarnings, startDatabaseSites } from "../rollout/new-sites.ts";
import { deployFacts, distributionFacts, distributionName, isLive, requireOwnNames } from "../rollout/release-facts.ts";
import { type PlanInput, planRelease, releaseContent } from "../rollout/release-plan.ts";
import { requireVariables } from "../rollout/required-variables.ts";
import { type Release, rollOut } from "../rollout/rollout.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { serviceAddresses } from "../rollout/service-addresses.ts";
import { missingVariables, variables } from "../rollout/variables.ts";
import { shownProcesses } from "../servers/processes.ts";
import { backgroundOn } from "../settings/background/background.ts";
import { present } from "../settings/present.ts";
import { releaseName } from "../settings/release-name.ts";
import type { Settings } from "../settings/settings.ts";
import { requireSetup, setupRequest } from "../setup/setup-due.ts";
import { checkHookNames } from "../steps/find-hook.ts";
import { templates } from "../steps/templates.ts";
import { bundler, distributionOf } from "./bundle.ts";

export async function deploy(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const distribution = distributionOf(settings);
  const name = distributionName(settings);
  const version = settings.version ?? distribution.version.value;
  await requireVariables(settings, runtime);
  checkHookNames(settings);
  await using nodes = fleet(settings, runtime);
  nodes.logInEarly(settings);
  const project = await checkoutFiles(settings, runtime);
  const onRunner = project.own(name);
  // Read before a build can run: they become files of root on the nodes.
  holdPackageFiles();
  const own = templates(settings.workingDirectory);
  const bundles = bundler(settings, runtime);
  const releases = new Map<NodeRun, Release>();
  await using services = serviceAddresses(settings, runtime);
  const warn = missingVariables(settings, runtime);
  const domains = domainCheck(nodes, runtime);
  const warnSite = siteWarnings(nodes, runtime);

  await nodes.phase(async (node) => {
    const { address } = node.host;
    const facts = await deployFacts(node, settings, {
      files: present({ of: "active" as const, own: onRunner }),
      setup: setupRequest(address, settings),
      stages: 2,
    });
    const due = requireSetup(facts, address, settings);
    if (due) runtime.log.warning(due);
    requireOwnNames(facts, { distribution: name, name: releaseName(version) }, node.host.name);
    const active = activeRelease(facts.state);
    const sites = await sitesToDeploy(node.host, settings, active, { root: facts.deploymentRoot, warn: warnSite });
    domains.compare(active, sites, version, "dns");
    const { bundle, python } = await bundles.for(facts, node.host.name);
    const { files, source } = await project.withBundle(bundle);
    warn(active);
    const placed = { ...settings, sites, background: backgroundOn(settings.background, node.host.address) };
    const here = await services.added(placed, node.host);
    const input: PlanInput = {
      settings: here,
      distribution,
      name,
      version,
      facts,
      node: address,
      ...baseOf(facts, name),
      files: withWritable(files, settings.writable, name),
      source,
      bundle,
      python,
      templates: own,
      patched: false,
    };
    const existing = facts.state?.releases.find((other) => other.name === releaseName(version));
    const same = existing && sameContent(existing.content, releaseContent(input, existing.salt));
    if (existing && same && !hasOldUrls(existing) && !settings.overwrite) {
      const placed = newCertificate(settings.tls, facts, name);
      if (existing === active && isLive(facts, active) && placed.length === 0) return;
      releases.set(node, { kind: "kept", node, facts, target: existing, placed });
      return;
    }
    if (existing && !same && !mayBeReplaced(existing) && !settings.overwrite)
      throw versionTaken(existing, input, node.host.name, await listOf(node, settings, existing, facts));
    const plan = planRelease(input, runtime);
    for (const line of shownProcesses(plan.web.sites, facts)) runtime.log.remote(node.host.name, line);
    releases.set(node, { kind: "built", node, facts, settings: here, plan, event: "deploy" });
  });
  await rollOut(nodes, releases, settings, runtime, bundles.tools);
  await startDatabaseSites(nodes, { settings, distribution, templates: own, runtime, services });
  await domains.end();
  return runReport(nodes, settings, runtime, await bundles.all());
}

/** The release whose files the node has listed: the new one shares them. */
function baseOf({ deploymentRoot, listed, state }: NodeFacts, distribution: string): Pick<PlanInput, "base"> {
  const isThere = listed && state?.releases.some(({ name }) => name === listed.release);
  return isThere ? { base: { place: layout(deploymentRoot, distribution, listed.release), listed } } : {};
}

/** Whether other content may take this version: it was never healthy, because its switch was interrupted or rolled back. */
function mayBeReplaced({ healthy, patched }: ReleaseRecord): boolean {
  return !healthy && !patched;
}

/** The files of a release that may not be the live one. Undefined if it has no list. */
async function listOf(node: NodeRun, settings: Settings, { distribution, name }: ReleaseRecord, known: NodeFacts) {
  if (known.listed?.release === name) return known.listed;
  const asked = { files: { of: "release", releaseName: name } } as const;
  return (await distributionFacts(node.host, distribution, settings, asked)).listed;
}

function versionTaken(
  existing: ReleaseRecord,
  input: PlanInput,
  node: string,
  listed: Manifest | undefined,
): WovenError {
  const { distribution, version, patched } = existing;
  return new WovenError({
    code: "version-taken",
    message: `${distribution} ${version} is on this server already, with other content${patched ? " (it was patched)" : ""}. Different: ${differences(existing, input, listed)}`,
    state: "Nothing was changed.",
    next: `Increase the version, and deploy again. For small changes to ${version}, use the command patch. To build ${version} again, set overwrite: true.`,
    node,
  });
}

/** The differences from the recorded release: `3 files: shop/views.py, …; the requirements`. Never empty if the content differs. */
export function differences(
  { variables: recorded, wheels: packages, content, salt, python, interpreter }: ReleaseRecord,
  input: Pick<PlanInput, "settings" | "distribution" | "files" | "bundle" | "templates" | "python">,
  listed: Manifest | undefined,
): string {
  const now = manifestOf(input.files);
  const { removed, files, symlinks } = differentFiles(listed ?? now, now);
  const differing = [...removed, ...files.keys(), ...symlinks.keys()].toSorted();
  const changed = differing.flatMap((path) =>
    path.startsWith("dist/") ? [] : path.replace(/^(project|writable)\//, ""),
  );
  // The same requirements, built again, may have resolved to other wheels.
  const wheels = packages !== fileNotes(now.files).wheels;
  const expected = releaseContent(input, salt);
  return [
    ...(listed === undefined && content.tree !== expected.tree && !wheels ? ["files (it has no list of them)"] : []),
    ...(changed.length > 0
      ? [
          `${changed.length === 1 ? "the file" : `${changed.length} files:`} ${changed.slice(0, 3).join(", ")}${changed.length > 3 ? ", …" : ""}`,
        ]
      : []),
    ...(input.python && input.python.interpreter !== interpreter
      ? [`its Python (${python}, now ${input.python.version})`]
      : []),
    ...(content.bundle === expected.bundle && !wheels ? [] : ["the requirements"]),
    ...(content.configuration === expected.configuration
      ? []
      : configurationDifferences(recorded, variables(input.settings))),
  ].join("; ");
}

/** Only digests are recorded of values, so names are all that can be compared. */
function configurationDifferences(before: readonly string[] | undefined, now: readonly string[]): readonly string[] {
  const missing = before?.filter((name) => !now.includes(name)) ?? [];
  const added = before === undefined ? [] : now.filter((name) => !before.includes(name));
  if (missing.length === 0 && added.length === 0)
    return ["a value in the environment (env), the settings in the configuration, or templates/woven"];
  return [
    ...(missing.length > 0 ? [`the environment now lacks ${missing.join(", ")}`] : []),
    ...(added.length > 0 ? [`the environment now has ${added.join(", ")}`] : []),
  ];
}
