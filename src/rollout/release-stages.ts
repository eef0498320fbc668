// The stages of a release on a node: prepare, migrate, switch. deploy and patch use all of them; activate and rollback only switch.
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
import { manifestOf } from "../release/manifest.ts";
import { writableFolders as linkedFolders } from "../release/writable.ts";
import { serverNamesOf, serversOf } from "../servers/servers.ts";
import type { Settings } from "../settings/settings.ts";
import { deploymentFolders, siteUsers } from "../steps/accounts.ts";
import { issueCertificate } from "../steps/acme.ts";
import { checkBackground } from "../steps/background.ts";
import { checkProject, type StaticFiles, seedMedia } from "../steps/django.ts";
import { unlessKept } from "../steps/failed-release.ts";
import { checkDeployHook } from "../steps/hooks.ts";
import { type LeaseRequest, takeLease } from "../steps/lease.ts";
import { checkLibraries } from "../steps/libraries.ts";
import { linkOlderStatic } from "../steps/older-static.ts";
import { type PlacedFile, packedFiles, placeAll, placeNginxConf } from "../steps/place-file.ts";
import { shareStatic } from "../steps/preview.ts";
import { pruneReleases } from "../steps/prune.ts";
import { keepPython, removeUnusedPythons } from "../steps/python.ts";
import { recordChange, recordRelease } from "../steps/record.ts";
import { checkReleaseCommands } from "../steps/release-commands.ts";
import {
  assemble,
  byteCompile,
  closeRelease,
  generatedFiles,
  keepGenerated,
  pathFile,
} from "../steps/release-files.ts";
import { claimNames } from "../steps/release-names.ts";
import { secretFiles } from "../steps/secret-files.ts";
import type { First } from "../steps/seed-database.ts";
import { requirePackages, type Switch } from "../steps/services.ts";
import { discardReplaced, placeRelease, templatesLink } from "../steps/switch.ts";
import { removeUnusedPackages, virtualenv } from "../steps/virtualenv.ts";
import { discardWebConf } from "../steps/webconf.ts";
import { writableFolders } from "../steps/writable.ts";
import { liveRelease } from "./activate-release.ts";
import { roomFor } from "./disk-room.ts";
import { mediaSeed } from "./django-report.ts";
import { sourcePaths } from "./generated-files.ts";
import { installedPackages } from "./installed-packages.ts";
import { changesMedia, type KeptResults, keptResults, staticBefore } from "./kept-results.ts";
import { withoutMigrated } from "./migration-runs.ts";
import { withFront } from "./recorded-site.ts";
import { certificateHook, hookPlaces, type PhaseOnNode, seedCheck, sharedFiles } from "./release-phase.ts";
import type { ReleasePlan } from "./release-plan.ts";
import { underLeaseWithStaging } from "./stage-lease.ts";
import { switchStage } from "./switch-stage.ts";

export interface PythonTool {
  readonly version: string;
  /** Absent if the node has this version already. */
  readonly archive?: { readonly bytes: number; readonly open: () => Readable };
}

/** The programs that a release needs on the node. */
export interface NodeTools {
  /** Undefined if the release runs on the node's own Python. */
  readonly python?: PythonTool | undefined;
}

/** Builds the release beside the live one, up to the point where it could be started. Changes nothing that is live. */
export function prepareStage(
  plan: ReleasePlan,
  settings: Settings,
  lease: LeaseRequest,
  facts: NodeFacts,
  { python }: NodeTools,
  first?: First,
): Stage {
  const { place, record: release, pythonMinor } = plan;
  const paths = sourcePaths(settings);
  const path = pathFile(paths, pythonMinor);
  const kept = keptResults(plan, activeRelease(facts.state));
  return {
    name: "prepare",
    undoes: "step",
    steps: [
      takeLease(lease, "first"),
      claimNames({ place, record: release }),
      ...requirePackages(release.services),
      ...(plan.preview
        ? [plan.preview.room(roomFor(plan.payloadBytes + (python?.archive?.bytes ?? 0))), plan.preview.keep]
        : []),
      siteUsers(
        place,
        plan.sites.map(({ id }) => id),
      ),
      deploymentFolders(place, facts.user),
      ...(plan.preview?.data ?? []),
      ...(python ? [keepPython(python.version, python.archive)] : []),
      assemble({
        place,
        files: plan.files,
        base: plan.base,
        payload: plan.payload,
        payloadBytes: plan.payloadBytes,
        pythonMinor,
        mode: settings.dryRun ? "plan" : "run",
      }),
      virtualenv({
        place,
        interpreter: plan.interpreter,
        python: plan.python.version,
        ...installedPackages(plan, facts),
      }),
      ...(plan.generated === "kept"
        ? [keepGenerated(place, path)]
        : [
            generatedFiles(place, [...plan.generated, path]),
            ...secretFiles(place.staging, plan.sites, settings.secretFiles),
            ...(plan.preview?.environment ?? []),
          ]),
      ...(kept.compiled ? [] : [byteCompile(place, plan.interpreter, [...manifestOf(plan.files).files.keys()])]),
      closeRelease(place),
      // A patch keeps the packages.
      ...(release.patched ? [] : [checkLibraries(place)]),
      ...writable(plan),
      checkProject(place, plan.sites, staticFiles(plan, kept, facts.state)),
      ...(plan.preview?.patches && kept.staticOf === undefined ? [shareStatic(place, plan.preview.patches)] : []),
      ...(plan.keepsWebConf ? [] : checkBackground(place, settings.background, plan.web.sites[0]?.id ?? 1)),
      ...checkReleaseCommands(place.staging, phaseOf(settings), plan.web.sites),
      ...(settings.command === "deploy" ? checkDeployHook(hookPlaces(settings)) : []),
      ...seedCheck(place, settings, first),
      // Not for a patch that keeps a web configuration without a certificate.
      ...(release.tls?.kind === "acme"
        ? issueCertificate(
            settings.tls,
            place.distribution,
            settings.sites,
            certificateHook(plan, settings, facts.user),
          )
        : []),
    ],
    ...underLeaseWithStaging(place, lease, "more to come"),
  };
}

