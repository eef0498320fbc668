import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { layout } from "../../src/release/layout.ts";
import { migrationRuns, withoutMigrated } from "../../src/rollout/migration-runs.ts";
import type { Migrate } from "../../src/settings/settings.ts";
import { awaitMigrations, checkProject, migrate, shareDatabases } from "../../src/steps/django.ts";
import { placeFiles } from "../../src/steps/place-file.ts";
import { run, runStep, scratch, stage } from "../node/stage-run.ts";

const sites = [
  { id: 1, domains: ["one.example.com"] },
  { id: 2, domains: ["two.example.com"] },
];
const databases = { default: "django.db.backends.sqlite3", log: "django.db.backends.postgresql" };
const described = { django: "5.2", staticUrl: "/static/", mediaUrl: "/media/", templateDirs: [], mediaSeed: null };
const place = layout("/home/woven", "shop", "1.0");

const runs = (how: Migrate, of = sites.slice(0, 1)) =>
  migrate("/release", migrationRuns({ databases }, of), how).flatMap(({ apply }) =>
    [...apply.text.matchAll(/SITE_ID=(\d+) \/release\/manage (.*?) >/g)].map(([, site, words]) => `${site}: ${words}`),
  );

/** Migrates for real, with a `manage` of its own, and then replaces a file. */
async function migrated(manage: string) {
  const folder = scratch();
  writeFileSync(join(folder, "manage"), `#!/bin/sh\n${manage}\n`, { mode: 0o755 });
  writeFileSync(join(folder, "conf"), "old");
  const [step] = migrate(folder, migrationRuns({ databases }, sites.slice(0, 1)), { kind: "auto" });
  if (!step) throw new Error("no step");
  const apply = sh`as() { shift; "$@"; }
${step.apply}`;
  const place = placeFiles({ id: "conf", title: "conf" }, [{ path: join(folder, "conf"), content: "new" }]);
  const ran = await run(stage([{ ...step, apply }, place]));
  return { ...ran, conf: readFileSync(join(folder, "conf"), "utf8") };
}

/** Checks a project whose last release has these folders; `asked`: Django was started. */
async function checkedAfter(before: readonly string[]) {
  const root = scratch();
  const shop = layout(root, "shop", "1.0");
  for (const folder of ["static", ...before]) mkdirSync(join(shop.release, folder), { recursive: true });
  writeFileSync(join(shop.release, "static/app.css"), "");
  for (const folder of ["bin", "wsgi"]) mkdirSync(join(shop.staging, folder), { recursive: true });
  writeFileSync(join(shop.staging, "bin/python"), "#!/bin/sh\necho '{}'; echo 2 warnings\n", { mode: 0o755 });
  if (before.includes("errors/site_1")) writeFileSync(join(shop.release, "errors/page"), "");
  const check = checkProject(shop, sites.slice(0, 1), { kind: "kept", of: shop, report: "kept" });
  // Only root can give files to another user.
  const apply = sh`as() { shift; "$@"; }
install() { mkdir -p ${`${shop.staging}/errors`}; }
tool() { :; }
${check.apply}`;
  const { details, data, status } = await runStep({ ...check, apply });
  expect(readdirSync(join(shop.staging, "static"))).toEqual(["app.css"]);
  return { details, data, status, errors: readdirSync(join(shop.staging, "errors")) };
}

test("Django's report is kept, unless the release has error pages, or comes from a Woven that made none", async () => {
  const asked = { details: ["2 warnings"], data: "{}\n", status: "changed", errors: [] };
  expect(await checkedAfter(["errors/1"])).toEqual({ details: [], data: "", status: "ok", errors: ["1"] });
  expect(await checkedAfter(["errors/site_1"])).toEqual(asked);
  expect(await checkedAfter([])).toEqual(asked);
});

const applying = 'echo "Running migrations:"; echo "  Applying $4.0001_initial... OK"';

test("migrations that ran are listed, and the next step finds its own place for what it replaces", async () => {
  const { told, outcomes, conf } = await migrated(applying);
  expect(told).toEqual(["migrate changed", "conf changed"]);
  expect(outcomes[0]?.details).toEqual(["default.0001_initial", "log.0001_initial"]);
  expect(conf).toBe("new");
});

