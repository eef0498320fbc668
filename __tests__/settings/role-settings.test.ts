// [role-settings.<role>]: what differs by role, and what of it is wrong.
import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/settings/read.ts";
import { problemsOf, rightInputs, type Seen, settingsOf, smallProject, worldOf } from "./source.ts";

const roles =
  'staging: ["woven@staging.example.com"]\nproduction: ["woven@web1.example.com", "woven@web2.example.com"]';

const shop = `domains = ["shop.example.com", "www.shop.example.com"]
keep-releases = 9
server = "gunicorn"
[env]
LEVEL = "WARNING"
REGION = "eu"
[processes]
worker = "celery -A shop worker"
[role-settings.staging]
domains = ["staging.example.com"]
[role-settings.staging.server]
workers = 1
[role-settings.staging.env]
LEVEL = "DEBUG"
[role-settings.staging.processes]
worker = { count = 3 }
[role-settings.staging.web]
noindex = true
`;

const withShop = (role: string, woven = shop, given: Readonly<Record<string, string>> = {}) => ({
  files: { ...smallProject, "woven.toml": woven },
  inputs: { roles, role, ...given },
});

describe("the settings of a run", () => {
  test("a role's tables are merged key by key, and its lists and values replace those of all roles", async () => {
    const staging = await settingsOf(withShop("staging"));
    expect(staging).toMatchObject({
      roleSettings: "staging",
      sites: [{ id: 1, domains: ["staging.example.com"] }],
      keepReleases: 9,
      server: "gunicorn",
      serverOptions: { workers: 1 },
      env: { LEVEL: "DEBUG", REGION: "eu" },
      web: { noindex: true, gzip: true },
    });
    expect(staging.background.processes).toMatchObject([
      { name: "worker", command: { words: expect.anything() }, count: 3 },
    ]);
    const production = await settingsOf(withShop("production"));
    expect(production).not.toHaveProperty("roleSettings");
    expect(production).toMatchObject({
      sites: [{ domains: ["shop.example.com", "www.shop.example.com"] }],
      serverOptions: {},
      env: { LEVEL: "WARNING", REGION: "eu" },
      web: { noindex: false },
    });
  });

  test("a rehearsal of a role has the settings of the role, unless local has some of its own", async () => {
    const of = async (woven: string, rehearsed?: string) => {
      const given = withShop("local", woven);
      const inputs = { ...rightInputs, ...given.inputs };
      const { sites } = await readSettings({ ...worldOf({ ...given, inputs }), rehearsed });
      return sites[0]?.domains[0];
    };
    expect(await of(shop)).toBe("shop.example.com");
    expect(await of(shop, "staging")).toBe("staging.example.com");
    expect(await of(`${shop}[role-settings.local]\ndomains = ["local.example.com"]\n`, "staging")).toBe(
      "local.example.com",
    );
  });

  test.each<[string, role: string, domain: string]>([
    ["a host that one role lists", "staging.example.com", "staging.example.com"],
    ["that host with its user", "woven@staging.example.com", "staging.example.com"],
    ["a host of another role", "web2.example.com", "shop.example.com"],
    ["a host that no role lists", "ada@other.example.com", "shop.example.com"],
    ["two hosts of one role", "web1.example.com, web2.example.com", "shop.example.com"],
  ])("%s", async (_, role, domain) => {
    expect((await settingsOf(withShop(role))).sites[0]?.domains[0]).toBe(domain);
  });

  test("the throwaway server may have its own", async () => {
    const woven = `${shop}[role-settings.local]\ndomains = ["local.example.com"]\n`;
    expect((await settingsOf(withShop("local", woven))).sites[0]?.domains).toEqual(["local.example.com"]);
  });

  test("a role's deploy user is that of its own servers", async () => {
    const woven = `${shop}[role-settings.production]\nuser = "ada"\n`;
    const settings = await settingsOf(withShop("production", woven, { roles: "production: [web1.example.com]" }));
    expect(settings.nodes).toEqual([{ user: "ada", host: "web1.example.com", role: "production" }]);
  });

  test("what HTTPS needs in production does not disturb a role without it", async () => {
    const woven =
      'domains = ["shop.example.com"]\ntls = "acme"\ntls-email = "a@example.com"\nhsts = 60\n[role-settings.staging]\ntls = false\n';
    expect((await settingsOf(withShop("staging", woven))).tls).toEqual({ kind: "none", trusted: [] });
    const own = await problemsOf(withShop("staging", `${woven}hsts = 120\n`));
    expect(own).toMatchObject([{ where: "woven.toml: role-settings.staging.hsts", line: 7 }]);
  });

  test("the log names the role", async () => {
    const seen: Seen = { masked: [], logged: [] };
    const { inputs, files } = withShop("staging");
    await readSettings(worldOf({ inputs: { ...rightInputs, ...inputs }, files }, seen));
    expect(seen.logged[0]).toContain("staging");
  });
});

