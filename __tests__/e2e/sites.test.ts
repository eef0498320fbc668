// Several sites of one distribution on a real server: each with its own SITE_ID, user, environment and databases, one at a subdomain, under
// three servers, and new ones that join the live release without a deployment.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failed, startAsking } from "./support/asker.ts";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { type Estate, estate } from "./support/estate.ts";
import { footprint, inside } from "./support/inside.ts";
import { ask } from "./support/visitor.ts";

let g: Ground;
let project: Checkout;

beforeAll(async () => {
  [g, project] = await Promise.all([ground("trixie"), checkout([])]);
  for (const [file, text] of Object.entries(estate)) await project.write(file, text);
  await listed("");
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

const env = "TENANT_KEY=of-all-5f1d\n12:TENANT_KEY=of-twelve-8a2c";
const job = (command: string, inputs: Readonly<Record<string, string>> = {}) => ({
  checkout: project,
  command,
  inputs: { env, ...(command === "deploy" ? { version: "1.0" } : {}), ...inputs },
});
const twelve = 'domains = ["twelve.example.com"]\n';
const settings = `${estate["woven.toml"].replace(twelve, `${twelve}server = "uvicorn"\n`)}
[sites.2]
domains = ["two.example.com"]
server = "apache"
`;
const listed = (more: string) => project.write("woven.toml", `${settings}\n${more}`);

async function at(host: string): Promise<Estate> {
  const { status, body } = await ask(g.node.host, host, "/");
  expect(status, body).toBe(200);
  return JSON.parse(body) as Estate;
}

describe("three sites, one of them at a subdomain", () => {
  test("each answers with its own SITE_ID as its own user, with its own environment and database", async () => {
    const { stdout, summary } = await g.op.succeed(job("deploy"));
    const all = { motto: "for all", key: "of-all-5f1d", site_id: 1, user: "site_1", visits: [1] };
    expect(await at("one.example.com")).toMatchObject({ ...all, view: "site" });
    expect(await at("admin.one.example.com")).toMatchObject({ ...all, view: "admin" });
    expect(await at("twelve.example.com")).toMatchObject({
      ...{ site_id: 12, user: "site_12", view: "site", visits: [12] },
      ...{ motto: "for twelve", key: "of-twelve-8a2c" },
    });
    expect(await at("two.example.com")).toMatchObject({ ...all, site_id: 2, user: "site_2", visits: [2] });
    const programs = await inside(
      g.node,
      "ps -eo user,args | sed -n 's/^site_\\([0-9]*\\) .*\\(gunicorn\\|uvicorn\\|apache2\\).*/\\1 \\2/p' | sort -u",
    );
    expect(programs.split("\n")).toEqual(["1 gunicorn", "12 uvicorn", "2 apache2"]);
    expect(stdout.replaceAll(/^::add-mask::.*$/gm, "") + summary).not.toMatch(/of-all-5f1d|of-twelve-8a2c/);
  });

  test("each database is migrated once, and none that the router keeps for something else", async () => {
    const tables = (name: string) =>
      inside(
        g.node,
        `python3 -c 'import sqlite3,sys; print(*sorted(n for n, in sqlite3.connect(sys.argv[1]).execute("select name from sqlite_master where name like \\"estate%\\" or name like \\"%migrations\\" ")))' /home/woven/database/${name}`,
      );
    expect(await tables("estate-site_12.db")).toBe("django_migrations estate_visit");
    expect(await tables("estate-shared.db")).toBe("django_migrations");
    expect(await tables("estate-mirror.db")).toBe("");
  });

  test("another site cannot read the environment, and workers and commands get their own", async () => {
    const file = "/home/woven/env/estate/environment/site_12.json";
    await expect(inside(g.node, `runuser -u site_1 -- cat ${file}`)).rejects.toThrow();
    const said = await inside(
      g.node,
      `SITE_ID=12 /home/woven/env/estate/manage shell -v 0 -c 'import os; print(os.environ["TENANT_KEY"], os.environ["MOTTO"])'`,
    );
    expect(said).toBe("of-twelve-8a2c for twelve");
  });
});

describe("startsites", () => {
  const four =
    '[sites.4]\ndomains = ["four.example.com"]\n[sites.7]\ndomains = ["seven.example.com"]\nserver = "apache"\n[sites.8]\ndomains = ["eight.example.com"]\nserver = "uvicorn"\n';
  const broken = '[sites.5]\ndomains = ["five.example.com"]\nsettings-module = "estate.broken_settings"\n';
  const unhealthy = '[sites.6]\ndomains = ["six.example.com"]\nsettings-module = "estate.unhealthy_settings"\n';

  test("a dry run says what it would start, and changes nothing", async () => {
    await listed(four);
    const before = await footprint(g.node);
    const { stdout } = await g.op.succeed(job("startsites", { "dry-run": "true" }));
    expect(stdout).toContain("four.example.com");
    expect(await footprint(g.node)).toEqual(before);
  });

  test("starts a fourth site, without a request lost at the others, and two that are broken stop nobody", async () => {
    await listed(four + broken + unhealthy);
    await using crowd = startAsking(g.node.host, "one.example.com");
    await crowd.answered();
    const { failure, error, result } = await g.op.fail(job("startsites"));
    await crowd.answered();
    expect(failed(await crowd.stop())).toEqual([]);
    expect(failure).toMatchObject({ code: "sites-failed" });
    expect(error).toMatch(/five\.example\.com.*no_such_app/);
    expect(error).toMatch(/six\.example\.com.*500/);
    expect(result.stdout).toMatch(/Started site 4/);
    for (const [host, id] of [
      ["four.example.com", 4],
      ["seven.example.com", 7],
      ["eight.example.com", 8],
    ] as const)
      expect(await at(host)).toMatchObject({ site_id: id, user: `site_${id}`, visits: [id], motto: "for all" });
    for (const host of ["five.example.com", "six.example.com"])
      await expect(ask(g.node.host, host, "/")).rejects.toThrow();
    expect(
      await inside(
        g.node,
        "ls /etc/nginx/sites-enabled /etc/systemd/system | grep -c 'five\\|six\\|site_5\\|site_6' || :",
      ),
    ).toBe("0");
  });

  test("does nothing where all sites are served, and so does a deployment of the same version", async () => {
    await listed(four);
    for (const command of ["startsites", "deploy"]) {
      const before = await footprint(g.node);
      const { outputs } = await g.op.succeed(job(command));
      expect(outputs["changed"]).toBe("false");
      expect(await footprint(g.node)).toEqual(before);
    }
  });

  test("what it started is there after a rollback to the release, and after a reboot", async () => {
    await g.op.succeed(job("deploy", { version: "1.1" }));
    await g.op.succeed(job("rollback"));
    expect(await at("four.example.com")).toMatchObject({ site_id: 4, user: "site_4" });
    await g.node.reboot();
    expect(await at("four.example.com")).toMatchObject({ site_id: 4, user: "site_4" });
    expect(await at("admin.one.example.com")).toMatchObject({ view: "admin" });
  });

  test("lists sites that are gone, and retires them only if asked to", async () => {
    await listed("");
    const kept = await g.op.succeed(job("startsites"));
    expect(kept.stdout).toMatch(/No longer listed: site 4/);
    expect(await at("four.example.com")).toMatchObject({ site_id: 4 });
    const { stdout } = await g.op.succeed(job("startsites", { retire: "true" }));
    expect(stdout).toMatch(/Retired site 4/);
    await expect(ask(g.node.host, "four.example.com", "/")).rejects.toThrow();
    expect(await at("one.example.com")).toMatchObject({ site_id: 1 });
    expect(await inside(g.node, "systemctl list-units --plain --no-legend 'woven-estate-1.0*site_4*' | wc -l")).toBe(
      "0",
    );
    // 1.1 has the site, and a rollback needs its user.
    expect(await inside(g.node, "id -un site_4; ls /home/woven/database/estate-site_4.db")).toContain("site_4");
    await g.op.succeed(job("remove", { version: "1.1" }));
    await g.op.succeed(job("startsites", { retire: "true" }));
    expect(await inside(g.node, "getent passwd site_4 site_5 site_6 || echo none")).toBe("none");
    expect(await inside(g.node, "ls /home/woven/database/estate-site_4.db")).toContain("site_4");
  });
});
