// The release phase where it takes longer: a database on the server, seeds that do not fit, a hook that fails, and a run that is cancelled.
import { afterAll, beforeAll, expect, test } from "vitest";
import { sqliteFile } from "../sqlite-file.ts";
import type { Checkout } from "./support/checkout.ts";
import { equippedNode, type Ground, ground, keys } from "./support/equipped.ts";
import { footprint, inside } from "./support/inside.ts";
import { operator } from "./support/operator.ts";
import { notes, phaseProject } from "./support/phase-project.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let project: Checkout;

const password = "phase-database-7d1e";
const hookEnv = `DATABASE_URL=postgres://shop:${password}@localhost/shop\nHOOK_SECRET=x`;
const configured = `release-commands = ["note release"]
first-commands = ["note first"]
seed-database = "seed"
extra-packages = ["postgresql"]
`;

beforeAll(async () => {
  [g, project] = await Promise.all([ground("trixie"), phaseProject({ version: "0.1", keys: configured })]);
  await project.write("seed", "-- PostgreSQL database dump\nCREATE TABLE legacy (note text);\n");
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

const inputs = (env = "") => ({
  env: `DJANGO_SECRET_KEY=e2e-django-secret-8c1f0a7b5d2e4936\n${env}`,
  "hook-env": hookEnv,
});
const deploy = () => ({ checkout: project, command: "deploy", inputs: inputs(`DATABASE_PASSWORD=${password}`) });
const sql = (text: string, database = "shop") =>
  inside(g.node, `cd /; runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 ${database} <<'END'\n${text}\nEND`);

test("setupnode makes the database", async () => {
  await g.op.succeed({ checkout: project, command: "setupnode", inputs: inputs() });
  expect(await sql("SELECT count(*) FROM pg_stat_user_tables")).toBe("0");
});

test("a seed for another kind of database is an error, before anything is touched", async () => {
  const before = await footprint(g.node);
  const { failure, error } = await g.op.fail({ checkout: project, command: "deploy", inputs: inputs() });
  expect([failure.stage, failure.step]).toEqual(["prepare", "seed-check"]);
  expect(error).toMatch(/PostgreSQL.*SQLite/);
  expect(await footprint(g.node)).toEqual(before);
  expect(await inside(g.node, "ls /home/woven/database")).toBe("");
});

test("a dump of pg_dump fills a database of PostgreSQL; one that fails leaves it empty, and one with tables is refused", async () => {
  await project.edit("pyproject.toml", '"Django>=5.2,<5.3",', '"Django>=5.2,<5.3",\n    "psycopg[binary]",');
  await project.edit("requirements.txt", "Django", "psycopg[binary]\nDjango");
  await project.edit(
    "shop/settings.py",
    "DEFAULT_AUTO_FIELD",
    `if "DATABASE_PASSWORD" in os.environ:
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop", "USER": "shop", "HOST": "localhost", "PASSWORD": os.environ["DATABASE_PASSWORD"]}}
DEFAULT_AUTO_FIELD`,
  );
  // What another server had.
  await sql("CREATE DATABASE old; CREATE ROLE stranger;", "postgres");
  await sql(
    "CREATE TABLE legacy (note text); INSERT INTO legacy VALUES ('from the old shop'); ALTER TABLE legacy OWNER TO stranger",
    "old",
  );
  await sql("CREATE TABLE other (a int)");
  const refused = await g.op.fail(deploy());
  expect(refused.failure.step).toBe("seed-check");
  expect(refused.error).toMatch(/not empty: it has the tables other/);
  await sql("DROP TABLE other");

  const dump = (options: string) => inside(g.node, `cd /; runuser -u postgres -- pg_dump ${options} old | base64 -w0`);
  const owned = await dump("");
  await sql("DROP DATABASE old; DROP ROLE stranger", "postgres");
  await project.write("seed", Buffer.from(owned, "base64"));
  const { failure, error } = await g.op.fail(deploy());
  expect(failure.step).toBe("seed");
  expect(error).toMatch(/role "stranger" does not exist/);
  expect(error).toMatch(/--no-owner/);
  expect(await sql("SELECT count(*) FROM pg_stat_user_tables")).toBe("0");
  expect(await notes(g.node)).toEqual([]);
});

test("an archive of pg_dump fills it, as the site, and the password is on no command line", async () => {
  await sql("CREATE DATABASE old", "postgres");
  await sql("CREATE TABLE legacy (note text); INSERT INTO legacy VALUES ('from the old shop')", "old");
  const archive = await inside(g.node, "cd /; runuser -u postgres -- pg_dump -Fc old | base64 -w0");
  await project.write("seed", Buffer.from(archive, "base64"));
  // A first deployment that fails after the seed: the next attempt finds it there.
  await project.edit("pyproject.toml", 'first-commands = ["note first"]', 'first-commands = ["note --fail first"]');
  expect((await g.op.fail(deploy())).failure.step).toBe("first-command-1");
  expect(await sql("SELECT note, tableowner FROM legacy, pg_tables WHERE tablename = 'legacy'")).toBe(
    "from the old shop|shop",
  );
  await project.edit("pyproject.toml", 'first-commands = ["note --fail first"]', 'first-commands = ["note first"]');
  await notes(g.node);
  const { stdout, steps } = await g.op.succeed(deploy());
  expect(steps.find(({ step }) => step === "seed")?.status).toBe("ok");
  expect((await notes(g.node)).map((line) => line.split(" ")[0])).toEqual(["first", "release", "hook+0.1+after="]);
  expect(stdout.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain(password);
});

test("a command that fails is named with its last line, and the live release stays as it is", async () => {
  await project.edit("pyproject.toml", 'version = "0.1"', 'version = "0.1.1"');
  await project.edit("pyproject.toml", '["note release"]', '["note --fail release"]');
  const before = await footprint(g.node);
  const { failure, error } = await g.op.fail(deploy());
  expect([failure.code, failure.step]).toEqual(["step-failed", "release-command-1"]);
  expect(error).toMatch(/note --fail release failed: the parcel service did not answer/);
  expect(await footprint(g.node)).toEqual(before);
  await notes(g.node);
});

test("a run that is cancelled in the middle of a command ends it, and leaves the live release", async () => {
  await project.edit("pyproject.toml", '["note --fail release"]', '["note --stay release"]');
  const before = await footprint(g.node);
  const running = await g.op.start(deploy());
  await expect
    .poll(() => inside(g.node, "cat /home/woven/public/shop/notes 2>/dev/null || :"), { timeout: 90_000 })
    .toMatch(/^release/);
  running.process.kill("SIGINT");
  const result = await running.result;
  expect(result.failures).toMatchObject([{ code: "stopped", step: "release-command-1" }]);
  expect(await inside(g.node, "pgrep -f '[n]ote --stay' || :")).toBe("");
  expect(await footprint(g.node)).toEqual(before);
  expect((await visitor(g.node.host).versions()).version).toBe("0.1");
  await project.edit("pyproject.toml", '["note --stay release"]', '["note release"]');
});

test("a hook that fails stops the switch", async () => {
  await project.edit(
    "shop/deploy.py",
    'print("secret',
    'raise RuntimeError("the cache did not answer")\n    print("secret',
  );
  const before = await footprint(g.node);
  const { failure, error } = await g.op.fail(deploy());
  expect(failure.step).toBe("hook-post-deploy");
  expect(error).toContain("the cache did not answer");
  expect(await footprint(g.node)).toEqual(before);
});

test("a dry run shows what would run, and runs nothing", async () => {
  await notes(g.node);
  const { stdout } = await g.op.succeed({ ...deploy(), inputs: { ...deploy().inputs, "dry-run": "true" } });
  expect(stdout).toMatch(/would run, as site_1: note release/);
  expect(stdout).toMatch(/run post_deploy \(shop\/deploy\.py\)/);
  expect(await notes(g.node)).toEqual([]);
});

test("an SQLite file is no seed for PostgreSQL, also if the site is removed and deployed again", async () => {
  await g.op.succeed({ checkout: project, command: "remove", inputs: { version: "shop" } });
  await project.write("seed", sqliteFile("CREATE TABLE a (b)"));
  const { failure, error } = await g.op.fail(deploy());
  expect(failure.step).toBe("seed-check");
  expect(error).toMatch(/SQLite.*PostgreSQL/);
});

test("of two servers with databases of their own, each runs the commands, and if one fails, none switches", async () => {
  const web2 = await equippedNode("trixie");
  try {
    const hosts = [g.node, web2];
    const knownHosts = async () => (await Promise.all(hosts.map((node) => node.knownHosts()))).flat();
    const op = operator({ host: g.node.host, knownHosts }, keys, g.cache);
    const roles = JSON.stringify({ production: hosts.map(({ host }) => `woven@${host}`) });
    const both = { roles, "hook-env": "HOOK_SECRET=x" };
    const commands = `release-commands = ["note release", "python licence.py"]\nfirst-commands = ["note first"]\n`;
    const licence = 'import os, sys\nsys.exit("no licence here" if os.path.exists("/run/broken") else 0)\n';
    await using one = await phaseProject({ version: "0.1", keys: commands });
    await using two = await phaseProject({ version: "0.2", keys: commands });
    for (const each of [one, two]) await each.write("licence.py", licence);

    await notes(g.node);
    const { steps } = await op.succeed({ checkout: one, command: "deploy", inputs: both });
    for (const node of hosts)
      expect((await notes(node)).map((line) => line.split(" ")[0])).toEqual(["first", "release", "hook+0.1+after="]);
    const ran = steps.filter(({ step }) => step === "release-command-2");
    expect(ran.map(({ stage }) => stage)).toEqual(["migrate", "migrate"]);

    await inside(web2, "touch /run/broken");
    const { failure, error, result } = await op.fail({ checkout: two, command: "deploy", inputs: both });
    expect(failure).toMatchObject({ node: web2.host, stage: "migrate", step: "release-command-2" });
    expect(error).toContain("python licence.py failed: no licence here");
    expect(JSON.parse(result.outputs["results"] ?? "")).toMatchObject([
      { host: g.node.host, status: "skipped", version: "0.1" },
      { host: web2.host, status: "failed", version: "0.1" },
    ]);
    for (const node of hosts) expect((await visitor(node.host).versions()).version).toBe("0.1");
  } finally {
    await web2.stop();
  }
});