function writable({ place, files, sites }: ReleasePlan): readonly Step[] {
  return writableFolders({
    place,
    folders: linkedFolders(files, place.distribution),
    files: files.map(({ path }) => path),
    sites: sites.map(({ id }) => id),
  });
}

/** A patch runs no commands but those of the health check. */
function phaseOf({ command, phase }: Settings): Settings["phase"] {
  return command === "deploy" || command === "preview" ? phase : { ...phase, releaseCommands: [], firstCommands: [] };
}

/** A release that brings its static files (`collected-static`) collects none. */
function staticFiles(
  plan: ReleasePlan,
  { staticOf, report }: KeptResults,
  state: DistributionState | undefined,
): StaticFiles {
  if (plan.files.some(({ path }) => path.startsWith("static/"))) return { kind: "come with the release" };
  if (staticOf === undefined) return { kind: "collect", before: staticBefore(plan, state) };
  return { kind: "kept", of: staticOf, report: report ? "kept" : "asked again" };
}

export interface PreparedRelease {
  readonly plan: ReleasePlan;
  readonly settings: Settings;
  readonly django: DjangoFacts;
  readonly state: DistributionState | undefined;
  /** The configuration of its services, and nginx's for them. */
  readonly webConf: readonly PlacedFile[];
  readonly lease: LeaseRequest;
  readonly event: HistoryEvent;
  readonly onNode: PhaseOnNode;
}

/** Switches to the release that was built. `before`: the migrations and commands, if the run has only this node. */
export function builtSwitch(prepared: PreparedRelease, before: readonly Step[] = []): Stage {
  const { plan, settings, django, state, webConf, lease, event } = prepared;
  const { place, web, keepsWebConf, preview } = plan;
  const urls = keepsWebConf ? keepsWebConf.urls : { static: django.staticUrl, media: django.mediaUrl };
  const record: ReleaseRecord = {
    ...plan.record,
    sites: plan.record.sites.map((site) => withFront(site, place.name, webConf)),
    described: withoutMigrated(django),
    ...(urls ? { urls } : {}),
  };
  const to = { place, record };
  const change: Switch = { to, ...liveRelease(state, place), drain: settings.drain };
  const replaced = state?.releases.find(({ name }) => name === record.name);
  const seed = mediaSeed(
    django,
    plan.files.map(({ path }) => path),
  );
  const seedMode = settings.command === "patch" && settings.parts.includes("media") ? "replace" : "add";
  const recorded = [...placeNginxConf(webConf.filter(isOfNginx)), recordRelease(place, record)];
  const older = linkOlderStatic(to, state?.releases ?? []);
  const backend = [
    placeRelease(to),
    ...templatesLink(to, django.templateDirs),
    ...placeAll(
      { id: "backend-conf", title: `Place the configuration of ${serverNamesOf(record).join(" and ")}` },
      webConf.filter((file) => !isOfNginx(file)),
    ).map(packedFiles),
  ];
  // On a first deployment, nothing is live that an early file could harm, and a release that fails its health check stays.
  const isFirst = change.from === undefined;
  return switchStage({
    change,
    lease: takeLease(lease, "later"),
    place: [
      ...sharedFiles(prepared),
      ...before,
      ...(isFirst ? [...backend, ...recorded].map(unlessKept) : backend),
      ...serversOf(record).flatMap((server) => server.test(web)),
    ],
    record: [
      ...(seed !== undefined && (seedMode === "replace" || changesMedia(plan, seed))
        ? [seedMedia(place, seed, settings.sites, seedMode)]
        : []),
      ...(isFirst ? [] : recorded),
      older,
      ...(preview ? [preview.wake] : []),
    ],
    settle: [recordChange(place, event)],
    tidy: [
      ...discardWebConf(replaced?.services ?? [], record.services),
      ...removeOld(change, stateAfter(state, record, event), settings, record, plan.pythons),
      ...(preview ? [preview.sleep] : []),
    ],
    around: underLeaseWithStaging(place, lease, "last"),
  });
}

function isOfNginx({ path }: PlacedFile): boolean {
  return path.startsWith("/etc/nginx/");
}

function removeOld(
  change: Switch,
  now: DistributionState,
  settings: Settings,
  release: ReleaseRecord,
  pythons: ReleasePlan["pythons"],
): readonly Step[] {
  // The previous release, too: it still finishes requests, and a fleet may have to roll back to it.
  const protect = [release.name, change.from?.place.name, rollbackTarget(now)?.name].filter(
    (name) => name !== undefined,
  );
  return [
    discardReplaced(change),
    pruneReleases(change.to.place.root, now.releases, settings.keepReleases, protect) ?? [],
    removeUnusedPackages(change.to.place),
    pythons === "some" ? removeUnusedPythons(change.to.place) : [],
  ].flat();
}

/** The state once the release is live. */
function stateAfter(
  before: DistributionState | undefined,
  release: ReleaseRecord,
  event: HistoryEvent,
): Omit<DistributionState, "lease" | "folder"> {
  const others = before?.releases.filter(({ name }) => name !== release.name) ?? [];
  return { active: release.name, releases: [release, ...others], history: [...(before?.history ?? []), event] };
}
