// What a preview has beside a release: its record and removal, its copy of live data, and the live release that it is a patch of.
import type { ListedRelease } from "../node/listed-release.ts";
import type { PreviewRecord } from "../node/previews.ts";
import { activeRelease } from "../node/state.ts";
import type { ReleaseFile } from "../release/described-file.ts";
import { type Layout, layout } from "../release/layout.ts";
import { differences, type Manifest, manifestOf } from "../release/manifest.ts";
import { bytesOf } from "../settings/bytes.ts";
import type { DataServiceName, NodePlace } from "../settings/data-services.ts";
import { present } from "../settings/present.ts";
import type { PreviewSettings } from "../settings/preview.ts";
import type { PreviewDecision } from "../settings/preview-decision.ts";
import { recordedRoot } from "../settings/recorded-root.ts";
import type { Settings } from "../settings/settings.ts";
import { copyLiveData, type DataSource, keepPreview } from "../steps/preview.ts";
import { addressPreviewDatabase, makePreviewDatabase, type PreviewDatabase } from "../steps/preview-database.ts";
import { checkPreviewRoom, type PreviewRoom, sleepOthers, wakePreview } from "../steps/preview-sleep.ts";
import type { NodeRun } from "./fleet.ts";
import { usesService } from "./preview-database.ts";
import { previewRemoval } from "./preview-removal.ts";
import { distributionFacts } from "./release-facts.ts";
import type { PreviewParts } from "./release-plan.ts";
import type { Runtime } from "./runtime.ts";

export type AskedPreview = Extract<PreviewDecision, { kind: "build" | "remove" }>;

/** The files of the project that differ from a release: `3 files: shop/views.py, …`. */
export function changedFiles(before: Manifest, files: readonly ReleaseFile[]): string {
  const { removed, files: changed } = differences(before, manifestOf(files));
  const differing = [...removed.filter((path) => before.files.has(path)), ...changed.keys()].toSorted();
  const packages = differing.some((path) => path.startsWith("dist/")) ? ["the packages"] : [];
  const own = differing.flatMap((path) => /^project\/(.*)/s.exec(path)?.[1] ?? []);
  const more = own.length > 5 ? `, and ${own.length - 5} more` : "";
  const named =
    own.length === 0
      ? []
      : [`${own.length} ${own.length === 1 ? "file" : "files"}: ${own.slice(0, 5).join(", ")}${more}`];
  return [...named, ...packages].join("; ") || "nothing";
}

/** The live release of the project on a node. A preview is a patch of it. */
export interface LiveBase {
  readonly packages: NonNullable<PreviewParts["packages"]>;
  readonly listed?: ListedRelease;
}

/** Undefined if nothing of the project is live on the node. */
export async function liveBase(node: NodeRun, { base: name }: PreviewSettings): Promise<LiveBase | undefined> {
  if (name === undefined) return undefined;
  const asked = { files: { of: "active" } } as const;
  // Its own settings are not here: those of a pull request do not count, and another role may deploy it.
  const { state, listed, deploymentRoot } = await distributionFacts(
    node.host,
    name,
    { deploymentRoot: recordedRoot },
    asked,
  );
  const record = activeRelease(state);
  return record && present({ packages: { place: layout(deploymentRoot, name, record.name), record }, listed });
}

interface Wanted {
  readonly wanted: PreviewSettings;
  readonly decision: AskedPreview;
  readonly name: string;
  readonly base?: LiveBase | undefined;
  /** The release whose files it shares. */
  readonly from?: Layout | undefined;
  /** Whether it has no release yet. */
  readonly isNew: boolean;
  /** The service of the node that gives it a database. */
  readonly service?: DataServiceName | undefined;
  readonly node: NodePlace;
  /** The name of the release that is built. */
  readonly release: string;
}

/** What of a live release a preview gets a copy of. */
function dataSource({ packages: { place, record } }: LiveBase): DataSource {
  const [site = 1] = record.sites.map(({ id }) => id);
  return { place, site, described: record.described };
}

/** The steps of a preview beside those of a release. */
export function previewParts(
  settings: Settings,
  root: string,
  { wanted, decision, name, base, from, isNew, service, node, release }: Wanted,
  runtime: Runtime,
): PreviewParts {
  const { pull } = decision;
  const memory = bytesOf(wanted.memory);
  const record: PreviewRecord = {
    schema: 1,
    distribution: name,
    base: wanted.base ?? name,
    name: decision.name,
    root,
    sites: settings.sites.map(({ id, domains }) => ({ id, domains })),
    ttl: wanted.ttl,
    memory,
    ...present({
      repository: pull?.repository ?? runtime.env["GITHUB_REPOSITORY"],
      number: pull?.number,
      commit: pull?.commit,
    }),
    updatedAt: new Date(runtime.now()).toISOString(),
  };
  const live = wanted.databaseFrom === "live" ? base : undefined;
  const sites = settings.sites.map(({ id }) => id);
  const [site = 1] = sites;
  const source = live && dataSource(live);
  const place = layout(root, name, "");
  const database: PreviewDatabase | undefined = service && {
    service,
    base: record.base,
    // What is in a database of another kind, the live release has not put there.
    copy: source && usesService(source.described, service) ? source : undefined,
  };
  const copied = isNew ? source : undefined;
  const room: PreviewRoom = {
    distribution: name,
    base: record.base,
    root,
    most: wanted.most,
    memory,
    totalMemory: wanted.totalMemory ?? null,
    keepFree: wanted.keepFree,
    copies: (copied?.described?.sqliteFiles ?? []).map((file) => `${copied?.place.database}/${file}`),
  };
  return {
    room: (needs) => checkPreviewRoom(room, needs),
    keep: keepPreview(record, previewRemoval(record, "the server"), wanted),
    data: [
      ...(copied ? [copyLiveData(place, site, copied)] : []),
      ...(database ? [makePreviewDatabase(place, site, database)] : []),
    ],
    environment: database ? [addressPreviewDatabase(layout(root, name, release), sites, database, node)] : [],
    wake: wakePreview(name),
    sleep: sleepOthers(room),
    ...present({ patches: from, packages: base?.packages }),
  };
}
