// What a health check asks for, and where it follows redirects: probe.py reads it.
import { type Service, webServices } from "../node/services.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { primaryDomain } from "../settings/domain.ts";

type Site = ReleaseRecord["sites"][number];

/** Where a page is asked: an address and a port, or a unix socket. */
type Way = { readonly address: string; readonly port: number; readonly tls?: true } | { readonly socket: string };

export const nginx = { address: "127.0.0.1", port: 80 } as const;

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

/** For the services: nginx redirects other domains of a site to the first one, so a service never hears of them. */
export function directRoutes(sites: readonly Site[], services: readonly Service[]): Routes {
  return joined(sites.map((site) => directRoutesOf(site, services)));
}

function directRoutesOf(site: Site, services: readonly Service[]): Routes {
  const service = webServices(services).find(({ sites }) => sites.includes(site.id));
  if (service === undefined) return {};
  const ways = Object.fromEntries(servedBy(site).map((way) => [way, wayTo(service)]));
  const route = { host: primaryDomain(site), headers: headersOf(site, service), ways };
  return Object.fromEntries(site.domains.map((domain) => [domain, route]));
}

export function visitorRoutes(sites: readonly Site[]): Routes {
  return joined(sites.map(visitorRoutesOf));
}

function joined(all: readonly Routes[]): Routes {
  return Object.assign({}, ...all) as Routes;
}

function visitorRoutesOf(site: Site): Routes {
  const listens = site.front?.listens ?? ["http:80"];
  const ways = Object.fromEntries(
    servedBy(site).map((way): [string, Way] => {
      const [scheme, port] = way.split(":");
      if (!listens.includes(way)) return [way, nginx];
      return [way, { address: nginx.address, port: Number(port), ...(scheme === "https" ? { tls: true } : {}) }];
    }),
  );
  return Object.fromEntries(site.domains.map((domain) => [domain, { host: domain, headers: forwarded(site), ways }]));
}

/** What visitors can use, as `http:80`. If something in front of nginx speaks https, that too. */
function servedBy({ front }: Site): readonly string[] {
  return [...new Set([...(front?.listens ?? ["http:80"]), ...(front?.tlsInFront ? ["https:443"] : [])])];
}

export function forwarded({ front }: Site): Readonly<Record<string, string>> {
  return front?.tlsInFront ? { "X-Forwarded-Proto": "https" } : {};
}

export function headersOf(site: Site, { probe }: Service): Readonly<Record<string, string>> {
  return { ...forwarded(site), ...probe.headers };
}

export function wayTo({ address = "", socket }: Service): Way {
  if (socket !== undefined) return { socket };
  const [host = "", port = ""] = address.split(":");
  return { address: host, port: Number(port) };
}

export function pageOf(site: Site, { health }: ReleaseRecord, routes: Routes) {
  const { path, status, text, timeout } = site.health ?? health;
  return {
    host: primaryDomain(site),
    ...(site.front?.tlsInFront ? { scheme: "https" } : {}),
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
