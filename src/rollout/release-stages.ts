// The stages that a release goes through on a node. deploy and patch build one; activate and rollback only switch.
import type { Readable } from "node:stream";
import type { DjangoFacts } from "../node/django-facts.ts";
import type { NodeFacts } from "../node/facts.ts";
import type { Stage, Step } from "../node/stage.ts";
import {
  activeRelease,
  type DistributionState,
  type HistoryEvent,
  type ReleaseRecord,
  rollbackTarget,
} from "../node/state.ts";
import { layout } from "../release/layout.ts";
import type { Settings } from "../settings/settings.ts";
import { deploymentFolders, siteUsers } from "../steps/accounts.ts";
import { awaitMigrations, checkProject, migrate, seedMedia, shareDatabases } from "../steps/django.ts";
import { askBackend, askVisitor } from "../steps/health.ts";
import { type LeaseRequest, takeLease } from "../steps/lease.ts";
import { type PlacedFile, placeFiles, selfChecking } from "../steps/place-file.ts";
import { pruneReleases, recordChange, recordRelease } from "../steps/record.ts";
import {
  assemble,
  byteCompile,
  closeRelease,
  generatedFiles,
  keepGenerated,
  pathFile,
} from "../steps/release-files.ts";
import {
  type Backend,
  discardReplaced,
  placeRelease,
  retire,
  type Switch,
  startBackend,
  switchTraffic,
  templatesLink,
} from "../steps/switch.ts";
import type { Templates } from "../steps/templates.ts";
import { keepUv } from "../steps/uv.ts";
import { virtualenv } from "../steps/virtualenv.ts";
import { discardWebConf, moveBuild, testWebConf, webConfFiles } from "../steps/webconf.ts";
import { liveBackend } from "./activate-release.ts";
import { mediaSeed } from "./django-report.ts";
import { type ReleasePlan, sourcePaths } from "./release-plan.ts";
import { tidyStaging } from "./stage-lease.ts";

export interface UvTool {
  readonly version: string;
  /** Absent where the node keeps this version already. */
  readonly binary?: { readonly bytes: number; readonly open: () => Readable };
}

/** Everything up to the point where the new release could serve. Touches nothing that does. */
export function prepareStage(
  plan: ReleasePlan,
  settings: Settings,
  lease: LeaseRequest,
  facts: NodeFacts,
  uv: UvTool,
): Stage {
  const { place, record: release, pythonMinor } = plan;
  const paths = sourcePaths(settings);
  const same = facts.state?.releases.find(
    (other) => other.content.bundle === release.content.bundle && other.python === release.python,
  );
  const path = pathFile(paths, pythonMinor);
  return {
    name: "prepare",
    undoes: "step",
    steps: [
      takeLease(lease),
      siteUsers(
        place,
        plan.sites.map(({ id }) => id),
      ),
      deploymentFolders(place, facts.user),
      keepUv(uv.version, uv.binary),
      assemble({
        place,
        files: release.files,
        symlinks: release.symlinks,
        shared: plan.shared,
        payload: plan.payload,
        payloadBytes: plan.payloadBytes,
        mode: settings.dryRun ? "plan" : "run",
      }),
      virtualenv({
        place,
        interpreter: plan.interpreter,
        uv: `/var/local/woven/tools/uv-${uv.version}`,
        ...(same ? { sameBundle: layout(place.root, place.distribution, same.name).release } : {}),
      }),
      plan.generated === "kept" ? keepGenerated(place) : generatedFiles(place, [...plan.generated, path]),
      byteCompile(place, plan.interpreter),
      closeRelease(place),
      checkProject(place, plan.sites),
    ],
    ...tidyStaging(place, lease, "more to come"),
  };
}

export interface PreparedRelease {
  readonly plan: ReleasePlan;
  readonly settings: Settings;
  readonly django: DjangoFacts;
  readonly state: DistributionState | undefined;
  readonly templates: Templates;
  readonly lease: LeaseRequest;
  readonly event: HistoryEvent;
}

/** Migrates from the staging folder, while the earlier release serves. Empty where there is nothing to run. */
export function migrateSteps({ plan, settings, django }: PreparedRelease): readonly Step[] {
  const { place, record: release } = plan;
  const { sites, migrate: how } = settings;
  if (how.kind === "manual") return [awaitMigrations(place, release.address, sites, django.databases)];
  return migrate(place.staging, sites, how, django.databases);
}

function shared({ plan, settings, django }: PreparedRelease): readonly Step[] {
  return shareDatabases(plan.place, settings.sites, django.sqliteFiles ?? []);
}