describe("several roles in one run", () => {
  test.each(["staging, production", "staging\nweb1.example.com", "staging, ada@other.example.com"])(
    "%j: an error that names the keys",
    async (role) => {
      const [problem, ...others] = await problemsOf(withShop(role));
      expect(problem?.where).toBe("input role");
      for (const key of ["domains", "env", "processes", "server", "web"]) expect(problem?.what).toContain(key);
      expect(problem?.what).not.toContain("keep-releases");
      expect(others).toEqual([]);
    },
  );

  test("a host that two roles list is ambiguous, too", async () => {
    const both = `${roles}\nqa: ["woven@web1.example.com"]\n`;
    const woven = `${shop}[role-settings.qa]\ndrain = 5\n`;
    expect(await problemsOf(withShop("web1.example.com", woven, { roles: both }))).toMatchObject([
      { where: "input role", what: expect.stringMatching(/production and qa .*\(drain\)/) },
    ]);
  });

  test("equal settings are fine, whichever way they are written", async () => {
    const woven =
      'domains = ["shop.example.com"]\nenv = { A = "1" }\n[role-settings.staging]\ndomains = ["shop.example.com"]\nenv = { A = "1" }\n';
    expect((await settingsOf(withShop("staging, production", woven))).nodes).toHaveLength(3);
  });
});

describe("a wrong key of a role", () => {
  const with2 = (lines: string) => `domains = ["shop.example.com"]\n[role-settings.staging]\n${lines}\n`;
  test.each<[string, where: string, line: number, names: readonly string[]]>([
    ["domians = []", "domians", 3, ["domains"]],
    ["keep-releases = 0", "keep-releases", 3, ["keep-releases = 5", "1000"]],
    ['roles = { staging = ["a"] }', "roles", 3, ["input roles"]],
    ["role-settings = {}", "role-settings", 3, []],
    ['[role-settings.staging.env]\nserver = "gunicorn"', "env.server", 4, ["[role-settings.staging]"]],
    ["[role-settings.staging.web]\nmax-bdy = '2m'", "web.max-bdy", 4, ["max-body"]],
    ["waves = 2", "waves", 3, ["Remove it"]],
    ["[role-settings.staging.env]\nSITE_ID = '2'", "env.SITE_ID", 4, ["sites"]],
    ['static-url = "/media/static/"\nmedia-url = "/media/"', "static-url", 3, ["media-url"]],
    ["[role-settings.staging.sites.2]\nhealth = {}", "sites.2", 3, ["sites.2.domains"]],
  ])("%s", async (lines, where, line, names) => {
    const [problem, ...others] = await problemsOf(withShop("staging", with2(lines)));
    expect(problem).toMatchObject({ where: `woven.toml: role-settings.staging.${where}`, file: "woven.toml", line });
    for (const name of names) expect(`${problem?.what}\n${problem?.next}`).toContain(name);
    expect(others).toEqual([]);
  });

  test("is reported in a run for another role as well", async () => {
    const [problem] = await problemsOf(withShop("production", with2("keep-releases = 0")));
    expect(problem).toMatchObject({ where: "woven.toml: role-settings.staging.keep-releases", line: 3 });
  });

  test("a key of all roles keeps its own line", async () => {
    const woven =
      'domains = ["shop.example.com"]\nmedia-url = "/m/"\nstatic-url = "/m/s/"\n[role-settings.staging]\ndrain = 3\n';
    expect(await problemsOf(withShop("staging", woven))).toMatchObject([{ where: "woven.toml: static-url", line: 3 }]);
  });

  test("in pyproject.toml, the example begins with its tables", async () => {
    const { "woven.toml": _, ...files } = smallProject;
    const pyproject = `${files["pyproject.toml"]}[tool.woven]\ndomains = ["a.example.com"]\n[tool.woven.role-settings.staging]\nenv = 3\n`;
    const [problem] = await problemsOf({
      files: { ...files, "pyproject.toml": pyproject },
      inputs: { roles, role: "staging" },
    });
    expect(problem).toMatchObject({ where: "pyproject.toml: tool.woven.role-settings.staging.env", line: 8 });
    expect(problem?.next).toContain("[tool.woven.role-settings.staging.env]");
  });
});

describe("a role that does not exist", () => {
  const named = (...names: readonly string[]) =>
    `domains = ["shop.example.com"]\n${names.map((name) => `[role-settings.${name}]\ndrain = 5\n`).join("")}`;
  test.each<[string, string]>([
    ["stagin", "Did you mean staging?"],
    ["web", "staging, production"],
  ])("%s", async (name, hint) => {
    const [problem, ...others] = await problemsOf(withShop("production", named(name)));
    expect(problem).toMatchObject({ where: `woven.toml: role-settings.${name}`, line: 2 });
    expect(problem?.next).toContain(hint);
    expect(others).toEqual([]);
  });

  test("roles of the configuration are all there are; the input may hold those of one environment", async () => {
    const woven = named("staging", "production");
    const one = 'staging: ["woven@staging.example.com"]';
    expect((await settingsOf(withShop("staging", woven, { roles: one }))).drain).toBe(5);
    const [problem] = await problemsOf(withShop("staging", named("production"), { roles: one }));
    expect(problem?.next).toContain("[role-settings.staging]");
    const marked = `${named("production")}[role-settings.staging]\n`;
    expect((await settingsOf(withShop("staging", marked, { roles: one }))).drain).toBe(60);
    const inConfig = woven.replace("\n", '\nroles = { staging = ["s.example.com"] }\n');
    expect(await problemsOf(withShop("staging", inConfig, { roles: "" }))).toMatchObject([
      { where: "woven.toml: role-settings.production", line: 5 },
    ]);
  });
});
