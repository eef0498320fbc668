// Sites under Apache, which all sites of a release share; sites whose list is in the database; and two databases, one in PostgreSQL.
import { afterAll, beforeAll, expect, test } from "vitest";
import { failed, startAsking } from "./support/asker.ts";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { type Estate, estate } from "./support/estate.ts";
import { inside } from "./support/inside.ts";
import { ask } from "./support/visitor.ts";

let g: Ground;
let project: Checkout;

beforeAll(async () => {
  [g, project] = await Promise.all([ground("trixie"), checkout([])]);
  for (const [file, text] of Object.entries(estate)) await project.write(file, text);
  await project.write(
    "woven.toml",
    'distribution = "estate"\nsites-from = "database"\ndomains = ["one.example.com"]\n',
  );
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

const job = (command: string, inputs: Readonly<Record<string, string>> = {}) => ({
  checkout: project,
  command,
  inputs: { env: "4:MOTTO=for four", ...(command === "deploy" ? { version: "1.0" } : {}), ...inputs },
});

/** Writes rows of django.contrib.sites, as somebody does in Django's admin. */
async function rows(...all: readonly (readonly [id: number, domain: string])[]): Promise<void> {
  const code = `from django.contrib.sites.models import Site; Site.objects.exclude(pk=1).delete(); [Site.objects.create(pk=i, domain=d, name=d) for i, d in ${JSON.stringify(all)}]`;
  await inside(g.node, `/home/woven/env/estate/manage shell -v 0 -c '${code}'`);
}

async function at(host: string): Promise<Estate> {
  const { status, body } = await ask(g.node.host, host, "/");
  expect(status, body).toBe(200);
  return JSON.parse(body) as Estate;
}

/** Runs the job while a crowd asks the first site; no request may be lost. */
async function underLoad(command: string, inputs: Readonly<Record<string, string>> = {}) {
  await using crowd = startAsking(g.node.host, "one.example.com");
  await crowd.answered();
  const result = await g.op.run(job(command, inputs));
  await crowd.answered();
  const lost = failed(await crowd.stop());
  expect(lost, await inside(g.node, "tail -n 60 /var/log/woven/one_example_com-error.log")).toEqual([]);
  return result;
}

test("a first deployment serves the sites of the settings, because the database is empty", async () => {
  await g.op.succeed(job("deploy"));
  expect(await at("one.example.com")).toMatchObject({ site_id: 1, user: "site_1" });
});

test("rows that are added are started under Apache without a lost request, and a row that is no domain is reported", async () => {
  await rows([4, "four.example.com"], [12, "twelve.example.com"], [5, "five.example.com:8000"], [6, "one.example.com"]);
  const { code, stdout } = await underLoad("startsites");
  expect(code, stdout).toBe(0);
  expect(await at("four.example.com")).toMatchObject({ site_id: 4, user: "site_4", motto: "for four", visits: [4] });
  expect(await at("twelve.example.com")).toMatchObject({ site_id: 12, user: "site_12", motto: null });
  expect(stdout).toMatch(/Site 5 of the database is not served/);
  expect(stdout).toMatch(/Site 6 of the database is not served/);
});

test("if the next Apache does not answer for a site that is served, the live one stays, and no request is lost", async () => {
  await rows([4, "four.example.com"], [12, "twelve.example.com"], [7, "seven.example.com"]);
  const file = "/home/woven/env/estate/project/estate/settings.py";
  await inside(
    g.node,
    `cp ${file} /root/settings.py; printf 'if os.environ["SITE_ID"] == "4":\\n    raise RuntimeError("broken since")\\n' >>${file}`,
  );
  const configured = () =>
    inside(
      g.node,
      "ls /etc/systemd/system/multi-user.target.wants | grep '^woven-'; cat /etc/apache2/woven/estate-*.conf /etc/nginx/sites-enabled/*.conf",
    );
  const units = async () =>
    (await inside(g.node, "systemctl list-units --plain --no-legend 'woven-estate*' | cut -d' ' -f1")).split("\n");
  const [before, running] = [await configured(), await units()];
  const { code, failures } = await underLoad("startsites");
  await inside(g.node, `cat /root/settings.py >${file}`);
  expect([code, failures.map(({ step }) => step)]).toEqual([1, ["health-others"]]);
  expect(await configured()).toBe(before);
  expect(running).toEqual(expect.arrayContaining(await units()));
  expect(await at("four.example.com")).toMatchObject({ site_id: 4 });
  await expect(ask(g.node.host, "seven.example.com", "/")).rejects.toThrow();
});

test("a deployment keeps the sites of the database, and starts those that are new at its end", async () => {
  await rows([4, "four.example.com"], [12, "twelve.example.com"], [7, "seven.example.com"]);
  const { outputs } = await g.op.succeed(job("deploy", { version: "1.1" }));
  expect(outputs["version"]).toBe("1.1");
  for (const [id, host] of [
    [4, "four"],
    [12, "twelve"],
    [7, "seven"],
  ] as const)
    expect(await at(`${host}.example.com`)).toMatchObject({ site_id: id, user: `site_${id}` });
});

test("a row that is deleted is listed, and retired without a lost request at the others", async () => {
  await rows([4, "four.example.com"], [12, "twelve.example.com"]);
  const kept = await g.op.succeed(job("startsites"));
  expect(kept.stdout).toMatch(/No longer listed: site 7/);
  expect(await at("seven.example.com")).toMatchObject({ site_id: 7 });
  const { code, stdout } = await underLoad("startsites", { retire: "true" });
  expect(code, stdout).toBe(0);
  await expect(ask(g.node.host, "seven.example.com", "/")).rejects.toThrow();
  expect(await at("four.example.com")).toMatchObject({ site_id: 4 });
  expect(await inside(g.node, "pgrep -u site_7 || getent passwd site_7 || echo none")).toBe("none");
  expect(await inside(g.node, "ls /home/woven/database")).toContain("estate-site_7.db");
  await g.node.reboot();
  expect(await at("twelve.example.com")).toMatchObject({ site_id: 12 });
});

test("with two databases, one in PostgreSQL, each is migrated once, and that of a new site when it starts", async () => {
  await inside(
    g.node,
    `DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=60 install --no-install-recommends postgresql >/dev/null 2>&1
for name in shared site_1 site_4 site_12 site_9; do runuser -u postgres -- createdb "estate_$name"; done
runuser -u postgres -- psql -qc "create role estate superuser login password 'a-password-of-a-test'"`,
  );
  const settings = estate["estate/settings.py"].replace(
    /DATABASES = \{[\s\S]*?\n\}\n/,
    `def postgresql(name):
    return {"ENGINE": "django.db.backends.postgresql", "NAME": name, "HOST": "127.0.0.1", "USER": "estate", "PASSWORD": os.environ["DATABASE_PASSWORD"]}
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/home/woven/database/estate-shared.db"},
    "tenant": postgresql(f"estate_{USER}"),
    "mirror": postgresql("estate_shared"),
}
`,
  );
  await project.write("estate/settings.py", settings);
  await project.write(
    "requirements.txt",
    `${estate["requirements.txt"]}psycopg[binary]==3.2.10\ntyping_extensions==4.15.0\n`,
  );
  const env = "DATABASE_PASSWORD=a-password-of-a-test\n4:MOTTO=for four";
  await g.op.succeed(job("deploy", { version: "2.0", env }));
  for (const [id, host] of [
    [1, "one"],
    [4, "four"],
    [12, "twelve"],
  ] as const)
    expect(await at(`${host}.example.com`)).toMatchObject({ site_id: id, visits: [id] });
  const tables = (name: string) =>
    inside(
      g.node,
      `runuser -u postgres -- psql -XAtc "select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'public'" estate_${name}`,
    );
  expect(await tables("site_4")).toBe("django_migrations estate_visit");
  expect(await tables("shared")).toBe("");
  await rows([4, "four.example.com"], [12, "twelve.example.com"], [9, "nine.example.com"]);
  await g.op.succeed(job("startsites", { env }));
  expect(await at("nine.example.com")).toMatchObject({ site_id: 9, user: "site_9", visits: [9] });
});
