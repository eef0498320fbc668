// What the steps before a switch say of a failure, and how long they may take.
import { expect, test } from "vitest";
import { layout } from "../../src/release/layout.ts";
import { runHealthCommands } from "../../src/steps/health-command.ts";
import { checkReleaseCommands, releaseCommands } from "../../src/steps/release-commands.ts";
import { checkSeed, seedDatabase } from "../../src/steps/seed-database.ts";
import { releaseRecord } from "../node/records.ts";
import { folderWith } from "../settings/source.ts";

const place = layout("/home/woven", "shop", "1.0");
const command = { kind: "either", words: ["loaddata", "a b"] } as const;
const listed = { command, text: "loaddata 'a b'", where: "woven.toml: release-commands (line 2)" };

test("a command that fails is named with its cause, and has a limit", () => {
  const [step] = releaseCommands("release-command", place.staging, 2, [listed]);
  expect(step?.limit).toBe(3600);
  expect(step?.apply.text).toContain("as site_2 env SITE_ID=2 ");
  expect(step?.apply.text).toContain("either loaddata 'a b'");
  expect(step?.failure?.("reading\nCommandError: No fixture named 'a b' found.\n")).toMatch(
    /^loaddata 'a b' failed: CommandError: No fixture named 'a b' found\.$/,
  );
  const traceback =
    "Traceback (most recent call last):\n  File \"/x.py\", line 1, in <module>\nModuleNotFoundError: No module named 'shopify'\n";
  expect(step?.failure?.(traceback)).toContain("shopify");
  expect(step?.advice?.(traceback)).toContain("requirements");
});

test("each site is asked for the commands that it runs, and without any nobody is", () => {
  const phase = {
    releaseCommands: [listed],
    firstCommands: [],
    healthCommands: [
      { command, where: "woven.toml: sites.2.health.command (line 9)", site: 2 },
      { command, where: "woven.toml: sites.3.health.command (line 9)", site: 3 },
    ],
  };
  const [step] = checkReleaseCommands(place.staging, phase, [{ id: 1 }, { id: 2 }]);
  const asked = [...(step?.apply.text ?? "").matchAll(/as (site_\d) .* check '(.*)' \|\|/g)].map(([, user, words]) => [
    user,
    JSON.parse(words ?? ""),
  ]);
  expect(asked).toEqual([
    ["site_1", [["woven.toml: release-commands (line 2)", "either", "loaddata", "a b"]]],
    ["site_2", [["woven.toml: sites.2.health.command (line 9)", "either", "loaddata", "a b"]]],
  ]);
  const unknown = "woven.toml: release-commands (line 2): loaddata is neither …";
  expect(step?.failure?.(`warning\n${unknown}\n`)).toBe(unknown);
  const none = { releaseCommands: [], firstCommands: [], healthCommands: [] };
  expect(checkReleaseCommands(place.staging, none, [{ id: 1 }])).toEqual([]);
});

test("each site runs its health command as its own user, within its time", () => {
  const sites = [
    { id: 1, domains: ["a.example.com"] },
    { id: 2, domains: ["b.example.com"], health: { path: "/", timeout: 5, command } },
    { id: 3, domains: ["c.example.com"], health: { path: "/", timeout: 5 } },
  ];
  const health = { path: "/", timeout: 30, command: { kind: "manage", words: ["check"] } } as const;
  const to = { place, record: releaseRecord({ sites, health }) };
  const [step] = runHealthCommands({ to, from: to, drain: 60 });
  const runs = [...(step?.apply.text ?? "").matchAll(/as (site_\d) env SITE_ID=\d timeout -k 5 (\d+) .*\.py (.*) >/g)];
  expect(runs.map(([, ...run]) => run)).toEqual([
    ["site_1", "30", "manage check"],
    ["site_2", "5", "either loaddata 'a b'"],
  ]);
  expect(step?.limit).toBeGreaterThan(35);
  const said = step?.failure?.("no stock\nThe health command of site_2 ended with status 1\n");
  expect(said).toMatch(/unhealthy.*site_2.*status 1.*no stock/);
  expect(runHealthCommands({ to: { place, record: releaseRecord() }, drain: 60 })).toEqual([]);
});

test.each([
  [
    "this server lacks the program psql, which reads the file. Its package: postgresql-client",
    /extra-packages = \["postgresql-client"\]/,
  ],
  ["the database is not empty: it has the tables auth_user", /remove seed-database/],
  ["seed-database is for PostgreSQL, and the default database of the settings is SQLite", /same kind/],
  ['psql:seed:9: ERROR:  role "old" does not exist', /--no-owner/],
])("a seed that cannot be used: %s", (output, next) => {
  const file = `${folderWith({ "seed.sql": "SELECT 1;" })}/seed.sql`;
  const seeding = { place, folder: place.staging, site: 1, seed: { path: "seed.sql", file, kind: "sql" } } as const;
  for (const step of [checkSeed(seeding, "everywhere"), seedDatabase(seeding)]) {
    expect(step.failure?.(output)).toContain(output);
    expect(step.advice?.(output)).toMatch(next);
  }
});
