// patch: bring parts of the checkout into a version that is on the nodes, without touching its packages or the database.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { activeRelease, type ReleaseRecord, sameContent } from "../node/state.ts";
import { hashText, type ReleaseFile, treeDigest } from "../release/file-set.ts";
import { layout } from "../release/layout.ts";
import type { RunReport } from "../report.ts";
import type { Distribution, PatchPart, Settings } from "../settings/settings.ts";
import { templates } from "../steps/templates.ts";
import { bundler, distributionOf } from "./bundle.ts";
import { finish } from "./finish.ts";
import { fleet, type NodeRun } from "./fleet.ts";
import { deployFacts, distributionName, serves } from "./node-facts.ts";
import { type ProjectFiles, projectFiles } from "./project-files.ts";
import { type Release, release } from "./release.ts";
import { configurationDigest, type PlanInput, planRelease, sharedKey } from "./release-plan.ts";
import type { World } from "./world.ts";

/**
 * The patched release is built beside the one it replaces, from hard links and what changed, and takes its place like
 * a new version does: started, asked, switched to. So a patch that is sick never serves.
 */
export async function patch(settings: Settings, world: World): Promise<RunReport> {
  const distribution = distributionOf(settings);
  const name = distributionName(settings);
  const project = await projectFiles(settings, world);
  const bundles = bundler(settings, world);
  const releases = new Map<NodeRun, Release>();
  await using nodes = fleet(settings, world);

  await nodes.phase(async (node) => {
    const facts = await deployFacts(node, settings, { of: "active" });
    const target = activeRelease(facts.state);
    if (!target) throw nothingToPatch(name, node.host.name);
    // Parts that stay as they are know the sites they were made for.
    const own =
      settings.parts.includes("wsgi") || settings.parts.includes("webconf")
        ? settings
        : { ...settings, sites: target.sites };
    const input = patchInput({ settings: own, distribution, name, project, facts, target });
    const lost = input.files.find(
      (file) => file.kind !== "symlink" && file.bytes < 0 && !facts.files.has(sharedKey(file.kind, file.sha256)),
    );
    if (lost) throw drifted(target, lost.path, node.host.name);
    if (input.content && sameContent(target.content, input.content)) {
      if (serves(facts, target)) return node.end();
      releases.set(node, { kind: "kept", node, facts, target });
      return;
    }
    releases.set(node, {
      kind: "built",
      node,
      facts,
      settings: { ...own, migrate: { kind: "none" } },
      plan: planRelease(input, world),
      event: "patch",
    });
  });
  await release(nodes, releases, settings, world, bundles.uv);
  return finish(nodes, settings, world);
}

interface Patching {
  readonly settings: Settings;
  readonly distribution: Distribution;
  readonly name: string;
  readonly project: ProjectFiles;
  readonly facts: NodeFacts;
  readonly target: ReleaseRecord;
}

/** The release as it will be: its own packages, the parts that are patched, and all else as it is. */
function patchInput({ settings, distribution, name, project, facts, target }: Patching): PlanInput {
  const { parts } = settings;
  const files = patchedFiles(target, project.files, parts);
  const now = configurationDigest({ settings, distribution }, target.salt);
  const configuration = patchedConfiguration(target.content.configuration, now, parts);
  return {
    settings,
    distribution,
    name,
    version: target.version,
    facts,
    base: layout(settings.deploymentRoot ?? facts.home, name, target.name),
    files,
    source: project.source,
    bundle: { key: target.content.bundle },
    templates: templates(settings.workingDirectory),
    patched: true,
    salt: target.salt,
    content: { tree: treeDigest(files), bundle: target.content.bundle, configuration },
    ...(parts.includes("wsgi") ? {} : { generated: "kept" }),
  };
}

/** A configuration that is patched in half is that of neither release. */
function patchedConfiguration(before: string, now: string, parts: readonly PatchPart[]): string {
  const patched = (["wsgi", "webconf"] as const).filter((part) => parts.includes(part)).length;
  if (patched === 0 || before === now) return before;
  return patched === 2 ? now : `${now}, in part`;
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

function drifted(target: ReleaseRecord, path: string, node: string): WovenError {
  return new WovenError({
    code: "release-drifted",
    message: `${path} of ${target.distribution} ${target.version} was changed or removed on ${node} by somebody else`,
    next: "Nothing was touched. Deploy a new version, or this one anew with overwrite: true.",
    node,
  });
}
