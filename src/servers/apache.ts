// Apache with mod_wsgi. Each build of a release has its own Apache, for all sites, on its own loopback address. The applications run
// as their sites' users, with the node's Python.
import type { Service } from "../node/services.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder, loopbackAddress } from "../release/build.ts";
import { domainName, type Layout, siteName, siteUser } from "../release/layout.ts";
import { primaryDomain } from "../settings/domain.ts";
import { apacheModules } from "./apache-modules.ts";
import { requiredOptions } from "./processes.ts";
import type { Server, ServerFile, WebRelease, WebSite } from "./server.ts";
import { siteLog } from "./site-log.ts";

const packages = ["apache2", "libapache2-mod-wsgi-py3"];
/**
 * Only root can listen here: if the port were above 1023, any account could take it while Apache restarts, and nginx would send it the
 * key and the visitors' cookies. Below 512, no program takes it for an outgoing connection either (bindresvport(3)).
 */
const port = 480;
/** The port of earlier versions of Woven. Releases that they made keep it: it is in their records and their files. */
const formerPort = 10080;
const outdated = {
  pattern: new RegExp(`:${formerPort}\\b|^\\s*Listen\\s+${formerPort}\\b`, "i"),
  now: `Apache no longer listens on port ${formerPort}. Write {{{port}}} instead of ${formerPort}`,
};
/** nginx sends a key in this header. Without the key, Apache refuses a request: any account of the node could send one. */
const keyHeader = "X-Woven-Key";

export const apache: Server = {
  python: "node",
  packages,
  services,
  files,
  releaseFiles: [],
  test: ({ place, build }) => [testConfiguration(place, instance(place.unit, loopbackAddress(build)))],
  shared: ({ place, build }) => ({
    list: mainFile(place),
    line: (site) => `Include sites-available/${confName(site, place)}.conf`,
    test: testCommand(place, instance(place.unit, loopbackAddress(build))),
  }),
  setUp: () => [idle()],
  configuredBy: ({ apacheDisableModules }) => apacheDisableModules,
  etc: {
    apache2: {
      view: { port },
      test: sh`apache2ctl configtest 2>&1`,
      // Releases read none of these files, and a reload would end the processes of their applications.
      reload: sh`:`,
    },
  },
  variablePrefixes: ["APACHE_"],
  initScripts: ["apache2"],
};

/** The services of a release whose record has schema 1: one service, without a key. */
export function firstServices(release: {
  readonly distribution: string;
  readonly name: string;
  readonly unit: string;
  readonly address: string;
  readonly sites: readonly { readonly id: number; readonly domains: readonly string[] }[];
}): readonly Service[] {
  const { distribution, name, unit, address, sites } = release;
  const confs = sites.map((site) => `${domainName(primaryDomain(site))}-${name}.conf`);
  return [
    {
      name: "web",
      kind: "web",
      server: "apache",
      sites: sites.map(({ id }) => id),
      units: [`${unit}@${address}.service`],
      user: "root",
      address: `${address}:${formerPort}`,
      links: {},
      probe: { headers: {} },
      files: [
        ...confs.flatMap((conf) => [`/etc/apache2/sites-available/${conf}`, `/etc/nginx/sites-available/${conf}`]),
        mainFile({ distribution, name }),
        `/etc/systemd/system/${unit}@.service`,
      ],
      packages,
      logs: sites.map((site) => siteLog(site, "error")),
    },
  ];
}

function services(web: WebRelease): readonly Service[] {
  const { place, build, key, sites, address = loopbackAddress(build) } = web;
  return [
    {
      name: "web",
      kind: "web",
      server: "apache",
      sites: sites.map(({ id }) => id),
      units: [instance(place.unit, address)],
      user: "root",
      address: `${address}:${port}`,
      links: {},
      probe: { headers: { [keyHeader]: key } },
      files: files(web).map(({ path }) => path),
      packages,
      logs: sites.map((site) => siteLog(site, "error")),
    },
  ];
}

