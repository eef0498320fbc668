// The rollout of deploy and patch: all nodes prepare, each database is migrated once, all nodes switch. A failure ends the run before
// the next phase.
import { asWovenError } from "../errors.ts";
import type { DjangoFacts } from "../node/django-facts.ts";
import type { NodeFacts } from "../node/facts.ts";
import { readFiles } from "../node/read-files.ts";
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { activeRelease, type HistoryEvent } from "../node/state.ts";
import { layout } from "../release/layout.ts";
import type { Settings } from "../settings/settings.ts";
import { httpsFiles } from "../steps/https.ts";
import { abandonLease, type LeaseRequest } from "../steps/lease.ts";
import { missingLibraries } from "../steps/libraries.ts";
import type { PlacedFile } from "../steps/place-file.ts";
import { filesOfBuild, keptWebConf, webConfFiles } from "../steps/webconf.ts";
import { activateRelease, historyEvent, type KeptRelease } from "./activate-release.ts";
import { checkRoom } from "./disk-room.ts";
import { expectedDjangoReport, expectedWords, readDjangoReport } from "./django-report.ts";
import type { Fleet, NodeRun } from "./fleet.ts";
import { keptResults } from "./kept-results.ts";
import { beforeSwitch, beforeSwitchToKept, firstOf, migrateStage } from "./release-phase.ts";
import type { ReleasePlan } from "./release-plan.ts";
import type { ReleasePython } from "./release-python.ts";
import { builtSwitch, type NodeTools, type PreparedRelease, prepareStage } from "./release-stages.ts";
import type { Runtime } from "./runtime.ts";
import { leaseFor } from "./stage-lease.ts";
import { type PendingSwitch, switchPhase } from "./switch-phase.ts";

/** The work on one node: build a release, or switch to one that the node keeps. */
export type Release =
  | {
      readonly kind: "built";
      readonly node: NodeRun;
      readonly facts: NodeFacts;
      readonly settings: Settings;
      readonly plan: ReleasePlan;
      readonly event: HistoryEvent["event"];
    }
  | ({ readonly kind: "kept" } & KeptRelease);

/** Takes every node through its phases; each node's outcome is in its NodeRun. */
export async function rollOut(
  nodes: Fleet,
  releases: ReadonlyMap<NodeRun, Release>,
  settings: Settings,
  runtime: Runtime,
  toolsFor: (facts: NodeFacts, python: ReleasePython) => Promise<NodeTools>,
): Promise<void> {
  const unfinished = new Map<NodeRun, Unfinished>();
  const prepared = new Map<NodeRun, PreparedRelease>();
  if (nodes.failed) return nodes.skipRest();
  const warnSiteId = (text: string) => {
    if (nodes.notice(text)) runtime.log.warning(text, { title: "Woven: SITE_ID" });
  };
  // A node without a release has the version of the run already.
  const everyone = nodes.nodes.map((node) => releases.get(node)?.facts ?? "live");

  await nodes.phase(async (node) => {
    const one = releases.get(node);
    if (one?.kind !== "built") return;
    const tools = await toolsFor(one.facts, one.plan.python);
    checkRoom(one.facts, one.plan.payloadBytes + (tools.python?.archive?.bytes ?? 0), node.host.name);
    // Django has not reported its URLs yet. Rendering with others finds a broken template before anything is sent or migrated.
    const rendered = await webConf(one, { staticUrl: "/static/", mediaUrl: "/media/" });
    const lease = leaseFor(one.plan.place, one.facts.state, one.settings, runtime);
    if (!settings.dryRun) unfinished.set(node, { lease, staging: one.plan.place.staging });
    const first = firstOf(one.facts, everyone);
    const { data } = await node.stage(prepareStage(one.plan, one.settings, lease, one.facts, tools, first));
    const lacking = missingLibraries(data.get("libraries") ?? "", node.host.name);
    if (lacking !== undefined) runtime.log.warning(lacking);
    const active = activeRelease(one.facts.state);
    const said = data.get("django") ?? "";
    const kept = said === "" ? keptResults(one.plan, active).report : undefined;
    const django = settings.dryRun
      ? expectedDjangoReport(one.settings, active)
      : (kept ?? readDjangoReport(said, one.plan.sites, node.host.name, warnSiteId));
    prepared.set(node, {
      plan: one.plan,
      settings: one.settings,
      django,
      state: one.facts.state,
      webConf: one.plan.keepsWebConf ? rendered : await webConf(one, django),
      lease,
      event: historyEvent(one.event, one.plan.record.version, one.facts, runtime),
      onNode: { address: node.host.address, user: one.facts.user, first },
    });
  });
  if (nodes.failed) return await endRun(nodes, unfinished);

  // A single node migrates in the stage that switches, which saves a round trip.
  const isSingle = nodes.nodes.length === 1;
  if (!isSingle) await migrateOnce(nodes, prepared);
  if (nodes.failed) return await endRun(nodes, unfinished);

  const pending = new Map<NodeRun, PendingSwitch>();
  for (const [node, one] of releases) {
    const { facts } = one;
    const ready = prepared.get(node);
    if (one.kind === "kept") {
      const switchNode = () => switchToKept(one, settings, runtime, isSingle ? "single" : "several");
      pending.set(node, { facts, to: one.target, switch: switchNode });
    } else if (ready) {
      const before = [
        ...(settings.dryRun ? [assumedReport(ready)] : []),
        ...(isSingle ? beforeSwitch(ready, "all") : []),
      ];
      const switchNode = () => node.stage(builtSwitch(ready, before));
      pending.set(node, { facts, to: one.plan.record, switch: switchNode });
    }
  }
  await switchPhase(nodes, pending, settings, runtime);
  if (nodes.failed) await discardUnfinished(unfinished);
}

