// A repository that knows nothing of Woven but for a woven.toml of a few lines.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../harness/run-action.ts";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
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
  expect(stdout).toMatch(new RegExp(` ${first["version"]?.replace("+", "\\+")} .*rollback goes here`));
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
    expect(error).toMatch(/cannot pass through \/srv\/closed, .*deployment-root/s);
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
    expect(error).toContain(`night-journal ${version} serves on ${g.node.host}, not 7.0`);
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
      own.replace("server_tokens off;", "server_tokens off;\n    add_header X-Own yes;"),
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

  test("patch brings another domain: the settings first, then the web servers", async () => {
    await journal.write("woven.toml", toml("diary.example.com"));
    const { error } = await g.op.fail(job("patch", { parts: "webconf" }));
    expect(error).toMatch(/do not know diary\.example\.com.*parts: wsgi, webconf/s);
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
