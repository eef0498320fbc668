// gunicorn: a service for each site, which runs as the site's user with the release's Python. It listens on a unix socket that systemd
// creates and only nginx can open.
import type { Service } from "../node/services.ts";
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder } from "../release/build.ts";
import { domainName, type Layout, siteUser } from "../release/layout.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { Site } from "../settings/settings.ts";
import type { Server, ServerFile, WebRelease } from "./server.ts";

export const gunicorn: Server = {
  python: "any",
  packages: [],
  program: "gunicorn",
  services,
  files,
  releaseFiles: [{ path: "wsgi/_woven_gunicorn.py", template: "gunicorn/settings.py" }],
  test: ({ place, build }) => [testRelease(place, build)],
  setUp: () => [],
  etc: {},
  variablePrefixes: [],
  initScripts: [],
};

function services(web: WebRelease): readonly Service[] {
  const { place, build, sites } = web;
  return sites.map((site): Service => {
    const unit = unitOf(place, site.id);
    const socket = `${socketFolder(place)}/${siteUser(site.id)}.${build}.sock`;
    return {
      name: siteUser(site.id),
      kind: "web",
      server: "gunicorn",
      sites: [site.id],
      units: [`${unit}@${build}.socket`, `${unit}@${build}.service`],
      user: siteUser(site.id),
      socket,
      links: { [`${socketFolder(place)}/${siteUser(site.id)}.sock`]: socket },
      probe: { headers: {} },
      files: siteFiles(web, site).map(({ path }) => path),
      packages: [],
      logs: [errorLog(site)],
    };
  });
}

function files(web: WebRelease): readonly ServerFile[] {
  return web.sites.flatMap((site) => siteFiles(web, site));
}

/** The units of a release are the same for all its builds. The build is the name of the instance. */
function siteFiles({ place, version }: WebRelease, site: Pick<Site, "id" | "domains">): readonly ServerFile[] {
  const unit = unitOf(place, site.id);
  const view = {
    distribution: place.distribution,
    version,
    domain: primaryDomain(site),
    user: siteUser(site.id),
    unit,
    release: buildFolder(place, "%i"),
    sockets: socketFolder(place),
    // systemd ignores the last one if it does not exist: only some projects have it.
    writable: `${place.database} ${place.media} -${place.writable}`,
    log: errorLog(site),
  };
  return [
    { path: `/etc/systemd/system/${unit}@.socket`, template: "gunicorn/site.socket", view },
    { path: `/etc/systemd/system/${unit}@.service`, template: "gunicorn/site.service", view },
  ];
}

/** A dash in a version is escaped in the unit's name. So no other release has units of this name. */
function unitOf(place: Layout, site: number): string {
  return `${place.unit}-${siteUser(site)}`;
}

function socketFolder({ distribution }: Layout): string {
  return `/run/woven/${distribution}`;
}

function errorLog(site: Pick<Site, "domains">): string {
  return `/var/log/woven/${domainName(primaryDomain(site))}-error.log`;
}

/** Checked before the start: systemd would restart a failing service again and again. */
function testRelease(place: Layout, build: string): Step {
  const folder = buildFolder(place, build);
  return {
    id: "gunicorn",
    title: "Check that the release has gunicorn",
    plan: "quiet",
    apply: lines([
      sh`touch "$run/unchanged"`,
      // Root runs nothing of a release. So this looks for the package's folder.
      sh`for found in ${folder}/lib/python3*/site-packages/gunicorn/__init__.py; do [ -e "$found" ] || fail 'gunicorn is not among the packages of this release'; done`,
    ]),
    next: "Deploy this version again with overwrite: true. The bundle then gets gunicorn.",
  };
}
