// What kind of dump a file is, told from how it begins.

/** `sql`: statements that do not say which program wrote them. */
export const seedKinds = [
  "sqlite-file",
  "sqlite-sql",
  "postgresql-archive",
  "postgresql-sql",
  "mysql-sql",
  "sql",
] as const;
export type SeedKind = (typeof seedKinds)[number];

export type ReadKind =
  | { readonly kind: "fits"; readonly of: SeedKind }
  /** What it is, as text after its name. */
  | { readonly kind: "unfit"; readonly what: string; readonly next: string };

/** What it is called in messages. */
export const seedNames: Readonly<Record<SeedKind, string>> = {
  "sqlite-file": "an SQLite file",
  "sqlite-sql": "a dump of SQLite",
  "postgresql-archive": "an archive of pg_dump",
  "postgresql-sql": "a dump of PostgreSQL",
  "mysql-sql": "a dump of MySQL or MariaDB",
  sql: "a file of SQL",
};

const packed: readonly (readonly [magic: string, program: string])[] = [
  ["\x1f\x8b", "gunzip"],
  ["BZh", "bunzip2"],
  ["\xfd7zXZ", "unxz"],
  ["\x28\xb5\x2f\xfd", "unzstd"],
  ["PK\x03\x04", "unzip"],
];

/** @param head the first bytes of the file, at least some hundred if it has them */
export function seedKind(head: Buffer): ReadKind {
  const bytes = head.toString("latin1");
  if (bytes === "") return unfit("is empty", "Make the dump again, and commit it.");
  const [, program] = packed.find(([magic]) => bytes.startsWith(magic)) ?? [];
  if (program !== undefined)
    return unfit("is compressed", `Unpack it with ${program}, and name the file that comes out.`);
  if (bytes.startsWith("version https://git-lfs.github.com/"))
    return unfit("is a pointer of Git LFS", "Set lfs: true below with: of actions/checkout.");
  if (bytes.startsWith("SQLite format 3\0")) return fits("sqlite-file");
  // pg_dump's custom format begins with PGDMP. Its tar format has toc.dat first (tar(5): names come first).
  if (bytes.startsWith("PGDMP") || bytes.startsWith("toc.dat\0")) return fits("postgresql-archive");
  if (bytes.includes("\0"))
    return unfit("is no dump that Woven knows", "Use pg_dump, mysqldump, mariadb-dump, or a copy of the SQLite file.");
  if (/^-- PostgreSQL database( cluster)? dump/m.test(bytes)) return fits("postgresql-sql");
  if (/^(\/\*M?!.*\*\/; *)?\s*-- (MySQL|MariaDB) dump|^\/\*!\d{5} SET /m.test(bytes)) return fits("mysql-sql");
  if (/^PRAGMA foreign_keys *= *OFF;\s*BEGIN TRANSACTION;/.test(bytes)) return fits("sqlite-sql");
  if (/^\s*[[{]/.test(bytes))
    return unfit("is JSON", 'A fixture is loaded by a command: first-commands = ["loaddata <its name>"]');
  return fits("sql");
}

function fits(of: SeedKind): ReadKind {
  return { kind: "fits", of };
}

function unfit(what: string, next: string): ReadKind {
  return { kind: "unfit", what, next };
}
