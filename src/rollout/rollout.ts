// What deploy and patch have in common: all nodes prepare, each database is migrated once, all switch. A failure stops what comes after.
import { asWovenError } from "../errors.ts";
import type { DjangoFacts } from "../node/django-facts.ts";
import type { NodeFacts } from "../node/facts.ts";
import { readFiles } from "../node/read-files.ts";
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { activeRelease, type HistoryEvent } from "../node/state.ts";
import { layout } from "../release/layout.ts";
import { servers } from "../servers/servers.ts";
import type { Settings } from "../settings/settings.ts";
import { abandonLease, type LeaseRequest } from "../steps/lease.ts";
import type { PlacedFile } from "../steps/place-file.ts";
import { templates } from "../steps/templates.ts";
import { filesOfBuild, keptWebConf, webConfFiles } from "../steps/webconf.ts";
import { activateRelease, historyEvent, type KeptRelease } from "./activate-release.ts";
import { checkRoom } from "./disk-room.ts";
import { expectedDjangoReport, expectedWords, readDjangoReport } from "./django-report.ts";
import type { Fleet, NodeRun } from "./fleet.ts";
import type { ReleasePlan } from "./release-plan.ts";
import {
  builtSwitch,
  migrateStage,
  migrateSteps,
  type PreparedRelease,
  prepareStage,
  type UvTool,
} from "./release-stages.ts";
import type { Runtime } from "./runtime.ts";
import { leaseFor } from "./stage-lease.ts";
import { type PendingSwitch, switchPhase } from "./switch-phase.ts";

/** What is to be done on one node: a release to build, or one that is kept there and need only be gone over to. */
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
  uvFor: (facts: NodeFacts) => Promise<UvTool>,
): Promise<void> {
  const unfinished = new Map<NodeRun, Unfinished>();
  const prepared = new Map<NodeRun, PreparedRelease>();
  if (nodes.failed) return nodes.skipRest();

  await nodes.phase(async (node) => {
    const one = releases.get(node);
    if (one?.kind !== "built") return;
    const uv = await uvFor(one.facts);
    checkRoom(one.facts, one.plan.payloadBytes, node.host.name);
    // What Django says comes later: with any URLs, a template that is none is found before anything is sent or migrated.
    const rendered = await webConf(one, { staticUrl: "/static/", mediaUrl: "/media/" });
    const lease = leaseFor(one.plan.place, one.facts.state, one.settings, runtime);
    if (!settings.dryRun) unfinished.set(node, { lease, staging: one.plan.place.staging });
    const { data } = await node.stage(prepareStage(one.plan, one.settings, lease, one.facts, uv));
    const django = settings.dryRun
      ? expectedDjangoReport(one.settings, activeRelease(one.facts.state))
      : readDjangoReport(data.get("django") ?? "", node.host.name);
    prepared.set(node, {
      plan: one.plan,
      settings: one.settings,
      django,
      state: one.facts.state,
      webConf: one.plan.keepsWebConf ? rendered : await webConf(one, django),
      lease,
      event: historyEvent(one.event, one.plan.record.version, one.facts, runtime),
    });
  });
  if (nodes.failed) return await giveUp(nodes, unfinished);

  // A node that is alone migrates in the stage that switches: a round trip less.
  const alone = nodes.nodes.length === 1;
  if (!alone) await migrateOnce(nodes, prepared);
  if (nodes.failed) return await giveUp(nodes, unfinished);

  const pending = new Map<NodeRun, PendingSwitch>();
  for (const [node, one] of releases) {
    const { facts } = one;
    const ready = prepared.get(node);
    if (one.kind === "kept")
      pending.set(node, { facts, to: one.target, go: () => activateRelease(one, settings, runtime, "activate") });
    else if (ready) {
      const before = [...(settings.dryRun ? [assumed(ready)] : []), ...(alone ? migrateSteps(ready) : [])];
      const go = () => node.stage(builtSwitch(ready, before));
      pending.set(node, { facts, to: one.plan.record, go });
    }
  }
  await switchPhase(nodes, pending, settings, runtime);
  if (nodes.failed) await tidyUp(unfinished);
}

