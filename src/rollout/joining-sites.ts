// What a site needs that joins the live release: files in its build, configuration, services, and what its record says of it.
import { WovenError } from "../errors.ts";
import type { DjangoFacts } from "../node/django-facts.ts";
import type { NodeFacts } from "../node/facts.ts";
import { filesOf, type Service } from "../node/services.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { buildFolder } from "../release/build.ts";
import { type Layout, siteName } from "../release/layout.ts";
import { backgroundServices } from "../servers/background.ts";
import { processesFor } from "../servers/processes.ts";
import type { WebRelease } from "../servers/server.ts";
import { servers, serversOf } from "../servers/servers.ts";
import { siteLog } from "../servers/site-log.ts";
import { backgroundOn } from "../settings/background/background.ts";
import { present } from "../settings/present.ts";
import { runningOf } from "../settings/server.ts";
import type { Distribution, NodeAddress, Settings, Site } from "../settings/settings.ts";
import { manage } from "../steps/django.ts";
import { siteProbes } from "../steps/health.ts";
import { askHealthCommand } from "../steps/health-command.ts";
import type { PlacedFile } from "../steps/place-file.ts";
import type { JoiningSite } from "../steps/start-sites.ts";
import type { Templates } from "../steps/templates.ts";
import { releaseServices, webConfFiles } from "../steps/webconf.ts";
import { generatedFiles, python, siteSettings } from "./generated-files.ts";
import { migrationRuns } from "./migration-runs.ts";
import { recordedSite, withFront } from "./recorded-site.ts";
import { keyOf } from "./release-plan.ts";

export interface LiveRelease {
  readonly settings: Settings;
  readonly distribution: Distribution;
  readonly templates: Templates;
  readonly facts: NodeFacts;
  readonly address: NodeAddress;
  readonly place: Layout;
  readonly record: ReleaseRecord;
  /** The loopback address of the next instance of a service that sites share. */
  readonly instance: string;
}

/** Whether the site would run under a server that the live release does not have, nor its bundle. */
export function lacksService(site: Site, { settings, record }: Pick<LiveRelease, "settings" | "record">): boolean {
  const server = servers[runningOf(settings, site).server];
  return !serversOf(record).includes(server);
}

/** The settings of the sites of a release, as Woven wrote them. Absent where the project brings its own. */
export function settingsFile({ place, record }: Pick<LiveRelease, "place" | "record">): string | undefined {
  return record.ownSettings ? undefined : `${buildFolder(place, record.build)}/project/sitesettings/_woven.py`;
}

/** The files of new sites in the live build. `settings`: the text of `settingsFile`, with the sites that are there. */
export function buildFiles(
  live: LiveRelease,
  added: readonly Site[],
  settings: string | undefined,
): readonly PlacedFile[] {
  const { place, record, distribution } = live;
  const folder = buildFolder(place, record.build);
  const own = generatedFiles(
    { ...live, version: record.version, ownSettings: record.ownSettings === true, sites: added },
    place,
  ).filter(({ path }) => /^(wsgi\/site_[^/]+\.wsgi|environment\/.*)$/.test(path));
  const file = settingsFile(live);
  return [
    ...own.map(({ path, content, mode, group }) =>
      present({
        path: `${folder}/${path}`,
        content,
        mode,
        group,
        ...(path.startsWith("environment/") ? { secret: true as const } : {}),
      }),
    ),
    ...(file === undefined || settings === undefined
      ? []
      : [{ path: file, content: withSites(settings, added, distribution), mode: "644" }]),
  ];
}

const sitesLine = /^SITES = (\{.*\})$/m;

