// The table of the servers that can run the sites of a release.
import { type Service, webServices } from "../node/services.ts";
import { type ServerName, serverNames } from "../settings/settings.ts";
import { apache, firstServices } from "./apache.ts";
import { gunicorn } from "./gunicorn.ts";
import type { Server, WebRelease } from "./server.ts";
import { uvicorn } from "./uvicorn.ts";
import { uwsgi } from "./uwsgi.ts";

export const servers: Readonly<Record<ServerName, Server>> = {
  apache,
  gunicorn,
  uvicorn,
  uwsgi,
};

export const allServers: readonly Server[] = Object.values(servers);

export { firstServices };

/** A server of a release, and the release with only the sites that it runs. */
interface Share {
  readonly server: Server;
  readonly web: WebRelease;
}

/** The servers of a release: each runs its sites. */
export function sharesOf(web: WebRelease): readonly Share[] {
  return [...new Set(web.sites.map(({ server }) => server))].map((name) => ({
    server: servers[name],
    web: { ...web, sites: web.sites.filter(({ server }) => server === name) },
  }));
}

/** The names of the servers that answer visitors. Throws a RangeError if this version does not know one. */
export function serverNamesOf({ services }: { readonly services: readonly Service[] }): readonly ServerName[] {
  return [...new Set(webServices(services).map(({ server }) => server))].map((name) => {
    const known = serverNames.find((one) => one === name);
    if (known === undefined) throw new RangeError(`this version of Woven does not know the server ${name}`);
    return known;
  });
}

export function serversOf(release: { readonly services: readonly Service[] }): readonly Server[] {
  return serverNamesOf(release).map((name) => servers[name]);
}
