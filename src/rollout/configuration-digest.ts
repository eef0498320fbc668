// Digests of what the generated files of a release depend on. patch can update each part alone, so each part has its own digest.
import { createHash } from "node:crypto";
import type { ReleaseRecord } from "../node/state.ts";
import { siteName } from "../release/layout.ts";
import { servers } from "../servers/servers.ts";
import { serversOfSites } from "../settings/server.ts";
import type { Distribution, PatchPart, Running, Settings, Site } from "../settings/settings.ts";
import type { Templates } from "../steps/templates.ts";
import { setWeb } from "../steps/web-options.ts";

export interface Configured {
  readonly settings: Settings;
  readonly distribution: Distribution;
  readonly templates: Pick<Templates, "own">;
}

/** A SHA-256 each. `urls`: the static and media URLs in the settings, which the web configuration depends on, too. */
interface PartDigests {
  readonly wsgi: string;
  readonly urls: string;
  readonly webconf: string;
}

/** The digest of everything that is generated. The record's salt keeps anyone from guessing the secrets in it. */
export function configurationDigest(configured: Configured, salt: string): string {
  return joinDigests(partDigests(configured, salt));
}

/**
 * The digest of a release that startsites has given its new sites: that of the settings as they are now, if nothing else has changed since
 * the deployment. Null otherwise: then the digest stays, and a deployment of the same version says what differs.
 */
export function grownConfiguration(
  configured: Configured,
  { sites, content, salt }: Pick<ReleaseRecord, "sites" | "content" | "salt">,
): string | null {
  const { settings } = configured;
  const isServed = (site: Site) => sites.some((one) => siteName(one) === siteName(site));
  // A part that is new has the environment of its site, which may be served.
  const isKnown = (id: string) => sites.some((site) => String(site.id) === id);
  const isNew = (id: string) => !isKnown(id) && settings.sites.some((site) => String(site.id) === id);
  const siteEnv = Object.fromEntries(Object.entries(settings.siteEnv).filter(([id]) => !isNew(id)));
  const before = { ...configured, settings: { ...settings, sites: settings.sites.filter(isServed), siteEnv } };
  return configurationDigest(before, salt) === content.configuration ? configurationDigest(configured, salt) : null;
}

/** The digest of a release after a patch of `parts`: new for those, unchanged for the others. */
export function patchedConfiguration(
  before: string,
  configured: Configured,
  salt: string,
  parts: readonly PatchPart[],
): string {
  const previous = splitDigests(before);
  const now = partDigests(configured, salt);
  const settings = parts.includes("wsgi")
    ? { wsgi: now.wsgi, urls: now.urls }
    : { wsgi: previous.wsgi, urls: previous.urls };
  if (parts.includes("webconf")) {
    return joinDigests({ ...settings, webconf: webconfDigest(configured, salt, settings.urls) });
  }
  return parts.includes("wsgi") ? joinDigests({ ...settings, webconf: previous.webconf }) : before;
}

/** Whether the recorded release's settings were generated from these settings. */
export function hasSameSettings(before: string, configured: Configured, salt: string): boolean {
  return splitDigests(before).wsgi === partDigests(configured, salt).wsgi;
}

function partDigests({ settings, distribution, templates }: Configured, salt: string): PartDigests {
  const { sites, env, secretEnv, secretFiles, staticUrl, mediaUrl, projectAppsPath, application } = settings;
  const secrets = Object.entries(secretEnv).map(([key, value]) => [key, value.reveal()]);
  const urls = digest([salt, { staticUrl, mediaUrl }]);
  // The settings of a site do not depend on how its health is checked.
  const configured = sites.filter(isConfigured).map(({ id, subdomain, domains, settingsModule, runs }) => ({
    id,
    ...(subdomain === undefined ? {} : { subdomain }),
    domains,
    settingsModule,
    application: runs?.application,
  }));
  const rows = settings.sitesWithoutDomain.map(({ id, settingsModule, runs }) => ({
    id,
    settingsModule,
    application: runs?.application,
  }));
  const wsgi = digest([
    salt,
    {
      sites: configured,
      env: Object.entries(env).toSorted(),
      // As in releases from before Woven could bring another one along.
      python: settings.python?.version ?? "system",
      urls,
      projectAppsPath,
      // Absent for plain http, so that releases of earlier versions of Woven keep their digests.
      ...(settings.tls.kind === "none" ? {} : { https: true }),
      module: distribution.settingsModule.value,
      root: distribution.sourceRoot.value,
      templates: ownTemplates(templates).filter(isOfSettings),
      application,
      ...(Object.keys(secretFiles).length > 0 ? { files: fileDigests(secretFiles) } : {}),
      ...ownEnvironments(settings),
      ...(rows.length > 0 ? { rows } : {}),
    },
    secrets.toSorted(),
  ]);
  return { wsgi, urls, webconf: webconfDigest({ settings, templates }, salt, urls) };
}

