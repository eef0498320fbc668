// Parts of a site with settings of their own: where `admin_settings.py` lies beside the settings module, `admin.<domain>` is served with
// it, as the same SITE_ID and the same user. The domain has to be listed: not every such file is meant for visitors.
import { posix } from "node:path";
import { primaryDomain } from "./domain.ts";
import { present } from "./present.ts";
import { hasModule } from "./project/settings-module.ts";
import type { ProjectFiles } from "./project-files.ts";
import type { Distribution, Site } from "./settings.ts";

/** The sites, each followed by its parts. The domain of a part is no longer one of the site, which would be redirected. */
export function withSubdomains(
  sites: readonly Site[],
  files: ProjectFiles,
  distribution: Distribution,
): readonly Site[] {
  return sites.flatMap((site) => {
    const parts = site.domains.flatMap((domain) => partAt(domain, site, files, distribution) ?? []);
    const taken = parts.flatMap(({ domains }) => domains);
    const { served, ...own } = site;
    const left = (names: readonly string[]) => names.filter((name) => !taken.includes(name));
    const ours = left(served ?? []);
    return [{ ...own, domains: left(site.domains), ...(ours.length > 1 ? { served: ours } : {}) }, ...parts];
  });
}

/** `admin.shop.example.com` of `shop.example.com`, if there is an `admin_settings.py`. */
function partAt(domain: string, site: Site, files: ProjectFiles, distribution: Distribution): Site | undefined {
  const own = `.${primaryDomain(site)}`;
  if (!domain.endsWith(own)) return undefined;
  // A dash cannot be in the name of a module.
  const subdomain = domain.slice(0, -own.length).replaceAll(/[.-]/g, "_");
  const settingsModule = moduleBeside(
    // A project may bring its own `sitesettings`, as with the first Woven.
    files.has("sitesettings/settings.py")
      ? "sitesettings.settings"
      : (site.settingsModule ?? distribution.settingsModule.value),
    subdomain,
  );
  return /^[a-z]/.test(subdomain) && hasModule(files, distribution, settingsModule)
    ? present({ id: site.id, subdomain, domains: [domain], settingsModule, health: site.health, runs: site.runs })
    : undefined;
}

/** `shop.admin_settings` beside `shop.settings`. */
export function moduleBeside(module: string, subdomain: string): string {
  const folder = posix.dirname(module.replaceAll(".", "/")).replaceAll("/", ".");
  return `${folder === "." ? "" : `${folder}.`}${subdomain}_settings`;
}
