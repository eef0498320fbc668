// Servers with a service for each site: it runs as the site's user with the release's Python, and listens on a unix socket that systemd
// creates and only nginx can open.
import type { Service } from "../node/services.ts";
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder } from "../release/build.ts";
import { type Layout, siteName, siteUser } from "../release/layout.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { ServerOptions } from "../settings/settings.ts";
import { requiredOptions } from "./processes.ts";
import type { Program } from "./program-wheels.ts";
import { readWritePaths } from "./read-write-paths.ts";
import type { Server, ServerFile, WebRelease, WebSite } from "./server.ts";
import { siteLog } from "./site-log.ts";

/** The WSGI application of each site, behind nginx. */
export const behindNginx = { path: "wsgi/_woven_behind_nginx.py", template: "release/behind_nginx.py" } as const;

interface SiteServer extends Pick<Server, "releaseFiles" | "websockets"> {
  /** Also of its templates: `<program>/site.service`, `<program>/site.socket`. */
  readonly program: Program;
  /** The options of the program that its `site.service` passes on. */
  readonly options: readonly (keyof ServerOptions)[];
}

export function siteServer({ program, options, ...own }: SiteServer): Server {
  const filesOfSite = (web: WebRelease, site: WebSite) => siteFiles({ program, options }, web, site);
  return {
    ...own,
    python: "any",
    packages: [],
    program,
    services: (web) => web.sites.map((site) => siteService(program, web, site, filesOfSite(web, site))),
    files: (web) => web.sites.flatMap((site) => filesOfSite(web, site)),
    test: ({ place, build }) => [testRelease(program, place, build)],
    setUp: () => [],
    etc: {},
    variablePrefixes: [],
    initScripts: [],
  };
}

function siteService(
  program: Program,
  { place, build }: WebRelease,
  site: WebSite,
  files: readonly ServerFile[],
): Service {
  const name = siteName(site);
  const unit = unitOf(place, name);
  const socket = `${socketFolder(place)}/${name}.${build}.sock`;
  return {
    name,
    kind: "web",
    server: program,
    sites: [site.id],
    ...(site.subdomain === undefined ? {} : { subdomain: site.subdomain }),
    units: [`${unit}@${build}.socket`, `${unit}@${build}.service`],
    user: siteUser(site.id),
    socket,
    links: { [`${socketFolder(place)}/${name}.sock`]: socket },
    probe: { headers: {} },
    files: files.map(({ path }) => path),
    packages: [],
    logs: [siteLog(site, "error")],
  };
}

/** The units of a release are the same for all its builds. The build is the name of the instance. */
function siteFiles(
  { program, options }: Pick<SiteServer, "program" | "options">,
  { place, version }: WebRelease,
  site: WebSite,
): readonly ServerFile[] {
  const { processes } = site;
  const unit = unitOf(place, siteName(site));
  const view = {
    distribution: place.distribution,
    version,
    domain: primaryDomain(site),
    user: siteUser(site.id),
    site: siteName(site),
    unit,
    release: buildFolder(place, "%i"),
    sockets: socketFolder(place),
    writable: readWritePaths(place),
    log: siteLog(site, "error"),
    workers: processes.workers,
    threads: processes.threads,
    timeout: processes.timeout,
    arguments: processes.arguments,
    memory: processes.memory ?? false,
    tasks: processes.tasks ?? false,
  };
  // A project's own template from before sites had parts would give a part the name of its site.
  const named = site.subdomain === undefined ? [] : ["site"];
  const { required = [] } = requiredOptions(processes, [...options, "arguments", "memory", "tasks"]);
  return [
    { path: `/etc/systemd/system/${unit}@.socket`, template: `${program}/site.socket`, view, required: named },
    {
      path: `/etc/systemd/system/${unit}@.service`,
      template: `${program}/site.service`,
      view,
      dropIn: `${program}/drop-in.conf`,
      required: [...required, ...named],
    },
  ];
}

/** A dash in a version is escaped in the unit's name. So no other release has units of this name. */
function unitOf(place: Layout, site: string): string {
  return `${place.unit}-${site}`;
}

function socketFolder({ distribution }: Layout): string {
  return `/run/woven/${distribution}`;
}

/** Checked before the start: systemd would restart a failing service again and again. */
function testRelease(program: Program, place: Layout, build: string): Step {
  const folder = buildFolder(place, build);
  return {
    id: program,
    title: `Check that the release has ${program}`,
    plan: "quiet",
    apply: lines([
      sh`touch "$run/unchanged"`,
      // Root runs nothing of a release. So this only looks for the program.
      sh`[ -e ${`${folder}/bin/${program}`} ] || fail ${`${program} is not among the packages of this release`}`,
    ]),
    next: `Deploy this version again with overwrite: true. The bundle then gets ${program}.`,
  };
}