/**
 * Switches to a release that was built in an earlier run. If it was never live, it is deployed only now: the database may have been
 * replaced since, by one that holds data.
 */
async function switchToKept(
  kept: KeptRelease,
  settings: Settings,
  runtime: Runtime,
  nodes: "single" | "several",
): Promise<void> {
  const { target, facts, node } = kept;
  const isNew = settings.command === "deploy" && !target.healthy;
  const onNode = { address: node.host.address, user: facts.user, first: firstOf(facts, [facts]) };
  const before = isNew && nodes === "single" ? beforeSwitchToKept(kept, settings, onNode) : [];
  await activateRelease(kept, settings, runtime, isNew ? "deploy" : "activate", { before });
}

/** For a plan: shows what Woven assumes in place of Django's report. */
function assumedReport({ settings, state }: PreparedRelease): Step {
  return {
    id: "assumed",
    title: "Assume static, media and database settings",
    plan: "quiet",
    preview: lines(expectedWords(settings, activeRelease(state)).map((words) => sh`detail ${words}`)),
    apply: sh`:`,
  };
}

/**
 * Migrates each database once. The first node migrates all databases in its settings. Then every other node migrates those that may
 * be its own. If one of them is shared after all, nothing is left to do in it. The commands of the release follow the default database.
 */
async function migrateOnce(nodes: Fleet, prepared: ReadonlyMap<NodeRun, PreparedRelease>): Promise<void> {
  // The first in the settings, not the first that was ready: the same one in every run.
  const first = nodes.alive.find((node) => prepared.has(node));
  await nodes.phase(async (node) => {
    const one = prepared.get(node);
    const stage = one && node === first && migrateStage(one, "all");
    if (stage) await node.stage(stage);
  });
  if (nodes.failed) return;
  await nodes.phase(async (node) => {
    const one = prepared.get(node);
    const stage = one && node !== first && migrateStage(one, "own");
    if (stage) await node.stage(stage);
  });
}

/** What a run that ends early leaves on a node: its lease, and the release that it was building. */
interface Unfinished {
  readonly lease: LeaseRequest;
  readonly staging: string;
}

/** Ends a run before its switch. */
async function endRun(nodes: Fleet, unfinished: ReadonlyMap<NodeRun, Unfinished>): Promise<void> {
  await discardUnfinished(unfinished);
  nodes.skipRest();
}

/** Removes unfinished releases and ends their leases. A stage that failed has done so itself, so on its node this does nothing. */
async function discardUnfinished(unfinished: ReadonlyMap<NodeRun, Unfinished>): Promise<void> {
  await Promise.all(
    [...unfinished].map(async ([node, { lease, staging }]) => {
      // A cancelled run has only seconds left, and a node that failed may not answer at all.
      const hurry = node.failed ? 1500 : 4000;
      try {
        await node.host.root(abandonLease, {
          args: [lease.token, lease.state, staging],
          signal: AbortSignal.timeout(node.host.signal?.aborted ? hurry : 20_000),
        });
      } catch (error) {
        // The node cannot be reached. The lease expires, and the next run begins with an empty folder.
        node.host.log.debug(asWovenError(error).message);
      }
    }),
  );
}

/** The web configuration of a new build: that of the release it patches, adapted to the build, or rendered from the templates. */
async function webConf(
  { node, facts, settings, plan }: Extract<Release, { kind: "built" }>,
  { staticUrl, mediaUrl }: Pick<DjangoFacts, "staticUrl" | "mediaUrl">,
): Promise<readonly PlacedFile[]> {
  const { place, web, ipv6, nginx, keepsWebConf, record } = plan;
  if (keepsWebConf) {
    const files = await readFiles(node.host, filesOfBuild(keepsWebConf));
    return keptWebConf(files, place, { from: keepsWebConf, to: record });
  }
  const active = activeRelease(facts.state);
  const onNode = { distribution: place.distribution, ipv6, ...(nginx === undefined ? {} : { nginx }) };
  const files = webConfFiles(
    {
      web,
      background: settings.background,
      ipv6,
      staticUrl,
      mediaUrl,
      https: { tls: settings.tls, ...onNode },
      options: settings.web,
      ...(active ? { before: layout(place.root, place.distribution, active.name) } : {}),
    },
    plan.templates,
  );
  return [...files, ...httpsFiles(settings.tls, onNode, plan.templates)];
}
