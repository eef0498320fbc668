// What belongs to sites of the live release that are retired: their own services, and their part of services that all sites share.
import { type Service, serviceOf, webServices } from "../node/services.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { siteName } from "../release/layout.ts";
import type { Server, WebRelease } from "../servers/server.ts";
import { serverNamesOf, servers } from "../servers/servers.ts";
import { siteLog } from "../servers/site-log.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { ServerName } from "../settings/settings.ts";
import type { RecordChange } from "../steps/publish-sites.ts";
import type { RetiredSite } from "../steps/retire-sites.ts";
import { nginxConf } from "../steps/webconf.ts";
import type { LiveRelease } from "./joining-sites.ts";

type RecordedSite = ReleaseRecord["sites"][number];

export function retiring(live: LiveRelease, sites: readonly RecordedSite[]): readonly RetiredSite[] {
  const { place, record } = live;
  return sites.map((site) => {
    const shared = serverOfSite(site, live).shared?.({ place, build: record.build });
    return {
      site,
      services: record.services.filter((service) => isOwn(service, site, shared !== undefined)),
      files: shared ? [...confsOf(site, live), nginxConf(primaryDomain(site), place.name)] : [],
      ...(shared ? { line: shared.line(site) } : {}),
    };
  });
}

/** The processes and schedules of a site are its own in any case. Its web service is not where all sites share one. */
function isOwn({ kind, sites, subdomain }: Service, site: RecordedSite, shared: boolean): boolean {
  if (sites.length !== 1 || sites[0] !== site.id) return false;
  return kind === "web" ? !shared && subdomain === site.subdomain : site.subdomain === undefined;
}

/** The server that runs a site of the live release. */
function serverOfSite(site: RecordedSite, { record }: Pick<LiveRelease, "record">): Server {
  return servers[serverNameOf(site, record)];
}

function serverNameOf(site: RecordedSite, { services }: ReleaseRecord): ServerName {
  const service = serviceOf(site, webServices(services));
  const [name] = service ? serverNamesOf({ services: [service] }) : [];
  if (name === undefined) throw new RangeError(`${siteName(site)} has no server`);
  return name;
}

/** The configuration of the server that is for this site alone. */
function confsOf(site: RecordedSite, { place, record, settings }: LiveRelease): readonly string[] {
  const server = serverNameOf(site, record);
  const filesFor = (sites: readonly RecordedSite[]) => {
    const processes = { workers: 1, threads: 1, timeout: 1, arguments: [], given: [] };
    const web: WebRelease = {
      place,
      version: record.version,
      build: record.build,
      key: "",
      sites: sites.map((one) => ({ ...one, server, processes })),
      setup: settings.setup,
    };
    return servers[server].files(web).map(({ path }) => path);
  };
  const isOther = (one: RecordedSite) => siteName(one) !== siteName(site) && serverNameOf(one, record) === server;
  const others = filesFor(record.sites.filter(isOther));
  return filesFor([site]).filter((path) => !others.includes(path));
}

/** What the record loses. */
export function dropped(leaving: readonly RetiredSite[], record: ReleaseRecord): RecordChange["drop"] {
  const gone = leaving.map(({ site }) => siteName(site));
  const own = leaving.flatMap(({ services }) => services);
  const from = (service: Service) => {
    const ids = leaving.map(({ site }) => site.id);
    const stay = record.sites.filter((site) => !gone.includes(siteName(site))).map(({ id }) => id);
    return {
      sites: service.sites.filter((id) => ids.includes(id) && !stay.includes(id)),
      files: leaving.flatMap(({ files }) => files),
      logs: leaving.map(({ site }) => siteLog(site, "error")),
    };
  };
  const shared = record.services.filter((service) => service.kind === "web" && !own.includes(service));
  return {
    sites: gone,
    services: own.map(({ kind, name }) => [kind, name]),
    from: Object.fromEntries(shared.map((service) => [service.name, from(service)])),
  };
}
