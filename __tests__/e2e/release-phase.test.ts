// What runs between the build of a release and its switch: a seed, commands, a hook and a health command, with secret files.
import { afterAll, beforeAll, expect, test } from "vitest";
import { sqliteFile } from "../sqlite-file.ts";
import type { Checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { notes, phaseProject } from "./support/phase-project.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let first: Checkout;
let second: Checkout;
let third: Checkout;

/** A secret of several lines, whose last one has no line break; and bytes that are no text. */
const licence = "line one of the licence\n  indented: yes \nlast line of it";
const bytes = Buffer.from([0, 255, 10, 13, 0, 128]);
const files = JSON.stringify({ "licence.txt": licence, "client.p12": { base64: bytes.toString("base64") } });
const given = { files, "hook-env": "HOOK_SECRET=correct-horse" };

const commands = `release-commands = ["note release 'a b'", "createcachetable woven_cache", "django-admin --version"]
first-commands = ["manage.py note first"]
seed-database = "seed.sqlite3"
`;
const health = 'command = "note health"\n';

beforeAll(async () => {
  [g, first, second, third] = await Promise.all([
    ground("trixie"),
    phaseProject({ version: "0.1", keys: commands, health }),
    phaseProject({ version: "0.2", keys: commands, health }),
    phaseProject({ version: "0.3", keys: commands, health }),
  ]);
  const seed = sqliteFile("CREATE TABLE legacy (note TEXT); INSERT INTO legacy VALUES ('from the old shop')");
  for (const project of [first, second, third]) await project.write("seed.sqlite3", seed);
});
afterAll(async () => {
  for (const thing of [first, second, third, g]) await thing?.[Symbol.asyncDispose]();
});

const serving = async () => (await visitor(g.node.host).versions()).version;
/** What the live release's database says. */
const query = (sql: string) =>
  inside(
    g.node,
    `/usr/bin/python3 -c 'import sqlite3, sys; print(*sqlite3.connect("/home/woven/database/shop.db").execute(sys.argv[1]).fetchone())' "${sql}"`,
  );

test("a first deployment fills the database, migrates, and runs first-commands, release-commands, the hook and the health command in this order", async () => {
  const { stdout, summary, steps } = await g.op.succeed({ checkout: first, command: "deploy", inputs: given });
  expect(await notes(g.node)).toEqual([
    `first 0.1 site_1 ${licence.length}`,
    `release+a b 0.1 site_1 ${licence.length}`,
    `hook+0.1+after= 0.1 site_1 ${licence.length}`,
    `health 0.1 site_1 ${licence.length}`,
  ]);
  const order = [
    "seed-check",
    "seed",
    "migrate",
    "first-command-1",
    "release-command-1",
    "release-command-2",
    "release-command-3",
  ];
  const wanted = [...order, "hook-post-deploy", "health", "health-command", "switch"];
  const ids = steps.map(({ step }) => step);
  expect(ids.filter((id) => wanted.includes(id))).toEqual(wanted);
  for (const said of ["noted release+a b with ***", "secret of the hook has 13 characters", "5.2."])
    expect(stdout).toContain(said);
  expect(await query("SELECT note FROM legacy")).toBe("from the old shop");
  expect(await query("SELECT count(*) FROM woven_cache")).toBe("0");
  for (const secret of ["line one of the licence", "last line of it", bytes.toString("base64"), "correct-horse"])
    expect(stdout.replaceAll(/^::add-mask::.*$/gm, "") + summary).not.toContain(secret);
});

test("secret files are byte for byte what was given, and only the site reads them", async () => {
  const folder = "/home/woven/env/shop/environment/site_1";
  const listing = await inside(g.node, `stat -L -c '%a %U:%G %n' ${folder} ${folder}/*`);
  expect(listing.split("\n")).toEqual([
    `750 root:site_1 ${folder}`,
    `640 root:site_1 ${folder}/client.p12`,
    `640 root:site_1 ${folder}/licence.txt`,
  ]);
  expect(await inside(g.node, `base64 -w0 ${folder}/licence.txt`)).toBe(Buffer.from(licence).toString("base64"));
  expect(await inside(g.node, `base64 -w0 ${folder}/client.p12`)).toBe(bytes.toString("base64"));
  for (const user of ["woven", "www-data", "nobody"])
    expect(await inside(g.node, `! runuser -u ${user} -- cat ${folder}/licence.txt 2>&1`)).toMatch(/Permission denied/);
  // What a command itself has printed is in the folder of the run, which only root can enter.
  const elsewhere = "grep -rlF --exclude='*-output' 'line one of the licence' /var/log /var/local/woven /etc || :";
  expect(await inside(g.node, elsewhere)).toBe("");
  expect(await inside(g.node, "stat -c '%a %U' /var/local/woven/runs/switch-* | sort -u")).toBe("700 root");
});

test("the next version runs release-commands and no others, and a rollback runs none and has its own files", async () => {
  const other = JSON.stringify({ "licence.txt": "short" });
  await g.op.succeed({ checkout: second, command: "deploy", inputs: { ...given, files: other } });
  expect(await notes(g.node)).toEqual([
    "release+a b 0.2 site_1 5",
    "hook+0.2+after=0.1 0.2 site_1 5",
    "health 0.2 site_1 5",
  ]);
  await g.op.succeed({ checkout: second, command: "rollback" });
  expect(await serving()).toBe("0.1");
  expect(await notes(g.node)).toEqual([`health 0.1 site_1 ${licence.length}`]);
});

test("a health command that fails makes the release unhealthy", async () => {
  await third.edit("pyproject.toml", '"note health"', '"note health --stay"\ntimeout = 10');
  const { failure, error } = await g.op.fail({ checkout: third, command: "deploy", inputs: given });
  expect(failure.step).toBe("health-command");
  expect(error).toMatch(/did not end within 10 seconds/);
  expect(await inside(g.node, "pgrep -f '[n]ote health' || :")).toBe("");
  expect(await serving()).toBe("0.1");
  expect((await notes(g.node)).map((line) => line.split(" ")[0])).toEqual([
    "release+a",
    "hook+0.3+after=0.1",
    "health",
  ]);
});

test("commands that the release does not have are named with their lines, before anything runs", async () => {
  await third.edit("pyproject.toml", '"note health --stay"', '"chekc"');
  await third.edit("pyproject.toml", '"note release', '"noet release');
  const { failure, error } = await g.op.fail({ checkout: third, command: "deploy", inputs: given });
  expect(failure.step).toBe("commands-check");
  expect(error).toMatch(/release-commands \(line \d+\): noet .*Did you mean note\?/);
  expect(error).toMatch(/health\.command \(line \d+\): chekc .*Did you mean check\?/);
  expect(await notes(g.node)).toEqual([]);
});

test("a version without migrations starts no migrate, unless something of the project runs with each one", async () => {
  const deploy = async (before: string, version: string) => {
    await second.edit("pyproject.toml", `version = "${before}"`, `version = "${version}"`);
    await g.op.succeed({ checkout: second, command: "deploy", inputs: given });
    return inside(g.node, 'ls "$(ls -1td /var/local/woven/runs/switch-* | head -n 1)"');
  };
  const started = /^migrated$/m;
  expect(await deploy("0.2", "0.2.1")).not.toMatch(started);
  const listener =
    "from django.db.models.signals import post_migrate\npost_migrate.connect(lambda **known: None, weak=False)\n";
  await second.edit("catalogue/models.py", "\n\n\nclass Genus", `\n${listener}\n\nclass Genus`);
  expect(await deploy("0.2.1", "0.2.2")).toMatch(started);
});
