// What a health check asks for, and where it follows redirects: probe.py reads it.
import { type Service, serviceOf } from "../node/services.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { primaryDomain } from "../settings/domain.ts";
import { redirectedNames } from "../settings/site-names.ts";

type Site = ReleaseRecord["sites"][number];
type Visited = Pick<ReleaseRecord, "tls">;

/** Where a page is asked: an address and a port, or a unix socket. */
type Way = { readonly address: string; readonly port: number; readonly tls?: true } | { readonly socket: string };

const nginx = { address: "127.0.0.1", port: 80 } as const;

/** Where a visitor comes in: over TLS if nginx speaks it by Woven's settings. */
export function entrance({ tls }: Visited): Way {
  return tls?.certificate === undefined ? nginx : { ...nginx, port: 443, tls: true };
}

/** Where redirects are followed, by domain. The probe sends `host` as the Host header. */
export type Routes = Readonly<
  Record<
    string,
    {
      readonly host: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly ways: Readonly<Record<string, Way>>;
    }
  >
>;

/** For the services: nginx redirects the domains that a site does not serve, so a service never hears of them. */
export function directRoutes(record: Pick<ReleaseRecord, "sites" | "services" | "tls">): Routes {
  return joined(record.sites.map((site) => directRoutesOf(site, record)));
}

function directRoutesOf(site: Site, record: Pick<ReleaseRecord, "services" | "tls">): Routes {
  const service = serviceOf(site, record.services);
  if (service === undefined) return {};
  const ways = Object.fromEntries(servedBy(site, record).map((way) => [way, wayTo(service)]));
  const headers = headersOf(site, service, record);
  const redirected = redirectedNames(site);
  return Object.fromEntries(
    site.domains.map((domain) => [domain, { host: redirected.get(domain) ?? domain, headers, ways }]),
  );
}

export function visitorRoutes(record: Pick<ReleaseRecord, "sites" | "tls">): Routes {
  return joined(record.sites.map((site) => visitorRoutesOf(site, record)));
}

function joined(all: readonly Routes[]): Routes {
  return Object.assign({}, ...all) as Routes;
}

function visitorRoutesOf(site: Site, record: Visited): Routes {
  const listens = site.front?.listens ?? ["http:80"];
  const ways = Object.fromEntries(
    servedBy(site, record).map((way): [string, Way] => {
      const [scheme, port] = way.split(":");
      if (!listens.includes(way)) return [way, nginx];
      return [way, { address: nginx.address, port: Number(port), ...(scheme === "https" ? { tls: true } : {}) }];
    }),
  );
  const headers = forwarded(site, record);
  return Object.fromEntries(site.domains.map((domain) => [domain, { host: domain, headers, ways }]));
}

/** What visitors can use, as `http:80`. If something in front of nginx speaks https, that too. */
function servedBy(site: Site, record: Visited): readonly string[] {
  const listens = site.front?.listens ?? ["http:80"];
  return [...new Set([...listens, ...(isBehindTls(site, record) ? ["https:443"] : [])])];
}

/** Something in front of nginx speaks https: by the settings, or by the project's own template. */
function isBehindTls({ front }: Site, { tls }: Visited): boolean {
  return tls?.kind === "proxy" || front?.tlsInFront === true;
}

/** The visitors use https. An own template that listens for both begins with http. */
function usesHttps(site: Site, record: Visited): boolean {
  return record.tls !== undefined || isBehindTls(site, record);
}

/** What a proxy in front of nginx says of the visitor. */
export function forwarded(site: Site, record: Visited): Readonly<Record<string, string>> {
  return isBehindTls(site, record) ? { "X-Forwarded-Proto": "https" } : {};
}

/** What nginx says of the visitor, and what the service needs beside that. */
export function headersOf(site: Site, { probe }: Service, record: Visited): Readonly<Record<string, string>> {
  return { ...(usesHttps(site, record) ? { "X-Forwarded-Proto": "https" } : {}), ...probe.headers };
}

/** The scheme of the first request, if it is not http. */
export function schemeOf(site: Site, record: Visited): { readonly scheme?: "https" } {
  return usesHttps(site, record) ? { scheme: "https" } : {};
}

export function wayTo({ address = "", socket }: Service): Way {
  if (socket !== undefined) return { socket };
  const [host = "", port = ""] = address.split(":");
  return { address: host, port: Number(port) };
}

export function pageOf(site: Site, record: ReleaseRecord, routes: Routes) {
  const { path, status, text, timeout } = site.health ?? record.health;
  return {
    host: primaryDomain(site),
    ...schemeOf(site, record),
    path,
    status: status ?? null,
    text: text ?? null,
    timeout,
    sites: routes,
    // A record of an older version does not say what nginx serves.
    ...(site.front ? {} : { unserved: "right" }),
  };
}

export function limitOf({ health, sites }: ReleaseRecord): number {
  return sites.reduce((sum, site) => sum + (site.health ?? health).timeout + 30, 60);
}
