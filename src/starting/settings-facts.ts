// What the settings of a project show without running them: its databases, the folders that it writes to, the services that it asks for.
import { posix } from "node:path";
import type { DataServiceName } from "../settings/data-services.ts";
import { settingsFiles } from "../settings/project/asgi.ts";
import type { DjangoProject } from "../settings/project/settings-module.ts";
import type { ProjectFiles } from "../settings/project-files.ts";
import { overlap, writableProblem } from "../settings/release-folders.ts";

export interface SettingsFacts {
  readonly databases: readonly Seen[];
  /** Folders of the project, none of which contains another. */
  readonly writable: readonly Seen[];
  readonly services: readonly (Seen & { readonly value: DataServiceName })[];
  /** Literal domains of ALLOWED_HOSTS. */
  readonly domains: readonly Seen[];
}

export interface Seen {
  readonly value: string;
  /** The file that shows it. */
  readonly from: string;
}

const engines: Readonly<Record<string, string>> = {
  sqlite3: "SQLite",
  spatialite: "SQLite",
  postgresql: "PostgreSQL",
  postgresql_psycopg2: "PostgreSQL",
  postgis: "PostgreSQL",
  mysql: "MySQL or MariaDB",
  oracle: "Oracle",
};

export function settingsFacts(files: ProjectFiles, django: DjangoProject): SettingsFacts {
  const sources = settingsFiles(files, django.sourceRoot.value, django.settingsModule.value).map((path) => ({
    path,
    text: (files.read(path) ?? "").replaceAll(/^\s*#.*$/gm, ""),
  }));
  const all = (find: (text: string) => readonly string[]): readonly Seen[] =>
    once(sources.flatMap(({ path, text }) => find(text).map((value) => ({ value, from: path }))));
  return {
    databases: all(databasesIn),
    writable: apart(all(loggedFolders).concat(emptyFolders(files))),
    services: all(servicesIn) as SettingsFacts["services"],
    domains: all(hostsIn),
  };
}

function databasesIn(text: string): readonly string[] {
  const named = [...text.matchAll(/["']django\.(?:contrib\.gis\.)?db\.backends\.(\w+)["']/g)];
  const found = named.flatMap(([, engine = ""]) => engines[engine] ?? []);
  const fromUrl = /\bdj_database_url\b|\benv\.db(_url)?\(|["']DATABASE_URL["']/.test(text);
  return [...found, ...(fromUrl ? ["the one of DATABASE_URL"] : [])];
}

function servicesIn(text: string): readonly DataServiceName[] {
  return [
    ...(/["']REDIS_URL["']/.test(text) ? (["redis"] as const) : []),
    ...(/["']MEMCACHED_SERVERS["']/.test(text) ? (["memcached"] as const) : []),
  ];
}

function hostsIn(text: string): readonly string[] {
  const list = /^ALLOWED_HOSTS\s*(?::[^=]+)?\+?=\s*[[(]([^\])]*)[\])]/m.exec(text)?.[1] ?? "";
  const hosts = [...list.matchAll(/["']([^"']+)["']/g)].map(([, host = ""]) => host);
  return hosts.filter(
    (host) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host) && !/^(127\.|0\.0\.)/.test(host) && /[a-z]/i.test(host),
  );
}

/** The folders of log files: `BASE_DIR / "logs" / "app.log"`, `os.path.join(BASE_DIR, "logs", "app.log")`, `"logs/app.log"`. */
function loggedFolders(text: string): readonly string[] {
  const values = [...text.matchAll(/["']filename["']\s*:\s*(.+)/g)].map(([, value = ""]) => value);
  return values.flatMap((value) => {
    const parts = [...value.matchAll(/["']([^"']+)["']/g)].map(([, part = ""]) => part);
    const path = posix.normalize(parts.join("/"));
    const folder = posix.dirname(path);
    return parts.length === 0 ||
      path.startsWith("/") ||
      folder.startsWith("..") ||
      writableProblem(folder) !== undefined
      ? []
      : [folder];
  });
}

/** Folders that hold nothing but the file that makes git keep them: something writes there later. */
function emptyFolders(files: ProjectFiles): readonly Seen[] {
  const keepers = files.paths.filter((path) => /(^|\/)\.(gitkeep|keep)$/.test(path));
  return keepers.flatMap((path) => {
    const folder = posix.dirname(path);
    const alone = files.paths.every(
      (other) => other === path || other === `${folder}/.gitignore` || !other.startsWith(`${folder}/`),
    );
    return alone && writableProblem(folder) === undefined ? [{ value: folder, from: path }] : [];
  });
}

function once(seen: readonly Seen[]): readonly Seen[] {
  return seen.filter(({ value }, index) => seen.findIndex((other) => other.value === value) === index);
}

/** Without folders inside another one of the list. */
function apart(folders: readonly Seen[]): readonly Seen[] {
  const sorted = folders.toSorted((one, other) => one.value.length - other.value.length);
  const kept: Seen[] = [];
  for (const folder of sorted) if (!kept.some(({ value }) => overlap(value, folder.value))) kept.push(folder);
  return kept;
}
