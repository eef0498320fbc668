// What happens between the build of a release and its switch: the seed of a first deployment, migrations, commands, the hook post_deploy.
import type { DjangoFacts } from "../node/django-facts.ts";
import type { NodeFacts } from "../node/facts.ts";
import type { Stage, Step } from "../node/stage.ts";
import type { DistributionState, ReleaseRecord } from "../node/state.ts";
import { type Layout, layout } from "../release/layout.ts";
import { isPreview } from "../settings/preview.ts";
import type { NodeAddress, Settings } from "../settings/settings.ts";
import { awaitMigrations, migrate, shareDatabases } from "../steps/django.ts";
import { type DnsHook, dnsHook } from "../steps/dns-hook.ts";
import type { HookPlaces } from "../steps/find-hook.ts";
import { findFilledDatabase, ifEmpty } from "../steps/first-database.ts";
import { deployHook } from "../steps/hooks.ts";
import { takeLease } from "../steps/lease.ts";
import { checkReleaseCommands, releaseCommands } from "../steps/release-commands.ts";
import { claimNames } from "../steps/release-names.ts";
import { checkSeed, type First, seedDatabase } from "../steps/seed-database.ts";
import type { Templates } from "../steps/templates.ts";
import { isOwnDatabase, migrationRuns, withOwnDatabases, withoutMigrated } from "./migration-runs.ts";
import type { PreparedRelease } from "./release-stages.ts";
import { underLeaseWithStaging } from "./stage-lease.ts";

/** `all`: the only node, or the first one. `own`: another node, which works on databases that it has for itself. */
export type Share = "all" | "own";

/** Whether a deployment is the first one of a node, and of all nodes of the run. Undefined: it is not. */
export function firstOf(
  { state }: NodeFacts,
  everyone: readonly (Pick<NodeFacts, "state"> | "live")[],
): First | undefined {
  const isNew = (one: DistributionState | undefined) => one?.active === undefined && (one?.history ?? []).length === 0;
  if (!isNew(state)) return undefined;
  return everyone.every((one) => one !== "live" && isNew(one.state)) ? "everywhere" : "here";
}

/** Of the settings, what the phase of a release needs to know of its node. */
export interface PhaseOnNode {
  readonly address: NodeAddress;
  readonly user: string;
  readonly first?: First | undefined;
}

export function hookPlaces({
  workingDirectory,
  distribution,
}: Pick<Settings, "workingDirectory" | "distribution">): HookPlaces {
  const module = distribution?.settingsModule.value;
  const root = distribution?.sourceRoot.value ?? ".";
  return { workingDirectory, ...(module === undefined ? {} : { project: { module, root } }) };
}

/** The project's own hook for certificates over DNS. Nobody has reviewed that of a pull request. */
export function certificateHook(
  { place, templates }: { readonly place: Layout; readonly templates: Templates },
  settings: Pick<Settings, "workingDirectory" | "distribution" | "nodes" | "hookEnv">,
  user: string,
): DnsHook | undefined {
  if (isPreview(place.distribution)) return undefined;
  // With certificates from an authority, a run has one node.
  const { host = "", role } = settings.nodes[0] ?? {};
  return dnsHook(hookPlaces(settings), { place, user, role, host, secrets: settings.hookEnv }, templates);
}

interface Phase extends PhaseOnNode {
  readonly place: Layout;
  /** Of the release: where it is built, or in place. */
  readonly folder: string;
  readonly settings: Settings;
  readonly django: Pick<DjangoFacts, "databases" | "ownDatabases">;
  readonly version: string;
  readonly previous: string | undefined;
  readonly share: Share;
}

/** The steps around the migrations. Only deploy and preview have them: patch, activate and rollback change no data. */
function phaseSteps(phase: Phase, migrations: readonly Step[]): readonly Step[] {
  const { settings, share, first, place } = phase;
  const forPreview = isPreview(place.distribution);
  if (settings.command !== "deploy" && !forPreview) return migrations;
  const { releaseCommands: each, firstCommands } = settings.phase;
  const site = settings.sites[0]?.id ?? 1;
  // Whoever has a database for itself prepares it. One that all share is prepared once, by the first node.
  const hasOwn = isOwnDatabase("default", phase.django);
  const prepares = share === "all" || hasOwn;
  const isFirst = prepares && (first === "everywhere" || (first === "here" && hasOwn));
  const seed = isFirst ? seedSteps(phase) : [];
  const once = isFirst ? releaseCommands("first-command", phase.folder, site, firstCommands) : [];
  const always = prepares ? releaseCommands("release-command", phase.folder, site, each) : [];
  if (!forPreview) return [...seed, ...migrations, ...once, ...always, ...hookSteps(phase)];
  // Nobody has reviewed the hooks of a pull request.
  const look = seed.length + once.length > 0 ? [findFilledDatabase({ place, folder: phase.folder, site })] : [];
  return [...look, ...seed.map(ifEmpty), ...migrations, ...once.map(ifEmpty), ...always];
}

