// The web configuration of a release: that of its servers, and a server block of nginx for each of its domains.
import { filesOf, type Service, webServices } from "../node/services.ts";
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { buildFolder, loopbackAddress, replaceWords } from "../release/build.ts";
import { domainName, type Layout, siteUser } from "../release/layout.ts";
import type { Server, WebRelease } from "../servers/server.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { PlacedFile } from "./place-file.ts";
import type { Templates } from "./templates.ts";

export interface WebConf {
  readonly web: WebRelease;
  readonly server: Server;
  /** Whether the node has IPv6: NodeFacts. */
  readonly ipv6: boolean;
  /** URL paths as Django has them, or URLs; what lies on no domain of the site (a CDN) is not served from here. */
  readonly staticUrl: string | null;
  readonly mediaUrl: string;
  /** Of the live release: a dry run shows what is new against its files. */
  readonly before?: Layout;
}

/** What nginx has for a domain of a release. */
export function nginxConf(domain: string, name: string): string {
  return `/etc/nginx/sites-available/${domainName(domain)}-${name}.conf`;
}

/** Where nginx reads the key to a service. No distribution or version holds an `@`. */
function nginxKey({ distribution, name }: Layout, service: string): string {
  return `/etc/nginx/woven/${distribution}-${name}@${service}.conf`;
}

/** The services of a release, with all their configuration. */
export function releaseServices(server: Server, web: WebRelease): readonly Service[] {
  const { place, sites } = web;
  return server.services(web).map((service) => ({
    ...service,
    files: [
      ...service.files,
      ...sites.filter(({ id }) => service.sites.includes(id)).map((site) => nginxConf(primaryDomain(site), place.name)),
      ...(hasKey(service) ? [nginxKey(place, service.name)] : []),
    ],
  }));
}

function hasKey({ probe }: Service): boolean {
  return Object.keys(probe.headers).length > 0;
}

/** What nginx says of a release at `/.woven/release`: which build it has. */
export function releaseMark({ place, build }: Pick<WebRelease, "place" | "build">): string {
  return `${place.distribution} ${place.name} ${build}`;
}

/** Everything the web servers need for this release; placing it changes nothing that is live. */
export function webConfFiles(conf: WebConf, templates: Templates): readonly PlacedFile[] {
  const { web, server, before } = conf;
  const earlier = before ? server.files({ ...web, place: before }) : [];
  return [
    ...server.files(web).map(({ path, template, view, formerly, required, secret }, index): PlacedFile => {
      const like = earlier[index]?.path;
      return {
        path,
        content: templates.render(template, view, {
          ...(formerly === undefined ? {} : { formerly }),
          ...(required ? { required } : {}),
        }),
        ...(like === undefined ? {} : { like }),
        ...(secret ? secretFile : {}),
      };
    }),
    ...nginxFiles(conf, templates),
  ];
}

/** nginx and servers that start as root read their configuration as root. */
const secretFile = { mode: "640", secret: true } as const;

function nginxFiles({ web, server, ipv6, staticUrl, mediaUrl, before }: WebConf, templates: Templates) {
  const { place, version, build, sites } = web;
  const services = webServices(server.services(web));
  const common = {
    distribution: place.distribution,
    version,
    name: place.name,
    release: buildFolder(place, build),
    ipv6,
  };
  const confs = sites.map(({ id, domains }): PlacedFile => {
    const [domain = "", ...aliases] = domains;
    const service = services.find((one) => one.sites.includes(id));
    const staticFiles = localPath(staticUrl, domains, `${buildFolder(place, build)}/static`);
    const media = localPath(mediaUrl, domains, place.media);
    const view = {
      ...common,
      mark: releaseMark(web),
      domain,
      aliases,
      user: siteUser(id),
      log: domainName(domain),
      upstream: service?.socket ? `http://unix:${service.socket}` : `http://${service?.address ?? ""}`,
      key_file: service && hasKey(service) ? nginxKey(place, service.name) : false,
      // Two locations of one path are none. Django collects nothing where both have one: it is media's.
      static: media && staticFiles && media.url === staticFiles.url ? false : staticFiles,
      media,
      redirect: aliases.length > 0 ? { names: aliases.join(" ") } : false,
    };
    return {
      path: nginxConf(domain, place.name),
      content: templates.render("nginx-site.conf", view, { required: ["upstream", "mark", "key_file"] }),
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
  return [...confs, ...keys];
}

/** What a release becomes where another build of it keeps its web configuration: its services and its mark. */
export function servicesOfBuild(
  { build: from, services, mark }: Pick<ReleaseRecord, "build" | "services" | "mark">,
  to: string,
): Pick<ReleaseRecord, "services" | "mark"> {
  const words = new Map([
    [from, to],
    [loopbackAddress(from), loopbackAddress(to)],
  ]);
  const file = (path: string) => path.replace(`.${from}.`, `.${to}.`);
  return {
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

/** Of the release's configuration, what tells its builds apart: units do not, their instances have the builds' names. */
export function filesOfBuild({ services }: Pick<ReleaseRecord, "services">): readonly string[] {
  return filesOf(services).filter((file) => !file.startsWith("/etc/systemd/"));
}

/**
 * The configuration of a release, as it is on the node, for another build of it.
 *
 * @param files by path, of `filesOfBuild`
 */
export function keptWebConf(
  files: ReadonlyMap<string, { readonly content: string; readonly mode: string }>,
  place: Layout,
  { from, to }: { readonly from: ReleaseRecord; readonly to: ReleaseRecord },
): readonly PlacedFile[] {
  const sockets = ({ services }: ReleaseRecord) => services.flatMap(({ socket }) => socket ?? []);
  const words = new Map([
    [from.mark, to.mark],
    [buildFolder(place, from.build), buildFolder(place, to.build)],
    [loopbackAddress(from.build), loopbackAddress(to.build)],
    ...sockets(from).map((socket, index) => [socket, sockets(to)[index] ?? socket] as const),
  ]);
  return [...files].map(([path, { content, mode }]) => ({
    path,
    content: replaceWords(content, words),
    mode,
    // What not everybody may read is not shown.
    ...(mode.endsWith("0") ? { secret: true } : {}),
  }));
}

/** Of a version that is built again, the configuration that it no longer has. */
export function discardWebConf(before: readonly Service[], now: readonly Service[]): readonly Step[] {
  const gone = filesOf(before).filter((file) => !filesOf(now).includes(file));
  if (gone.length === 0) return [];
  return [{ id: "discard-conf", title: "Discard the configuration of the replaced build", apply: sh`rm -f ${gone}` }];
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
