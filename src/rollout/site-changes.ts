// What startsites has to do on a node: which listed sites the live release does not serve yet, and which of its sites are no longer listed.
import type { ReleaseRecord } from "../node/state.ts";
import { siteName } from "../release/layout.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { Site } from "../settings/settings.ts";

type RecordedSite = ReleaseRecord["sites"][number];

export interface SiteChanges {
  /** To start. */
  readonly added: readonly Site[];
  /** No longer listed. */
  readonly gone: readonly RecordedSite[];
  /** Listed, and not to be started: each with the reason, in words. */
  readonly refused: readonly { readonly site: Site; readonly why: string }[];
}

export function siteChanges({ sites: served }: Pick<ReleaseRecord, "sites">, listed: readonly Site[]): SiteChanges {
  const isServed = (site: Site) => served.some((one) => siteName(one) === siteName(site));
  const gone = served.filter((one) => !listed.some((site) => siteName(site) === siteName(one)));
  const refused = listed.flatMap((site) => {
    const why = isServed(site) ? movedTo(site, served) : takenBy(site, served);
    return why === undefined ? [] : [{ site, why }];
  });
  const added = listed.filter((site) => !isServed(site) && refused.every((one) => one.site !== site));
  return { added, gone, refused };
}

/** A site that is served keeps its domains until the next deployment: they are part of its settings and of its certificate. */
function movedTo(site: Site, served: readonly RecordedSite[]): string | undefined {
  const now = served.find((one) => siteName(one) === siteName(site))?.domains ?? [];
  return now.join() === site.domains.join()
    ? undefined
    : `it is served at ${now.join(", ")}, and its domains are now ${site.domains.join(", ")}. Deploy, or patch wsgi and webconf`;
}

function takenBy(site: Site, served: readonly RecordedSite[]): string | undefined {
  const taken = site.domains.find((domain) => served.some(({ domains }) => domains.includes(domain)));
  const other = served.find(({ domains }) => taken !== undefined && domains.includes(taken));
  return other && `${taken} is served by site ${other.id}. Retire that site first, or deploy`;
}

/** `site 4 (fourth.example.com)` */
export function shownSite(site: Pick<Site, "id" | "domains">): string {
  return `site ${site.id} (${primaryDomain(site)})`;
}
