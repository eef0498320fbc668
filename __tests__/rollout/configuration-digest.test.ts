import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { patchedSites } from "../../src/commands/patch.ts";
import { configurationDigest, hasSameSettings, patchedConfiguration } from "../../src/rollout/configuration-digest.ts";
import { secret } from "../../src/settings/secret.ts";
import type { PatchPart, Running, Settings } from "../../src/settings/settings.ts";
import { planInput } from "./release.ts";

const folder = mkdtempSync(join(tmpdir(), "woven-configuration-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function configured(settings: Partial<Settings> = {}) {
  const { distribution, settings: read, templates } = await planInput({}, settings);
  return { settings: read, distribution, templates };
}

/** A checkout with a template of its own. */
function withTemplate(name: string): Partial<Settings> {
  const workingDirectory = mkdtempSync(join(folder, "checkout-"));
  const file = join(workingDirectory, "templates/woven", name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "own");
  return { workingDirectory };
}

const { setup: nodeSetup } = (await configured()).settings;

const other: Partial<Settings> = { sites: [{ id: 1, domains: ["other.example.com"] }] };

/** What runs the only site, where it differs. */
function ofSite(runs: Partial<Running>): Partial<Settings> {
  const site = {
    id: 1,
    domains: ["shop.example.com"],
    runs: { server: "apache", serverOptions: {}, ...runs },
  } as const;
  return { sites: [site] };
}

const ofRow: Partial<Settings> = {
  sitesFrom: "database",
  sitesWithoutDomain: [{ id: 7, domains: [], settingsModule: "shop.seven", health: { path: "/up", timeout: 1 } }],
};

/** Which part of a patch brings it up to date. */
const changes: readonly [string, Partial<Settings>, readonly PatchPart[]][] = [
  ["a secret", { secretEnv: { KEY: secret("new") } }, ["wsgi"]],
  ["a variable", { env: { A: "2" } }, ["wsgi"]],
  ["a template of the settings", withTemplate("sitesettings.py"), ["wsgi"]],
  ["a template of a release's own file", withTemplate("release/site.wsgi"), ["wsgi"]],
  ["the health check", { health: { path: "/up", timeout: 1 } }, ["webconf"]],
  ["the list of Apache's modules", { setup: { ...nodeSetup, apacheDisableModules: ["env"] } }, ["webconf"]],
  [
    "the health check of a site",
    { sites: [{ id: 1, domains: ["shop.example.com"], health: { path: "/up", timeout: 1 } }] },
    ["webconf"],
  ],
  ["an option of the server", { serverOptions: { workers: 3 } }, ["webconf"]],
  ["an option of a site's server", ofSite({ serverOptions: { workers: 3 } }), ["webconf"]],
  ["the application of a site", ofSite({ application: "shop.wsgi:other" }), ["wsgi", "webconf"]],
  ["a drop-in of the project", withTemplate("gunicorn/drop-in.conf"), ["webconf"]],
  ["the application", { application: "shop.wsgi:other" }, ["wsgi"]],
  ["a template of nginx", withTemplate("nginx-site.conf"), ["webconf"]],
  ["a template of the node", withTemplate("etc/nginx/conf.d/woven.conf"), []],
  ["a domain", other, ["wsgi", "webconf"]],
  ["what the configuration says of a site of the database", ofRow, ["wsgi", "webconf"]],
];

describe.each(changes)("where %s is another", (_, settings, needed) => {
  test.each([
    ["wsgi", "webconf"],
    ["webconf", "wsgi"],
  ] as const)("%s and then %s each do what is theirs, once", async (...order) => {
    const now = await configured(settings);
    const before = configurationDigest(await configured(), "salt");
    const patched = (from: string, part: PatchPart) => patchedConfiguration(from, now, "salt", [part]);
    const [first, then] = order;
    const halfway = patched(before, first);
    expect(halfway !== before).toBe(needed.includes(first));
    expect(patched(halfway, first)).toBe(halfway);
    const both = patched(halfway, then);
    expect(both !== halfway).toBe(needed.includes(then));
    expect(patched(both, then)).toBe(both);
  });

  test("wsgi and then webconf, or both at once, make of it what a deployment would; other parts nothing", async () => {
    const now = await configured(settings);
    const before = configurationDigest(await configured(), "salt");
    const patched = (from: string, ...parts: PatchPart[]) => patchedConfiguration(from, now, "salt", parts);
    const deployed = configurationDigest(now, "salt");
    expect(patched(patched(before, "wsgi"), "webconf")).toBe(deployed);
    expect(patched(before, "wsgi", "webconf")).toBe(deployed);
    expect(patched(before, "project", "templates", "static", "media")).toBe(before);
  });
});

test("the web servers follow the URLs that the settings have: before those there is nothing to bring, after them there is", async () => {
  const now = await configured({ staticUrl: "/s/" });
  const before = configurationDigest(await configured(), "salt");
  const patched = (from: string, part: PatchPart) => patchedConfiguration(from, now, "salt", [part]);
  expect(patched(before, "webconf")).toBe(before);
  const settings = patched(before, "wsgi");
  expect(settings).not.toBe(before);
  expect(patched(settings, "webconf")).not.toBe(settings);
  expect(patched(settings, "webconf")).toBe(configurationDigest(now, "salt"));
});

test("a template that a build changes on the disk is the one that was read before", async () => {
  const checkout = withTemplate("sitesettings.py");
  const read = await configured(checkout);
  const before = configurationDigest(read, "salt");
  writeFileSync(join(checkout.workingDirectory ?? "", "templates/woven/sitesettings.py"), "changed");
  expect(configurationDigest(read, "salt")).toBe(before);
  expect(configurationDigest(await configured(checkout), "salt")).not.toBe(before);
});

test("a template behind a link counts with its text", async () => {
  const checkout = withTemplate("sitesettings.py");
  const { workingDirectory = "" } = checkout;
  writeFileSync(join(workingDirectory, "other.conf"), "one");
  symlinkSync("../../other.conf", join(workingDirectory, "templates/woven/nginx-site.conf"));
  const before = configurationDigest(await configured(checkout), "salt");
  writeFileSync(join(workingDirectory, "other.conf"), "two");
  expect(configurationDigest(await configured(checkout), "salt")).not.toBe(before);
});

test("a release that was recorded otherwise can be patched in each part", async () => {
  const now = await configured();
  const wsgi = patchedConfiguration("0123abcd", now, "salt", ["wsgi"]);
  expect(wsgi).not.toBe("0123abcd");
  expect(patchedConfiguration(wsgi, now, "salt", ["webconf"])).toBe(configurationDigest(now, "salt"));
});

test("the settings know what they were generated from", async () => {
  const before = configurationDigest(await configured(), "salt");
  const now = await configured(other);
  expect(hasSameSettings(before, await configured(), "salt")).toBe(true);
  expect(hasSameSettings(before, now, "salt")).toBe(false);
  expect(hasSameSettings(patchedConfiguration(before, now, "salt", ["wsgi"]), now, "salt")).toBe(true);
});

describe("the sites of a patched release", () => {
  const before = [{ id: 1, domains: ["old.example.com"] }];
  const wanted = [
    { id: 1, domains: ["new.example.com"], settingsModule: "shop.other" },
    { id: 2, domains: ["two.example.com"] },
  ];
  const both = { id: 1, domains: ["old.example.com", "new.example.com"], settingsModule: "shop.other" };

  test.each<[readonly PatchPart[], ReturnType<typeof patchedSites>]>([
    [["project", "media"], { served: before, known: before }],
    [["wsgi"], { served: before, known: [both, { id: 2, domains: ["two.example.com"] }] }],
    [["webconf"], { served: wanted, known: wanted }],
    [["wsgi", "webconf"], { served: wanted, known: wanted }],
  ])("by %j", (parts, expected) => {
    expect(patchedSites(wanted, before, parts)).toEqual(expected);
  });
});
