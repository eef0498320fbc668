// Several servers and roles in one run, a database that only the web server reaches, and the user's own code at the named points.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import type { ActionResult } from "../harness/run-action.ts";
import { knock, until } from "./local-node-harness.ts";
import type { Checkout } from "./support/checkout.ts";
import { keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { type Operator, operator, told } from "./support/operator.ts";
import { changedSteps, expectNothingChanged, settingsOnly, steps, stockedNode } from "./support/setup.ts";

let cache: FakeCache;
beforeAll(async () => {
  cache = await FakeCache.start();
});
afterAll(() => cache[Symbol.asyncDispose]());

const fresh = () => stockedNode("trixie", { kind: "root" });
const results = ({ outputs }: ActionResult) =>
  JSON.parse(outputs["results"] ?? "") as readonly Record<string, unknown>[];

describe("a web server and a database server", () => {
  const password = 'it\'s "quite" $ecret 7f3a';
  const url = `postgres://shop:${encodeURIComponent(password)}@database/shop`;
  let web: LocalNode;
  let database: LocalNode;
  let project: Checkout;
  let op: Operator;
  let first: ActionResult;
  const inputs = () => ({
    role: "web, database",
    roles: JSON.stringify({ web: [`woven@${web.host}`], database: [`woven@${database.host}`] }),
    "hook-env": `DATABASE_URL=${url}`,
  });

  beforeAll(async () => {
    [web, database] = await Promise.all([fresh(), fresh()]);
    project = await settingsOnly(`extra-packages = ["postgresql-client"]
[role-packages]
database = ["postgresql"]
[role-ufw-rules]
database = ["allow proto tcp from ${web.host} to any port 5432"]
`);
    const host = `${web.host}`;
    const knownHosts = async () => [...(await web.knownHosts()), ...(await database.knownHosts())];
    op = operator({ host, knownHosts }, keys, cache);
    await inside(
      database,
      "systemd-run --quiet --unit=watcher sh -c 'while :; do ps axww -o args=; done >/run/processes'",
    );
    first = await op.succeed({ checkout: project, command: "setupnode", inputs: inputs() });
    await inside(database, "systemctl stop watcher");
  });
  afterAll(async () => {
    for (const thing of [web, database, project]) await thing?.[Symbol.asyncDispose]();
  });

  /** Asks the database as Django would; the password goes by the environment of the test's own process on the node. */
  const query = (node: LocalNode, sql: string) =>
    node.run([
      "env",
      `PGPASSWORD=${password}`,
      "PGCONNECT_TIMEOUT=3",
      "psql",
      "-XAt",
      "-h",
      database.host,
      "-U",
      "shop",
      "-d",
      "shop",
      "-c",
      sql,
    ]);

  test("are set up in one run, at the same time, each as its role", async () => {
    expect(results(first)).toMatchObject([
      { host: web.host, role: "web", status: "ok", changed: true },
      { host: database.host, role: "database", status: "ok", changed: true },
    ]);
    const seconds = results(first).map((result) => Number(result["seconds"]));
    expect(first.seconds).toBeLessThan(seconds.reduce((sum, one) => sum + one, 0));
    expect(first.outputs["known-hosts"]).toContain(`[${web.host}]:10022 `);
    expect(first.outputs["known-hosts"]).toContain(`[${database.host}]:10022 `);
    expect(await inside(database, "ufw show added | sed -n 's/^ufw //p' | sort")).toBe(
      `allow 'Woven SSH'\nallow from ${web.host} to any port 5432 proto tcp`,
    );
    expect(await inside(web, "ufw show added | sed -n 's/^ufw //p' | sort")).toBe(
      "allow 'Woven SSH'\nallow 80,443/tcp",
    );
  });

  test("the web server reaches the database with its password alone; the outside reaches nothing", async () => {
    expect(
      await query(web, "create table plants (name text); insert into plants values ('fern'); select name from plants"),
    ).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("fern"),
    });
    const wrong = await web.run([
      "env",
      "PGPASSWORD=wrong",
      "psql",
      "-XAt",
      "-h",
      database.host,
      "-U",
      "shop",
      "-d",
      "shop",
      "-c",
      "select 1",
    ]);
    expect(wrong.stderr).toMatch(/password authentication failed/);
    // Not in the clear, whoever asks.
    const clear = await web.run([
      ...["env", `PGPASSWORD=${password}`, "PGSSLMODE=disable"],
      ...["psql", "-XAt", "-h", database.host, "-U", "shop", "-d", "shop", "-c", "select 1"],
    ]);
    expect(clear.stderr).toMatch(/no pg_hba\.conf entry.*no encryption/);
    expect(await knock(database.host, 5432)).toBe("filtered");
    expect(
      await inside(
        database,
        "runuser -u postgres -- psql -XAtc \"select rolsuper, left(rolpassword, 13) from pg_authid where rolname = 'shop'\"",
      ),
    ).toBe("f|SCRAM-SHA-256");
    expect(await inside(database, "systemctl is-enabled postgresql; systemctl is-active postgresql")).toBe(
      "enabled\nactive",
    );
  });

  test("the password is in no log, no list of processes, and no file that others can read", async () => {
    const shown = [
      first.stdout.replaceAll(/^::add-mask::.*$/gm, ""),
      first.stderr,
      first.summary,
      JSON.stringify(first.outputs),
    ].join("\n");
    const processes = await inside(database, "cat /run/processes");
    expect(processes).toContain("psql");
    for (const secret of [password, encodeURIComponent(password), "7f3a"]) {
      expect(shown).not.toContain(secret);
      expect(processes).not.toContain(secret);
    }
    const left = await inside(
      database,
      "grep -rlFI --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev --exclude-dir=run -- 7f3a /etc /home /var/local /var/log /root /tmp /run/woven* 2>/dev/null || :",
    );
    expect(left).toBe("");
  });

  test("run again, nothing changes, and the database's hook does not run", async () => {
    const again = await op.succeed({ checkout: project, command: "setupnode", inputs: inputs() });
    expect(results(again)).toMatchObject([{ changed: false }, { changed: false }]);
    expect(changedSteps(again)).toEqual([]);
    expect(steps(again).get("hook-post-install-postgresql")).toBe("ok");
    expect(again.stdout).not.toContain("$ psql");
  });

  test("one that cannot be reached and one that fails at a step are named, and the other is finished", async () => {
    await project.write(
      "woven.toml",
      `extra-packages = ["postgresql-client"]\ntimezone = "Asia/Tokyo"\nufw-rules = []\n[role-packages]\ndatabase = ["postgresql"]\n`,
    );
    await inside(web, "mv /usr/share/zoneinfo/Asia/Tokyo /root/");
    const result = await op.run({
      checkout: project,
      command: "setupnode",
      inputs: {
        ...inputs(),
        roles: JSON.stringify({
          web: ["woven@127.0.0.1:9", `woven@${web.host}`],
          database: [`woven@${database.host}`],
        }),
      },
    });
    expect(result.code, told(result)).toBe(1);
    expect(result.annotations.map(({ message }) => message).join("\n")).toMatch(/127\.0\.0\.1:9[\s\S]*Asia\/Tokyo/);
    expect(results(result)).toMatchObject([
      { host: "127.0.0.1", status: "failed", error: { code: "connect-refused" } },
      { host: web.host, status: "failed", error: { step: "timezone-known" } },
      { host: database.host, status: "ok", changed: true },
    ]);
    expect(await inside(database, "date +%Z")).toBe("JST");
    expect(await inside(database, "ufw show added")).not.toMatch(/5432/);
    await inside(web, "mv /root/Tokyo /usr/share/zoneinfo/Asia/");
  });

  test("as another role, one is not set up where that would take something from it, unless its owner says so", async () => {
    const inputs = (role: string) => ({ role, roles: JSON.stringify({ [role]: [`woven@${web.host}`] }) });
    const job = (role: string) => ({ checkout: project, command: "setupnode", inputs: inputs(role) });
    const rules = () => inside(web, "ufw show added | grep -c 80,443 || :");
    const planned = await op.succeed({ ...job("queue"), inputs: { ...inputs("queue"), "dry-run": "true" } });
    expect(planned.stdout).toMatch(/\bweb\b.*allow 80,443\/tcp/);
    const { error, failure } = await op.fail(job("queue"));
    expect(failure).toMatchObject({ code: "step-failed", step: "set-up-by" });
    expect(error).toMatch(/\bweb\b.*allow 80,443\/tcp/);
    expect([await rules(), await inside(web, "date +%Z")]).toEqual(["1", "UTC"]);
    await inside(web, "rm /var/local/woven/set-up-by");
    await op.succeed(job("queue"));
    expect(await rules()).toBe("0");
    // Nothing would go: it is only called otherwise.
    await op.succeed(job("front"));
    expect(await inside(web, "tail -n 1 /var/local/woven/set-up-by")).toBe("front");
  });
});

