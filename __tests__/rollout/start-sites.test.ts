import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/node/stage.ts";
import { grownConfiguration } from "../../src/rollout/configuration-digest.ts";
import { listedSites, sitesAsServed } from "../../src/rollout/database-sites.ts";
import { buildFiles, joiningSite, withSites } from "../../src/rollout/joining-sites.ts";
import { joinReports, migrationRuns } from "../../src/rollout/migration-runs.ts";
import { dropped, retiring } from "../../src/rollout/retiring-sites.ts";
import { replacing, requireLeading, sharedFiles } from "../../src/rollout/shared-service.ts";
import { siteChanges } from "../../src/rollout/site-changes.ts";
import { uncoveredSites } from "../../src/rollout/site-failures.ts";
import { noFacts } from "../../src/rollout/site-stages.ts";
import { startSites } from "../../src/rollout/start-sites.ts";
import { secret } from "../../src/settings/secret.ts";
import type { Settings, Site } from "../../src/settings/settings.ts";
import { authority } from "../certificates.ts";
import { joining, liveRelease, served, siteSettings, siteStages } from "../setup/site-stages.ts";
import { planInput, runtime } from "./release.ts";
import { scriptedNode } from "./scripted-nodes.ts";

test("the stages are scripts that a POSIX shell reads", async () => {
  const stages = await siteStages();
  expect(stages.map(({ name }) => name)).toEqual(["sites-prepare", "sites", "sites-prepare", "sites"]);
  for (const stage of stages)
    expect(spawnSync("sh", ["-n"], { input: compile(stage) })).toMatchObject({ status: 0, stderr: Buffer.from("") });
});

test("nothing is undone once the sites are recorded, and nginx comes after the sites have passed", async () => {
  const [, stage] = await siteStages();
  const ids = stage?.steps.map(({ id }) => id) ?? [];
  const order = [
    "certificate",
    "site-conf",
    "start-sites",
    "publish-sites",
    "record-sites",
    "discard-sites",
    "retire-sites",
  ];
  expect(ids.filter((id) => order.includes(id))).toEqual(order);
  expect(stage?.steps.filter(({ settles }) => settles).map(({ id }) => id)).toEqual(["record-sites"]);
});

describe("what startsites has to do", () => {
  const record = {
    sites: [
      { id: 1, domains: ["one.example.com"] },
      { id: 1, subdomain: "admin", domains: ["admin.one.example.com"] },
    ],
  };

  test("a listed site that is not served is started, and a served one that is not listed is gone", () => {
    const { added, gone, refused } = siteChanges(record, [{ id: 1, domains: ["one.example.com"] }, ...joining]);
    expect(added).toEqual(joining);
    expect(gone).toEqual([record.sites[1]]);
    expect(refused).toEqual([]);
  });

  test("a site with other domains, or with the domain of another one, is refused and says what to do", () => {
    const listed = [
      { id: 1, domains: ["new.example.com"] },
      { id: 7, domains: ["admin.one.example.com"] },
    ];
    const { added, refused } = siteChanges(record, listed);
    expect(added).toEqual([]);
    expect(refused.map(({ site }) => site.id)).toEqual([1, 7]);
    for (const { why } of refused) expect(why).toMatch(/eploy/);
  });
});

