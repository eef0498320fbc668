// The settings of a preview: what of the pull request counts, and what it gets.
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SettingsError } from "../../src/errors.ts";
import { previewSettings } from "../../src/rollout/preview-settings.ts";
import { variables } from "../../src/rollout/variables.ts";
import { readSettings } from "../../src/settings/read.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { servedNames } from "../../src/settings/site-names.ts";
import { folderWith, rightInputs, smallProject, worldOf } from "./source.ts";

interface Case {
  readonly toml?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly from?: string;
  readonly command?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly root?: string;
}

const event = (action: string, from: string) => ({
  name: "pull_request",
  payload: {
    action,
    repository: { full_name: "ada/shop" },
    pull_request: {
      number: 12,
      state: action === "closed" ? "closed" : "open",
      head: { sha: "1f".repeat(20), repo: { full_name: from } },
    },
  },
});

const domains = 'domains = ["shop.example.com", "www.shop.example.com"]\n';
const previewed = `${domains}preview-domain = "Preview.example.com"\n`;
const logged: string[] = [];

function read({
  toml = previewed,
  inputs,
  action = "opened",
  from = "ada/shop",
  command = "preview",
  files,
  root,
}: Case): Promise<Settings> {
  const given = { ...rightInputs, command, "basic-auth": "ada:secret-word", ...inputs };
  const world = worldOf(
    {
      files: files ?? { ...smallProject, "woven.toml": toml },
      inputs: given,
      ...(root === undefined ? {} : { root }),
    },
    { masked: [], logged },
  );
  return readSettings({ ...world, event: event(action, from) });
}

async function problems(given: Case): Promise<readonly string[]> {
  const thrown = await read(given).catch((error: unknown) => error);
  if (!(thrown instanceof SettingsError)) throw thrown;
  return thrown.problems.map(({ where }) => where);
}