/** In a plan: what stands in the place of what describe.py would say. */
function assumed({ settings, state }: PreparedRelease): Step {
  return {
    id: "assumed",
    title: "What the settings of the release will say, taken for granted",
    plan: "quiet",
    preview: lines(expectedWords(settings, activeRelease(state)).map((words) => sh`detail ${words}`)),
    apply: sh`:`,
  };
}

/**
 * Each database once: the first node brings up all that it knows, and then every other those that may be its own. Should one of them
 * be shared after all, the first has left nothing to do.
 */
async function migrateOnce(nodes: Fleet, prepared: ReadonlyMap<NodeRun, PreparedRelease>): Promise<void> {
  // As they are written, not as they came to be ready.
  const first = nodes.alive.find((node) => prepared.has(node));
  await nodes.phase(async (node) => {
    const one = prepared.get(node);
    const stage = one && node === first && migrateStage(one);
    if (stage) await node.stage(stage);
  });
  if (nodes.failed) return;
  await nodes.phase(async (node) => {
    const one = prepared.get(node);
    const stage = one && node !== first && migrateStage({ ...one, django: withOwnDatabases(one.django) });
    if (stage) await node.stage(stage);
  });
}

/** Of a node's databases, those that other nodes need not have. */
function withOwnDatabases(django: DjangoFacts): DjangoFacts {
  const onDisk = (engine: string) => /\.(sqlite3|spatialite)$/.test(engine);
  const own = Object.entries(django.databases).filter(
    ([alias, engine]) => django.ownDatabases?.includes(alias) ?? onDisk(engine),
  );
  return { ...django, databases: Object.fromEntries(own) };
}

/** What a run that goes no further has on a node: its lease, and the release that it built there. */
interface Unfinished {
  readonly lease: LeaseRequest;
  readonly staging: string;
}

/** Ends a run whose switch does not come. */
async function giveUp(nodes: Fleet, unfinished: ReadonlyMap<NodeRun, Unfinished>): Promise<void> {
  await tidyUp(unfinished);
  nodes.skipRest();
}

/** Takes back what is still unfinished; a stage that failed has done so itself, and on that node this does nothing. */
async function tidyUp(unfinished: ReadonlyMap<NodeRun, Unfinished>): Promise<void> {
  await Promise.all(
    [...unfinished].map(async ([node, { lease, staging }]) => {
      try {
        await node.host.root(abandonLease, {
          args: [lease.token, lease.state, staging],
          // Also for a run that was cancelled, which has only seconds left.
          signal: AbortSignal.timeout(node.host.signal?.aborted ? 1500 : 20_000),
        });
      } catch (error) {
        // Out of reach: the lease runs out by itself, and the next run builds in an empty folder.
        node.host.log.debug(asWovenError(error).message);
      }
    }),
  );
}

/** The web configuration of a release that is built: as the live release has it, for the new build, or rendered. */
async function webConf(
  { node, facts, settings, plan }: Extract<Release, { kind: "built" }>,
  { staticUrl, mediaUrl }: Pick<DjangoFacts, "staticUrl" | "mediaUrl">,
): Promise<readonly PlacedFile[]> {
  const { place, web, ipv6, keepsWebConf, record } = plan;
  if (keepsWebConf) {
    const files = await readFiles(node.host, filesOfBuild(keepsWebConf));
    return keptWebConf(files, place, { from: keepsWebConf, to: record });
  }
  const active = activeRelease(facts.state);
  return webConfFiles(
    {
      web,
      server: servers[settings.server],
      ipv6,
      staticUrl,
      mediaUrl,
      ...(active ? { before: layout(place.root, place.distribution, active.name) } : {}),
    },
    templates(settings.workingDirectory),
  );
}
