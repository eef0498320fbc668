// The service that the sites of one server share: what a node has of it, and the instance that takes its place when sites join or leave
// it.
import { WovenError } from "../errors.ts";
import type { NodeFile } from "../node/read-files.ts";
import { type Service, serviceOf, webServices } from "../node/services.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { loopbackAddress, newBuild, replaceWords } from "../release/build.ts";
import { siteName } from "../release/layout.ts";
import type { Server, SharedService } from "../servers/server.ts";
import { serverNamesOf, servers } from "../servers/servers.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { PlacedFile } from "../steps/place-file.ts";
import { changedList, type Replacement } from "../steps/replace-instance.ts";
import type { RetiredSite } from "../steps/retire-sites.ts";
import type { JoiningSite } from "../steps/start-sites.ts";
import { nginxConf } from "../steps/webconf.ts";
import type { LiveRelease } from "./joining-sites.ts";

type Live = Pick<LiveRelease, "place" | "record">;

interface Shared extends SharedService {
  readonly server: Server;
  readonly service: Service;
  readonly sites: ReleaseRecord["sites"];
}

/** Undefined where each site has a service of its own. */
export function sharedService({ place, record }: Live): Shared | undefined {
  const name = serverNamesOf(record).find((one) => servers[one].shared !== undefined);
  const service = webServices(record.services).find(({ server }) => server === name);
  if (name === undefined || service === undefined) return undefined;
  const server = servers[name];
  const shared = server.shared?.({ place, build: record.build });
  const sites = record.sites.filter((site) => serviceOf(site, record.services) === service);
  return shared && { ...shared, server, service, sites };
}

/** The address of the next instance. A dry run has that of the live one, so that it shows only what would change. */
export function nextAddress(live: Live & Pick<LiveRelease, "settings">): string {
  const [address] = sharedService(live)?.service.address?.split(":") ?? [];
  return live.settings.dryRun && address !== undefined ? address : loopbackAddress(newBuild());
}

/** The files on the node that change when sites join or leave the service: its list, and nginx's configuration of its sites. */
export function sharedFiles(live: Live): readonly string[] {
  const shared = sharedService(live);
  return shared ? [shared.list, ...shared.sites.map((site) => nginxConf(primaryDomain(site), live.place.name))] : [];
}

/**
 * Throws if nginx does not lead to the live instance, as after a power cut in the middle of a move: it could not be moved to the next one.
 *
 * @param files `sharedFiles` as they are on the node
 */
export function requireLeading(live: Live, files: ReadonlyMap<string, NodeFile>, node: string): void {
  const { sites = [], service } = sharedService(live) ?? {};
  for (const site of sites) {
    const path = nginxConf(primaryDomain(site), live.place.name);
    const content = files.get(path)?.content;
    if (content === undefined || service?.address === undefined || content.includes(service.address)) continue;
    throw new WovenError({
      code: "sites-differ",
      message: `${path} does not lead to ${service.address}, where the live release of ${live.record.distribution} is`,
      state: "Nothing was changed.",
      next: "Deploy first, with overwrite: true if the version is the same. A deployment starts new sites, too.",
      node,
    });
  }
}

export interface Replacing {
  readonly replacement: Replacement;
  /** The list of the sites. */
  readonly list: PlacedFile;
  /** The sites that were there before and stay, and nginx's configuration of them. */
  readonly stays: ReleaseRecord["sites"];
  readonly confs: readonly PlacedFile[];
}

/**
 * Undefined if no site joins or leaves the service.
 *
 * @param files `sharedFiles` as they are on the node
 */
export function replacing(
  live: LiveRelease,
  joining: readonly JoiningSite[],
  leaving: readonly RetiredSite[],
  files: ReadonlyMap<string, NodeFile>,
): Replacing | undefined {
  const shared = sharedService(live);
  const lined = joining.filter(({ line }) => line !== undefined);
  const leaves = leaving.flatMap(({ line }) => line ?? []);
  if (shared === undefined || lined.length + leaves.length === 0) return undefined;
  const { service: before, list, test } = shared;
  const next = { ...before, ...nextInstance(live, shared) };
  const gone = leaving.map(({ site }) => siteName(site));
  const stays = shared.sites.filter((site) => !gone.includes(siteName(site)));
  const words = new Map([[before.address ?? "", next.address]]);
  return {
    replacement: { before, next, test, list, awaits: leaves.length > 0 ? [] : lined.map(({ name }) => name) },
    list: changedList(list, files.get(list)?.content ?? "", { joins: lined.flatMap(({ line }) => line ?? []), leaves }),
    stays,
    confs: stays.flatMap((site) => {
      const path = nginxConf(primaryDomain(site), live.place.name);
      const file = files.get(path);
      return file ? [{ ...file, path, content: replaceWords(file.content, words) }] : [];
    }),
  };
}

function nextInstance({ place, record, settings, instance }: LiveRelease, { server, service }: Shared) {
  const { version, build } = record;
  const web = { place, version, build, key: "", sites: [], setup: settings.setup, address: instance };
  const [next] = server.services(web);
  if (next?.address === undefined)
    throw new RangeError(`${service.server} does not listen on TCP, and cannot have ${instance}`);
  return { units: next.units, address: next.address };
}
