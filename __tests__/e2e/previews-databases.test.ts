// Previews of projects whose data is on a database server, beside production under load: each has a database of its own, with a copy of
// production's, and a user that reaches no other. Afterwards, the database servers are as before.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeGitHub } from "../harness/fake-github.ts";
import { cards } from "./support/cards.ts";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { footprint, inside } from "./support/inside.ts";
import type { Job } from "./support/operator.ts";
import { pullRequest } from "./support/pull-request.ts";
import { ask } from "./support/visitor.ts";

// Both projects set the server up, so both name all of its packages.
const keys =
  'server = "gunicorn"\nextra-packages = ["mariadb-server", "postgresql"]\npreview-domain = "preview.example.com"\npreview-database-from = "live"\n';
const login = { authorization: `Basic ${Buffer.from("ada:correct-horse").toString("base64")}` };

const psql = (sql: string, database = "postgres") =>
  `cd / && runuser -u postgres -- psql -XAt -v ON_ERROR_STOP=1 -d '${database}' -c "${sql}"`;
const mariadb = (sql: string, database = "mysql") => `mariadb -N -e "${sql}" '${database}'`;

const kinds = [
  {
    name: "cards",
    service: "postgresql",
    driver: "psycopg[binary]>=3.2,<4",
    init: "",
    root: "",
    home: "/home/woven",
    pull: 1,
    sql: psql,
    /** All that the server has: databases, roles and who may log in. */
    listing: `${psql("SELECT datname, datacl FROM pg_database UNION ALL SELECT rolname, NULL FROM pg_roles ORDER BY 1")}; cat /etc/postgresql/*/main/pg_hba.conf`,
    /** As the preview, with its own login. */
    login: (url: URL, database: string, sql: string) =>
      `PGPASSWORD=${url.password} psql -XAt -h 127.0.0.1 -U '${url.username}' -d '${database}' -c "${sql}"`,
    /** Twice as much as fits into the pipes between the two clients, many times. */
    filler:
      "CREATE TABLE filler (text text); INSERT INTO filler SELECT repeat(md5(i::text), 400) FROM generate_series(1, 40000) i; ALTER TABLE filler OWNER TO cards",
  },
  {
    name: "letters",
    service: "mariadb",
    driver: "pymysql>=1.1,<2",
    init: 'import pymysql\n\npymysql.version_info = (2, 2, 7, "final", 0)\npymysql.install_as_MySQLdb()\n',
    // What a pull request cannot set is still production's own.
    root: 'deployment-root = "/srv/letters"\n',
    home: "/srv/letters",
    pull: 2,
    sql: mariadb,
    listing: `${mariadb("SHOW DATABASES")}; ${mariadb("SELECT User, Host FROM user ORDER BY 1, 2")}; ${mariadb("SELECT User, Host, Db FROM db ORDER BY 1, 2, 3")}`,
    login: (url: URL, database: string, sql: string) =>
      `MYSQL_PWD=${url.password} mariadb --no-defaults --protocol=tcp -h 127.0.0.1 -u '${url.username}' -N -e "${sql}" '${database}'`,
    filler:
      "CREATE TABLE filler (text mediumtext); INSERT INTO filler SELECT REPEAT(MD5(seq), 400) FROM seq_1_to_20000; CREATE VIEW texts AS SELECT text FROM cards_card",
  },
] as const;

let g: Ground;
let github: FakeGitHub;

beforeAll(async () => {
  [g, github] = await Promise.all([ground("trixie"), FakeGitHub.start()]);
});
afterAll(async () => {
  const { wrong = [] } = github ?? {};
  for (const thing of [github, g]) await thing?.[Symbol.asyncDispose]();
  expect(wrong).toEqual([]);
});

