// preview: builds, updates or removes the preview of a pull request or a branch, as the event asks.
import { WovenError } from "../errors.ts";
import { type KeptPreview, type PreviewRecord, readPreviews } from "../node/previews.ts";
import { activeRelease } from "../node/state.ts";
import { holdPackageFiles } from "../package-files.ts";
import { layout } from "../release/layout.ts";
import { withWritable } from "../release/writable.ts";
import type { RunReport } from "../report.ts";
import { checkoutFiles } from "../rollout/checkout-files.ts";
import { domainCheck } from "../rollout/domains.ts";
import { fleet, type NodeRun } from "../rollout/fleet.ts";
import { previewRemoval } from "../rollout/preview-removal.ts";
import { previewSettings } from "../rollout/preview-settings.ts";
import { deployFacts, distributionFacts, distributionName, requireOwnNames } from "../rollout/release-facts.ts";
import { type PlanInput, type PreviewParts, planRelease } from "../rollout/release-plan.ts";
import { requireVariables } from "../rollout/required-variables.ts";
import { type Release, rollOut } from "../rollout/rollout.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { backgroundOn } from "../settings/background/background.ts";
import { present } from "../settings/present.ts";
import type { PreviewSettings } from "../settings/preview.ts";
import type { PreviewDecision } from "../settings/preview-decision.ts";
import { releaseName } from "../settings/release-name.ts";
import type { Settings } from "../settings/settings.ts";
import { requireSetup, setupRequest } from "../setup/setup-due.ts";
import { copyLiveData, keepPreview } from "../steps/preview.ts";
import { plainTemplates } from "../steps/templates.ts";
import { bundler, distributionOf } from "./bundle.ts";

export async function preview(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const { preview: wanted } = settings;
  if (wanted === undefined) throw new TypeError("the settings of the command preview have no preview");
  const { decision } = wanted;
  switch (decision.kind) {
    case "refuse": {
      const { code, why, next } = decision;
      throw new WovenError({ code, message: why, state: "Nothing was changed.", next });
    }
    case "nothing":
      runtime.log.info(`No preview: ${decision.why}.`);
      return { ...(await idle(settings, runtime)), preview: { outcome: "nothing", why: decision.why } };
    case "remove":
      return await removeAll(settings, runtime, decision);
    case "build":
      return await build(settings, runtime, wanted, decision);
  }
}

async function idle(settings: Settings, runtime: Runtime): Promise<RunReport> {
  await using nodes = fleet({ ...settings, nodes: [] }, runtime);
  return runReport(nodes, settings, runtime);
}

type Asked = Extract<PreviewDecision, { kind: "build" | "remove" }>;

async function build(given: Settings, runtime: Runtime, wanted: PreviewSettings, decision: Asked): Promise<RunReport> {
  const distribution = distributionOf(given);
  const name = distributionName(given);
  const settings = previewSettings(given, wanted, name);
  const version = settings.version ?? distribution.version.value;
  await requireVariables(settings, runtime);
  const project = await checkoutFiles(settings, runtime);
  holdPackageFiles();
  const templates = plainTemplates();
  const bundles = bundler(settings, runtime);
  const releases = new Map<NodeRun, Release>();
  await using nodes = fleet(settings, runtime);
  const domains = domainCheck(nodes, runtime);

  await nodes.phase(async (node) => {
    const { address } = node.host;
    const facts = await deployFacts(node, settings, {
      files: { of: "active" },
      setup: setupRequest(address, settings),
    });
    const due = requireSetup(facts, address, settings);
    if (due) runtime.log.warning(due);
    requireOwnNames(facts, { distribution: name, name: releaseName(version) }, node.host.name);
    const active = activeRelease(facts.state);
    domains.compare(active, settings.sites, version, "dns");
    if (active === undefined) requirePlace(await readPreviews(node.host), wanted, name, node.host.name);
    const base = active === undefined ? await liveBase(node, wanted, runtime) : undefined;
    const own = active && layout(facts.deploymentRoot, name, active.name);
    const { bundle, python } = await bundles.for(facts, node.host.name);
    const { files, source } = await project.withBundle(bundle);
    const here = { ...settings, background: backgroundOn(settings.background, address) };
    const from = own ?? base?.packages.place;
    const input: PlanInput = {
      settings: here,
      distribution,
      node: address,
      name,
      version,
      facts: base ? { ...facts, files: base.files } : facts,
      ...(from ? { base: from } : {}),
      files: withWritable(files, settings.writable, name),
      source,
      bundle,
      python,
      templates,
      patched: false,
      preview: parts(
        here,
        facts.deploymentRoot,
        { wanted, decision, name, version, ...(base ? { base } : {}) },
        runtime,
      ),
    };
    releases.set(node, {
      kind: "built",
      node,
      facts,
      settings: here,
      plan: planRelease(input, runtime),
      event: "deploy",
    });
  });
  await rollOut(nodes, releases, settings, runtime, bundles.tools);
  await domains.end();
  const report = runReport(nodes, settings, runtime, await bundles.all());
  return { ...report, preview: { outcome: "built", why: decision.why, name: decision.name } };
}

