// What the generated files of a release depend on, as digests: one for each part that patch can bring up to date alone.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Distribution, PatchPart, Settings } from "../settings/settings.ts";

export interface Configured {
  readonly settings: Settings;
  readonly distribution: Distribution;
}

/** SHA-256 each. `urls`: of static and media files, as the settings have them; the web configuration follows those. */
interface Facets {
  readonly wsgi: string;
  readonly urls: string;
  readonly webconf: string;
}

/** Over all that is generated; the record's salt keeps the secrets among it from being guessed. */
export function configurationDigest(configured: Configured, salt: string): string {
  return written(facets(configured, salt));
}

/** The digest of a release whose `parts` are brought up to date, and that is as it was in the others. */
export function patchedConfiguration(
  before: string,
  configured: Configured,
  salt: string,
  parts: readonly PatchPart[],
): string {
  const was = read(before);
  const now = facets(configured, salt);
  const settings = parts.includes("wsgi") ? { wsgi: now.wsgi, urls: now.urls } : { wsgi: was.wsgi, urls: was.urls };
  if (parts.includes("webconf")) {
    return written({ ...settings, webconf: webconfDigest(configured.settings, salt, settings.urls) });
  }
  return parts.includes("wsgi") ? written({ ...settings, webconf: was.webconf }) : before;
}

/** Whether the settings of the recorded release were generated from these. */
export function hasSameSettings(before: string, configured: Configured, salt: string): boolean {
  return read(before).wsgi === facets(configured, salt).wsgi;
}

function facets({ settings, distribution }: Configured, salt: string): Facets {
  const { sites, env, secretEnv, python, staticUrl, mediaUrl, projectAppsPath } = settings;
  const secrets = Object.entries(secretEnv).map(([key, value]) => [key, value.reveal()]);
  const urls = digest([salt, { staticUrl, mediaUrl }]);
  const wsgi = digest([
    salt,
    {
      sites,
      env: Object.entries(env).toSorted(),
      python,
      urls,
      projectAppsPath,
      module: distribution.settingsModule.value,
      root: distribution.sourceRoot.value,
      templates: ownTemplates(settings).filter(isOfSettings),
    },
    secrets.toSorted(),
  ]);
  return { wsgi, urls, webconf: webconfDigest(settings, salt, urls) };
}

function webconfDigest(settings: Settings, salt: string, urls: string): string {
  const { server, health } = settings;
  const sites = settings.sites.map(({ id, domains }) => ({ id, domains }));
  const templates = ownTemplates(settings).filter((one) => !isOfSettings(one));
  return digest([salt, { sites, server, health, urls, templates }]);
}

/** The project's own templates of what a release has, each with its content. */
function ownTemplates({ workingDirectory }: Settings): readonly (readonly [name: string, sha256: string])[] {
  const folder = join(workingDirectory, "templates/woven");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path), digest(readFileSync(path, "utf8"))] as const)
    .filter(([name]) => !name.startsWith("etc/"))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function isOfSettings([name]: readonly [name: string, sha256: string]): boolean {
  return name.startsWith("release/") || name === "sitesettings.py";
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

function written({ wsgi, urls, webconf }: Facets): string {
  return `${wsgi}.${urls}.${webconf}`;
}

function read(recorded: string): Facets {
  const [wsgi = "", urls = "", webconf = ""] = recorded.split(".");
  return { wsgi, urls, webconf };
}