function files({ place, version, build, key, sites, setup }: WebRelease): readonly ServerFile[] {
  const first = sites[0] ? primaryDomain(sites[0]) : "";
  // Limits are of the one service, so no site has its own.
  const { memory = false, tasks = false, given = [] } = sites[0]?.processes ?? {};
  const common = {
    distribution: place.distribution,
    version,
    name: place.name,
    release: buildFolder(place, build),
    unit: place.unit,
    port,
  };

  const keyFile = `/etc/apache2/woven/${place.distribution}-${place.name}.key`;
  return [
    ...sites.map((site): ServerFile => {
      const { id, domains, processes } = site;
      const domain = primaryDomain(site);
      const aliases = domains.slice(1);
      const view = {
        ...common,
        domain,
        aliases,
        user: siteUser(id),
        script: siteName(site),
        log: domainName(domain),
        ...processes,
      };
      const path = `/etc/apache2/sites-available/${confName(site, place)}.conf`;
      return {
        path,
        template: "apache/site.conf",
        formerly: "apache-site.conf",
        outdated,
        view,
        ...requiredNames(site, processes),
      };
    }),
    {
      path: keyFile,
      template: "apache/key.conf",
      view: { ...common, header: keyHeader, key },
      secret: true,
    },
    {
      path: mainFile(place),
      template: "apache/release.conf",
      formerly: "apache-release.conf",
      outdated,
      required: ["key_file", "modules"],
      view: {
        ...common,
        domain: first,
        log: domainName(first),
        modules: apacheModules(setup.apacheDisableModules),
        confs: sites.map((site) => confName(site, place)),
        key_file: keyFile,
        timeout: Math.max(...sites.map(({ processes }) => processes.timeout), 300),
      },
    },
    {
      path: `/etc/systemd/system/${place.unit}@.service`,
      template: "apache/release.service",
      formerly: "release.service",
      view: {
        ...common,
        conf: mainFile(place),
        memory,
        tasks,
      },
      dropIn: "apache/drop-in.conf",
      ...requiredOptions({ given }, ["memory", "tasks"]),
    },
  ];
}

function confName(site: Pick<WebSite, "domains">, { name }: Pick<Layout, "name">): string {
  return `${domainName(primaryDomain(site))}-${name}`;
}

/** What a project's own template of a site must use. */
function requiredNames({ subdomain }: WebSite, processes: WebSite["processes"]) {
  const { required = [] } = requiredOptions(processes, ["workers", "threads", "arguments"]);
  return { required: subdomain === undefined ? required : [...required, "script"] };
}

function mainFile({ distribution, name }: Pick<Layout, "distribution" | "name">): string {
  return `/etc/apache2/woven/${distribution}-${name}.conf`;
}

/** The unit takes the address that it listens on from the name of its instance. */
function instance(unit: string, address: string): string {
  return `${unit}@${address}.service`;
}

/**
 * Lets Apache check its configuration, with the environment of the unit. `systemctl show` also makes systemd read the new unit. That
 * is cheaper than a daemon-reload, which reads every unit of the node again.
 */
function testCommand(place: Layout, unit: string): Shell {
  return sh`env $(systemctl show -p Environment --value ${unit}) APACHE_RUN_DIR="$run" /usr/sbin/apache2 -f ${mainFile(place)} -t`;
}

function testConfiguration(place: Layout, unit: string): Step {
  return {
    id: "configtest",
    title: "Test the web configuration",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
${testCommand(place, unit)}`,
    next: "Apache cannot read its configuration. Its message is above. The usual cause is one of the project's own templates in templates/woven/.",
  };
}

/** Debian's package starts an Apache for the whole machine. Releases do not use it, and it would take port 80. */
function idle(): Step {
  return {
    id: "apache-idle",
    title: "Stop the system's Apache",
    check: sh`! systemctl is-active --quiet apache2 && [ "$(systemctl is-enabled apache2 2>/dev/null)" = disabled ]`,
    preview: sh`detail 'stop and disable apache2.service: every release starts its own'`,
    apply: sh`if systemctl is-active --quiet apache2; then
  sites=$(find /etc/apache2/sites-enabled -mindepth 1 ! -name 000-default.conf ! -name default-ssl.conf -printf ' %f')
  [ -z "$sites" ] || fail "Apache serves sites on this node that are not Woven's:$sites"
fi
systemctl disable --quiet --now apache2`,
    state:
      "Woven did not stop this Apache. It has to: nginx needs port 80, and every release starts an Apache of its own.",
    next: "Move the sites elsewhere or disable them (a2dissite), and run setupnode again. Or use another server for Woven.",
  };
}
