// The web configuration of a release: its Apache, its unit, and a server block of nginx for each of its domains.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder, domainName, instance, type Layout, siteUser } from "../release/layout.ts";
import type { Site } from "../settings/settings.ts";
import type { PlacedFile } from "./place-file.ts";
import type { Templates } from "./templates.ts";

export interface WebConf {
  readonly place: Layout;
  readonly version: string;
  readonly address: string;
  /** Whether the node has IPv6: NodeFacts. */
  readonly ipv6: boolean;
  readonly sites: readonly Site[];
  /** URL paths as Django has them, or URLs; what lies on no domain of the site (a CDN) is not served from here. */
  readonly staticUrl: string | null;
  readonly mediaUrl: string;
  /** Of the release that serves: a dry run shows what is new against its files. */
  readonly before?: Layout;
}

/** Name of a site's configuration without `.conf`: `example_com-0.2`. */
export function confName(domain: string, name: string): string {
  return `${domainName(domain)}-${name}`;
}

/** Everything the web servers need for this release; placing it changes nothing that serves. */
export function webConfFiles(urls: WebConf, templates: Templates): readonly PlacedFile[] {
  const { place, version, address, ipv6, sites, before } = urls;
  const like = (pathOf: (one: Layout) => string) =>
    before ? { path: pathOf(place), like: pathOf(before) } : { path: pathOf(place) };
  const common = {
    distribution: place.distribution,
    version,
    name: place.name,
    release: buildFolder(place, address),
    unit: place.unit,
    address,
    ipv6,
  };
  const perSite = sites.flatMap((site): readonly PlacedFile[] => {
    const [domain = "", ...aliases] = site.domains;
    const staticFiles = localPath(urls.staticUrl, site.domains, `${buildFolder(place, address)}/static`);
    const media = localPath(urls.mediaUrl, site.domains, place.media);
    const view = {
      ...common,
      domain,
      aliases,
      user: siteUser(site.id),
      log: domainName(domain),
      // Two locations of one path are none. Django collects nothing where both have one: it is media's.
      static: media && staticFiles && media.url === staticFiles.url ? false : staticFiles,
      media,
      redirect: aliases.length > 0 ? { names: aliases.join(" ") } : false,
    };
    const conf = (server: string) =>
      like(({ name }) => `/etc/${server}/sites-available/${confName(domain, name)}.conf`);
    return [
      { ...conf("apache2"), content: templates.render("apache-site.conf", view) },
      { ...conf("nginx"), content: templates.render("nginx-site.conf", view) },
    ];
  });
  const [first = ""] = sites[0]?.domains ?? [];
  const confs = sites.map(({ domains: [domain = ""] }) => confName(domain, place.name));
  return [
    ...perSite,
    {
      ...like(({ apacheConf }) => apacheConf),
      content: templates.render("apache-release.conf", { ...common, domain: first, log: domainName(first), confs }),
    },
    {
      ...like(({ unit }) => `/etc/systemd/system/${unit}@.service`),
      content: templates.render("release.service", { ...common, conf: place.apacheConf }),
    },
  ];
}

/**
 * Has systemd read the unit and Apache prove that it can read its configuration. The instance is one that never was, so it is
 * read now: a daemon-reload would read every unit of the node anew.
 */
export function testWebConf(place: Layout, address: string): Step {
  return {
    id: "configtest",
    title: "Test the web configuration",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
env $(systemctl show -p Environment --value ${instance(place, address)}) APACHE_RUN_DIR="$run" /usr/sbin/apache2 -f ${place.apacheConf} -t`,
    next: "Apache cannot read its configuration: what it said is above. A template of your own in templates/woven/ is the usual reason.",
  };
}

export interface Moved {
  readonly place: Layout;
  readonly sites: readonly Pick<Site, "domains">[];
  /** Addresses of two builds. */
  readonly from: string;
  readonly to: string;
}

/** Lets the configuration of a release, as it is, serve another build of it. */
export function moveBuild(server: "apache2" | "nginx", { place, sites, from, to }: Moved): Step {
  const confs = sites.map(({ domains: [domain = ""] }) => confName(domain, place.name));
  const files = confs.map((conf) => `/etc/${server}/sites-available/${conf}.conf`);
  const literal = (text: string) => text.replaceAll(/[.[\]*^$\\/]/g, "\\$&");
  const move = (old: string, next: string) => sh`for file in ${files}; do
  sed ${`s/${literal(buildFolder(place, old))}/${literal(buildFolder(place, next))}/g; s/${literal(old)}/${next}/g`} "$file" >"$run/moved"
  tool write "$file" 644 root root <"$run/moved"
done`;
  return {
    id: server === "nginx" ? "nginx-conf" : "backend-conf",
    title: `Configuration of ${server === "nginx" ? "nginx" : "the backend"} as it is, for the new build`,
    plan: "quiet",
    apply: move(from, to),
    undo: move(to, from),
  };
}

/** Of a version that is built anew for other domains, the files of those it had. */
export function discardWebConf(
  place: Layout,
  before: readonly Pick<Site, "domains">[],
  now: readonly Pick<Site, "domains">[],
): readonly Step[] {
  const names = (sites: readonly Pick<Site, "domains">[]) =>
    sites.map(({ domains: [domain = ""] }) => confName(domain, place.name));
  const gone = names(before).filter((name) => !names(now).includes(name));
  if (gone.length === 0) return [];
  const files = ["apache2", "nginx"].flatMap((server) =>
    gone.map((name) => `/etc/${server}/sites-available/${name}.conf`),
  );
  return [{ id: "discard-conf", title: "Discard the configuration of earlier domains", apply: sh`rm -f ${files}` }];
}

function localPath(
  url: string | null,
  domains: readonly string[],
  root: string,
): { readonly url: string; readonly root: string } | false {
  const [, host, path = ""] = /^(?:(?:[a-z]+:)?\/\/([^/:]+)(?::\d+)?)?(.*)$/i.exec(url ?? "") ?? [];
  if (host !== undefined && !domains.includes(host.toLowerCase())) return false;
  const inner = path.replace(/^\/+/, "").replace(/\/+$/, "");
  return inner === "" ? false : { url: `/${inner}/`, root };
}