describe("the rows of the database", () => {
  const settings = {
    sites: [{ id: 1, domains: ["one.example.com"] }],
    sitesWithoutDomain: [{ id: 7, domains: [], settingsModule: "shop.seven" }],
  };

  test("are sites, but the settings win, and add what a row does not know", () => {
    const { sites, problems } = listedSites(settings, [
      [1, "example.com"],
      [12, "Twelve.Example.com"],
      [7, "seven.example.com"],
    ]);
    expect(sites).toEqual([
      { id: 1, domains: ["one.example.com"] },
      { id: 7, domains: ["seven.example.com"], settingsModule: "shop.seven", fromDatabase: true },
      { id: 12, domains: ["twelve.example.com"], fromDatabase: true },
    ]);
    expect(problems).toEqual([]);
  });

  test.each<[string, number, string]>([
    ["a port", 2, "two.example.com:8000"],
    ["a path", 2, "two.example.com/shop"],
    ["a line of nginx", 2, "two.example.com; } server {"],
    ["two lines", 2, "two.example.com\nlisten 81;"],
    ["a wildcard", 2, "*.example.com"],
    ["nothing", 2, ""],
    ["the domain of another site", 2, "one.example.com"],
    ["an id that no account can have", 2 ** 53, "two.example.com"],
    ["an id below 1", -3, "two.example.com"],
  ])("with %s are left out and named, and no other", (_, id, domain) => {
    const { sites, problems } = listedSites(settings, [
      [id, domain],
      [3, "three.example.com"],
    ]);
    expect(sites.map((site) => site.id)).toEqual([1, 3]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain("\n");
  });

  test("that a release serves keep what the settings say of them, where the database is not asked", () => {
    const live = { sites: [1, 7, 12].map((id) => ({ id, domains: [`s${id}.example.com`] })) };
    expect(sitesAsServed(settings, live)).toEqual([
      settings.sites[0],
      { id: 7, domains: ["s7.example.com"], settingsModule: "shop.seven", fromDatabase: true },
      { id: 12, domains: ["s12.example.com"], fromDatabase: true },
    ]);
  });

  test("are none without django.contrib.sites, which is reported", () => {
    const { sites, problems } = listedSites(settings, "none");
    expect([sites, problems.length]).toEqual([settings.sites, 1]);
  });
});

describe("a site that joins", () => {
  const [four = { id: 4, domains: [] }] = joining;

  test("has services and configuration of its own, beside those of the release", async () => {
    const live = await liveRelease("gunicorn");
    const { joining: one, conf } = joiningSite(live, four, noFacts);
    expect(one.services.map(({ name, user }) => [name, user])).toEqual([["site_4", "site_4"]]);
    const known = live.record.services.flatMap(({ files }) => files);
    expect(conf.length).toBeGreaterThan(2);
    for (const { path } of conf) expect(known).not.toContain(path);
  });

  test("under a server that all share, it joins the service that is there", async () => {
    const live = await liveRelease("apache");
    const { joining: one, conf, record } = joiningSite(live, four, noFacts);
    expect(one.services).toEqual([]);
    expect(one.line).toMatch(/^Include .*four_example_com/);
    expect(conf.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/etc\/apache2\/sites-available\/four_example_com-/),
      expect.stringMatching(/^\/etc\/nginx\/sites-available\/four_example_com-/),
    ]);
    expect(record).toMatchObject({ into: { web: { sites: [4], files: conf.map(({ path }) => path) } } });
  });

  test("gets its environment in a file for its user alone, and the settings learn of it", async () => {
    const live = await liveRelease("gunicorn", { siteEnv: { "4": { env: { A: "of four" }, secretEnv: {} } } });
    const files = buildFiles(live, [four], siteSettings);
    expect(files.map(({ path }) => path.replace(/^.*\.[0-9a-f]{6}\//, ""))).toEqual([
      "wsgi/site_4.wsgi",
      "environment/site_4.json",
      "project/sitesettings/_woven.py",
    ]);
    expect(files[1]).toMatchObject({
      mode: "640",
      group: "site_4",
      secret: true,
      content: expect.stringContaining("of four"),
    });
    expect(files[2]?.content).toContain('4: {"settings": "shop.settings", "domains": ["four.example.com"]}');
  });

  test("settings that know it already do not get it twice, and keep the parts of others", async () => {
    const { distribution } = await liveRelease("gunicorn");
    const part: Site = {
      id: 1,
      subdomain: "admin",
      domains: ["admin.one.example.com"],
      settingsModule: "shop.admin_settings",
    };
    const once = withSites(siteSettings, [four, part], distribution);
    expect(withSites(once, [four], distribution)).toBe(once);
    expect(once.match(/4: \{/g)).toHaveLength(1);
    expect(once).toContain('"parts": {"admin": {');
  });
});

describe("a service that sites share", () => {
  async function moving(joins: readonly Site[], leaves: readonly number[]) {
    const live = await liveRelease("apache");
    const [list = "", ...confs] = sharedFiles(live);
    const address = live.record.services[0]?.address ?? "";
    const content = (path: string) =>
      path === list ? "top\nInclude sites-available/two_example_com-1.2.conf\n" : address;
    const files = new Map(
      [list, ...confs].map((path) => [path, { content: content(path), mode: "644", group: "root" }]),
    );
    const leaving = retiring(
      live,
      live.record.sites.filter(({ id }) => leaves.includes(id)),
    );
    const all = joins.map((site) => joiningSite(live, site, noFacts).joining);
    return { live, confs, moved: replacing(live, all, leaving, files) };
  }

  test("is replaced by another instance for a site that joins, and nginx leads the others there", async () => {
    const { live, confs, moved } = await moving(joining, []);
    expect(moved?.replacement).toMatchObject({
      before: live.record.services[0],
      next: { units: [`woven-shop-1.2@${live.instance}.service`], address: `${live.instance}:480` },
      awaits: ["site_4", "site_12"],
    });
    expect(moved?.confs.map(({ path, content }) => [path, content])).toEqual(
      confs.map((path) => [path, `${live.instance}:480`]),
    );
    expect(moved?.list.content.match(/^Include .*$/gm)).toHaveLength(3);
  });

  test("is replaced in any case for one that leaves, which is no longer on its list", async () => {
    const { moved } = await moving(joining, [2]);
    expect(moved?.replacement.awaits).toEqual([]);
    expect(moved?.list.content).not.toContain("two_example_com");
    expect(moved?.confs.map(({ path }) => path)).toEqual([expect.stringContaining("one_example_com")]);
  });

  test("stays as it is if no site joins or leaves it", async () => {
    expect((await moving([], [])).moved).toBeUndefined();
  });

  test("is not replaced if nginx leads elsewhere, and nothing is changed", async () => {
    const live = await liveRelease("apache");
    const file = (content: string) => ({ content, mode: "644", group: "root" });
    const files = (content: string) => new Map(sharedFiles(live).map((path) => [path, file(content)]));
    const leads = `proxy_pass http://${live.record.services[0]?.address};`;
    expect(() => requireLeading(live, files(leads), "web1")).not.toThrow();
    expect(() => requireLeading(live, files("proxy_pass http://127.7.7.7:480;"), "web1")).toThrow(
      expect.objectContaining({ code: "sites-differ" }),
    );
  });

  test("is asked where the next instance listens, before the site has visitors", async () => {
    const live = await liveRelease("apache");
    const [probe] = joiningSite(live, joining[0] ?? { id: 4, domains: [] }, noFacts).joining.files;
    expect(String(probe?.content)).toContain(live.instance);
  });

  test("is not reloaded by any stage", async () => {
    for (const stage of await siteStages()) expect(compile(stage)).not.toMatch(/reload woven-/);
  });
});

test("a certificate covers new sites by the rule of a deployment: domains and IP addresses", async () => {
  using ca = authority();
  const { chain } = ca.issue({ domains: ["four.example.com", "192.0.2.4"] });
  const live = await liveRelease("gunicorn", { tls: { kind: "files", trusted: [] } });
  const file = "/etc/nginx/woven/certificates/shop.pem";
  const record = { ...live.record, tls: { kind: "files", certificate: file } as const };
  const facts = { ...live.facts, certificates: new Map([[file, chain]]) };
  const added = ["four.example.com", "192.0.2.4", "five.example.com", "192.0.2.5"];
  const uncovered = uncoveredSites(
    added.map((domain, index) => ({ id: index + 4, domains: [domain] })),
    { ...live, record, facts },
  );
  expect(uncovered.map(({ site }) => site.domains)).toEqual([["five.example.com"], ["192.0.2.5"]]);
});

test("a site that leaves takes what is its own, and nothing of the others", async () => {
  for (const server of ["gunicorn", "apache"] as const) {
    const live = await liveRelease(server);
    const leaving = retiring(live, live.record.sites.slice(1));
    const gone = [...leaving.flatMap(({ services, files }) => [...files, ...services.flatMap((one) => one.files)])];
    expect(gone.length).toBeGreaterThan(1);
    for (const path of gone) expect(path).toMatch(/two_example_com|site_2/);
    const drop = dropped(leaving, live.record);
    expect(drop.sites).toEqual(["site_2"]);
    expect(drop.services).toEqual(server === "gunicorn" ? [["web", "site_2"]] : []);
  }
});

test("a deployment of the same version finds the release as startsites has left it, and not after other changes", async () => {
  const live = await liveRelease("gunicorn");
  const input = await planInput({}, { server: "gunicorn", sites: [...served, ...joining] });
  const configured = { settings: input.settings, distribution: input.distribution, templates: input.templates };
  const grown = grownConfiguration(configured, live.record);
  expect(grown).toMatch(/^[0-9a-f.]+$/);
  const changed = { ...configured, settings: { ...input.settings, env: { NEW: "1" } } };
  expect(grownConfiguration(changed, live.record)).toBeNull();
});

test("the same is true for a part that joins a site with an environment of its own", async () => {
  const siteEnv = { "1": { env: { A: "of one" }, secretEnv: {} } };
  const live = await liveRelease("gunicorn", { siteEnv });
  const part: Site = { id: 1, subdomain: "admin", domains: ["admin.one.example.com"], settingsModule: "shop.admin" };
  const input = await planInput({}, { server: "gunicorn", siteEnv, sites: [...served, part] });
  expect(grownConfiguration(input, live.record)).toMatch(/^[0-9a-f.]+$/);
});

describe("migrations of several sites", () => {
  const site = (database: string, alias = "default") => ({
    ...noFacts,
    databases: { default: "x" },
    migrations: [{ alias, database, own: true }],
  });
  const sites = [{ id: 1 }, { id: 1, subdomain: "admin" }, { id: 12 }];

  test("run for each database once, under the settings of a site that has it", () => {
    const joined = joinReports([site("a"), site("b"), site("a")], sites);
    expect(migrationRuns(joined, sites)).toEqual([
      { alias: "default", site: 1 },
      { alias: "default", site: 1, subdomain: "admin" },
    ]);
  });

  test("run for every alias of every site where the project has its own describe.py", () => {
    const { migrations: _, ...own } = site("a");
    expect(migrationRuns(joinReports([own, own, own], sites), sites)).toHaveLength(3);
  });
});

test("new sites get the addresses of the project's services, as in a deployment", async () => {
  const live = await liveRelease("gunicorn");
  const record = { ...live.record, ownSettings: true as const };
  const state = { active: record.name, releases: [record], history: [] };
  const node = scriptedNode("web1", { stage: () => "breaks" }, runtime(), live.settings);
  const address = "redis://:word@127.0.0.1:6379/0";
  const services = {
    added: async (settings: Settings) => ({ ...settings, secretEnv: { REDIS_URL: secret(address) } }),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const given = { ...live, facts: { ...live.facts, state }, runtime: runtime(), services };
  await startSites(node.run, given).catch(() => undefined);
  expect(node.stages.map(({ name }) => name)).toEqual(["sites-prepare"]);
  expect(node.stages[0]?.text).toContain(address);
});

test("a site that is retired leaves no secret of its environment", async () => {
  for (const stage of (await siteStages()).filter(({ name }) => name === "sites")) {
    const text = compile(stage);
    expect(text).toMatch(/rm -rf --one-file-system .*\/environment\/site_2\.json.*\/environment\/site_2(?![._\d])/);
  }
});
