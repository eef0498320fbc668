// The settings that Woven writes for a site, read by Python itself beside a project of a few lines. They import no Django.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { planRelease } from "../../src/rollout/release-plan.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { planInput, runtime } from "./release.ts";

const folder = mkdtempSync(join(tmpdir(), "woven-sitesettings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = `import importlib, json, sys
sys.path.insert(0, sys.argv[1])
module = importlib.import_module("sitesettings.settings")
print(json.dumps({name: getattr(module, name) for name in dir(module) if name.isupper()}, default=str))`;

interface Given {
  /** The project's own settings, in Python; `BASE` is the project's folder. */
  readonly project?: string;
  readonly settings?: Partial<Settings>;
  readonly site?: number;
}

/** What the settings of a release are on a node whose deployment root is `root`. */
async function settingsOf({ project = "", settings = {}, site = 1 }: Given) {
  const root = mkdtempSync(join(folder, "home %41 "));
  const release = join(root, "env", ".shop-0+g1a2b3c4.7f0001");
  const { generated } = planRelease(await planInput({}, settings), runtime());
  if (generated === "kept") throw new Error("nothing was generated");
  const own = {
    path: "project/shop/settings.py",
    content: `from pathlib import Path\nBASE = Path(__file__).parents[1]\n${project}\n`,
  };
  for (const { path, content } of [...generated, own, { path: "project/shop/__init__.py", content: "" }]) {
    mkdirSync(dirname(join(release, path)), { recursive: true });
    writeFileSync(join(release, path), content);
  }
  const text = execFileSync("python3", ["-B", "-c", read, join(release, "project")], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], SITE_ID: `${site}` },
  });
  return { root, release, found: JSON.parse(text) as Readonly<Record<string, unknown>> };
}

const sqlite = "django.db.backends.sqlite3";

describe("hosts", () => {
  test("are the site's domains, then what the project has, each once", async () => {
    const { found } = await settingsOf({
      settings: { sites: [{ id: 1, domains: ["a.example", "www.a.example"] }] },
      project: `ALLOWED_HOSTS = ["old.example", "a.example"]
CSRF_TRUSTED_ORIGINS = ["https://a.example", "https://forms.example"]`,
    });
    expect(found["ALLOWED_HOSTS"]).toEqual(["a.example", "www.a.example", "old.example"]);
    expect(found["CSRF_TRUSTED_ORIGINS"]).toEqual([
      "https://a.example",
      "http://a.example",
      "https://www.a.example",
      "http://www.a.example",
      "https://forms.example",
    ]);
  });

  test("are those of the site that is asked for, a two-digit one, too, with its own settings module", async () => {
    const sites = [
      { id: 1, domains: ["one.example"] },
      { id: 12, domains: ["twelve.example"], settingsModule: "shop.settings" },
    ];
    const { found } = await settingsOf({ settings: { sites }, site: 12, project: 'SITE_ID = 7\nNAME = "own"' });
    expect(found).toMatchObject({ SITE_ID: 12, ALLOWED_HOSTS: ["twelve.example"], NAME: "own", DEBUG: false });
  });
});

describe("databases", () => {
  const databases = async (project: string) => {
    const { found, ...where } = await settingsOf({ project });
    return { ...where, names: found["DATABASES"] as Readonly<Record<string, { readonly NAME?: string }>> };
  };

  test("in a file of the project live where no release goes, each alias in its own", async () => {
    const { root, names } = await databases(`DATABASES = {
    "default": {"ENGINE": "${sqlite}", "NAME": BASE / "db.sqlite3"},
    "log": {"ENGINE": "${sqlite}", "NAME": str(BASE / "log.sqlite3")},
    "near": {"ENGINE": "${sqlite}", "NAME": "near.db"},
    "unset": {},
}`);
    expect(Object.entries(names).map(([alias, { NAME }]) => [alias, NAME])).toEqual([
      ["default", join(root, "database/shop.db")],
      ["log", join(root, "database/shop-log.db")],
      ["near", join(root, "database/shop-near.db")],
    ]);
  });

  test("are found to be the project's own when their path went through a URL", async () => {
    const { root, names } = await databases(`from urllib.parse import unquote, unquote_plus
DATABASES = {
    "default": {"ENGINE": "${sqlite}", "NAME": unquote_plus(str(BASE / "db.sqlite3"))},
    "other": {"ENGINE": "${sqlite}", "NAME": unquote(str(BASE / "db.sqlite3"))},
}`);
    expect([names["default"]?.NAME, names["other"]?.NAME]).toEqual([
      join(root, "database/shop.db"),
      join(root, "database/shop-other.db"),
    ]);
  });

  test("elsewhere, in memory, or on a server are what the project says", async () => {
    const { names } = await databases(`DATABASES = {
    "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop", "HOST": "db.internal"},
    "far": {"ENGINE": "${sqlite}", "NAME": "/srv/data/far.db"},
    "memory": {"ENGINE": "${sqlite}", "NAME": ":memory:"},
}`);
    expect(names).toEqual({
      default: { ENGINE: "django.db.backends.postgresql", NAME: "shop", HOST: "db.internal" },
      far: { ENGINE: sqlite, NAME: "/srv/data/far.db" },
      memory: { ENGINE: sqlite, NAME: ":memory:" },
    });
  });
});

test("errors are logged where the project logs nothing, and its own logging stays", async () => {
  const { found } = await settingsOf({});
  expect(found["LOGGING"]).toMatchObject({ root: { handlers: ["stderr"], level: "WARNING" } });
  const own = await settingsOf({ project: 'LOGGING = {"version": 1, "incremental": True}' });
  expect(own.found["LOGGING"]).toEqual({ version: 1, incremental: true });
});

test("URLs are those of woven.toml, else the project's, else Django's usual ones; the folders are the node's", async () => {
  const plain = await settingsOf({ project: 'STATIC_ROOT = "/x"\nMEDIA_ROOT = BASE / "media"' });
  expect(plain.found).toMatchObject({
    STATIC_URL: "/static/",
    MEDIA_URL: "/media/",
    STATIC_ROOT: join(plain.release, "static"),
    MEDIA_ROOT: join(plain.root, "public/shop"),
    WOVEN_PROJECT_MEDIA_ROOT: join(plain.release, "project/media"),
  });
  const project = 'STATIC_URL = "assets/"\nMEDIA_URL = "files/"';
  expect((await settingsOf({ project })).found).toMatchObject({ STATIC_URL: "assets/", MEDIA_URL: "files/" });
  expect((await settingsOf({ project, settings: { staticUrl: "/s/", mediaUrl: "/m/" } })).found).toMatchObject({
    STATIC_URL: "/s/",
    MEDIA_URL: "/m/",
  });
});
