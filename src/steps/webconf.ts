// The web configuration of a release: the files of its server, and nginx's server block for each site.
import { filesOf, type Service, serviceOf, webServices } from "../node/services.ts";
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { buildFolder, loopbackAddress, replaceWords } from "../release/build.ts";
import { asleepPage, domainName, type Layout, siteUser } from "../release/layout.ts";
import { backgroundFiles } from "../servers/background.ts";
import type { WebRelease } from "../servers/server.ts";
import { servers, sharesOf } from "../servers/servers.ts";
import type { Background } from "../settings/background/background.ts";
import { primaryDomain } from "../settings/domain.ts";
import { isPreview } from "../settings/preview.ts";
import type { Web } from "../settings/settings.ts";
import { dropInOf } from "./drop-in.ts";
import { errorPages } from "./error-pages.ts";
import { type Https, httpsNames, httpsView, wordOf } from "./https.ts";
import { namesNames, namesView } from "./names-in-nginx.ts";
import { olderStaticView } from "./older-static.ts";
import type { PlacedFile } from "./place-file.ts";
import { servedFolder } from "./served-folder.ts";
import type { Templates } from "./templates.ts";
import { accountsText, plainWeb, webNames, webView } from "./web-options.ts";

export interface WebConf {
  readonly web: WebRelease;
  /** Absent: no processes and no schedules. */
  readonly background?: Background;
  /** Whether the node has IPv6: NodeFacts. */
  readonly ipv6: boolean;
  /** Paths as in Django's settings, or URLs. nginx does not serve a URL on another domain, such as a CDN. */
  readonly staticUrl: string | null;
  readonly mediaUrl: string;
  /** Undefined: plain http, and no known proxy. */
  readonly https?: Https;
  /** Undefined: nothing is set. */
  readonly options?: Web;
  /** The live release: a dry run compares with its files. */
  readonly before?: Layout;
}

/** The file with nginx's server block for a domain of a release. */
export function nginxConf(domain: string, name: string): string {
  return `/etc/nginx/sites-available/${domainName(domain)}-${name}.conf`;
}

/** The file with the key that nginx sends to a service. No distribution or version has an `@` in its name. */
function nginxKey({ distribution, name }: Layout, service: string): string {
  return `/etc/nginx/woven/${distribution}-${name}@${service}.conf`;
}

/** The file with the accounts that may see the sites of a release. nginx's workers read it at each request. */
function accountsFile({ distribution, name }: Layout): string {
  return `/etc/nginx/woven/${distribution}-${name}@accounts`;
}

/** The services of a release, with all their configuration. The first one also has what nginx needs for all of them. */
export function releaseServices(web: WebRelease, options: Web = plainWeb): readonly Service[] {
  const { place, sites } = web;
  const services = servicesOf(web);
  return services.map((service, index) => ({
    ...service,
    files: [
      ...service.files,
      ...(index === 0 && options.basicAuth ? [accountsFile(place)] : []),
      ...sites
        .filter((site) => serviceOf(site, services) === service)
        .map((site) => nginxConf(primaryDomain(site), place.name)),
      ...(hasKey(service) ? [nginxKey(place, service.name)] : []),
    ],
  }));
}

function servicesOf(web: WebRelease): readonly Service[] {
  return sharesOf(web).flatMap((share) => share.server.services(share.web));
}

function hasKey({ probe }: Service): boolean {
  return Object.keys(probe.headers).length > 0;
}

/** nginx's answer at `/.woven/release`, which names the build that is live. */
export function releaseMark({ place, build }: Pick<WebRelease, "place" | "build">): string {
  return `${place.distribution} ${place.name} ${build}`;
}

/** All files that the web servers need for this release. Placing them changes nothing that is live. */
export function webConfFiles(conf: WebConf, templates: Templates): readonly PlacedFile[] {
  const { web, background, before } = conf;
  const files = (of: WebRelease) => [
    ...sharesOf(of).flatMap((share) => share.server.files(share.web)),
    ...(background ? backgroundFiles(of, background) : []),
  ];
  const earlier = before ? files({ ...web, place: before }) : [];
  return [
    ...files(web).map((file, index): PlacedFile => {
      const { path, template, view, formerly, required, outdated, secret } = file;
      const like = earlier[index]?.path;
      const content = templates.render(template, view, {
        ...(formerly === undefined ? {} : { formerly }),
        ...(required ? { required } : {}),
        ...(outdated ? { outdated } : {}),
      });
      return {
        path,
        content: `${content}${dropInOf(file, templates)}`,
        ...(like === undefined ? {} : { like }),
        ...(secret ? secretFile : {}),
      };
    }),
    ...nginxFiles(conf, templates),
  ];
}

/** nginx and servers that start as root read their configuration as root. */
const secretFile = { mode: "640", secret: true } as const;

const plain: Https = { tls: { kind: "none", trusted: [] } };

