import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { seedKind } from "../../src/settings/seed-kind.ts";
import { sqliteFile } from "../sqlite-file.ts";
import { expectOne, problemsOf, settingsOf, smallProject } from "./source.ts";

const withToml = (toml: string, more: Readonly<Record<string, string>> = {}) => ({
  files: { ...smallProject, ...more, "woven.toml": `${smallProject["woven.toml"]}${toml}` },
});

test("a command is a management command with manage, and one or the other without", async () => {
  const { phase } = await settingsOf(
    withToml(`release-commands = ["createcachetable", "manage.py loaddata 'a b'"]
first-commands = ["python manage.py loaddata demo"]`),
  );
  expect(phase.releaseCommands).toEqual([
    {
      command: { kind: "either", words: ["createcachetable"] },
      text: "createcachetable",
      where: "woven.toml: release-commands (line 2)",
    },
    {
      command: { kind: "manage", words: ["loaddata", "a b"] },
      text: "manage.py loaddata 'a b'",
      where: "woven.toml: release-commands (line 2)",
    },
  ]);
  expect(phase.firstCommands.map(({ command }) => command)).toEqual([{ kind: "manage", words: ["loaddata", "demo"] }]);
});

test.each([
  ["release-commands", "a && b", "&&"],
  ["release-commands", "loaddata 'x", "not closed"],
  ["first-commands", "sudo ls", "sudo"],
  ["first-commands", "", "empty"],
  ["release-commands", "loaddata\tx", "control character"],
])("%s: %j is reported with its line", async (key, command, name) => {
  const problems = await problemsOf(withToml(`# a line\n${key} = [\n  "check",\n  "${command}",\n]`));
  expectOne(
    problems.map((one) => ({ ...one, where: one.where.replace(/\.\d+$/, "") })),
    `woven.toml: ${key}`,
    [name],
  );
  expect(problems[0]?.line).toBe(5);
});

test("a health command is of the distribution, or of a site", async () => {
  const { health, sites, phase } = await settingsOf(
    withToml(
      `[health]\ncommand = "check"\n[sites.2]\ndomains = ["b.example.com"]\nhealth = { command = "manage check_b", timeout = 5 }`,
    ),
  );
  expect(health.command).toEqual({ kind: "either", words: ["check"] });
  expect(sites[1]?.health).toMatchObject({ command: { kind: "manage", words: ["check_b"] }, timeout: 5 });
  expect(phase.healthCommands.map(({ site, where }) => [site, where])).toEqual([
    [undefined, "woven.toml: health.command (line 3)"],
    [2, "woven.toml: sites.2.health.command (line 6)"],
  ]);
});

test("a seed that does not exist is reported, for the command that needs it", async () => {
  const toml = 'seed-database = "seed.sql"';
  expectOne(await problemsOf(withToml(toml)), "woven.toml: seed-database", ["seed.sql"]);
  expect((await settingsOf({ ...withToml(toml), inputs: { command: "rollback" } })).phase.seed).toBeUndefined();
  const { phase } = await settingsOf(withToml(toml, { "seed.sql": "CREATE TABLE a (b int);" }));
  expect(phase.seed).toMatchObject({ path: "seed.sql", kind: "sql" });
});

test.each([
  ["an SQLite file", sqliteFile("CREATE TABLE a (b)"), "sqlite-file"],
  [".dump of sqlite3", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", "sqlite-sql"],
  ["pg_dump -Fc", "PGDMP\x01\x0e\0", "postgresql-archive"],
  ["pg_dump -Ft", "toc.dat\0\0\0", "postgresql-archive"],
  ["pg_dump", "--\n-- PostgreSQL database dump\n--\n\n\\restrict x\n", "postgresql-sql"],
  ["mysqldump", "-- MySQL dump 10.13  Distrib 8.0.36\n", "mysql-sql"],
  ["mariadb-dump", "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n", "mysql-sql"],
  ["statements", "CREATE TABLE a (b int);\n", "sql"],
])("%s is told by how it begins", (_, head, of) => {
  expect(seedKind(Buffer.from(head))).toEqual({ kind: "fits", of });
});

test.each([
  ["an empty file", "", /empty/],
  ["a compressed file", gzipSync("SELECT 1"), /compressed/],
  ["a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\n", /Git LFS/],
  ["a fixture", '[{"model": "shop.plant"}]', /JSON/],
  ["a picture", Buffer.from([0x89, 0x50, 0, 1]), /no dump/],
])("%s is no seed", (_, head, what) => {
  expect(seedKind(Buffer.from(head))).toMatchObject({ kind: "unfit", what: expect.stringMatching(what) });
});
