// Which databases `migrate` runs for, and under which settings: each database once, of every site that has one of its own.
import type { DjangoFacts } from "../node/django-facts.ts";
import type { Site } from "../settings/settings.ts";
import type { MigrationRun } from "../steps/django.ts";

type Migrated = readonly Pick<Site, "id" | "subdomain">[];

/** The reports of all sites as one: the first site's, with the databases and SQLite files of all. */
export function joinReports(reports: readonly DjangoFacts[], sites: Migrated): DjangoFacts {
  const [first] = reports;
  if (first === undefined) throw new RangeError("no site was asked");
  const files = new Set(reports.flatMap(({ sqliteFiles }) => sqliteFiles ?? []));
  const { siteId: _, ...facts } = first;
  return {
    ...facts,
    ...(first.sqliteFiles === undefined ? {} : { sqliteFiles: [...files] }),
    ...(first.migrations === undefined ? {} : { migrations: distinct(reports, sites) }),
  };
}

function distinct(reports: readonly DjangoFacts[], sites: Migrated): NonNullable<DjangoFacts["migrations"]> {
  const all = reports.flatMap(({ migrations = [] }, index) => {
    const { id, subdomain } = sites[index] ?? { id: 1 };
    return migrations.map((one) => ({ ...one, site: id, ...(subdomain === undefined ? {} : { subdomain }) }));
  });
  return all.filter(({ database }, index) => all.findIndex((other) => other.database === database) === index);
}

/** Without such a report, as of a project's own describe.py, `migrate` runs for every database under the settings of every site. */
export function migrationRuns(
  { migrations, databases }: Pick<DjangoFacts, "migrations" | "databases">,
  sites: Migrated,
): readonly MigrationRun[] {
  if (migrations === undefined)
    return sites.flatMap(({ id, subdomain }) => Object.keys(databases).map((alias) => run(alias, id, subdomain)));
  return migrations.map(({ alias, site = sites[0]?.id ?? 1, subdomain, migrated }) => ({
    ...run(alias, site, subdomain),
    ...(migrated ? { migrated } : {}),
  }));
}

function run(alias: string, site: number, subdomain: string | undefined): MigrationRun {
  return { alias, site, ...(subdomain === undefined ? {} : { subdomain }) };
}

/** What a record keeps: whether a database is migrated is true only now. */
export function withoutMigrated(django: DjangoFacts): DjangoFacts {
  const { migrations } = django;
  if (migrations === undefined) return django;
  return { ...django, migrations: migrations.map(({ migrated: _, ...rest }) => rest) };
}

/** Whether a node may have the database for itself. A project without it has nothing there that nodes share. */
export function isOwnDatabase(
  alias: string,
  { databases, ownDatabases }: Pick<DjangoFacts, "databases" | "ownDatabases">,
): boolean {
  const engine = databases[alias];
  return engine === undefined || (ownDatabases?.includes(alias) ?? /\.(sqlite3|spatialite)$/.test(engine));
}

/** Only the databases that a node may have for itself. */
export function withOwnDatabases(django: DjangoFacts): DjangoFacts {
  const own = Object.entries(django.databases).filter(([alias]) => isOwnDatabase(alias, django));
  return {
    ...django,
    databases: Object.fromEntries(own),
    ...(django.migrations ? { migrations: django.migrations.filter((one) => one.own) } : {}),
  };
}
