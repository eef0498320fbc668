// The sites of a distribution, from `domains` (site 1) and `[tool.woven.sites.<SITE_ID>]`.
import type { ConfigFile } from "./config-file.ts";
import { defaults } from "./defaults.ts";
import { present } from "./present.ts";
import type { Report } from "./problems.ts";
import type { Health, Site } from "./settings.ts";

/** All sites, ordered by id. Reports a domain that is listed twice, and a site without a domain. */
export function readSites(file: ConfigFile, report: Report): readonly Site[] {
  const { domains, sites = {} } = file.config;
  const short = domains === undefined ? {} : { "1": { ...sites["1"], domains } };
  if (domains !== undefined && sites["1"]?.domains !== undefined) {
    const what = "is set together with [tool.woven.sites.1], which is the same site";
    report(file.problem(["domains"], what, "Keep one of the two."));
  }
  const read = Object.entries({ ...sites, ...short }).map(([id, site]) =>
    present({
      id: Number(id),
      domains: (site.domains ?? []).map((domain) => domain.toLowerCase()),
      settingsModule: site["settings-module"],
      ...(site.health === undefined ? {} : { health: readHealth({ ...file.config.health, ...site.health }) }),
    }),
  );
  // Domains that were reported as wrong or misspelt are not missing.
  const without = read.filter(({ id, domains: some }) => some.length === 0 && !file.isWrong("sites", String(id)));
  for (const { id } of without) {
    const line = file.toWrite(`sites.${id}.domains = ["shop.example.com"]`);
    report(file.problem(["sites", String(id)], "has no domains", line));
  }
  reportTwice(read, file, report);
  return read.toSorted((a, b) => a.id - b.id);
}

/** The health check of all sites, or, with the keys of a site before the others, that of one. */
export function readHealth(health: ConfigFile["config"]["health"] = {}): Health {
  return present({
    path: health.path ?? defaults["health.path"],
    status: health.status,
    text: health.text,
    timeout: health.timeout ?? defaults["health.timeout"],
  });
}

function reportTwice(sites: readonly Site[], file: ConfigFile, report: Report): void {
  const seen = new Map<string, number>();
  for (const { id, domains } of sites) {
    const key = file.config.domains !== undefined && id === 1 ? ["domains"] : ["sites", String(id), "domains"];
    for (const domain of domains) {
      const other = seen.get(domain);
      const also = other === id ? "" : `, also for site ${other}`;
      if (other !== undefined) report(file.problem(key, `${domain} is listed twice${also}`));
      seen.set(domain, id);
    }
  }
}

/** Reports that there is no domain, for a command that needs one. */
export function requireDomains(sites: readonly Site[], file: ConfigFile, report: Report): void {
  if (sites.length > 0 || file.isWrong("domains") || file.isWrong("sites")) return;
  report({
    where: file.name === "woven.toml" ? "woven.toml: domains" : "pyproject.toml: tool.woven.domains",
    what: "no domain is set, and nginx needs at least one",
    next: file.toWrite('domains = ["shop.example.com"]'),
  });
}