function webconfDigest({ settings, templates }: Omit<Configured, "distribution">, salt: string, urls: string): string {
  const { server, health, setup, background, services } = settings;
  const of = (site: Site) => ({
    id: site.id,
    domains: site.domains,
    health: site.health,
    served: site.served,
    runs: site.runs && { server: site.runs.server, processes: givenOptions(site.runs) },
  });
  const sites = settings.sites.filter(isConfigured).map(of);
  // What the configuration says of sites that only the database names.
  const rows = settings.sitesWithoutDomain.map(of);
  const own = ownTemplates(templates).filter((one) => !isOfSettings(one));
  // Undefined by default, and then no part of the text: the digests of releases that exist stay as they are.
  const options = serversOfSites(settings, settings.sites)
    .map((name) => servers[name].configuredBy?.(setup))
    .find((value) => value !== undefined);
  // The certificate is no part of a release: a new one needs no new version.
  const { kind, trusted, hsts } = settings.tls;
  const tls = kind === "none" && trusted.length === 0 ? {} : { tls: { kind, trusted, hsts } };
  const processes = givenOptions(settings);
  return digest([
    salt,
    {
      sites,
      server,
      health,
      urls,
      templates: own,
      options,
      processes,
      ...tls,
      web: setWeb(settings.web),
      ...backgroundContent(background),
      ...(rows.length > 0 ? { rows } : {}),
      ...(services.length > 0 ? { services: services.map(({ name }) => name) } : {}),
    },
  ]);
}

function fileDigests(files: Settings["secretFiles"]): readonly (readonly [name: string, sha256: string])[] {
  return Object.entries(files)
    .map(([name, file]) => [name, createHash("sha256").update(file.reveal()).digest("hex")] as const)
    .toSorted();
}

/** A site of the database is data: it joins a release that runs. */
function isConfigured({ fromDatabase }: Site): boolean {
  return fromDatabase === undefined;
}

/** Absent without variables of single sites, as in releases of earlier versions. */
function ownEnvironments({ siteEnv }: Settings): { readonly siteEnv?: object } {
  const own = Object.entries(siteEnv).map(([id, { env, secretEnv }]) => [
    id,
    Object.entries(env).toSorted(),
    Object.entries(secretEnv)
      .map(([key, value]) => [key, value.reveal()])
      .toSorted(),
  ]);
  return own.length === 0 ? {} : { siteEnv: own };
}

/** Undefined without options, for the same reason. */
function givenOptions({ serverOptions }: Running): unknown {
  const given = Object.entries(serverOptions).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return given.length === 0 ? undefined : given;
}

/** Absent without any process or schedule, as in releases of earlier versions. Where they are written does not count. */
function backgroundContent({ processes, schedules, settle }: Settings["background"]) {
  if (processes.length === 0 && schedules.length === 0) return {};
  const plain = [...processes, ...schedules].map(({ where: _, only: __, ...one }) => one);
  return { background: { plain, settle: processes.length === 0 ? 0 : settle } };
}

/** The project's own templates of what a release has, each with its content. */
function ownTemplates({ own }: Configured["templates"]): readonly (readonly [name: string, sha256: string])[] {
  return [...own]
    .filter(([name]) => !name.startsWith("etc/"))
    .map(([name, text]) => [name, digest(text)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function isOfSettings([name]: readonly [name: string, sha256: string]): boolean {
  return name.startsWith("release/") || name === "sitesettings.py";
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

function joinDigests({ wsgi, urls, webconf }: PartDigests): string {
  return `${wsgi}.${urls}.${webconf}`;
}

function splitDigests(recorded: string): PartDigests {
  const [wsgi = "", urls = "", webconf = ""] = recorded.split(".");
  return { wsgi, urls, webconf };
}