describe.each(kinds)("$service", (kind) => {
  const { name, service, driver, init, root, home, pull, sql, listing, filler } = kind;
  let live: Checkout;
  let branch: Checkout;
  /** What the database server has with production alone. */
  let before: string;
  let untouched: string;
  const preview = `${name}~pr-${pull}`;

  const project = async (version = "0.1") => {
    const made = await cards(version);
    await made.edit("pyproject.toml", 'name = "cards"', `name = "${name}"`);
    await made.edit("pyproject.toml", '"dj-database-url', `"${driver}",\n    "dj-database-url`);
    await made.edit(
      "pyproject.toml",
      'domains = ["cards.example.com"]',
      `domains = ["${name}.example.com"]\n${keys}${root}`,
    );
    await made.edit("pyproject.toml", '["redis"]', `["${service}"]`);
    await made.edit(
      "pyproject.toml",
      /\n\[tool\.woven\.processes\][\s\S]*$/.exec(await made.read("pyproject.toml"))?.[0] ?? "",
      "\n",
    );
    await made.edit("cards/__init__.py", "VERSION =", `${init}\nVERSION =`);
    return made;
  };
  const job = (action: string, commit = "1", from: Checkout = branch, number: number = pull): Job => {
    const told = pullRequest({ action, number, commit });
    if (action === "closed") github.open.delete(number);
    else github.open.set(number, told.env["GITHUB_SHA"] ?? "");
    return {
      checkout: from,
      command: "preview",
      ...told,
      env: { ...told.env, ...github.env },
      inputs: {
        env: "",
        "preview-env": "DJANGO_SECRET_KEY=only-for-previews",
        "basic-auth": "ada:correct-horse",
        "github-token": "ghs_of-the-job",
      },
    };
  };
  const texts = async (number: number = pull) => {
    const { status, body } = await ask(g.node.host, `pr-${number}.preview.example.com`, "/cards.json", {
      headers: login,
    });
    expect(status, body).toBe(200);
    return Object.keys(JSON.parse(body));
  };
  const url = async () => {
    const files = await inside(g.node, `cat /home/woven/previews/${name}/pr-${pull}/env/${preview}/environment/*.json`);
    return new URL((JSON.parse(files) as { readonly DATABASE_URL: string }).DATABASE_URL);
  };
  const insert = (text: string, database: string = name) =>
    inside(g.node, sql(`INSERT INTO cards_card (text, pages, written_by) VALUES ('${text}', 0, '')`, database));
  const state = async () => [...(await footprint(g.node)), await inside(g.node, listing)];
  /** Asks production ten times a second. */
  const crowd = () => {
    const answers: Promise<string>[] = [];
    const one = () =>
      ask(g.node.host, `${name}.example.com`, "/cards.json").then(
        ({ status, body }) => (status === 200 ? "fine" : `${status} ${body.slice(0, 200)}`),
        String,
      );
    const timer = setInterval(() => answers.push(one()), 100);
    return async () => {
      clearInterval(timer);
      const all = await Promise.all(answers);
      expect(all.length).toBeGreaterThan(10);
      return all.filter((answer) => answer !== "fine");
    };
  };

  beforeAll(async () => {
    [live, branch] = await Promise.all([project(), project()]);
    await branch.edit(
      "pyproject.toml",
      "[tool.woven]\n",
      `[tool.woven]\nfirst-commands = ["manage shell -c \\"from cards.models import Card; Card.objects.create(text='made first')\\""]\nrelease-commands = ["manage check"]\n`,
    );
    await inside(g.node, "rm -f /var/local/woven/set-up-by");
    await g.op.succeed({ checkout: live, command: "setupnode" });
  });
  afterAll(async () => {
    for (const thing of [live, branch]) await thing?.[Symbol.asyncDispose]();
  });

  test("before the first deployment, a preview is built whole, on an empty database", async () => {
    const empty = await state();
    const { steps } = await g.op.succeed(job("opened"));
    expect(steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining(["preview-database", "first-command-1", "release-command-1"]),
    );
    expect(await texts()).toEqual(["made first"]);
    // An update runs the release commands only, and keeps what is there.
    const update = await g.op.succeed(job("synchronize", "2"));
    expect(update.steps.map(({ step }) => step)).not.toContain("first-command-1");
    expect(await texts()).toEqual(["made first"]);
    await g.op.succeed(job("closed"));
    expect(await state()).toEqual(empty);
  });

  test("production under load is copied, and does not wait, also not for a migration of its own", async () => {
    await g.op.succeed({ checkout: live, command: "deploy" });
    await insert("from production");
    await inside(g.node, sql(filler, name));
    before = await inside(g.node, listing);
    untouched = await inside(g.node, sql("SELECT * FROM cards_card", name));
    const faults = crowd();
    const building = g.op.run(job("opened"));
    const dumps = "pgrep -x 'pg_dump|mariadb-dump' >/dev/null";
    await expect
      .poll(() => inside(g.node, `${dumps} && echo dumps || echo none`), { timeout: 120_000, interval: 100 })
      .toBe("dumps");
    const began = performance.now();
    await inside(g.node, sql("ALTER TABLE filler ADD extra integer", name));
    expect(performance.now() - began).toBeLessThan(10_000);
    const result = await building;
    expect(result.code, result.stdout).toBe(0);
    expect(await faults()).toEqual([]);
    expect(await texts()).toEqual(["from production"]);
    expect(result.steps.find(({ step }) => step === "first-command-1")?.status).toBe("ok");
    expect(await inside(g.node, sql("SELECT COUNT(*) FROM filler", preview))).toMatch(/^[24]0000$/);
  });

  test("its user reaches no other database, and nobody else reads its password", async () => {
    const own = await url();
    // Before the tests themselves write it into the node's journal.
    const seen = await inside(g.node, `grep -rlF ${own.password} /var/log /var/local/woven/runs || :`);
    expect(seen).toBe("");
    const site = /site_\d+/.exec(
      await inside(g.node, `ls /home/woven/previews/${name}/pr-${pull}/env/${preview}/environment`),
    )?.[0];
    const attempt = (database: string) =>
      g.node.run([
        "runuser",
        "-u",
        site ?? "",
        "--",
        "sh",
        "-c",
        kind.login(own, database, "SELECT text FROM cards_card"),
      ]);
    expect(await attempt(preview)).toMatchObject({ code: 0, stdout: "from production\n" });
    for (const other of [name, "postgres", "template1", "mysql"])
      expect((await attempt(other)).code, other).not.toBe(0);
    const over = await g.node.run([
      "runuser",
      "-u",
      site ?? "",
      "--",
      "psql",
      "-U",
      preview,
      "-d",
      name,
      "-c",
      "SELECT 1",
    ]);
    expect(over.code).not.toBe(0);
    const file = `/var/local/woven/previews/${preview}/database.json`;
    expect(await inside(g.node, `stat -c '%a %U' ${file}`)).toBe("600 root");
    expect((await g.node.run(["runuser", "-u", "woven", "--", "cat", file])).code).not.toBe(0);
  });

  test("it is a patch of the live release, wherever that is", async () => {
    const shared = async (folder: string) =>
      Number(await inside(g.node, `find $(readlink -f ${home}/env/${name}/${folder}) -type f -links +1 | wc -l`));
    expect(await shared("project")).toBeGreaterThan(9);
    expect(await shared("packages")).toBeGreaterThan(500);
  });

  test("what it writes stays its own, over updates, and also after a rollback of production", async () => {
    await inside(g.node, sql("DELETE FROM cards_card", preview));
    await insert("from the preview", preview);
    await using next = await project("0.2");
    await g.op.succeed({ checkout: next, command: "deploy" });
    // The second one has its own folder, and shares the server with the first.
    await using empty = await checkout([]);
    const unnamed = await g.op.run({ checkout: empty, command: "rollback" });
    if (name === "letters") {
      expect(unnamed.failures.map(({ code }) => code)).toEqual(["distribution-unclear"]);
      await g.op.succeed({ checkout: empty, command: "rollback", inputs: { distribution: name } });
    } else expect(unnamed.code).toBe(0);
    expect(await inside(g.node, `readlink ${home}/env/${name}`)).toContain("0.1");
    const { steps } = await g.op.succeed(job("synchronize", "3"));
    expect(steps.find(({ step }) => step === "preview-database")?.status).toBe("ok");
    expect(await texts()).toEqual(["from the preview"]);
    expect(await inside(g.node, sql("SELECT * FROM cards_card", name))).toBe(untouched);
  });

  test("the server itself drops the database with the preview", async () => {
    const timer = await inside(g.node, "ls /etc/systemd/system | grep '^woven-preview-.*timer$'");
    await inside(
      g.node,
      `echo 0 >/var/local/woven/previews/${preview}/expires; systemctl start "${timer.replace(".timer", ".service")}"`,
    );
    expect(await inside(g.node, listing)).toBe(before);
    expect(await inside(g.node, "ls /var/local/woven/previews")).toBe("");
  });

  test("if the database server is down, the removal is red, and the next one drops the database", async () => {
    await g.op.succeed(job("opened", "5"));
    await inside(g.node, `systemctl stop ${service}`);
    const { failure } = await g.op.fail(job("closed"));
    expect(failure.step).toBe("drop-preview-database");
    await inside(g.node, `systemctl start ${service}`);
    await expect.poll(() => g.op.run(job("closed")).then(({ code }) => code), { timeout: 60_000 }).toBe(0);
    expect(await inside(g.node, listing)).toBe(before);
  });
});
