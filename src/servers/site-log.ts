// Where the logs of a site are on a node.
import { domainName } from "../release/layout.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { Site } from "../settings/settings.ts";

/** @param name `error` for what the site itself says, or the name of a process or a schedule */
export function siteLog(site: Pick<Site, "domains">, name: string): string {
  return `/var/log/woven/${domainName(primaryDomain(site))}-${name}.log`;
}