describe("a preview that is built", () => {
  test("is a distribution of its own, with an address, a version and a user of its own", async () => {
    const settings = await read({});
    expect(settings.distributionName?.value).toBe("shop~pr-12");
    expect(settings.version).toBe("g1f1f1f1f1f1f");
    expect(settings.sites).toMatchObject([{ django: 1, domains: ["pr-12.preview.example.com"] }]);
    expect(String(settings.sites[0]?.id)).toMatch(/^\d{12}$/);
    expect(settings.web).toMatchObject({ noindex: true });
    expect(settings.web.basicAuth?.map(({ name }) => name)).toEqual(["ada"]);
    expect(settings.preview).toMatchObject({ base: "shop", ttl: 7 * 24 * 3600, most: 10 });
  });

  test("several sites have addresses, and no two previews share a user", async () => {
    const toml =
      'preview-domain = "p.example.com"\n[sites.1]\ndomains = ["a.example.com"]\n[sites.2]\ndomains = ["b.example.com"]\n';
    const one = await read({ toml });
    const other = await read({ toml, inputs: { preview: "demo" } });
    expect(one.sites.map((site) => site.domains[0])).toEqual(["pr-12.p.example.com", "pr-12-2.p.example.com"]);
    expect(new Set([...one.sites, ...other.sites].map(({ id }) => id)).size).toBe(4);
  });

  test("has no name of production, even if all domains of a site are equal", async () => {
    const { sites } = await read({ toml: `${previewed}[web]\nredirect-domains = false\n` });
    expect(sites.map(servedNames)).toEqual([["pr-12.preview.example.com"]]);
  });

  test("a part of a site at a subdomain has an address of its own, and the user of its site", async () => {
    const toml =
      'preview-domain = "p.example.com"\n[sites.1]\ndomains = ["a.example.com", "admin.a.example.com"]\n[sites.2]\ndomains = ["b.example.com", "admin.b.example.com"]\n';
    const files = { ...smallProject, "shop/admin_settings.py": "from .settings import *\n", "woven.toml": toml };
    const { sites } = await read({ files });
    expect(sites.map(({ django, subdomain, domains: [domain] }) => [django, subdomain, domain])).toEqual([
      [1, undefined, "pr-12.p.example.com"],
      [1, "admin", "pr-12-admin.p.example.com"],
      [2, undefined, "pr-12-2.p.example.com"],
      [2, "admin", "pr-12-2-admin.p.example.com"],
    ]);
    expect(new Set(sites.map(({ id }) => id)).size).toBe(2);
  });

  test("a site with a server of its own has the limits of the preview, too", async () => {
    const toml = `${previewed}[sites.1.server]\nprogram = "gunicorn"\nmemory = "64G"\nworkers = 9\nthreads = 3\n`;
    const settings = await read({ toml });
    if (settings.preview === undefined) throw new Error("no preview");
    const { sites } = previewSettings(settings, settings.preview, "shop~pr-12");
    expect(sites[0]?.runs).toMatchObject({
      server: "gunicorn",
      serverOptions: { workers: 1, threads: 3, memory: "512M", tasks: 200 },
    });
  });

  test("gets nothing that the pull request must not decide, and says so", async () => {
    const toml = `${previewed}deployment-root = "/srv/other"\nservices = ["redis"]\nmigrate = "none"\n[roles]\nevil = ["root@elsewhere.example.com"]\n[env]\nA = "1"\n`;
    const settings = await read({
      toml,
      inputs: { env: "PRODUCTION=secret-value", "preview-env": "OWN=preview-value" },
    });
    expect(settings.nodes.map(({ host }) => host)).toEqual(["web1.example.com"]);
    expect(settings.deploymentRoot).toBeUndefined();
    expect([settings.env, Object.keys(settings.secretEnv), settings.services, settings.migrate]).toEqual([
      {},
      ["OWN"],
      [],
      { kind: "auto" },
    ]);
    expect(logged.join("\n")).toContain("roles, deployment-root, env, services, migrate");
  });

  test.each([
    ['services = ["redis", "postgresql"]', ["postgresql"]],
    ['[services]\nmariadb = "database"', ["mariadb"]],
    ["", []],
  ])("has the variable of a database that the configuration lists: %j", async (toml, databases) => {
    const settings = await read({
      toml: `${previewed}${toml}\n`,
      inputs: { roles: 'database: ["woven@db1.example.com"]' },
    });
    expect(settings.preview?.databases).toEqual(databases);
    expect(variables(settings)).toEqual(databases.length > 0 ? ["DATABASE_URL"] : []);
  });

  test("runs the processes that [preview] names, at its own site", async () => {
    const toml = `${previewed}[processes]\nworker = { command = "manage work", site = 1 }\nmail = "manage mail"\n[schedules]\ntick = "daily"\n`;
    expect((await read({ toml })).background).toMatchObject({ processes: [], schedules: [] });
    const settings = await read({ toml: `${toml}[preview]\nprocesses = ["worker"]\n` });
    expect(settings.background.processes).toMatchObject([{ name: "worker", site: settings.sites[0]?.id }]);
    expect(await problems({ toml: `${toml}[preview]\nprocesses = ["wroker"]\n` })).toEqual([
      "woven.toml: preview.processes",
    ]);
  });

  test("a seed is a file of the project: a link must not lead to what else the runner has", async () => {
    const toml = `${previewed}seed-database = "seed.sql"\n`;
    const files = { ...smallProject, "woven.toml": toml };
    expect((await read({ files: { ...files, "seed.sql": "SELECT 1;" } })).phase.seed?.path).toBe("seed.sql");
    const outside = join(folderWith({ "secret.sql": "SELECT 1;" }), "secret.sql");
    const root = folderWith(files);
    symlinkSync(outside, join(root, "seed.sql"));
    expect(await problems({ root })).toEqual(["woven.toml: seed-database"]);
    expect((await read({ root, action: "closed" })).phase.seed).toBeUndefined();
  });

  test.each([
    [{ toml: domains }, "woven.toml: preview-domain"],
    [{ inputs: { "basic-auth": "" } }, "input basic-auth"],
    [{ inputs: { preview: "Pr_12" } }, "input preview"],
    [{ toml: `${previewed}preview-ttl = "soon"\n` }, "woven.toml: preview-ttl"],
    [{ toml: `${previewed}preview-database-from = "copy"\n` }, "woven.toml: preview-database-from"],
    [{ toml: `${previewed}[preview]\nmosst = 3\n` }, "woven.toml: preview.mosst"],
    [{ toml: `${previewed}[preview]\nkeep-free = "some"\n` }, "woven.toml: preview.keep-free"],
    [{ toml: `${previewed}[preview]\nmemory = "2G"\ntotal-memory = "1G"\n` }, "woven.toml: preview.total-memory"],
    [{ inputs: { "ssh-key": "" } }, "input ssh-key"],
  ])("%j is a problem", async (given, where) => {
    expect(await problems(given)).toEqual([where]);
  });

  test("has limits", async () => {
    expect((await read({})).preview).toMatchObject({ memory: "512M", tasks: 200, keepFree: 2 ** 30 });
    const toml = `${previewed}[preview]\nmemory = "300M"\ntotal-memory = "3G"\nkeep-free = "500M"\n`;
    expect((await read({ toml })).preview).toMatchObject({
      memory: "300M",
      totalMemory: 3 * 2 ** 30,
      keepFree: 500 * 2 ** 20,
    });
  });

  test("is open to everybody if [preview] says so", async () => {
    const settings = await read({ toml: `${previewed}[preview]\nbasic-auth = false\n`, inputs: { "basic-auth": "" } });
    expect(settings.web.basicAuth).toBeUndefined();
    expect(settings.web.noindex).toBe(true);
  });
});

describe("what needs no preview needs nothing else", () => {
  test("a fork without secrets", async () => {
    const settings = await read({ from: "eve/shop", inputs: { "ssh-key": "", roles: "", "basic-auth": "" } });
    expect([settings.preview?.decision.kind, settings.nodes]).toEqual(["nothing", []]);
  });
  test("closed, without a checkout", async () => {
    const settings = await read({ action: "closed", inputs: { "basic-auth": "" }, files: {} });
    expect([settings.preview?.decision.kind, settings.nodes.length]).toEqual(["remove", 1]);
  });
  test("a sweep, without a checkout", async () => {
    const settings = await read({ command: "preview-sweep", inputs: { "basic-auth": "" }, files: {} });
    expect(settings.nodes).toHaveLength(1);
  });
});

test("other commands have no preview, and keep what is theirs", async () => {
  const settings = await read({ command: "deploy", toml: `${previewed}[env]\nA = "1"\n` });
  expect([settings.preview, settings.distributionName?.value, settings.env]).toEqual([undefined, "shop", { A: "1" }]);
});
