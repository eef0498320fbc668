// What the record of a release says of its sites, for a deployment and for sites that join later.
import type { ReleaseRecord } from "../node/state.ts";
import { primaryDomain } from "../settings/domain.ts";
import { present } from "../settings/present.ts";
import type { Site } from "../settings/settings.ts";
import { nginxFront } from "../steps/nginx-front.ts";
import type { PlacedFile } from "../steps/place-file.ts";
import { nginxConf } from "../steps/webconf.ts";

type RecordedSite = ReleaseRecord["sites"][number];

export function recordedSite({ id, subdomain, domains, served, health }: Site): RecordedSite {
  return present({ id, subdomain, domains: [...domains], served, health });
}

/** The site, with what its configuration says of how visitors reach it. */
export function withFront(site: RecordedSite, name: string, webConf: readonly PlacedFile[]): RecordedSite {
  const conf = webConf.find(({ path }) => path === nginxConf(primaryDomain(site), name));
  return conf === undefined ? site : { ...site, front: nginxFront(conf.content) };
}