function nginxFiles(conf: WebConf, templates: Templates) {
  const { web, ipv6, staticUrl, mediaUrl, https = plain, before, options: given = plainWeb } = conf;
  const { place, version, build, sites } = web;
  const services = webServices(servicesOf(web));
  const common = {
    distribution: place.distribution,
    version,
    name: place.name,
    release: buildFolder(place, build),
    ipv6,
  };
  const confs = sites.map((site): PlacedFile => {
    const { domains, server, processes } = site;
    const [domain = "", ...aliases] = domains;
    const names = namesView(site);
    // A request may take as long as the server of the site allows.
    const options = { ...given, timeout: given.timeout ?? processes.timeout };
    const service = serviceOf(site, services);
    const staticFiles = servedFolder(staticUrl, domains, `${buildFolder(place, build)}/static`);
    const media = servedFolder(mediaUrl, domains, place.media);
    const { hsts, ...httpsNow } = httpsView(https, place.distribution, domain);
    const view = {
      ...common,
      ...httpsNow,
      ...webView(options, {
        scheme: httpsNow.scheme,
        host: names.host,
        media,
        hsts,
        accounts: accountsFile(place),
        word: wordOf(domain),
      }),
      mark: releaseMark(web),
      domain,
      names: domains.join(" "),
      ...names,
      aliases,
      user: siteUser(site.id),
      log: domainName(domain),
      upstream: service?.socket ? `http://unix:${service.socket}` : `http://${service?.address ?? ""}`,
      key_file: service && hasKey(service) ? nginxKey(place, service.name) : false,
      static: staticView(conf, staticFiles, media),
      pages: `${buildFolder(place, build)}/${errorPages(site)}`,
      media,
      asleep: isPreview(place.distribution) ? asleepPage(place.distribution) : false,
      websockets: servers[server].websockets ?? false,
    };
    return {
      path: nginxConf(domain, place.name),
      content: templates.render("nginx-site.conf", view, {
        required: ["upstream", "mark", "key_file", ...httpsNames(https.tls), ...webNames(options), ...namesNames(site)],
      }),
      ...(before ? { like: nginxConf(domain, before.name) } : {}),
    };
  });
  const keys = services.filter(hasKey).map(({ name, probe }): PlacedFile => {
    const headers = Object.entries(probe.headers).map(([header, value]) => ({ header, value }));
    return {
      path: nginxKey(place, name),
      content: templates.render("nginx-key.conf", { ...common, headers }),
      ...secretFile,
    };
  });
  return [...confs, ...keys, ...accounts(conf)];
}

/** nginx refuses two locations with one path. If static and media files share one, it is for media: Django collects nothing then. */
function staticView(
  { web: { place, build } }: WebConf,
  files: ReturnType<typeof servedFolder>,
  media: ReturnType<typeof servedFolder>,
) {
  if (!files || (media && media.url === files.url)) return false;
  return { ...files, older: olderStaticView(place, build, files.url) };
}

function accounts({ web, options }: WebConf): readonly PlacedFile[] {
  if (!options?.basicAuth) return [];
  const content = accountsText(options.basicAuth, web.key);
  return [{ path: accountsFile(web.place), content, ...secretFile, group: "www-data" }];
}

/** The services and the mark of a release, for another build that keeps its web configuration. */
export function servicesOfBuild(
  { build: from, services, mark, tls }: Pick<ReleaseRecord, "build" | "services" | "mark" | "tls">,
  to: string,
): Pick<ReleaseRecord, "services" | "mark" | "tls"> {
  const words = new Map([
    [from, to],
    ...addressesOf(services).map((address) => [address, loopbackAddress(to)] as const),
  ]);
  const file = (path: string) => path.replace(`.${from}.`, `.${to}.`);
  return {
    ...(tls ? { tls } : {}),
    mark: replaceWords(mark, words),
    services: services.map(({ units, address, socket, links, ...service }) => ({
      ...service,
      units: units.map((unit) => unit.replace(/(?<=@).*(?=\.\w+$)/, (instance) => words.get(instance) ?? instance)),
      ...(address === undefined ? {} : { address: replaceWords(address, words) }),
      ...(socket === undefined ? {} : { socket: file(socket) }),
      links: Object.fromEntries(Object.entries(links).map(([link, target]) => [link, file(target)])),
    })),
  };
}

/** Where services listen on TCP: at first on the address of the build, and on another one since sites have joined or left. */
function addressesOf(services: readonly Service[]): readonly string[] {
  return services.flatMap(({ address }) => address?.split(":")[0] ?? []);
}

/** The configuration files that differ between builds of a release. Unit files do not: the build is in the instance's name. */
export function filesOfBuild({ services }: Pick<ReleaseRecord, "services">): readonly string[] {
  return filesOf(services).filter((file) => !file.startsWith("/etc/systemd/"));
}

/**
 * Adapts the configuration of a release, as it is on the node, to another build of it.
 *
 * @param files by path, of `filesOfBuild`
 */
export function keptWebConf(
  files: ReadonlyMap<string, { readonly content: string; readonly mode: string; readonly group?: string }>,
  place: Layout,
  { from, to }: { readonly from: ReleaseRecord; readonly to: ReleaseRecord },
): readonly PlacedFile[] {
  const sockets = ({ services }: ReleaseRecord) => services.flatMap(({ socket }) => socket ?? []);
  const words = new Map([
    [from.mark, to.mark],
    [buildFolder(place, from.build), buildFolder(place, to.build)],
    ...addressesOf(from.services).map((address) => [address, loopbackAddress(to.build)] as const),
    ...sockets(from).map((socket, index) => [socket, sockets(to)[index] ?? socket] as const),
  ]);
  return [...files].map(([path, { content, mode, group }]) => ({
    path,
    content: replaceWords(content, words),
    mode,
    ...(group === undefined ? {} : { group }),
    // A file that not everyone can read may hold a secret, so it is not shown.
    ...(mode.endsWith("0") ? { secret: true } : {}),
  }));
}

/** Removes configuration files that the replaced build of a version had, and the new one does not. */
export function discardWebConf(before: readonly Service[], now: readonly Service[]): readonly Step[] {
  const unused = filesOf(before).filter((file) => !filesOf(now).includes(file));
  if (unused.length === 0) return [];
  return [{ id: "discard-conf", title: "Remove the replaced build's configuration", apply: sh`rm -f ${unused}` }];
}
