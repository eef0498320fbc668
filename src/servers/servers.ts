// The table of the servers that can run the sites of a release.
import { type Service, webServices } from "../node/services.ts";
import { type SupportedServer, supportedServers } from "../settings/settings.ts";
import { apache, firstServices } from "./apache.ts";
import { gunicorn } from "./gunicorn.ts";
import type { Server } from "./server.ts";
import { uvicorn } from "./uvicorn.ts";

export const servers: Readonly<Record<SupportedServer, Server>> = {
  apache,
  gunicorn,
  uvicorn,
};

export const allServers: readonly Server[] = Object.values(servers);

export { firstServices };

/** The names of the servers that answer visitors. Throws a RangeError if this version does not know one. */
export function serverNamesOf({ services }: { readonly services: readonly Service[] }): readonly SupportedServer[] {
  return [...new Set(webServices(services).map(({ server }) => server))].map((name) => {
    const known = supportedServers.find((one) => one === name);
    if (known === undefined) throw new RangeError(`this version of Woven does not know the server ${name}`);
    return known;
  });
}

export function serversOf(release: { readonly services: readonly Service[] }): readonly Server[] {
  return serverNamesOf(release).map((name) => servers[name]);
}