/** The text of the settings module, which knows more sites. Throws where it has no such line, as in a project's own template. */
export function withSites(text: string, added: readonly Site[], distribution: Distribution): string {
  const [, literal] = sitesLine.exec(text) ?? [];
  if (literal === undefined)
    throw new WovenError({
      code: "template",
      message: "the settings of the live release have no line SITES = {…} that a new site could join",
      next: "If the project has its own templates/woven/release/settings.py, it needs the line SITES = {{{sites}}}. Deploy then.",
    });
  // Woven wrote it: a domain or a module holds no quotes, braces or colons.
  const before = JSON.parse(literal.replaceAll(/(?<=[{ ])(\d+)(?=: \{)/g, '"$1"')) as Readonly<Record<string, object>>;
  const more = siteSettings(added, distribution) as Readonly<Record<string, object>>;
  const parts = added.filter(({ id, subdomain }) => subdomain !== undefined && !(id in more));
  const joined: Record<string, object> = { ...before, ...more };
  for (const part of parts) {
    const { parts: known = {} } = (joined[part.id] ?? {}) as { readonly parts?: object };
    const own = { settings: part.settingsModule, domains: part.domains };
    joined[part.id] = { ...joined[part.id], parts: { ...known, [part.subdomain ?? ""]: own } };
  }
  return text.replace(sitesLine, () => `SITES = ${python(joined)}`);
}

/** How a new site runs: its services and configuration, and what to do and to record for it. */
export interface Joining {
  readonly joining: JoiningSite;
  readonly conf: readonly PlacedFile[];
  readonly record: object;
}

export function joiningSite(live: LiveRelease, site: Site, django: DjangoFacts): Joining {
  const { place, record, settings, facts, address, templates } = live;
  const running = runningOf(settings, site);
  const total = record.sites.length + 1;
  const processes = processesFor(running.serverOptions, facts, total);
  const web: WebRelease = {
    place,
    version: record.version,
    build: record.build,
    key: keyOf(record) ?? "",
    sites: [{ ...site, server: running.server, processes }],
    setup: settings.setup,
    address: live.instance,
  };
  const onNode = backgroundOn(settings.background, address);
  const isOwn = (one: { readonly site?: number }) => site.subdomain === undefined && one.site === site.id;
  const background = {
    ...onNode,
    processes: onNode.processes.filter(isOwn),
    schedules: onNode.schedules.filter(isOwn),
  };
  const known = filesOf(record.services);
  const { static: staticUrl = "/static/", media: mediaUrl = "/media/" } = record.urls ?? {};
  const conf = webConfFiles(
    {
      web,
      background,
      ipv6: facts.ipv6,
      staticUrl,
      mediaUrl,
      https: { tls: settings.tls, ...(facts.nginx === undefined ? {} : { nginx: facts.nginx }) },
      options: settings.web,
    },
    templates,
  ).filter(({ path }) => !known.includes(path));
  const { basicAuth: _, ...plain } = settings.web;
  const all = [...releaseServices(web, plain), ...backgroundServices(web, background)];
  const isShared = ({ kind, name }: Service) => record.services.some((one) => one.kind === kind && one.name === name);
  const services = all.filter((one) => !isShared(one));
  const joined = ({ kind, name }: Service) => all.find((one) => one.kind === kind && one.name === name);
  const into = Object.fromEntries(
    all
      .filter(isShared)
      .map(({ name, sites, files, logs }) => [
        name,
        { sites, files: files.filter((file) => !known.includes(file)), logs },
      ]),
  );
  const recorded = withFront(recordedSite(site), place.name, conf);
  const name = siteName(site);
  const whole: ReleaseRecord = {
    ...record,
    sites: [...record.sites, recorded],
    services: [
      ...record.services.map((one) =>
        one.name in into ? { ...one, ...joined(one), sites: [...one.sites, site.id] } : one,
      ),
      ...services,
    ],
  };
  const { files, service, visitor } = siteProbes(name, recorded, whole);
  const line = servers[running.server].shared?.({ place, build: record.build }).line;
  const migrations = newDatabases(live, site, django);
  return {
    joining: {
      name,
      site: recorded,
      services,
      migrate: settings.migrate.kind === "auto" ? migrations.map(({ shell }) => shell) : [],
      askService: service,
      ...healthCommand(site, settings, buildFolder(place, record.build)),
      askVisitor: visitor,
      files,
      placed: [...conf.map(({ path }) => path)],
      log: siteLog(site, "error"),
      ...(line ? { line: line(site) } : {}),
    },
    conf,
    record: {
      name,
      site: recorded,
      services,
      into,
      migrations: migrations.map(({ recorded: one }) => one),
      sqliteFiles: django.sqliteFiles ?? [],
    },
  };
}

/** As in a deployment: a site has no visitors before its command has succeeded. */
function healthCommand(
  { id, health }: Site,
  settings: Pick<Settings, "health">,
  folder: string,
): Pick<JoiningSite, "healthCommand"> {
  const { command, timeout } = health ?? settings.health;
  return command === undefined ? {} : { healthCommand: askHealthCommand(folder, id, command, timeout) };
}

/** The databases of a site that the sites of the release do not have. */
function newDatabases({ place, record }: LiveRelease, site: Site, { migrations = [] }: DjangoFacts) {
  const known = new Set((record.described?.migrations ?? []).map(({ database }) => database));
  const folder = buildFolder(place, record.build);
  return migrations
    .filter(({ database }) => !known.has(database))
    .map((one) => {
      const recorded = {
        ...one,
        site: site.id,
        ...(site.subdomain === undefined ? {} : { subdomain: site.subdomain }),
      };
      const [run = { alias: one.alias, site: site.id }] = migrationRuns({ databases: {}, migrations: [recorded] }, [
        site,
      ]);
      return { recorded, shell: manage(folder, run, ["migrate", "--noinput", "--database", one.alias]) };
    });
}
