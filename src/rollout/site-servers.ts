// What runs each site of a live release. A patch keeps it: it brings neither another program nor other services.
import { WovenError } from "../errors.ts";
import { webServices } from "../node/services.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { runningOf } from "../settings/server.ts";
import type { Settings } from "../settings/settings.ts";

/** Throws `patch-other-server` if the configuration gives a site another server. */
export function checkServers(settings: Settings, target: ReleaseRecord, node: string): void {
  const runs = webServices(target.services);
  for (const site of settings.sites) {
    const { server } = runningOf(settings, site);
    const now = runs.find(({ sites }) => sites.includes(site.id))?.server;
    if (now === undefined ? canAdd(settings, server, runs) : now === server) continue;
    throw otherServer(target, { site: site.id, server, now }, node);
  }
}

/** A new site runs under a server that the release has. It only becomes a part of the release with its web configuration. */
function canAdd({ parts }: Settings, server: string, runs: ReturnType<typeof webServices>): boolean {
  return !parts.includes("webconf") || runs.some((one) => one.server === server);
}

interface Wanted {
  readonly site: number;
  /** What the configuration says. */
  readonly server: string;
  /** What runs the site. Undefined: the site is new. */
  readonly now: string | undefined;
}

function otherServer(target: ReleaseRecord, { site, server, now }: Wanted, node: string): WovenError {
  const { distribution, version } = target;
  const is = now === undefined ? `has nothing that runs under ${server}` : `runs site ${site} under ${now}`;
  const keep = now === undefined ? "" : `, or write server = "${now}" for the site`;
  return new WovenError({
    code: "patch-other-server",
    message: `${distribution} ${version} ${is} on ${node}, but the configuration has server = "${server}" for site ${site}`,
    state: "Nothing was changed.",
    next: `A patch cannot change the server. Deploy a new version, or set overwrite: true to deploy this one again${keep}.`,
    node,
  });
}