interface Base {
  readonly packages: NonNullable<PreviewParts["packages"]>;
  readonly files: ReadonlyMap<string, string>;
}

/** The live release of the project on the node, if there is one: a new preview is a patch of it. */
async function liveBase(node: NodeRun, { base: name }: PreviewSettings, { log }: Runtime): Promise<Base | undefined> {
  if (name === undefined) return undefined;
  const { state, files, filesOf, deploymentRoot } = await distributionFacts(
    node.host,
    name,
    {},
    { files: { of: "active" } },
  );
  const record = activeRelease(state);
  if (record === undefined || filesOf !== record.name) {
    log.info(`${node.host.name} has no live release of ${name}, so the preview is built whole.`);
    return undefined;
  }
  return { packages: { place: layout(deploymentRoot, name, record.name), record }, files };
}

interface Wanted {
  readonly wanted: PreviewSettings;
  readonly decision: Asked;
  readonly name: string;
  readonly version: string;
  readonly base?: Base;
}

/** The steps of a preview beside those of a release. */
function parts(
  settings: Settings,
  root: string,
  { wanted, decision, name, base }: Wanted,
  runtime: Runtime,
): PreviewParts {
  const { pull } = decision;
  const record: PreviewRecord = {
    schema: 1,
    distribution: name,
    base: wanted.base ?? name,
    name: decision.name,
    root,
    sites: settings.sites.map(({ id, domains }) => ({ id, domains })),
    ttl: wanted.ttl,
    ...present({
      repository: pull?.repository ?? runtime.env["GITHUB_REPOSITORY"],
      number: pull?.number,
      commit: pull?.commit,
    }),
    updatedAt: new Date(runtime.now()).toISOString(),
  };
  const copies = wanted.databaseFrom === "live" && base !== undefined;
  const [site = 1] = settings.sites.map(({ id }) => id);
  const [reader = 1] = base?.packages.record.sites.map(({ id }) => id) ?? [];
  return {
    keep: keepPreview(record, previewRemoval(record, "the server")),
    data: copies
      ? [
          copyLiveData(layout(root, name, ""), site, {
            place: base.packages.place,
            site: reader,
            described: base.packages.record.described,
          }),
        ]
      : [],
    ...(base ? { packages: base.packages } : {}),
  };
}

/** Throws `previews-full` if the node has as many previews of the project as it may have, without this one. */
function requirePlace(kept: readonly KeptPreview[], { base, most }: PreviewSettings, name: string, node: string): void {
  const others = kept.map(({ record }) => record).filter((one) => one.base === base && one.distribution !== name);
  if (others.length < most) return;
  const [oldest] = others.toSorted((one, other) => one.updatedAt.localeCompare(other.updatedAt));
  throw new WovenError({
    code: "previews-full",
    message: `${node} has ${others.length} previews of ${base}, as many as it may have`,
    state: "Nothing was changed.",
    next: `Close a pull request, or increase most below [preview]. The one that was not updated for longest is ${oldest?.name}.`,
    node,
  });
}

/** Removes the preview from every node that has it. The node's record says what there is, so no checkout is needed. */
async function removeAll(settings: Settings, runtime: Runtime, decision: Asked): Promise<RunReport> {
  await using nodes = fleet(settings, runtime);
  const repository = decision.pull?.repository ?? runtime.env["GITHUB_REPOSITORY"];
  const { preview: { base } = {} } = settings;
  await nodes.phase(async (node) => {
    node.liveAtStart(undefined);
    const kept = await readPreviews(node.host);
    for (const { record } of kept) {
      const isIt =
        record.name === decision.name &&
        (record.repository === undefined ? record.base === base : record.repository === repository);
      if (isIt) await node.stage(previewRemoval(record, runtime.by));
    }
  });
  const report = runReport(nodes, settings, runtime);
  return { ...report, preview: { outcome: "removed", why: decision.why, name: decision.name } };
}
