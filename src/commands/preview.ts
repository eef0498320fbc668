// preview: builds, updates or removes the preview of a pull request or a branch, as the event asks.
import { asWovenError, WovenError } from "../errors.ts";
import { readPreviews } from "../node/previews.ts";
import { activeRelease } from "../node/state.ts";
import { holdPackageFiles } from "../package-files.ts";
import { layout } from "../release/layout.ts";
import { withWritable } from "../release/writable.ts";
import type { RunReport } from "../report.ts";
import { checkoutFiles } from "../rollout/checkout-files.ts";
import { requireOwnBase } from "../rollout/deployed-by.ts";
import { domainCheck } from "../rollout/domains.ts";
import { fleet, type NodeRun } from "../rollout/fleet.ts";
import { previewDatabase } from "../rollout/preview-database.ts";
import { tellPullRequest } from "../rollout/preview-news.ts";
import { type AskedPreview, changedFiles, liveBase, previewParts } from "../rollout/preview-parts.ts";
import { previewRemoval } from "../rollout/preview-removal.ts";
import { previewSettings } from "../rollout/preview-settings.ts";
import { deployFacts, distributionName, requireOwnNames } from "../rollout/release-facts.ts";
import { type PlanInput, planRelease } from "../rollout/release-plan.ts";
import { requireVariables } from "../rollout/required-variables.ts";
import { type Release, rollOut } from "../rollout/rollout.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { removeUnfinished } from "../rollout/unfinished-preview.ts";
import { backgroundOn } from "../settings/background/background.ts";
import { present } from "../settings/present.ts";
import type { PreviewSettings } from "../settings/preview.ts";
import { releaseName } from "../settings/release-name.ts";
import type { Settings } from "../settings/settings.ts";
import { requireSetup, setupRequest } from "../setup/setup-due.ts";
import { plainTemplates } from "../steps/templates.ts";
import { bundler, distributionOf } from "./bundle.ts";

export async function preview(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const { preview: wanted } = settings;
  if (wanted === undefined) throw new TypeError("the settings of the command preview have no preview");
  const { decision } = wanted;
  switch (decision.kind) {
    case "refuse": {
      const isUntrusted = decision.code === "preview-untrusted";
      throw new WovenError({
        code: isUntrusted ? "preview-untrusted" : "preview-event",
        message: decision.why,
        state: "Nothing was changed.",
        next: decision.next,
      });
    }
    case "nothing":
      runtime.log.info(`No preview: ${decision.why}.`);
      return { ...(await idle(settings, runtime)), preview: { outcome: "nothing", why: decision.why } };
    case "remove":
    case "build":
      return await told(settings, runtime, wanted, decision);
  }
}

/** Does what the event asks for, unless GitHub says that the pull request has changed meanwhile, and tells the pull request. */
async function told(
  settings: Settings,
  runtime: Runtime,
  wanted: PreviewSettings,
  decision: AskedPreview,
): Promise<RunReport> {
  const { pull } = decision;
  const now = pull && decision.kind === "build" ? await runtime.pullRequests?.now(pull.number) : undefined;
  const asked: AskedPreview =
    now?.state === "closed"
      ? { ...decision, kind: "remove", why: `pull request ${pull?.number} is closed by now` }
      : decision;
  if (asked.kind === "build" && now && now.commit !== pull?.commit) {
    const why = `pull request ${pull?.number} has another commit by now, ${now.commit.slice(0, 12)}`;
    runtime.log.info(`No preview: ${why}.`);
    return { ...(await idle(settings, runtime)), preview: { outcome: "nothing", why } };
  }
  try {
    const work = asked.kind === "build" ? build(settings, runtime, wanted, asked) : removeAll(settings, runtime, asked);
    const report = await work;
    await tellPullRequest(report, asked, settings, runtime);
    return report;
  } catch (error) {
    await tellPullRequest({ nodes: [], error: asWovenError(error) }, asked, settings, runtime);
    throw error;
  }
}

async function idle(settings: Settings, runtime: Runtime): Promise<RunReport> {
  await using nodes = fleet({ ...settings, nodes: [] }, runtime);
  const { url: _, ...report } = runReport(nodes, settings, runtime);
  return report;
}

async function build(
  given: Settings,
  runtime: Runtime,
  wanted: PreviewSettings,
  decision: AskedPreview,
): Promise<RunReport> {
  const distribution = distributionOf(given);
  const name = distributionName(given);
  const settings = previewSettings(given, wanted, name);
  const version = settings.version ?? distribution.version.value;
  await requireVariables(settings, runtime);
  await using nodes = fleet(settings, runtime);
  nodes.logInEarly(settings);
  const project = await checkoutFiles(settings, runtime);
  holdPackageFiles();
  const templates = plainTemplates();
  const bundles = bundler(settings, runtime);
  const releases = new Map<NodeRun, Release>();
  const changes = new Set<string>();
  const domains = domainCheck(nodes, runtime);

  await nodes.phase(async (node) => {
    const { address } = node.host;
    const asked = { files: { of: "active" }, setup: setupRequest(address, settings), stages: 2 } as const;
    const [facts, live, service] = await Promise.all([
      deployFacts(node, settings, asked),
      liveBase(node, wanted),
      previewDatabase(node.host, settings, wanted, name),
    ]);
    requireOwnBase(live?.packages.record, runtime.env, node.host.name);
    const due = requireSetup(facts, address, settings);
    if (due) runtime.log.warning(due);
    requireOwnNames(facts, { distribution: name, name: releaseName(version) }, node.host.name);
    const active = activeRelease(facts.state);
    domains.compare(active, settings.sites, version, "dns");
    if (live === undefined)
      runtime.log.info(`${node.host.name} has no live release of ${wanted.base}, so the preview is built whole.`);
    const from = active
      ? { place: layout(facts.deploymentRoot, name, active.name), listed: facts.listed }
      : { place: live?.packages.place, listed: live?.listed };
    const { bundle, python } = await bundles.for(facts, node.host.name);
    const { files, source } = await project.withBundle(bundle);
    const here = { ...settings, background: backgroundOn(settings.background, address) };
    const input: PlanInput = {
      settings: here,
      distribution,
      node: address,
      name,
      version,
      facts,
      ...(from.place && from.listed ? { base: { place: from.place, listed: from.listed } } : {}),
      files: withWritable(files, settings.writable, name),
      source,
      bundle,
      python,
      templates,
      patched: false,
      preview: previewParts(
        here,
        facts.deploymentRoot,
        {
          wanted,
          decision,
          name,
          base: live,
          from: from.place,
          service,
          node: address,
          isNew: active === undefined,
          release: releaseName(version),
        },
        runtime,
      ),
    };
    if (live?.listed) changes.add(changedFiles(live.listed, input.files));
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
  await removeUnfinished(releases, runtime);
  await domains.end();
  const report = runReport(nodes, settings, runtime, await bundles.all());
  const [changed] = changes;
  const outcome = { outcome: "built", why: decision.why, name: decision.name } as const;
  return { ...report, preview: present({ ...outcome, changes: changed }) };
}

/** Removes the preview from every node that has it. The node's record says what there is, so no checkout is needed. */
async function removeAll(settings: Settings, runtime: Runtime, decision: AskedPreview): Promise<RunReport> {
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
  const { url: _, ...report } = runReport(nodes, settings, runtime);
  return { ...report, preview: { outcome: "removed", why: decision.why, name: decision.name } };
}
