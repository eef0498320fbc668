// Starts new sites of the live release on a node, and retires those that are no longer listed, without a new release. Two stages: the
// first prepares and checks the new sites, the second starts and publishes those that passed.
import { asWovenError } from "../errors.ts";
import type { DjangoFacts } from "../node/django-facts.ts";
import { type NodeFile, readFiles } from "../node/read-files.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import { layout, siteName } from "../release/layout.ts";
import { backgroundOn } from "../settings/background/background.ts";
import type { Site } from "../settings/settings.ts";
import type { LeaseRequest } from "../steps/lease.ts";
import { type CheckedSite, readChecks, readLeftOut } from "../steps/site-check.ts";
import { grownConfiguration } from "./configuration-digest.ts";
import { sitesOf } from "./database-sites.ts";
import { readDjangoReport } from "./django-report.ts";
import type { NodeRun } from "./fleet.ts";
import { joiningSite, type LiveRelease, lacksService, settingsFile } from "./joining-sites.ts";
import type { Runtime } from "./runtime.ts";
import type { ServiceAddresses } from "./service-addresses.ts";
import { nextAddress, requireLeading, sharedFiles } from "./shared-service.ts";
import { siteChanges } from "./site-changes.ts";
import { nothingLive, reasonIn, requireSameFront, uncoveredSites } from "./site-failures.ts";
import { contentStage, noFacts, prepareStage, sitesStage } from "./site-stages.ts";
import { leaseFor } from "./stage-lease.ts";

type Named = Pick<Site, "id" | "subdomain" | "domains">;
/** A site that could not be started, with the reason in words. */
export interface FailedSite {
  readonly site: Named;
  readonly why: string;
}

export interface SitesOutcome {
  readonly started: readonly Named[];
  readonly retired: readonly Named[];
  /** No longer listed, and still served. */
  readonly gone: readonly Named[];
  readonly failed: readonly FailedSite[];
  /** What is wrong with rows of the database, in words. */
  readonly problems: readonly string[];
}

export type Given = Pick<LiveRelease, "settings" | "distribution" | "templates" | "facts"> & {
  readonly runtime: Runtime;
  readonly services: ServiceAddresses;
};

/** Throws if nothing is live, or if the live release has another front than the settings say. */
export async function startSites(node: NodeRun, { runtime, services, ...given }: Given): Promise<SitesOutcome> {
  const { settings, facts } = given;
  const record = activeRelease(facts.state);
  if (record === undefined) throw nothingLive(settings, node.host.name);
  const { sites, problems } = await sitesOf(node.host, settings, record, facts.deploymentRoot);
  const changes = siteChanges(record, sites);
  const place = layout(facts.deploymentRoot, record.distribution, record.name);
  const instance = nextAddress({ settings, place, record });
  const live: LiveRelease = { ...given, address: node.host.address, place, record, instance };
  const withoutServer = changes.added
    .filter((site) => lacksService(site, live))
    .map((site) => ({ site, why: "the live release does not have the server that it runs under. Deploy instead" }));
  const uncovered = [...withoutServer, ...uncoveredSites(changes.added, live)];
  const added = changes.added.filter((site) => uncovered.every((one) => one.site !== site));
  if (added.length > 0) requireSameFront(live, node.host.name);
  // Migrations run as the first site, and so do processes that name none: only a deployment can replace it.
  const first = record.sites[0];
  const retired = settings.retire ? changes.gone.filter((site) => site !== first) : [];
  const gone = changes.gone.filter((site) => !retired.includes(site));
  const refused = [...changes.refused, ...uncovered];
  if (added.length === 0 && retired.length === 0 && !settings.retire)
    return { started: [], retired, gone, failed: refused, problems };
  // As in a deployment: new sites get what the others have, and the digest of the release is that of this node.
  const placed = { ...settings, background: backgroundOn(settings.background, node.host.address) };
  const here = added.length > 0 ? await services.added(placed, node.host) : placed;
  const { started, failed } = await changeSites(node, { ...live, settings: here }, { added, retired }, runtime);
  return { started, retired, gone, failed: [...refused, ...failed], problems };
}

interface Changing {
  readonly added: readonly Site[];
  readonly retired: ReleaseRecord["sites"];
}

