// The sites of a distribution, from `domains` (site 1) and `[tool.woven.sites.<SITE_ID>]`.
import type { ConfigFile } from "./config-file.ts";
import { defaults } from "./defaults.ts";
import { isWildcard } from "./domain.ts";
import { present } from "./present.ts";
import type { Report } from "./problems.ts";
import { releaseCommand } from "./release-phase.ts";
import { readSiteServer } from "./server.ts";
import type { Health, Settings, Site } from "./settings.ts";
import { siteNames } from "./site-names.ts";
import { readNames } from "./web.ts";

/**
 * All sites, ordered by id. Reports a domain that is listed twice, and a site without a domain. Where sites come from the database, too,
 * such a site is kept apart: its row may have the domain.
 */
export function readSites(
  file: ConfigFile,
  report: Report,
): Pick<Settings, "sites" | "sitesFrom" | "sitesWithoutDomain"> {
  const { domains, sites = {}, "sites-from": sitesFrom = defaults["sites-from"] } = file.config;
  const short = domains === undefined ? {} : { "1": { ...sites["1"], domains } };
  if (domains !== undefined && sites["1"]?.domains !== undefined) {
    const what = "is set together with [tool.woven.sites.1], which is the same site";
    report(file.problem(["domains"], what, "Keep one of the two."));
  }
  const read = Object.entries({ ...sites, ...short }).map(([id, site]) =>
    present({
      id: Number(id),
      ...siteNames(listedDomains(file, Number(id)), readNames(file)),
      settingsModule: site["settings-module"],
      runs: readSiteServer(file, id, report),
      ...(site.health === undefined ? {} : { health: readHealth({ ...file.config.health, ...site.health }) }),
    }),
  );
  // Domains that were reported as wrong or misspelt are not missing.
  const without = read.filter(({ id, domains: some }) => some.length === 0 && !file.isWrong("sites", String(id)));
  for (const { id } of sitesFrom === "database" ? [] : without) {
    const line = file.toWrite(`sites.${id}.domains = ["shop.example.com"]`);
    report(file.problem(["sites", String(id)], "has no domains", line));
  }
  reportTwice(read, file, report);
  reportWildcards(read, file, report);
  const ordered = read.toSorted((a, b) => a.id - b.id);
  if (sitesFrom === "settings") return { sites: ordered, sitesFrom, sitesWithoutDomain: [] };
  const isNamed = ({ domains: some }: Site) => some.length > 0;
  return { sites: ordered.filter(isNamed), sitesFrom, sitesWithoutDomain: ordered.filter((one) => !isNamed(one)) };
}

/** The health check of all sites, or, with the keys of a site before the others, that of one. */
export function readHealth(health: ConfigFile["config"]["health"] = {}): Health {
  return present({
    path: health.path ?? defaults["health.path"],
    status: health.status,
    text: health.text,
    timeout: health.timeout ?? defaults["health.timeout"],
    command: health.command === undefined ? undefined : releaseCommand(health.command),
  });
}

/** The domains of a site as they are written, before `[web]` adds any. */
export function listedDomains(file: ConfigFile, id: number): readonly string[] {
  const given = keyOfDomains(id, file)[0] === "domains" ? file.config.domains : file.config.sites?.[id]?.domains;
  return (given ?? []).map((name) => name.toLowerCase());
}

/** The key that lists a site's domains. */
function keyOfDomains(id: number, file: ConfigFile): readonly string[] {
  return file.config.domains !== undefined && id === 1 ? ["domains"] : ["sites", String(id), "domains"];
}

/** Reports a site whose address is a wildcard: files have its name, and Woven asks there for its health. */
function reportWildcards(sites: readonly Site[], file: ConfigFile, report: Report): void {
  for (const { id, domains } of sites) {
    const [first = ""] = domains;
    if (!isWildcard(first)) continue;
    const next = `Put one domain before it. For example: domains = ["${first.slice(2)}", "${first}"]`;
    report(file.problem(keyOfDomains(id, file), `begins with the wildcard ${first}`, next, first));
  }
}

function reportTwice(sites: readonly Site[], file: ConfigFile, report: Report): void {
  const seen = new Map<string, number>();
  for (const { id, domains } of sites) {
    const key = keyOfDomains(id, file);
    // A domain that is listed twice is a slip, and one that `www` adds may be another site's.
    const listed = listedDomains(file, id);
    for (const domain of [...listed, ...domains.filter((name) => !listed.includes(name))]) {
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
