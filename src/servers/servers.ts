// The servers that a release can run its sites under: a line each.
import type { Service } from "../node/services.ts";
import { type SupportedServer, supportedServers } from "../settings/settings.ts";
import { apache, firstServices } from "./apache.ts";
import { gunicorn } from "./gunicorn.ts";
import type { Server } from "./server.ts";

export const servers: Readonly<Record<SupportedServer, Server>> = {
  apache,
  gunicorn,
};

export const allServers: readonly Server[] = Object.values(servers);

export { firstServices };

/** Names of the servers that services run under. Throws a RangeError on one that this version does not know. */
export function serverNamesOf({ services }: { readonly services: readonly Service[] }): readonly SupportedServer[] {
  return [...new Set(services.map(({ server }) => server))].map((name) => {
    const known = supportedServers.find((one) => one === name);
    if (known === undefined) throw new RangeError(`${name} is no server of this version of Woven`);
    return known;
  });
}

export function serversOf(release: { readonly services: readonly Service[] }): readonly Server[] {
  return serverNamesOf(release).map((name) => servers[name]);
}
