// Parts of a site with settings of their own: where `admin_settings.py` lies beside the settings module, `admin.<domain>` is served with
// it, as the same SITE_ID and the same user. The domain has to be listed: not every such file is meant for visitors. `[web] www` is for
// the names of the site itself: a part has the names that are listed.
import { posix } from "node:path";
import type { ConfigFile } from "./config-file.ts";
import { present } from "./present.ts";
import { hasModule } from "./project/settings-module.ts";
import type { ProjectFiles } from "./project-files.ts";
import type { Distribution, Site } from "./settings.ts";
import { siteNames } from "./site-names.ts";
import { listedDomains } from "./sites.ts";
import { readNames } from "./web.ts";

/** The sites, each followed by its parts. The domain of a part is no longer one of the site, which would be redirected. */
export function withSubdomains(
  sites: readonly Site[],
  config: ConfigFile,
  files: ProjectFiles,
  distribution: Distribution,
): readonly Site[] {
  const rules = readNames(config);
  const plain = (domain: string) => (rules.www === undefined ? domain : domain.replace(/^www\./, ""));
  return sites.flatMap((site) => {
    const listed = listedDomains(config, site.id);
    const [first = ""] = listed;
    const parts = new Map<string, Site>();
    for (const domain of listed) {
      const part = partAt(plain(domain), plain(first), site, files, distribution);
      if (part === undefined) continue;
      const { domains = [] } = parts.get(part.subdomain) ?? {};
      parts.set(part.subdomain, { ...part, domains: [...domains, domain] });
    }
    const taken = [...parts.values()].flatMap(({ domains }) => domains);
    const { served: _, ...own } = site;
    const names = listed.filter((domain) => !taken.includes(domain));
    return [{ ...own, ...siteNames(names, rules) }, ...parts.values()];
  });
}

/** `admin.shop.example.com` of `shop.example.com`, if there is an `admin_settings.py`. */
function partAt(
  domain: string,
  of: string,
  site: Site,
  files: ProjectFiles,
  distribution: Distribution,
): (Site & { readonly subdomain: string }) | undefined {
  if (!domain.endsWith(`.${of}`)) return undefined;
  // A dash cannot be in the name of a module.
  const subdomain = domain.slice(0, -of.length - 1).replaceAll(/[.-]/g, "_");
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
