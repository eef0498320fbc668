// A repository that knows nothing of Woven but for a woven.toml of a few lines.
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../harness/run-action.ts";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { everything, footprint, inside } from "./support/inside.ts";
import { changedSteps } from "./support/setup.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let notes: Checkout;
beforeAll(async () => {
  [g, notes] = await Promise.all([ground("trixie"), checkout(["notes"])]);
});
afterAll(async () => {
  await notes?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

const secret = { env: "SECRET_KEY=e2e-notes-secret" };

test("is deployed: everything that is not in those lines is found, and the log says where", async () => {
  const lines = (await readFile(join(notes.path, "woven.toml"), "utf8"))
    .split("\n")
    .filter((line) => /^[^#]/.test(line));
  expect(lines.length).toBeLessThanOrEqual(4);

  const { stdout, summary, outputs } = await g.op.succeed({
    checkout: notes,
    command: "deploy",
    inputs: { ...secret, version: "2026.11" },
  });
  expect(stdout).toMatch(/^Distribution: shop \(the repository's name\)$/m);
  expect(stdout).toMatch(/^Version: 2026\.11 \(.*version.*\)$/m);
  expect(stdout).toMatch(/^Settings module: config\.settings\.production \(woven\.toml.*\)$/m);
  expect(stdout).toMatch(/^Source root: \. \(.*manage\.py.*\)$/m);
  expect(stdout).toMatch(/^Requirements: requirements\/production\.txt \(.*\)$/m);
  expect(summary).toMatch(/\| requirements \| `requirements\/production\.txt` \|/);
  expect(outputs).toMatchObject({ version: "2026.11", activated: "true", url: "http://notes.example.com/" });

  const visit = visitor(g.node.host, "notes.example.com");
  const page = await visit.get("/");
  expect(page.status, page.body).toBe(200);
  const sheet = /href="(\/static\/[^"]+\.css)"/.exec(page.body)?.[1] ?? "";
  expect(await visit.get(sheet)).toMatchObject({ status: 200, headers: { "content-type": "text/css" } });
  expect((await visit.get("/admin/login/")).status).toBe(200);
});

describe("a dry run says what would change, and changes nothing", () => {
  const dry = async (command: string, inputs: Readonly<Record<string, string>> = {}) => {
    const outcome = await g.op.succeed({
      checkout: notes,
      command,
      inputs: { ...secret, "dry-run": "true", ...inputs },
    });
    const { outputs, stdout } = outcome;
    const [result] = JSON.parse(outputs["results"] ?? "") as readonly Record<string, unknown>[];
    const said = stdout.replaceAll(/^::add-mask::.*\n/gm, "");
    // A plan does nothing.
    expect(outcome.steps.filter(({ mode }) => mode === "run")).toEqual([]);
    return {
      stdout: said,
      would: changedSteps(outcome),
      told: { activated: outputs["activated"], changed: outputs["changed"], serves: result?.["version"] },
    };
  };
  const snapshot = async () => {
    const files = await everything(g.node, ["etc", "home", "opt", "root", "srv", "var"]);
    return [...files, ...(await footprint(g.node))];
  };

  test("of deploy: what is sent, written, run and switched, with the difference of each file", async () => {
    const before = await snapshot();
    const { stdout, told, would } = await dry("deploy", { version: "2026.12", env: "SECRET_KEY=another-secret" });
    expect(told).toEqual({ activated: "false", changed: "true", serves: "2026.11" });
    expect(would).toEqual(expect.arrayContaining(["files", "generated", "nginx-conf", "switch"]));
    expect(stdout).toMatch(/│ +-# Managed by Woven\..* shop 2026\.11.*\n.*│ *\+# Managed by Woven\..* shop 2026\.12/);
    expect(stdout).toMatch(/environment\/site_1\.json/);
    expect(stdout).not.toContain("another-secret");
    expect(stdout).toMatch(
      /--- \/etc\/nginx\/sites-available\/notes_example_com-2026\.11\.conf\n.*\+\+\+ \/etc\/nginx\/sites-available\/notes_example_com-2026\.12\.conf \(new\)/,
    );
    expect(stdout).toMatch(/\/static\/.*\/media\/.*\bdefault\b/);
    expect(stdout).toMatch(/site_1.*manage migrate --noinput --database default/);
    expect(stdout).toMatch(/shop 2026\.11.*shop 2026\.12/);
    expect(stdout).toContain("/home/woven/env/shop -> /home/woven/env/shop-2026.12");

    expect((await dry("deploy", { version: "2026.11" })).told).toEqual({
      activated: "false",
      changed: "false",
      serves: "2026.11",
    });
    expect(await snapshot()).toEqual(before);
  });

  test("of patch, activate and rollback: nothing would change only where nothing would", async () => {
    await g.op.succeed({ checkout: notes, command: "deploy", inputs: { ...secret, version: "2026.12" } });
    const before = await snapshot();
    const would = { activated: "false", changed: "true", serves: "2026.12" };
    const nothing = { ...would, changed: "false" };
    expect((await dry("activate", { version: "2026.12" })).told).toEqual(nothing);
    expect((await dry("patch")).told).toEqual(nothing);
    const there = await dry("activate", { version: "2026.11" });
    expect(there.told).toEqual(would);
    expect(there.would).toContain("switch");
    expect(there.stdout).toMatch(/shop 2026\.12.*shop 2026\.11/);
    const back = await dry("rollback");
    expect(back.told).toEqual(would);
    expect(back.would).toContain("switch");
    expect(back.stdout).toMatch(/shop 2026\.12.*shop 2026\.11/);
    await notes.edit("notes/templates/notes/notes.html", "<body>", "<body><p>patched</p>");
    const patched = await dry("patch");
    expect(patched.told).toEqual(would);
    expect(patched.would).toContain("files");
    expect(patched.stdout).toContain("project/notes/templates/notes/notes.html");
    const after = await snapshot();
    // What is retired ends by itself in the meantime.
    const stays = (line: string) => !/^woven-shop-2026\.11@/.test(line);
    expect(after.filter(stays)).toEqual(before.filter(stays));
  });
});

test("what is ambiguous is an error that lists the candidates and the line to write", async () => {
  await notes.write("woven.toml", 'domains = ["notes.example.com"]\n');
  await notes.write("config/settings/staging.py", "from config.settings.production import *\n");
  const wsgi = await readFile(join(notes.path, "config/wsgi.py"), "utf8");
  await notes.write("staging/wsgi.py", wsgi.replace("config.settings.production", "config.settings.staging"));
  const { error } = await g.op.fail({ checkout: notes, command: "deploy", inputs: secret });
  expect(error).toMatch(/config\/wsgi\.py.*config\.settings\.production/s);
  expect(error).toMatch(/staging\/wsgi\.py.*config\.settings\.staging/s);
  expect(error).toMatch(/settings-module = "config\.settings\.(production|staging)"/);
});

test("every push is a release where versions come from git: known again, gone back to, and pruned", async () => {
  await using pushed = await checkout(["notes"]);
  const toml = `distribution = "my-notes"
domains = ["git.example.com"]
settings-module = "config.settings.production"
version-from = "git"
`;
  const run = (command: string, inputs = {}) =>
    g.op.succeed({ checkout: pushed, command, inputs: { ...secret, ...inputs } });
  const push = async (more = "") => {
    await pushed.write("woven.toml", `${toml}${more}`);
    await pushed.commit();
    return (await run("deploy")).outputs;
  };
  const first = await push();
  expect(first).toMatchObject({ version: expect.stringMatching(/^0\+g[0-9a-f]{7}$/), activated: "true" });
  expect((await run("deploy")).outputs).toMatchObject({ version: first["version"], changed: "false" });

  const second = await push("# second\n");
  expect(second).toMatchObject({ "previous-version": first["version"], activated: "true" });
  expect((await visitor(g.node.host, "git.example.com").get("/")).status).toBe(200);
  const { stdout } = await run("status");
  expect(stdout).toContain(`* ${second["version"]}`);
  expect(stdout).toMatch(new RegExp(` ${first["version"]?.replace("+", "\\+")} .*rollback`));
  const back = (await run("rollback")).outputs;
  expect(JSON.parse(back["results"] ?? "")).toMatchObject([{ version: first["version"], previous: second["version"] }]);
  await run("activate", { version: second["version"] });

  const third = await push("keep-releases = 1\n");
  const names = [second, third].map(({ version }) => `my-notes-${version}`);
  expect(await inside(g.node, "cd /home/woven/env; ls -d my-notes-*")).toBe(names.toSorted().join("\n"));
  // What was pruned had not ended its minute yet.
  const units = await inside(
    g.node,
    "systemctl list-units --plain --no-legend --state=active 'woven-my*@*.service' | wc -l; ls /etc/systemd/system | grep -c '^woven-my'",
  );
  expect(units).toBe("2\n2");
});

describe("a deployment root that nobody has made yet, outside of a home", () => {
  let journal: Checkout;
  const visit = (domain = "journal.example.com") => visitor(g.node.host, domain);
  const job = (command: string, inputs = {}) => ({ checkout: journal, command, inputs: { ...secret, ...inputs } });
  const patch = async (part: string, inputs = {}) =>
    (await g.op.succeed(job("patch", { parts: part, ...inputs }))).outputs;
  const toml = (domain: string) => `distribution = "night-journal"
domains = ["${domain}"]
settings-module = "config.settings.production"
version-from = "git"
deployment-root = "/srv/journal/live"
`;
  let version: string | undefined;

  beforeAll(async () => {
    journal = await checkout(["notes"]);
    await journal.write("woven.toml", toml("journal.example.com"));
    await journal.write(".gitignore", "db.sqlite3*\n");
    await journal.write("media/leaf.txt", "one");
    await journal.edit(
      "config/settings/base.py",
      "import environ\n",
      "import os\n\nimport environ\n\nprint('{}')\nos.system('echo {}')\n",
    );
    await journal.commit();
  });
  afterAll(() => journal?.[Symbol.asyncDispose]());

  /** What Python says on the node, as the release. */
  async function said(expression: string): Promise<string> {
    const options = `-v 0 -c "import os; from django.conf import settings; print('said:', ${expression})"`;
    const { stdout } = await g.op.succeed(job("node", { "management-command": "shell", options }));
    return /│ said: (.*)$/m.exec(stdout)?.[1] ?? "";
  }

  test("is told where nobody may pass through to it", async () => {
    await inside(g.node, "install -d -m 700 /srv/closed");
    await using shut = await checkout(["notes"]);
    await shut.write("woven.toml", toml("journal.example.com").replace("/srv/journal/", "/srv/closed/"));
    await shut.commit();
    const { error } = await g.op.fail({ checkout: shut, command: "deploy", inputs: secret });
    expect(error).toMatch(/\/srv\/closed.*deployment-root/s);
  });

  test("is made and used", async () => {
    version = (await g.op.succeed(job("deploy"))).outputs["version"];
    expect((await visit().get("/")).status).toBe(200);
    expect((await visit().get("/media/leaf.txt")).body).toBe("one");
    expect(await said("settings.DATABASES['default']['NAME']")).toBe("/srv/journal/live/database/night-journal.db");
  });

  test("status and patch are about the version that is there, whatever the checkout has become", async () => {
    await journal.edit("notes/templates/notes/notes.html", "<body>", "<body><p>patched</p>");
    await journal.commit();
    const { outputs } = await g.op.succeed(job("status"));
    expect(outputs).toMatchObject({ version, "previous-version": version, activated: "false", changed: "false" });
    const { error } = await g.op.fail(job("patch", { version: "7.0" }));
    for (const name of [`night-journal ${version}`, "7.0"]) expect(error).toContain(name);
    expect(await patch("templates")).toMatchObject({
      version,
      "previous-version": version,
      activated: "true",
      changed: "true",
    });
    expect((await visit().get("/")).body).toContain("patched");
  });

  test("patch replaces media, and keeps what was there", async () => {
    await journal.write("media/leaf.txt", "two");
    expect(await patch("media")).toMatchObject({ changed: "true" });
    expect((await visit().get("/media/leaf.txt")).body).toBe("two");
    expect(await inside(g.node, "cat /var/local/woven-backup/srv/journal/live/public/night-journal/leaf.txt.*")).toBe(
      "one",
    );
    expect(await patch("media")).toMatchObject({ changed: "false" });
  });

  test("patch brings a template of nginx with webconf, an environment with wsgi, each alone and once", async () => {
    const own = await readFile(join(root, "templates/woven/nginx-site.conf"), "utf8");
    await journal.write(
      "templates/woven/nginx-site.conf",
      own.replace("client_max_body_size", "add_header X-Own yes;\n    client_max_body_size"),
    );
    const env = { env: `${secret.env}\nGREETING=good evening` };
    expect(await patch("webconf")).toMatchObject({ changed: "true" });
    expect((await visit().get("/")).headers).toMatchObject({ "x-own": "yes" });
    expect(await said("os.environ.get('GREETING')")).toBe("None");
    expect(await patch("webconf", env)).toMatchObject({ changed: "false" });
    expect(await patch("wsgi", env)).toMatchObject({ changed: "true" });
    expect(await said("os.environ.get('GREETING')")).toBe("good evening");
    expect(await patch("wsgi", env)).toMatchObject({ changed: "false" });
    expect((await visit().get("/")).headers).toMatchObject({ "x-own": "yes" });
  });

  test("patch brings another URL of static files to the web servers, once the settings have it", async () => {
    await journal.edit("config/settings/base.py", 'STATIC_URL = "static/"', 'STATIC_URL = "assets/"');
    expect(await patch("project")).toMatchObject({ changed: "true" });
    const sheet = /href="(\/assets\/[^"]+\.css)"/.exec((await visit().get("/")).body)?.[1] ?? "";
    expect((await visit().get(sheet)).status).toBe(404);
    expect(await patch("webconf")).toMatchObject({ changed: "true" });
    expect((await visit().get(sheet)).status).toBe(200);
    expect(await patch("webconf")).toMatchObject({ changed: "false" });
  });

  test("patch brings another domain: the settings first, then the web servers", async () => {
    await journal.write("woven.toml", toml("diary.example.com"));
    const { error, failure } = await g.op.fail(job("patch", { parts: "webconf" }));
    expect(failure).toMatchObject({ code: "patch-settings-first" });
    expect(error).toMatch(/diary\.example\.com.*parts: wsgi, webconf/s);
    expect(await patch("wsgi")).toMatchObject({ changed: "true" });
    expect((await visit().get("/")).status).toBe(200);
    expect(await patch("wsgi")).toMatchObject({ changed: "false" });
    expect(await patch("webconf")).toMatchObject({ changed: "true" });
    expect((await visit("diary.example.com").get("/")).status).toBe(200);
    await expect(visit().get("/")).rejects.toThrow("socket hang up");
    expect(await patch("webconf")).toMatchObject({ changed: "false" });
    expect(
      await inside(g.node, "ls /etc/nginx/sites-available /etc/apache2/sites-available | grep -c journal_ || :"),
    ).toBe("0");
  });

  test("where all that was recorded is lost, the next deployment makes it whole", async () => {
    await inside(g.node, "rm -r /var/local/woven/night-journal");
    // A MEDIA_ROOT that is the project itself publishes nothing of it.
    await journal.edit("config/settings/base.py", 'BASE_DIR / "media"', "BASE_DIR");
    const { outputs } = await g.op.succeed(job("deploy", { version }));
    expect(outputs).toMatchObject({ version, activated: "true", changed: "true" });
    expect((await visit("diary.example.com").get("/")).status).toBe(200);
    expect((await visit("diary.example.com").get("/media/manage.py")).status).toBe(404);
    expect(await inside(g.node, "ls /etc/systemd/system/multi-user.target.wants | grep -c woven-night")).toBe("1");
    expect((await g.op.succeed(job("deploy", { version }))).outputs).toMatchObject({ changed: "false" });
  });
});

describe("two sites of one distribution, on a server that has no way out", () => {
  let guests: Checkout;
  const toml = `distribution = "guests"
settings-module = "config.settings.production"

[sites.1]
domains = ["one.example.com"]

[sites.2]
domains = ["two.example.com"]
`;
  const job = (version: string, migrate: string) => ({
    checkout: guests,
    command: "deploy",
    inputs: { ...secret, version, migrate },
  });
  const [one, two] = [() => visitor(g.node.host, "one.example.com"), () => visitor(g.node.host, "two.example.com")];
  const manage = (words: string, site = 1) =>
    inside(g.node, `cd /; runuser -u woven -- env SITE_ID=${site} /home/woven/env/guests/manage ${words}`);
  const migrations = () => manage("showmigrations notes");
  const database = () => inside(g.node, "stat -c '%a %G' /home/woven/database/guests.db");
  const migration = (name: string, after: string) =>
    guests.write(
      `notes/migrations/${name}.py`,
      `from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notes", "${after}")]
    operations = [migrations.RunSQL("CREATE TABLE t${name} (id integer)")]
`,
    );

  beforeAll(async () => {
    guests = await checkout(["notes"]);
    await guests.write("woven.toml", toml);
    const runner = createServer().listen(0, "0.0.0.0");
    await new Promise((resolve) => runner.once("listening", resolve));
    const address = runner.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const out = `gateway=$(ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p'); timeout 5 bash -c "</dev/tcp/$gateway/${port}"`;
    await inside(g.node, out);
    await inside(g.node, "ufw default deny outgoing");
    await expect(inside(g.node, out)).rejects.toThrow();
    runner.close();
  });
  afterAll(async () => {
    await inside(g.node, "ufw default allow outgoing");
    await guests?.[Symbol.asyncDispose]();
  });

  test("migrations by hand: the run stops before the switch, the release waits without traffic, and goes on when they were run", async () => {
    const planned = job("1.0", "manual");
    const dry = await g.op.succeed({ ...planned, inputs: { ...planned.inputs, "dry-run": "true" } });
    expect(JSON.parse(dry.outputs["results"] ?? "")).toMatchObject([{ version: null, changed: true, status: "ok" }]);
    expect(changedSteps(dry)).toEqual(expect.arrayContaining(["site-users", "switch"]));
    expect(dry.steps.map(({ step }) => step)).toContain("migrations-by-hand");

    const { error, result, failure } = await g.op.fail(planned);
    expect(failure).toMatchObject({ code: "step-failed", step: "migrations-by-hand" });
    expect(error).toContain("/home/woven/env/guests-1.0/manage migrate");
    expect(JSON.parse(result.outputs["results"] ?? "")).toMatchObject([{ version: null, status: "failed" }]);
    expect(await inside(g.node, "ls -d /home/woven/env/guests*")).toBe("/home/woven/env/guests-1.0");
    await expect(one().get("/")).rejects.toThrow("socket hang up");
    await inside(g.node, "cd /; runuser -u woven -- /home/woven/env/guests-1.0/manage migrate");
    const { outputs } = await g.op.succeed(job("1.0", "manual"));
    expect(outputs).toMatchObject({ activated: "true", version: "1.0", "cache-hit": "true" });
    expect((await one().get("/")).status).toBe(200);
  });

  test("each writes what both read, as its own user, with its own log", async () => {
    const make = "from django.contrib.auth.models import User; User.objects.create_superuser('two', password='two')";
    await manage(`shell -v 0 -c "${make}"`, 2);
    const guest = two();
    const login = await guest.submit("/admin/login/?next=/admin/", { username: "two", password: "two" });
    expect(login.status, login.body).toBe(302);
    const added = await guest.submit("/admin/notes/note/add/", { title: "written by the second", text: "" });
    expect(added.status, added.body).toBe(302);
    expect((await one().get("/")).body).toContain("written by the second");
    expect(await manage("diffsettings | grep ^SITE_ID", 2)).toContain("SITE_ID = 2");
    expect(await inside(g.node, "ps -o user= -C apache2 | sort -u")).toMatch(/^site_1\nsite_2$/m);
    const posts = (domain: string) => inside(g.node, `grep -c POST /var/log/woven/${domain}-access.log || :`);
    expect([await posts("one_example_com"), await posts("two_example_com")]).toEqual(["0", "2"]);
  });

  test("migrate = fake records what it does not run; a database that one site made is opened to all", async () => {
    await inside(g.node, "chmod 644 /home/woven/database/guests.db");
    await migration("0002_faked", "0001_initial");
    await g.op.succeed(job("1.1", "fake"));
    expect(await migrations()).toContain("[X] 0002_faked");
    const tables = "from django.db import connection; print(connection.introspection.table_names())";
    expect(await manage(`shell -v 0 -c "${tables}"`)).not.toContain("t0002_faked");
    expect(await database()).toBe("660 sites");
    const login = await two().submit("/admin/login/?next=/admin/", { username: "two", password: "two" });
    expect(login.status, login.body).toBe(302);
  });

  test("migrate with an app and a migration runs up to that one", async () => {
    await migration("0003_this_far", "0002_faked");
    await migration("0004_no_further", "0003_this_far");
    await g.op.succeed(job("1.2", "notes 0003"));
    expect(await migrations()).toMatch(/\[X\] 0003_this_far\n \[ \] 0004_no_further/);
  });
});
