// The two stages of startsites: prepare and check new sites, then start and publish those that passed, and retire others.
import type { DjangoFacts } from "../node/django-facts.ts";
import type { NodeFile } from "../node/read-files.ts";
import type { Service } from "../node/services.ts";
import { sh } from "../node/sh.ts";
import type { Stage, Step } from "../node/stage.ts";
import type { ReleaseContent, ReleaseRecord } from "../node/state.ts";
import { buildFolder } from "../release/build.ts";
import { type Layout, siteUser } from "../release/layout.ts";
import type { Site } from "../settings/settings.ts";
import { siteUsers } from "../steps/accounts.ts";
import { extendCertificate } from "../steps/acme.ts";
import { shareDatabases } from "../steps/django.ts";
import { type LeaseRequest, takeLease, underLease } from "../steps/lease.ts";
import { placeAll } from "../steps/place-file.ts";
import {
  discardLeftOut,
  publishSites,
  type RecordChange,
  recordSites,
  startBackground,
} from "../steps/publish-sites.ts";
import { recordContent } from "../steps/record.ts";
import { moveToNext, retireReplaced, startReplacement } from "../steps/replace-instance.ts";
import { removeRetiredUsers, retireSites } from "../steps/retire-sites.ts";
import { secretFiles } from "../steps/secret-files.ts";
import { requirePackages } from "../steps/services.ts";
import { checkSites } from "../steps/site-check.ts";
import { startSites } from "../steps/start-sites.ts";
import { grownConfiguration } from "./configuration-digest.ts";
import { buildFiles, type Joining, joiningSite, type LiveRelease } from "./joining-sites.ts";
import { certificateHook } from "./release-phase.ts";
import { dropped, retiring } from "./retiring-sites.ts";
import { type Replacing, replacing, sharedService } from "./shared-service.ts";

/** Users, files in the live build, and Django's checks: nothing that answers visitors changes. */
export function prepareStage(
  live: LiveRelease,
  added: readonly Site[],
  settings: string | undefined,
  lease: LeaseRequest,
): Stage {
  const { place, record } = live;
  const ids = added.map(({ id }) => id);
  const folder = buildFolder(place, record.build);
  // A part of a site that is served has the user and the files of the site.
  const newOnes = added.filter(
    ({ id, subdomain }) => subdomain === undefined && !record.sites.some((one) => one.id === id),
  );
  const noFiles = sh`rm -rf --one-file-system ${newOnes.map(({ id }) => `${folder}/environment/${siteUser(id)}`)}`;
  const title = "Write settings, scripts and environment of the new sites";
  return {
    name: "sites-prepare",
    undoes: "stage",
    steps: [
      takeLease(lease, "first"),
      ...requirePackages(record.services),
      siteUsers(place, ids),
      ...placeAll({ id: "site-files", title }, buildFiles(live, added, settings)),
      ...secretFiles(folder, newOnes, live.settings.secretFiles).map((step) => ({ ...step, undo: noFiles })),
      checkSites(folder, added),
    ],
    ...underLease(lease, "more to come"),
  };
}

/** What is known of the sites after the first stage. */
interface Prepared {
  readonly added: readonly Site[];
  readonly reports: ReadonlyMap<Site, DjangoFacts>;
  /** The files on the node that change. */
  readonly files: ReadonlyMap<string, NodeFile>;
  readonly retired: ReleaseRecord["sites"];
  /** How many sites did not pass. */
  readonly failed: number;
}

export function sitesStage(live: LiveRelease, prepared: Prepared, lease: LeaseRequest): Stage {
  const { settings, place, record } = live;
  const { added, reports, retired, files } = prepared;
  const joining = [...reports].map(([site, django]) => joiningSite(live, site, django));
  const all = joining.map((one) => one.joining);
  const leaving = retiring(live, retired);
  const to = { place, record };
  const changes = joining.length + leaving.length > 0;
  const publish = changes ? [publishSites(to, all, leaving)] : [];
  const moving = replacing(live, all, leaving, files);
  return {
    name: "sites",
    undoes: "stage",
    steps: [
      takeLease(lease, added.length > 0 ? "later" : "first"),
      ...(joining.length > 0 ? startSteps(live, prepared, joining, moving) : []),
      ...(joining.length === 0 && moving ? [placeList(moving), startReplacement(moving.replacement)].flat() : []),
      ...(moving ? moveToNext(moving, to, publish) : publish),
      ...(changes ? [recordSites(to, recordChange(live, prepared, joining, moving))] : []),
      ...startBackground(all),
      ...(joining.length > 0 ? [discardLeftOut(all, sharedService(live)?.list)] : []),
      ...(moving ? [retireReplaced(moving.replacement, settings.drain)] : []),
      ...retireSites(to, leaving),
      ...(settings.retire ? [removeRetiredUsers(place)] : []),
    ],
    ...underLease(lease, "last"),
  };
}

function startSteps(
  live: LiveRelease,
  { reports }: Prepared,
  joining: readonly Joining[],
  moving: Replacing | undefined,
): readonly Step[] {
  const { settings, place, record } = live;
  const all = joining.map((one) => one.joining);
  const files = [...reports.values()].flatMap(({ sqliteFiles = [] }) => sqliteFiles);
  const domains = Object.fromEntries(all.map(({ name, site }) => [name, site.domains]));
  const hook = settings.tls.kind === "acme" ? certificateHook(live, settings, live.facts.user) : undefined;
  return [
    ...shareDatabases(place, record.sites, files),
    ...extendCertificate(settings.tls, place.distribution, record.sites, domains, hook),
    ...placeAll({ id: "site-conf", title: "Place the configuration of the new sites" }, [
      ...joining.flatMap(({ conf }) => conf),
      ...(moving ? [moving.list] : []),
    ]),
    startSites({ place, record }, all, moving?.replacement),
  ];
}

function placeList({ list }: Replacing): readonly Step[] {
  return placeAll({ id: "site-conf", title: "Take the retired sites off the list" }, [list]);
}

function recordChange(
  live: LiveRelease,
  { retired, failed }: Prepared,
  joining: readonly Joining[],
  moving: Replacing | undefined,
): RecordChange {
  const { record } = live;
  const isWhole = failed === 0 && retired.length === 0;
  return {
    add: joining.map((one) => one.record),
    drop: dropped(retiring(live, retired), record),
    configuration: isWhole ? grownConfiguration(live, record) : null,
    becomes: moving ? { [moving.replacement.before.name]: instanceOf(moving.replacement.next) } : {},
  };
}

function instanceOf({ units, address }: Service): RecordChange["becomes"][string] {
  return { units, ...(address === undefined ? {} : { address }) };
}

/** Writes what the release is made of into its record. */
export function contentStage(place: Layout, content: ReleaseContent, lease: LeaseRequest): Stage {
  return {
    name: "sites-record",
    undoes: "step",
    steps: [takeLease(lease, "first"), recordContent(place, content)],
    ...underLease(lease, "last"),
  };
}

/** For a dry run, and for rendering before anything is known. */
export const noFacts: DjangoFacts = {
  django: "",
  staticUrl: null,
  mediaUrl: "",
  databases: {},
  templateDirs: [],
  mediaSeed: null,
};
