// woven.toml and [tool.woven]: every fault is told with its line, the right name, and an example.
import { describe, expect, test } from "vitest";
import { configKeys, notesAt } from "../../src/settings/config-schema.ts";
import { lineOfKey } from "../../src/settings/toml-lines.ts";
import { expectOne, folderWith, problemsOf, rightInputs, settingsOf, smallProject, told } from "./source.ts";

const domains = smallProject["woven.toml"];
const withConfig = (lines: string) => ({ files: { ...smallProject, "woven.toml": `${domains}${lines}\n` } });

describe("a wrong key", () => {
  test.each<[string, where: string, names: readonly string[]]>([
    ['tiemzone = "UTC"', "woven.toml: tiemzone", ["timezone"]],
    ["ssh_port = 22", "woven.toml: ssh_port", ["ssh-port"]],
    ["HOST_SSH_PORT = 22", "woven.toml: HOST_SSH_PORT", ["ssh-port"]],
    ["MANUAL_MIGRATION = true", "woven.toml: MANUAL_MIGRATION", ["migrate"]],
    ["zzzzzzzz = 1", "woven.toml: zzzzzzzz", ["docs/settings.md"]],
    ['ssh-port = "22"', "woven.toml: ssh-port", ["ssh-port = 10022"]],
    ["ssh-port = 70000", "woven.toml: ssh-port", ["ssh-port = 10022", "1", "65535"]],
    ['disable-root = "no"', "woven.toml: disable-root", ["disable-root = true"]],
    ['extra-packages = "git"', "woven.toml: extra-packages", ['extra-packages = ["libpq5"]']],
    [
      'extra-packages = ["git", "Git;id"]',
      "woven.toml: extra-packages.1",
      ['extra-packages = ["libpq5"]', '"Git;id"', "libpq-dev"],
    ],
    ['server = "nginx"', "woven.toml: server", ['server = "apache"', '"nginx"']],
    [
      'ufw-rules = ["allow tcp/5432"]',
      "woven.toml: ufw-rules.0",
      ['ufw-rules = ["allow 80,443/tcp"]', '"allow tcp/5432"', "5432/tcp"],
    ],
    ['timezone = "Europe/Berlni"', "woven.toml: timezone", ["Europe/Berlin", '"Europe/Berlni"']],
    ['timezone = "europe/berlin"', "woven.toml: timezone", ["Europe/Berlin", '"europe/berlin"']],
    ['python = "2.7"', "woven.toml: python", ['python = "3.13"', '"2.7"', "3", "3.13"]],
    [
      'deployment-root = "~/www"',
      "woven.toml: deployment-root",
      ['deployment-root = "/srv/woven"', '"~/www"', "/srv/woven"],
    ],
    ['user = "root"', "woven.toml: user", ["root-user"]],
    ["[health]\nstatsu = 200", "woven.toml: health.statsu", ["status"]],
    ["[health]\nstatus = 42", "woven.toml: health.status", ["status = 200", "100", "599"]],
    [
      '[env]\nDJANGO_SETTINGS_MODULE = "x"',
      "woven.toml: env.DJANGO_SETTINGS_MODULE",
      ["settings-module", "[tool.woven]"],
    ],
    [
      '[sites.0]\ndomains = ["a.example.com"]',
      "woven.toml: sites.0",
      ["[sites.2]", 'domains = ["admin.example.com"]', '"0"', "SITE_ID", "1"],
    ],
    ['[sites.1]\ndomains = ["a.example.com"]', "woven.toml: domains", ["[tool.woven.sites.1]"]],
    ['[sites.2]\ndomains = ["Shop.example.com"]', "woven.toml: sites.2.domains", ["shop.example.com", "1"]],
    ['[sites.2]\nsettings-module = "shop.settings"', "woven.toml: sites.2", ['sites.2.domains = ["shop.example.com"]']],
    [
      'static-url = "/media/static/"\nmedia-url = "/media/"',
      "woven.toml: static-url",
      ["/media/static/", "media-url", "/media/"],
    ],
    ['[tool.woven]\nuser = "ada"', "woven.toml: tool", ["woven.toml", "[tool.woven]"]],
  ])("%s", async (lines, where, names) => {
    expectOne(await problemsOf(withConfig(lines)), where, names);
  });

  test("a domain that is wrong is not missing as well", async () => {
    const files = { ...smallProject, "woven.toml": 'domains = ["https://shop.example.com"]\n' };
    expect(await told({ files })).toEqual([
      expect.stringMatching(/^woven.toml: domains.0: "https:\/\/shop.example.com" is a URL/),
    ]);
  });
});

test("problems point at the line in the file, from the top of the repository", async () => {
  const root = folderWith({
    ...prefixed("backend"),
    "backend/pyproject.toml":
      '[project]\nname = "shop"\nversion = "1"\ndependencies = []\n\n[tool.woven]\ndomains = [\n  "shop.example.com",\n]\nusr = "ada"\n',
  });
  const [problem] = await problemsOf({
    root,
    inputs: { "working-directory": "backend" },
    env: { GITHUB_WORKSPACE: root },
  });
  expect(problem).toMatchObject({ where: "pyproject.toml: tool.woven.usr", file: "backend/pyproject.toml", line: 10 });
});

function prefixed(folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(smallProject).flatMap(([path, text]) =>
      path === "woven.toml" ? [] : [[`${folder}/${path}`, text]],
    ),
  );
}

