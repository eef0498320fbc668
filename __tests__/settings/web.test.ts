// `[web]`: what would break nginx's configuration, or reach somewhere else, is told with its line.
import { expect, test } from "vitest";
import { layout } from "../../src/release/layout.ts";
import { webSites } from "../../src/servers/processes.ts";
import { readSettings } from "../../src/settings/read.ts";
import { templates } from "../../src/steps/templates.ts";
import { plainWeb } from "../../src/steps/web-options.ts";
import { webConfFiles } from "../../src/steps/webconf.ts";
import { expectOne, problemsOf, rightInputs, settingsOf, smallProject, worldOf } from "./source.ts";

const withConfig = (lines: string) => ({
  files: { ...smallProject, "woven.toml": `${smallProject["woven.toml"]}[web]\n${lines}\n` },
});

test.each<[lines: string, where: string, names: readonly string[]]>([
  ['max-body = "20MB"', "web.max-body", ["20MB", 'max-body = "200m"']],
  ['max-body = "0"', "web.max-body", ["0"]],
  ["max-body = 20", "web.max-body", ["number"]],
  ["timeout = 0", "web.timeout", ["1", "3600"]],
  ['gzip = "on"', "web.gzip", ["true or false"]],
  ["no-index = true", "web.no-index", ["noindex"]],
  ['headers = { "X-A; return 200" = "a" }', "web.headers.X-A; return 200", ["X-A; return 200"]],
  ['headers = { Content-Length = "1" }', "web.headers.Content-Length", ["Content-Length"]],
  ["headers = { X-A = 'a\"; return 200 \"' }", "web.headers.X-A", ["$"]],
  ['headers = { X-A = "$http_cookie" }', "web.headers.X-A", ["$http_cookie"]],
  ['headers = { X-A = "é" }', "web.headers.X-A", ["ASCII"]],
  ['headers = { X-A = "1", x-a = "2" }', "web.headers.x-a", ["X-A"]],
  ['headers = { Strict-Transport-Security = "max-age=1" }', "web.headers.Strict-Transport-Security", ["hsts"]],
  ['redirects = { "old" = "/new/" }', "web.redirects.old", ["old"]],
  ['redirects = { "/a b" = "/new/" }', "web.redirects./a b", ["/a b"]],
  ['redirects = { "/.woven/release" = "/new/" }', "web.redirects./.woven/release", ["/.woven/release"]],
  ['redirects = { "/old/" = "new" }', "web.redirects./old/", ["new"]],
  ['redirects = { "/old/" = "//evil.example.com/" }', "web.redirects./old/", ["//evil.example.com/"]],
  ['redirects = { "/old/" = "https://a.example.com/;" }', "web.redirects./old/", [";"]],
  ['redirects = { "/old/" = "/$host" }', "web.redirects./old/", ["/$host"]],
  ['www = "yes"', "web.www", ["add", "remove"]],
  ['redirect-domains = "no"', "web.redirect-domains", ["true or false"]],
  ['protected-media = "../database"', "web.protected-media", ["../database"]],
  ['protected-media = "/invoices"', "web.protected-media", ["/invoices"]],
])("%s", async (lines, where, names) => {
  expectOne(await problemsOf(withConfig(lines)), `woven.toml: ${where}`, names);
});

test.each<[input: string, problems: readonly RegExp[]]>([
  ["", [/^is empty/]],
  ["ada", [/^line 1 /]],
  ["ada:right\n:wrong\nada:again", [/^line 2 /, /^line 3 .*"ada"/]],
])("basic-auth with the accounts %j", async (accounts, problems) => {
  const found = await problemsOf({ ...withConfig("basic-auth = true"), inputs: { "basic-auth": accounts } });
  expect(found.map(({ where, what }) => [where, what])).toEqual(
    problems.map((what) => ["input basic-auth", expect.stringMatching(what)]),
  );
});

test("passwords are masked, and only what places them needs them", async () => {
  const given = {
    ...withConfig("basic-auth = true"),
    inputs: { ...rightInputs, "basic-auth": "ada:a:long-password\n" },
  };
  const seen = { masked: [], logged: [] };
  const { web } = await readSettings(worldOf(given, seen));
  expect(web.basicAuth?.map(({ name, password }) => [name, password.reveal()])).toEqual([["ada", "a:long-password"]]);
  expect(JSON.stringify(web)).not.toContain("long-password");
  expect(seen.masked).toContain("a:long-password");
  const back = await settingsOf({ ...withConfig("basic-auth = true"), inputs: { command: "rollback" } });
  expect(back.web.basicAuth).toEqual([]);
  const startsites = { command: "startsites", "basic-auth": "ada:long-password" };
  const started = await settingsOf({ ...withConfig("basic-auth = true"), inputs: { ...rightInputs, ...startsites } });
  expect(started.web.basicAuth?.map(({ name }) => name)).toEqual(["ada"]);
  expect((await settingsOf({ files: smallProject, inputs: { "basic-auth": "ada:x" } })).web.basicAuth).toBeUndefined();
});

test("a server with the module for Brotli sends packed files", async () => {
  const woven = `${smallProject["woven.toml"]}extra-packages = ["libnginx-mod-http-brotli-static"]\n`;
  expect((await settingsOf({ files: { ...smallProject, "woven.toml": woven } })).web.brotli).toBe(true);
});

test("what is right becomes the settings', and the rest has its defaults", async () => {
  expect((await settingsOf({ files: smallProject })).web).toEqual(plainWeb);
  const { web } = await settingsOf(
    withConfig(
      'max-body = "1g"\ntimeout = 300\nprotected-media = "a/b"\n[web.headers]\nContent-Security-Policy = "default-src \'self\'"\n[web.redirects]\n"/" = "https://a.example.com/x?y=1#z"',
    ),
  );
  expect(web).toEqual({
    ...plainWeb,
    maxBody: "1g",
    timeout: 300,
    protectedMedia: "a/b",
    headers: { "Content-Security-Policy": "default-src 'self'" },
    redirects: { "/": "https://a.example.com/x?y=1#z" },
  });
});

test.each([
  ["[server]\ntimeout = 120", [120, 120]],
  ["[server]\ntimeout = 120\n[sites.2.server]\ntimeout = 600", [120, 600]],
  ["[server]\ntimeout = 120\n[web]\ntimeout = 30", [30, 30]],
])(
  "nginx waits as long as the site's server lets a request take, unless [web] says otherwise: %j",
  async (toml, all) => {
    const domains = 'domains = ["a.example.com"]\n[sites.2]\ndomains = ["b.example.com"]\n';
    const {
      web: options,
      sites,
      ...settings
    } = await settingsOf({ files: { ...smallProject, "woven.toml": `${domains}${toml}\n` } });
    const web = {
      place: layout("/home/woven", "shop", "1.2"),
      version: "1.2",
      build: "010203",
      key: "f".repeat(64),
      sites: webSites(settings, sites, { cores: 1, memory: 2 ** 31 }),
      setup: {},
    };
    const files = webConfFiles({ web, options, ipv6: false, staticUrl: null, mediaUrl: "" }, templates("/nonexistent"));
    const waits = files.flatMap(({ content }) => /proxy_read_timeout (\d+)s;/.exec(String(content))?.[1] ?? []);
    expect(waits.map(Number)).toEqual(all);
  },
);