async function changeSites(
  node: NodeRun,
  live: LiveRelease,
  { added, retired }: Changing,
  runtime: Runtime,
): Promise<Pick<SitesOutcome, "started" | "failed">> {
  const lease = leaseFor(live.place, live.facts.state, live.settings, runtime);
  const files = await changingFiles(node, live, { added, retired });
  requireLeading(live, files, node.host.name);
  const { reports, failed } = await checkNewSites(node, live, { added, files }, lease);
  const { data } = await node.stage(sitesStage(live, { reports, files, added, retired, failed: failed.length }, lease));
  const leftOut = readLeftOut(`${data.get("start-sites") ?? ""}\n${data.get("publish-sites") ?? ""}`);
  const started = [...reports.keys()].filter((site) => !leftOut.has(siteName(site)));
  const broken = [...reports.keys()].flatMap((site) => {
    const output = leftOut.get(siteName(site));
    return output === undefined ? [] : [{ site, why: reasonIn(output) }];
  });
  const all = [...failed, ...broken];
  const isRecorded = all.length === 0 || started.length === 0 || live.settings.dryRun;
  if (!isRecorded) await recordConfiguration(node, live, all, lease);
  return { started, failed: all };
}

/** The files on the node that change, as they are. */
async function changingFiles(
  node: NodeRun,
  live: LiveRelease,
  { added, retired }: Changing,
): Promise<ReadonlyMap<string, NodeFile>> {
  const settings = added.length > 0 ? (settingsFile(live) ?? []) : [];
  const paths = added.length + retired.length > 0 ? [settings, sharedFiles(live)].flat() : [];
  return paths.length > 0 ? await readFiles(node.host, paths) : new Map();
}

/** Which of the sites would start was not known before. So the digest of a release that got some of them follows. */
async function recordConfiguration(
  node: NodeRun,
  live: LiveRelease,
  failed: readonly FailedSite[],
  lease: LeaseRequest,
): Promise<void> {
  const { settings, record, place } = live;
  const names = failed.map(({ site }) => siteName(site));
  const sites = settings.sites.filter((site) => !names.includes(siteName(site)));
  const isServed = (id: string) => sites.some((site) => String(site.id) === id);
  const isFailed = (id: string) => !isServed(id) && failed.some(({ site }) => String(site.id) === id);
  const siteEnv = Object.fromEntries(Object.entries(settings.siteEnv).filter(([id]) => !isFailed(id)));
  const configuration = grownConfiguration({ ...live, settings: { ...settings, sites, siteEnv } }, record);
  if (configuration !== null) await node.stage(contentStage(place, { ...record.content, configuration }, lease));
}

interface Checked {
  /** What Django reported of each site that passed its checks. */
  readonly reports: ReadonlyMap<Site, DjangoFacts>;
  readonly failed: readonly FailedSite[];
}

async function checkNewSites(
  node: NodeRun,
  live: LiveRelease,
  { added, files }: { readonly added: readonly Site[]; readonly files: ReadonlyMap<string, NodeFile> },
  lease: LeaseRequest,
): Promise<Checked> {
  if (added.length === 0) return { reports: new Map(), failed: [] };
  // Before anything is sent: a broken template fails here.
  for (const site of added) joiningSite(live, site, noFacts);
  const settings = files.get(settingsFile(live) ?? "")?.content;
  const { data } = await node.stage(prepareStage(live, added, settings, lease));
  const checks = readChecks(data.get("check-sites") ?? "");
  const results = added.map((site) => ({
    site,
    ...(live.settings.dryRun
      ? { report: noFacts }
      : reportOf(
          checks.find(({ name }) => name === siteName(site)),
          site,
          node,
        )),
  }));
  return {
    reports: new Map(results.flatMap(({ site, ...result }) => ("report" in result ? [[site, result.report]] : []))),
    failed: results.flatMap(({ site, ...result }) => ("why" in result ? { site, why: result.why } : [])),
  };
}

/** A project's own describe.py may print something else than it has to. */
function reportOf(
  check: CheckedSite | undefined,
  site: Site,
  { host }: NodeRun,
): { readonly report: DjangoFacts } | { readonly why: string } {
  if (check?.kind !== "ok") return { why: reasonIn(check?.text ?? "") };
  try {
    return { report: readDjangoReport(check.text, [site], host.name) };
  } catch (error) {
    return { why: asWovenError(error).message };
  }
}