test("both files at once are refused, and a text that is no TOML names its line", async () => {
  const both = { ...smallProject, "pyproject.toml": `${smallProject["pyproject.toml"]}[tool.woven]\nuser = "ada"\n` };
  expect(await told({ files: both })).toEqual([
    "pyproject.toml: tool.woven: cannot be used together with a woven.toml | Write all of Woven's keys in one of the two.",
  ]);
  const [problem, ...others] = await problemsOf({
    files: { ...smallProject, "woven.toml": 'domains = ["a"]\nuser = \n' },
  });
  expect(problem).toMatchObject({
    where: "woven.toml",
    file: "woven.toml",
    line: 2,
    what: expect.stringContaining("is not TOML"),
  });
  expect(others).toEqual([]);
});

test("a missing domain is answered with the lines to write, in the file the project has", async () => {
  const { "woven.toml": _, ...files } = smallProject;
  expect(await told({ files })).toEqual([
    'pyproject.toml: tool.woven.domains: no domain is set, and nginx needs at least one | Write in pyproject.toml: ⏎ [tool.woven] ⏎ domains = ["shop.example.com"]',
  ]);
});

test("a site has its own health check; what it leaves out is that of all sites", async () => {
  const woven = `domains = ["shop.example.com"]
[health]
path = "/up"
text = "ok"
[sites.1.health]
timeout = 5
[sites.2]
domains = ["admin.example.com"]
health = { path = "/desk/", status = 200 }
[sites.3]
domains = ["plain.example.com"]
`;
  const { health, sites } = await settingsOf({ files: { ...smallProject, "woven.toml": woven } });
  expect(health).toEqual({ path: "/up", text: "ok", timeout: 30 });
  expect(sites.map((site) => site.health)).toEqual([
    { path: "/up", text: "ok", timeout: 5 },
    { path: "/desk/", status: 200, text: "ok", timeout: 30 },
    undefined,
  ]);
  const wrong = { ...smallProject, "woven.toml": woven.replace('path = "/desk/"', 'path = "desk"') };
  const [problem, ...others] = await problemsOf({ files: wrong });
  expect([problem, others]).toEqual([
    expect.objectContaining({
      where: "woven.toml: sites.2.health.path",
      line: 9,
      next: expect.stringContaining("path ="),
    }),
    [],
  ]);
});

test("sites have their own domains and settings", async () => {
  const files = {
    ...smallProject,
    "shop/admin_settings.py": "from .settings import *\n",
    "woven.toml": `${domains}[sites.10]\ndomains = ["Admin.example.com", "www.admin.example.com"]\nsettings-module = "shop.admin_settings"\n`,
  };
  expect((await settingsOf({ files })).sites).toEqual([
    { id: 1, domains: ["shop.example.com"] },
    { id: 10, domains: ["admin.example.com", "www.admin.example.com"], settingsModule: "shop.admin_settings" },
  ]);
  const missing = { ...files, "woven.toml": files["woven.toml"].replace("admin_settings", "adnim_settings") };
  expect(await told({ files: missing })).toEqual([
    "woven.toml: sites.10.settings-module: there is no file for shop.adnim_settings in .",
  ]);
});

/** The examples that are right in form only. */
const exampleProblems: Readonly<Record<string, readonly RegExp[]>> = {
  "authorized-keys": [/public key/],
  application: [/there is no file for "config\.wsgi"/],
  "tls-email": [/tls = "acme"/],
  "acme-directory": [/tls = "acme"/],
  hsts: [/tls is false/],
  "role-settings": [/there is no role "staging"/],
};

test.each(configKeys)("the documented example of %s is right", async (name) => {
  const example = (notesAt([name])?.example ?? "").replace("tool.woven.", "");
  const files = {
    ...smallProject,
    "pyproject.toml": `${smallProject["pyproject.toml"]}optional-dependencies.s3 = []\n[dependency-groups]\nprod = []\n`,
    "requirements/production.txt": "",
    "shop/settings/production.py": "",
    "seed.sql": "SELECT 1;",
    "woven.toml": name === "domains" ? example : `${domains}${example}\n`,
  };
  const given = { files, inputs: { ...rightInputs, version: "1" } };
  const problems = await settingsOf(given).then(
    () => [],
    (error: { problems: readonly { what: string }[] }) => error.problems.map(({ what }) => what),
  );
  const expected = exampleProblems[name] ?? [];
  expect(problems).toEqual(expected.map((what) => expect.stringMatching(what)));
});

const toml = `# [not.a.table]
title = "a"
text = """
user = "not a key"
"""
list = [
  "user = 1", # user = 2
  { user = 3 },
]
a.b = 1

[tool.woven]
user = "x"
"ssh-port" = 22
roles = { production = ["a"] }

[tool.woven.sites.1]
domains = ["a"]
[[tool.other]]
user = 1
`;

test.each<[string[], number | undefined]>([
  [["title"], 2],
  [["user"], undefined],
  [["list"], 6],
  [["a", "b"], 10],
  [["tool", "woven"], 12],
  [["tool", "woven", "user"], 13],
  [["tool", "woven", "ssh-port"], 14],
  [["tool", "woven", "roles", "production", "0"], 15],
  [["tool", "woven", "sites", "1", "domains", "0"], 18],
  [["tool", "other", "user"], 20],
])("the key %j stands in line %s", (path, line) => {
  expect(lineOfKey(toml, path)).toBe(line);
});
