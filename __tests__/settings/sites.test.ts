// Sites in the settings: their environments, their parts at subdomains, and sites whose domain only the database knows.
import { expect, test } from "vitest";
import { serversToHave } from "../../src/settings/server.ts";
import { environmentOf } from "../../src/settings/site-env.ts";
import { servedNames } from "../../src/settings/site-names.ts";
import { wantedPackages } from "../../src/setup/role-lists.ts";
import { type Case, settingsOf, smallProject, told } from "./source.ts";

const project = (toml: string, files: Readonly<Record<string, string>> = {}): NonNullable<Case["files"]> => ({
  ...smallProject,
  ...files,
  "woven.toml": toml,
});
const two = `domains = ["one.example.com"]
[env]
A = "all"
B = "all"
[sites.2]
domains = ["two.example.com"]
[sites.2.env]
B = "two"
`;

test("the variables of a site win over those of all, and another site does not get them", async () => {
  const env = "B=secret of all\n2:C=secret of two\n1:A=secret of one";
  const settings = await settingsOf({ files: project(two), inputs: { env } });
  expect(environmentOf(settings, 1)).toMatchObject({ A: "secret of one", B: "secret of all" });
  expect(environmentOf(settings, 1)).not.toHaveProperty("C");
  expect(environmentOf(settings, 2)).toMatchObject({ A: "all", B: "two", C: "secret of two" });
});

test("a line for a site that is not there is an error, unless the sites come from the database", async () => {
  const inputs = { env: "9:A=x" };
  expect(await told({ files: project(two), inputs })).toEqual([expect.stringMatching(/^input env: .*site 9/)]);
  const settings = await settingsOf({ files: project(`sites-from = "database"\n${two}`), inputs });
  expect(environmentOf(settings, 9)).toMatchObject({ A: "x" });
});

test("a variable that Woven sets, or a setting of Woven, is an error in the table of a site, too", async () => {
  expect(await told({ files: project(`${two}SITE_ID = "3"\nserver = "gunicorn"\n`) })).toEqual([
    expect.stringMatching(/sites\.2\.env\.SITE_ID/),
    expect.stringMatching(/sites\.2\.env\.server/),
  ]);
});

test("a listed subdomain with settings beside those of the site is a part of it, and all others redirect", async () => {
  const toml = 'domains = ["one.example.com", "www.one.example.com", "admin.one.example.com", "a-b.one.example.com"]\n';
  const files = project(toml, {
    "shop/admin_settings.py": "",
    "shop/a_b_settings.py": "",
    "shop/test_settings.py": "",
  });
  const { sites } = await settingsOf({ files });
  expect(sites).toEqual([
    { id: 1, domains: ["one.example.com", "www.one.example.com"] },
    { id: 1, subdomain: "admin", domains: ["admin.one.example.com"], settingsModule: "shop.admin_settings" },
    { id: 1, subdomain: "a_b", domains: ["a-b.one.example.com"], settingsModule: "shop.a_b_settings" },
  ]);
});

test.each<[rule: string, listed: readonly string[], own: readonly string[], part: readonly string[]]>([
  [
    ...(["remove", ["one.example.com", "admin.one.example.com"]] as const),
    ["one.example.com", "www.one.example.com"],
    ["admin.one.example.com"],
  ],
  [
    ...(["add", ["one.example.com", "admin.one.example.com"]] as const),
    ["www.one.example.com", "one.example.com"],
    ["admin.one.example.com"],
  ],
  [
    ...(["add", ["www.one.example.com", "admin.one.example.com", "www.admin.one.example.com"]] as const),
    ["www.one.example.com", "one.example.com"],
    ["admin.one.example.com", "www.admin.one.example.com"],
  ],
])("www = %j is for the names of the site, and its part has the listed ones: %j", async (rule, listed, own, part) => {
  const toml = `domains = ${JSON.stringify(listed)}\n[web]\nwww = "${rule}"\n`;
  const { sites } = await settingsOf({ files: project(toml, { "shop/admin_settings.py": "" }) });
  expect(sites.map(({ subdomain, domains }) => [subdomain, domains])).toEqual([
    [undefined, own],
    ["admin", part],
  ]);
});

test("a site without a domain is an error, unless its row may have it", async () => {
  const toml = 'domains = ["one.example.com"]\n[sites.7]\nsettings-module = "shop.settings"\n';
  expect(await told({ files: project(toml) })).toEqual([expect.stringMatching(/sites\.7.*domains/)]);
  const { sites, sitesWithoutDomain } = await settingsOf({ files: project(`sites-from = "database"\n${toml}`) });
  expect([sites.map(({ id }) => id), sitesWithoutDomain.map(({ id }) => id)]).toEqual([[1], [7]]);
});

test("a SITE_ID has up to 15 digits", async () => {
  const site = (id: string) => project(`[sites.${id}]\ndomains = ["one.example.com"]\n`);
  expect((await settingsOf({ files: site("123456789012345") })).sites[0]?.id).toBe(123_456_789_012_345);
  expect(await told({ files: site("1234567890123456") })).not.toEqual([]);
});

test("a part of a site runs under the server of its site", async () => {
  const files = {
    ...smallProject,
    "shop/admin_settings.py": "from .settings import *\n",
    "woven.toml":
      '[sites.1]\ndomains = ["one.example.com", "admin.one.example.com"]\n[sites.1.server]\nprogram = "gunicorn"\nthreads = 3\n',
  };
  const { sites } = await settingsOf({ files });
  expect(sites.map(({ subdomain }) => subdomain)).toEqual([undefined, "admin"]);
  for (const { runs } of sites) expect(runs).toMatchObject({ server: "gunicorn", serverOptions: { threads: 3 } });
});

test("where all domains of a site are equal, it does not answer at that of its part", async () => {
  const toml =
    'domains = ["one.example.com", "admin.one.example.com", "uno.example.com"]\n[web]\nredirect-domains = false\n';
  const { sites } = await settingsOf({ files: project(toml, { "shop/admin_settings.py": "" }) });
  expect(sites.map((site) => servedNames(site))).toEqual([
    ["one.example.com", "uno.example.com"],
    ["admin.one.example.com"],
  ]);
});

test("a site whose domain only the database knows has its server, too", async () => {
  const toml =
    'sites-from = "database"\ndomains = ["one.example.com"]\nserver = "gunicorn"\n[sites.7.server]\nprogram = "apache"\n';
  const settings = await settingsOf({ files: project(toml) });
  expect(serversToHave(settings)).toEqual(["gunicorn", "apache"]);
  expect(wantedPackages({ host: "web1" }, settings)).toContain("apache2");
});