describe("hooks", () => {
  let node: LocalNode;
  let op: Operator;
  let project: Checkout;
  beforeAll(async () => {
    node = await fresh();
    op = operator(node, keys, cache);
    project = await settingsOnly('settings-module = "shop.settings"\nextra-packages = ["tree"]\n');
    await project.write("pyproject.toml", '[project]\nname = "shop"\nversion = "1"\ndependencies = ["django~=5.2"]\n');
    await project.write("manage.py", 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n');
    await project.write("shop/settings.py", 'DEBUG = False\nINSTALLED_APPS = ["another"]\n');
    await project.write("shop/__init__.py", "");
    // As hardened servers have it.
    await inside(node, "mount -o remount,noexec /run; mount -o remount,noexec /tmp 2>/dev/null || :");
  });
  afterAll(async () => {
    for (const thing of [node, project]) await thing?.[Symbol.asyncDispose]();
  });
  const setUp = () =>
    op.succeed({ checkout: project, command: "setupnode", inputs: { "hook-env": "TOKEN=hidden-in-the-wood" } });
  const told_ = async () => inside(node, "cat ~woven/told 2>/dev/null; rm -f ~woven/told");
  const tells = (place: string, names: readonly string[]) =>
    `from woven.api import env, run\n\n${names.map((name) => `def ${name}():\n    run("echo ${place} ${name} >>~/told")\n\n`).join("\n")}`;
  const both = ["post_setupnode", "post_install_tree"];

  test("of the four places, the first that has one counts; a package's runs after its installation alone", async () => {
    await project.write(
      "woven/hooks/post_setupnode",
      '#!/bin/sh\necho "program $WOVEN_HOOK $WOVEN_HOST $WOVEN_USER $(id -un) $TOKEN" >>~/told\n',
    );
    await project.write("shop/deploy.py", tells("project", both));
    await project.write("another/deploy.py", tells("another", both));
    // No app of the project: a folder of scripts, say.
    await project.write("aside/deploy.py", tells("aside", both));
    const first = await setUp();
    expect(await told_()).toBe(
      `project post_install_tree\nprogram post_setupnode ${node.host} woven woven hidden-in-the-wood`,
    );
    expect(first.stdout.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain("hidden-in-the-wood");

    await project.write("woven/hooks/post_setupnode", undefined);
    const second = await setUp();
    expectNothingChanged(second);
    expect(await told_()).toBe("project post_setupnode");

    await project.write("shop/deploy.py", undefined);
    expectNothingChanged(await setUp());
    expect(await told_()).toBe("another post_setupnode");

    await project.write("another/deploy.py", undefined);
    expectNothingChanged(await setUp());
    expect(await told_()).toBe("");
    expect(await inside(node, leftOfHooks)).toBe("");
  });

  test("one that fails fails the run, with what it printed; a package's is tried again until it has worked", async () => {
    await project.write("woven.toml", 'settings-module = "shop.settings"\nextra-packages = ["tree", "jq"]\n');
    await project.write(
      "shop/deploy.py",
      'from woven.api import run\n\ndef post_install_jq():\n    run("echo so much for that; false")\n',
    );
    const { result, error, failure } = await op.fail({ checkout: project, command: "setupnode" });
    expect(failure).toMatchObject({ code: "step-failed", step: "hook-post-install-jq" });
    expect(error).toContain("shop/deploy.py");
    expect(result.stdout).toMatch(/so much for that/);
    expect(result.stdout, told(result)).toMatch(/exit status 1/);
    expect(await inside(node, leftOfHooks)).toBe("");

    await project.write("shop/deploy.py", tells("mended", ["post_install_jq"]));
    const mended = await setUp();
    expect(changedSteps(mended)).toEqual(["hook-post-install-jq"]);
    expect(await told_()).toBe("mended post_install_jq");
    expectNothingChanged(await setUp());
    expect(await told_()).toBe("");

    // A hook that comes later is for packages that come later.
    await project.write("shop/deploy.py", tells("late", ["post_install_jq", "post_install_nginx"]));
    expectNothingChanged(await setUp());
    expect(await told_()).toBe("");
  });

  test("one that cannot do its work yet stays due; Woven's own for PostgreSQL waits for its URL, and opens nothing without need", async () => {
    await project.write(
      "woven.toml",
      'settings-module = "shop.settings"\nextra-packages = ["tree", "jq", "postgresql"]\n',
    );
    const plan = () => op.succeed({ checkout: project, command: "setupnode", inputs: { "dry-run": "true" } });
    const id = "hook-post-install-postgresql";
    expect(changedSteps(await plan())).toContain(id);
    const without = await setUp();
    expect(steps(without).get(id)).toBe("ok");
    expect(without.stdout).toContain("DATABASE_URL");
    expectNothingChanged(await plan());
    expectNothingChanged(await setUp());

    const inputs = { "hook-env": "DATABASE_URL=postgres://shop:s3cret-of-7@localhost/my%20shop" };
    const made = await op.succeed({ checkout: project, command: "setupnode", inputs });
    expect(changedSteps(made)).toEqual([id]);
    expect(
      await inside(node, 'PGPASSWORD=s3cret-of-7 psql -XAt -h localhost -U shop -d "my shop" -c "select 6 * 7"'),
    ).toBe("42");
    expect(
      await inside(node, "ss -Hltn 'sport = :5432' | awk '{print $4}' | grep -vE '^(127\\.0\\.0\\.1|\\[::1\\]):' || :"),
    ).toBe("");
    expect(await inside(node, "grep -rl 'Managed by Woven' /etc/postgresql || :")).toBe("");
    const again = await op.succeed({ checkout: project, command: "setupnode", inputs });
    expectNothingChanged(again);
    expect(again.stdout).not.toContain("$ psql");
  });

  test("a deploy.py that is no Python is told with its line, before the first change", async () => {
    await project.write("woven.toml", 'settings-module = "shop.settings"\ntimezone = "Asia/Tokyo"\n');
    await project.write("shop/deploy.py", "from woven.api import run\n\ndef post_setupnode()\n");
    const { result, failure } = await op.fail({ checkout: project, command: "setupnode" });
    expect(failure).toMatchObject({ code: "step-failed", step: "deploy-py" });
    expect(result.stdout).toMatch(/File "shop\/deploy\.py", line 3[\s\S]*SyntaxError/);
    expect(changedSteps(result)).toEqual([]);
    await project.write(
      "woven.toml",
      'settings-module = "shop.settings"\nextra-packages = ["tree", "jq", "postgresql"]\n',
    );
    await project.write("shop/deploy.py", undefined);
  });

  test("one that will not be stopped leaves nothing, however often it is told to", async () => {
    await project.write(
      "woven/hooks/post_setupnode",
      "#!/bin/sh\ntrap '' TERM INT HUP\nsetsid sh -c \"trap '' TERM; while :; do sleep 4242; done\" &\nwhile :; do : >~/begun; sleep 4242; done\n",
    );
    const running = await op.start({ checkout: project, command: "setupnode" });
    await until("the hook runs", async () => (await node.run(["sh", "-c", "test -e ~woven/begun"])).code === 0, 60);
    expect(await inside(node, "runuser -u nobody -- ls /var/local/woven/hooks/* 2>&1 || :")).toMatch(
      /denied|cannot access/,
    );
    for (let times = 0; times < 2; times += 1)
      await inside(node, "systemctl kill --kill-who=main --signal=TERM 'woven-hook-*.service'");
    const result = await running.result;
    expect(result.code, result.stdout).toBe(1);
    expect(result.failures).toMatchObject([{ code: "stopped", stage: "hook" }]);
    expect(await inside(node, `${leftOfHooks}; pgrep -f 'sleep 424[2]' || :`)).toBe("");

    await project.write("woven/hooks/post_setupnode", undefined);
    expectNothingChanged(await setUp());
  });
});

/** Folders, units and whatever else hooks had on the node. */
const leftOfHooks =
  "ls -d /var/local/woven/hooks /run/woven* 2>/dev/null; systemctl list-units --all --plain --no-legend 'woven-*'";