test("if the second database cannot be migrated, the migrations of the first are named", async () => {
  const { outcomes } = await migrated(`[ "$4" = default ] || { echo "OperationalError: no"; exit 1; }; ${applying}`);
  expect(outcomes[0]?.output).toMatch(/^Applied before: default\.0001_initial/);
  const [step] = migrate("/release", migrationRuns({ databases }, sites), { kind: "auto" });
  if (typeof step?.state !== "function") throw new Error("it does not say what is live");
  expect(step.state(outcomes[0]?.output ?? "")).toContain("default.0001_initial");
});

describe("migrations", () => {
  test.each<[string, Migrate, readonly string[]]>([
    ["auto", { kind: "auto" }, ["--database default", "--database log"]],
    ["fake", { kind: "fake" }, ["--database default --fake", "--database log --fake"]],
    ["an app", { kind: "target", app: "shop" }, ["--database default shop", "--database log shop"]],
    [
      "an app up to a migration",
      { kind: "target", app: "shop", migration: "0003" },
      ["--database default shop 0003", "--database log shop 0003"],
    ],
  ])("with %s run for every database", (_, how, expected) => {
    expect(runs(how)).toEqual(expected.map((words) => `1: migrate --noinput ${words}`));
  });

  test("run for every site, as its own user", () => {
    const [step] = migrate("/release", migrationRuns({ databases: { default: "" } }, sites), { kind: "auto" });
    expect(step?.apply.text.match(/as site_\d env SITE_ID=\d/g)).toEqual([
      "as site_1 env SITE_ID=1",
      "as site_2 env SITE_ID=2",
    ]);
  });

  test("do not run where the release has said that there is nothing to do, unless a target is given", async () => {
    const migrations = ["default", "log"].map((alias) => ({
      alias,
      database: alias,
      own: true,
      migrated: alias === "log",
    }));
    const asked = migrationRuns({ databases, migrations }, sites);
    const ran = (how: Migrate) => migrate("/release", asked, how)[0]?.apply.text.match(/--database \w+/g) ?? [];
    expect(ran({ kind: "auto" })).toEqual(["--database default"]);
    for (const how of [{ kind: "fake" }, { kind: "target", app: "shop" }] as const)
      expect(ran(how)).toEqual(["--database default", "--database log"]);
    const [nothing] = migrate("/release", asked.slice(1), { kind: "auto" });
    expect(nothing && (await runStep(nothing)).status).toBe("ok");
    expect(
      migrationRuns(withoutMigrated({ ...described, databases, migrations }), sites).some(({ migrated }) => migrated),
    ).toBe(false);
  });

  test.each<Migrate>([{ kind: "none" }, { kind: "manual" }])("are none with $kind", (how) => {
    expect(runs(how)).toEqual([]);
  });

  test("by hand are looked for in every database of every site, and none is run", () => {
    const { text } = awaitMigrations(place, "127.1.1.1", migrationRuns({ databases }, sites)).apply;
    expect(text.match(/SITE_ID=\d \S+\/manage migrate .*?(?= &&|;)/g)).toEqual(
      [1, 2].flatMap((id) =>
        ["default", "log"].map(
          (alias) => `SITE_ID=${id} /home/woven/.staging/shop-1.0/manage migrate --check --database ${alias}`,
        ),
      ),
    );
  });

  test("a plan says what would run, and that it cannot say which are left", async () => {
    const [step] = migrate("/release", migrationRuns({ databases: { default: "" } }, sites), { kind: "fake" });
    if (!step) throw new Error("no step");
    expect((await runStep(step, "plan")).details).toEqual([
      expect.stringMatching(/\bsite_1\b.*manage migrate --noinput --database default --fake$/),
      expect.stringMatching(/\bsite_2\b.*manage migrate --noinput --database default --fake$/),
      expect.any(String),
    ]);
    const byHand = await runStep(awaitMigrations(place, "127.1.1.1", migrationRuns({ databases }, sites)), "plan");
    expect([byHand.status, byHand.details]).toEqual(["ok", [expect.any(String)]]);
  });
});

test("where no database is a file of all sites, none is opened to them", () => {
  expect(shareDatabases(place, sites, [])).toEqual([]);
});
