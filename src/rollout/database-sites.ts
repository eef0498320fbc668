// Sites from the database: the rows of django.contrib.sites, as the live release reads them. Whoever may edit a row decides what nginx
// gets to read, so each row must fit the grammar of the settings. A row that does not is left out, and reported.
import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import type { Host } from "../node/host.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { runUnit } from "../node/unit-command.ts";
import { readPackageFile } from "../package-files.ts";
import { buildFolder } from "../release/build.ts";
import { type Layout, layout, siteUser } from "../release/layout.ts";
import { domainProblem, isWildcard } from "../settings/domain.ts";
import { fits, misfit } from "../settings/grammar.ts";
import type { Settings, Site } from "../settings/settings.ts";
import { projectFailure } from "../steps/project-failure.ts";
import { causeOf } from "../traceback.ts";

const Rows = v.pipe(v.string(), v.parseJson(), v.nullable(v.array(v.tuple([v.number(), v.string()]))));
/** Id and domain. `none`: the project does not use django.contrib.sites. */
export type DatabaseRows = readonly (readonly [id: number, domain: string])[] | "none";

/** Asks the live release for its rows, as the user of its first site. Throws `database-sites` if it cannot tell. */
export async function readDatabaseSites(host: Host, place: Layout, record: ReleaseRecord): Promise<DatabaseRows> {
  const release = buildFolder(place, record.build);
  const site = record.sites[0]?.id ?? 1;
  const mark = `woven-sites-${randomBytes(8).toString("hex")}`;
  const script = readPackageFile("templates/node/database_sites.py");
  const words = ["/usr/bin/env", `SITE_ID=${site}`, `${release}/bin/python`, "-c", script, `${release}/wsgi`, mark];
  const { code, stdout } = await runUnit(host, words, {
    user: siteUser(site),
    environment: {},
    onOutput: () => undefined,
    limitSeconds: 120,
  });
  const line = stdout.split("\n").findLast((one) => one.startsWith(`${mark} `));
  const read = v.safeParse(Rows, line?.slice(mark.length + 1));
  if (code === 0 && read.success) return read.output ?? "none";
  const known = projectFailure(stdout);
  throw new WovenError({
    code: "database-sites",
    message: `${record.distribution} ${record.version} did not tell its sites: ${known?.message ?? causeOf(stdout) ?? `exit status ${code}`}`,
    state: "Nothing was changed.",
    next:
      known?.next ??
      'Fix what the output reports, or write the sites in the settings, without sites-from = "database".',
    node: host.name,
    output: stdout,
  });
}

/** The sites that the settings list, and those of the database, as the live release reads it, if they come from there, too. */
export async function sitesOf(
  host: Host,
  settings: Settings,
  live: ReleaseRecord | undefined,
  root: string,
): Promise<ListedSites> {
  if (settings.sitesFrom === "settings" || live === undefined) return { sites: settings.sites, problems: [] };
  return listedSites(settings, await readDatabaseSites(host, layout(root, live.distribution, live.name), live));
}

/**
 * The same for a deployment, which may be there to repair the live release: if that cannot tell its sites, those that it serves stay.
 * `warn` gets what is wrong, in words.
 */
export async function sitesToDeploy(
  host: Host,
  settings: Settings,
  live: ReleaseRecord | undefined,
  { root, warn }: { readonly root: string; readonly warn: (text: string) => void },
): Promise<readonly Site[]> {
  try {
    const { sites, problems } = await sitesOf(host, settings, live, root);
    for (const problem of problems) warn(problem);
    return sites;
  } catch (error) {
    if (!(error instanceof WovenError) || error.code !== "database-sites") throw error;
    warn(`${error.message}. The sites that it serves stay.`);
    return sitesAsServed(settings, live);
  }
}

/** The sites of the settings, and those that the live release has from the database, with what the settings say of them. */
export function sitesAsServed(
  { sites, sitesWithoutDomain }: Pick<Settings, "sites" | "sitesWithoutDomain">,
  live: Pick<ReleaseRecord, "sites"> | undefined,
): readonly Site[] {
  const served = (live?.sites ?? []).filter(({ id }) => sites.every((site) => site.id !== id));
  return inOrder([
    ...sites,
    ...served.map((site): Site => {
      const own = sitesWithoutDomain.find(({ id }) => id === site.id);
      return { ...site, ...own, domains: site.domains, fromDatabase: true };
    }),
  ]);
}

export interface ListedSites {
  readonly sites: readonly Site[];
  /** What is wrong with rows that are left out, in words. */
  readonly problems: readonly string[];
}

/** The sites of the settings, and those of the rows that the settings do not have. */
export function listedSites(
  { sites, sitesWithoutDomain }: Pick<Settings, "sites" | "sitesWithoutDomain">,
  rows: DatabaseRows,
): ListedSites {
  const found: Site[] = [...sites];
  const problems: string[] = [];
  const leftOut = (id: number, what: string) =>
    problems.push(`Site ${id} of the database is not served: its domain ${what}.`);
  if (rows === "none")
    problems.push(
      'sites-from = "database", but django.contrib.sites is not in INSTALLED_APPS: only the settings have sites.',
    );
  for (const [id, text] of rows === "none" ? [] : rows) {
    if (sites.some((site) => site.id === id)) continue;
    const domain = text.trim().toLowerCase();
    const other = found.find(({ domains }) => domains.includes(domain));
    const wrong = domainProblem(domain);
    if (!fits("siteId", String(id))) problems.push(`A site of the database is not served: its id ${misfit("siteId")}.`);
    else if (isWildcard(domain)) leftOut(id, `${domain} is a wildcard, which only the settings can give a site`);
    else if (wrong !== undefined) leftOut(id, `${JSON.stringify(text.slice(0, 100))} ${wrong}`);
    else if (other !== undefined) leftOut(id, `${domain} is that of site ${other.id}`);
    else
      found.push({ ...sitesWithoutDomain.find((site) => site.id === id), id, domains: [domain], fromDatabase: true });
  }
  return { sites: inOrder(found), problems };
}

/** By id, each followed by its parts. */
function inOrder(sites: readonly Site[]): readonly Site[] {
  return sites.toSorted((one, other) => one.id - other.id);
}