function seedSteps({ settings, place, folder }: Phase): readonly Step[] {
  const { seed } = settings.phase;
  return seed === undefined ? [] : [seedDatabase({ place, folder, site: settings.sites[0]?.id ?? 1, seed })];
}

/** As early as the release can be asked about its database. */
export function seedCheck(place: Layout, settings: Settings, first: First | undefined): readonly Step[] {
  const { seed } = settings.phase;
  if (seed === undefined || first === undefined) return [];
  const seeding = { place, folder: place.staging, site: settings.sites[0]?.id ?? 1, seed };
  // A preview whose database holds data is not seeded: see phaseSteps.
  return [checkSeed(seeding, isPreview(place.distribution) ? "here" : first)];
}

function hookSteps({ settings, address, user, place, folder, version, previous }: Phase): readonly Step[] {
  return deployHook(hookPlaces(settings), {
    host: address.host,
    ...(address.role === undefined ? {} : { role: address.role }),
    user,
    distribution: place.distribution,
    secrets: settings.hookEnv,
    about: { WOVEN_VERSION: version, WOVEN_PREVIOUS_VERSION: previous ?? "", WOVEN_RELEASE: folder },
  });
}

/** Runs from the staging folder, while the previous release is still live. Empty if there is nothing to run. */
export function beforeSwitch(prepared: PreparedRelease, share: Share): readonly Step[] {
  const { plan, settings, django, onNode, state } = prepared;
  const { place, record: release } = plan;
  const { sites, migrate: how } = settings;
  // A first deployment may fill the database in between.
  const asked = onNode.first === undefined ? django : withoutMigrated(django);
  const runs = migrationRuns(share === "all" ? asked : withOwnDatabases(asked), sites);
  const migrations =
    how.kind === "manual" ? [awaitMigrations(place, release.build, runs)] : migrate(place.staging, runs, how);
  const { version } = release;
  const previous = liveVersion(state);
  return phaseSteps(
    { ...onNode, place, folder: place.staging, settings, django, version, previous, share },
    migrations,
  );
}

/** The same for a release that an earlier run has built, and that was never live: the database may have been replaced since. */
export function beforeSwitchToKept(
  { facts, target }: { readonly facts: NodeFacts; readonly target: ReleaseRecord },
  settings: Settings,
  onNode: PhaseOnNode,
): readonly Step[] {
  const { distribution, name, sites, described, version } = target;
  const place = layout(facts.deploymentRoot, distribution, name);
  const django = described ?? { databases: {} };
  const folder = place.release;
  const previous = liveVersion(facts.state);
  return [
    ...checkReleaseCommands(folder, settings.phase, sites),
    ...phaseSteps(
      { ...onNode, place, folder, settings, django, version, previous, share: "all" },
      migrate(folder, migrationRuns(django, sites), settings.migrate),
    ),
  ];
}

function liveVersion(state: DistributionState | undefined): string | undefined {
  return state?.releases.find(({ name }) => name === state.active)?.version;
}

export function sharedFiles({ plan, settings, django }: PreparedRelease): readonly Step[] {
  return shareDatabases(plan.place, settings.sites, django.sqliteFiles ?? []);
}

/** The same as a stage of its own, for a run on several nodes. */
export function migrateStage(prepared: PreparedRelease, share: Share): Stage | undefined {
  const { plan, lease } = prepared;
  const steps = beforeSwitch(prepared, share);
  if (steps.length === 0) return undefined;
  return {
    name: "migrate",
    undoes: "step",
    steps: [takeLease(lease, "later"), claimNames(plan), ...sharedFiles(prepared), ...steps],
    ...underLeaseWithStaging(plan.place, lease, "more to come"),
  };
}
