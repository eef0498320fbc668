// The environment of each site: the variables of all sites, and those of one site alone, which win.
import { checkVariables } from "./config-env.ts";
import type { ConfigFile } from "./config-file.ts";
import type { EnvEntry } from "./env-lines.ts";
import type { Report } from "./problems.ts";
import { secret } from "./secret.ts";
import type { Secret, Settings, Site, SiteEnv } from "./settings.ts";

/** The variables of single sites, by SITE_ID: `[sites.2.env]` of the configuration, and lines `2:KEY=value` of the input `env`. */
export function readSiteEnv(
  entries: readonly EnvEntry[],
  file: ConfigFile,
  { sites, sitesFrom }: Pick<Settings, "sites" | "sitesFrom">,
  report: Report,
): Settings["siteEnv"] {
  const { sites: tables = {} } = file.config;
  for (const id of Object.keys(tables)) checkVariables(["sites", id, "env"], file, report);
  const ids = [
    ...new Set([...Object.keys(tables), ...entries.flatMap(({ site }) => (site === undefined ? [] : site))]),
  ];
  for (const id of new Set(entries.flatMap(({ site }) => site ?? [])))
    if (sitesFrom === "settings" && !sites.some((site) => site.id === id)) report(unknownSite(id, sites));
  return Object.fromEntries(
    ids.flatMap((id): [string, SiteEnv][] => {
      const env = tables[id]?.env ?? {};
      const secretEnv = secretsOf(entries.filter(({ site }) => site === Number(id)));
      return Object.keys(env).length + Object.keys(secretEnv).length === 0 ? [] : [[String(id), { env, secretEnv }]];
    }),
  );
}

export function secretsOf(entries: readonly EnvEntry[]): Readonly<Record<string, Secret>> {
  return Object.fromEntries(entries.map(({ name, value }) => [name, secret(value)]));
}

function unknownSite(id: number, sites: readonly Site[]): Parameters<Report>[0] {
  const known = [...new Set(sites.map((site) => site.id))].join(", ");
  return {
    where: "input env",
    what: `a line is for site ${id}, which the settings do not have`,
    next: known === "" ? "Remove the number before the colon." : `The sites are: ${known}.`,
  };
}

/** The whole environment of a site, with its secrets: for the file that only root and the site can read. */
export function environmentOf(
  { env, secretEnv, siteEnv }: Pick<Settings, "env" | "secretEnv" | "siteEnv">,
  id: number,
): Readonly<Record<string, string>> {
  const own = siteEnv[id];
  return { ...env, ...revealed(secretEnv), ...own?.env, ...revealed(own?.secretEnv ?? {}) };
}

function revealed(secrets: Readonly<Record<string, Secret>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, value.reveal()]));
}

/** The names of all variables that any site has. */
export function variableNames({ env, secretEnv, siteEnv }: Pick<Settings, "env" | "secretEnv" | "siteEnv">) {
  const own = Object.values(siteEnv).flatMap((one) => [...Object.keys(one.env), ...Object.keys(one.secretEnv)]);
  return [...new Set([...Object.keys(env), ...Object.keys(secretEnv), ...own])].toSorted();
}