/** The migrations as a stage of their own, for the one node of several that runs them. */
export function migrateStage(prepared: PreparedRelease): Stage | undefined {
  const { plan, lease } = prepared;
  const steps = migrateSteps(prepared);
  if (steps.length === 0) return undefined;
  return {
    name: "migrate",
    undoes: "step",
    steps: [takeLease(lease), ...shared(prepared), ...steps],
    ...tidyStaging(plan.place, lease, "more to come"),
  };
}

/** `before` (the migrations, on a node that is alone); then places the new release, starts it beside the old one, asks it, switches, asks again, writes it down. */
export function switchStage(prepared: PreparedRelease, before: readonly Step[] = []): Stage {
  const { plan, settings, django, state, lease, event } = prepared;
  const { place, record: release } = plan;
  const to: Backend = { place, address: release.address, sites: settings.sites, health: settings.health };
  const change: Switch = { to, ...liveBackend(state, place) };
  const keepsWebConf = settings.command === "patch" && !settings.parts.includes("webconf");
  const files = keepsWebConf ? [] : newWebConf(prepared);
  const [nginx, backend] = [
    files.filter(({ path }) => path.startsWith("/etc/nginx/")),
    files.filter(({ path }) => !path.startsWith("/etc/nginx/")),
  ];
  const urls = keepsWebConf ? activeRelease(state)?.urls : { static: django.staticUrl, media: django.mediaUrl };
  const recorded = { ...release, described: django, ...(urls ? { urls } : {}) };
  const moved = { place, sites: settings.sites, from: activeRelease(state)?.address ?? "", to: release.address };
  const replaced = state?.releases.find(({ name }) => name === release.name);
  const seed = mediaSeed(django, Object.keys(release.files));
  const seedMode = settings.command === "patch" && settings.parts.includes("media") ? "replace" : "add";
  return {
    name: "switch",
    undoes: "stage",
    steps: [
      takeLease(lease),
      ...shared(prepared),
      ...before,
      placeRelease(place, release.address),
      ...templatesLink(place, release.address, django.templateDirs),
      ...(backend.length > 0
        ? [selfChecking(placeFiles({ id: "backend-conf", title: "Configuration of the new backend" }, backend))]
        : []),
      ...(keepsWebConf ? [moveBuild("apache2", moved)] : []),
      testWebConf(place, release.address),
      startBackend(change),
      askBackend(change),
      ...(seed === undefined ? [] : [seedMedia(place, seed, settings.sites, seedMode)]),
      ...(nginx.length > 0
        ? [selfChecking(placeFiles({ id: "nginx-conf", title: "Configuration of nginx for it" }, nginx))]
        : []),
      ...(keepsWebConf ? [moveBuild("nginx", moved)] : []),
      recordRelease(place, recorded),
      switchTraffic(change),
      askVisitor(change),
      recordChange(place, event),
      ...discardWebConf(place, replaced?.sites ?? [], release.sites),
      ...tidy(change, after(state, release, event), settings, release),
    ],
    ...tidyStaging(place, lease, "last"),
  };
}

function newWebConf({ plan, settings, django, state, templates }: PreparedRelease): readonly PlacedFile[] {
  const { place, record: release } = plan;
  const before = liveBackend(state, place).from?.place;
  return webConfFiles(
    {
      place,
      version: release.version,
      address: release.address,
      ipv6: plan.ipv6,
      sites: settings.sites,
      staticUrl: django.staticUrl,
      mediaUrl: django.mediaUrl,
      ...(before ? { before } : {}),
    },
    templates,
  );
}

function tidy(change: Switch, now: DistributionState, settings: Settings, release: ReleaseRecord): readonly Step[] {
  // What served until now, too: it still answers, and a fleet may have to go back to it. Mostly a rollback goes there as well.
  const protect = [release.name, change.from?.place.name, rollbackTarget(now)?.name].filter(
    (name) => name !== undefined,
  );
  return [
    retire(change),
    discardReplaced(change.to),
    pruneReleases(change.to.place.root, now.releases, settings.keepReleases, protect) ?? [],
  ].flat();
}

/** The state once the release serves. */
function after(
  before: DistributionState | undefined,
  release: ReleaseRecord,
  event: HistoryEvent,
): Omit<DistributionState, "lease" | "folder"> {
  const others = before?.releases.filter(({ name }) => name !== release.name) ?? [];
  return { active: release.name, releases: [release, ...others], history: [...(before?.history ?? []), event] };
}
