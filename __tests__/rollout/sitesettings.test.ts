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

/** As `manage` and the WSGI scripts come to the settings, and as Django does: by an object that its settings are read from. */
const read = `import importlib, json, os, sys, types
sys.path.insert(0, sys.argv[1])
import _woven_environment
_woven_environment.enter(int(os.environ["SITE_ID"]))
class LazySettings(types.SimpleNamespace):
    __module__ = "django.conf"
conf = sys.modules["django.conf"] = types.SimpleNamespace(settings=LazySettings())
django = conf.settings
module = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
django.__dict__.update({name: getattr(module, name) for name in dir(module) if name.isupper()})
if sys.argv[2:]:
    exec(sys.argv[2], {"settings": conf.settings})
    from sitesettings import _woven
    print(json.dumps({"differences": _woven.differences(conf.settings), "settings": vars(conf.settings)}, default=str))
    sys.exit()
print(json.dumps({name: getattr(module, name) for name in dir(module) if name.isupper()}, default=str))`;

interface Given {
  /** The project's own settings, in Python; `BASE` is the project's folder. */
  readonly project?: string;
  readonly settings?: Partial<Settings>;
  readonly site?: number;
  /** Others of the project, by path in the release. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A release on a node whose deployment root is `root`. */
async function written({ project = "", settings = {}, site = 1, files = {} }: Given) {
  const root = mkdtempSync(join(folder, "home %41 "));
  const release = join(root, "env", ".shop-0+g1a2b3c4.7f0001");
  const { generated } = planRelease(await planInput({}, settings), runtime());
  if (generated === "kept") throw new Error("nothing was generated");
  const own = {
    path: "project/shop/settings.py",
    content: `from pathlib import Path\nBASE = Path(__file__).parents[1]\n${project}\n`,
  };
  const others = Object.entries({ "project/shop/__init__.py": "", ...files }).map(([path, content]) => ({
    path,
    content,
  }));
  for (const { path, content } of [...generated, own, ...others]) {
    mkdirSync(dirname(join(release, path)), { recursive: true });
    writeFileSync(join(release, path), content);
  }
  const ask = (...words: readonly string[]) =>
    JSON.parse(
      execFileSync("python3", ["-B", "-c", read, join(release, "wsgi"), ...words], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], SITE_ID: `${site}` },
      }),
    );
  return { root, release, ask };
}

/** What the settings of that release are. */
async function settingsOf(given: Given) {
  const { ask, ...where } = await written(given);
  return { ...where, found: ask() as Readonly<Record<string, unknown>> };
}

/** What Django sees in the end, when `then` has been done with its `settings`, and what of that is not as it was set. */
async function inTheEnd(given: Given, then = "pass") {
  const { ask, ...where } = await written(given);
  return {
    ...where,
    ...(ask(then) as {
      readonly differences: readonly string[];
      readonly settings: Readonly<Record<string, unknown>>;
    }),
  };
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
    // The origin of http that it is served at, Django trusts by itself; behind https it must not.
    expect(found["CSRF_TRUSTED_ORIGINS"]).toEqual([
      "https://a.example",
      "https://www.a.example",
      "https://forms.example",
    ]);
  });

  test.each([
    ["none", ["HTTP_X_FORWARDED_SSL", "on"]],
    ["files", ["HTTP_X_FORWARDED_PROTO", "https"]],
    ["proxy", ["HTTP_X_FORWARDED_PROTO", "https"]],
  ] as const)("with tls %s, a visitor cannot forge that he came by https", async (kind, header) => {
    const { found } = await settingsOf({
      settings: { tls: { kind, trusted: [] } },
      project: 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_SSL", "on")',
    });
    expect(found["SECURE_PROXY_SSL_HEADER"]).toEqual(header);
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

test("a project may have settings, modules and variables of any name: its own stay, and so does what the server knows", async () => {
  const names = ["RELEASE", "ROOT", "SITES", "SCHEMES", "DOMAINS", "STATIC_URL", "MEDIA_URL", "SITE", "PATHS"];
  const { root, release, found } = await settingsOf({
    files: {
      "project/environment.py": "WHOSE = 'the project'\n",
      "project/manage.py": "WHOSE = 'the project'\n",
      "project/describe.py": "WHOSE = 'the project'\n",
      "project/settings.py": "WHOSE = 'the project'\n",
    },
    project: `import os, sys
import environment, manage, describe, settings
WHOSE = [module.WHOSE for module in (environment, manage, describe, settings)]
RELEASE = "2026.1"
ROOT = BASE
SITES = {"default": 1}
SCHEMES = "ftp"
DOMAINS = SITE = PATHS = 7
os.environ["SITE_ID"] = "99"
SITE_ID = 99
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE / "db.sqlite3"}}
DEBUG = True
def _own(name): return None
def _kept(*names): return None
_project = _woven = project = applied = import_module = Path = os = None
`,
  });
  expect(found).toMatchObject({
    ...{ RELEASE: "2026.1", ROOT: join(release, "project"), SITES: { default: 1 }, SCHEMES: "ftp" },
    ...{ DOMAINS: 7, SITE: 7, PATHS: 7, WHOSE: ["the project", "the project", "the project", "the project"] },
    ...{ DEBUG: false, SITE_ID: 1, ALLOWED_HOSTS: ["shop.example.com"] },
    STATIC_ROOT: join(release, "static"),
    MEDIA_ROOT: join(root, "public/shop"),
    DATABASES: { default: { NAME: join(root, "database/shop.db") } },
  });
  expect(names.filter((name) => !(name in found))).toEqual([]);
});

test("no module of Woven's has a name that is not its own", async () => {
  const { generated } = planRelease(await planInput(), runtime());
  if (generated === "kept") throw new Error("nothing was generated");
  const importable = generated.map(({ path }) => path).filter((path) => /^wsgi\/.*\.py$/.test(path));
  expect(importable.length).toBeGreaterThan(0);
  expect(importable.filter((path) => !path.startsWith("wsgi/_woven"))).toEqual([]);
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

describe("what Django sees in the end", () => {
  const project = `DEBUG = True
DATABASES = {"default": {"ENGINE": "${sqlite}", "NAME": BASE / "db.sqlite3"}}`;

  test("is what was set", async () => {
    expect((await inTheEnd({ project })).differences).toEqual([]);
  });

  test("is what was set, too, where the project's settings end in an object that takes the place of Django's", async () => {
    const { differences, settings, root } = await inTheEnd({
      project: `${project}
import sys, types
ALLOWED_HOSTS = ["*"]
conf = sys.modules["django.conf"]
conf.settings = types.SimpleNamespace(**{name: value for name, value in globals().items() if name.isupper()})`,
    });
    expect(differences).toEqual([]);
    expect(settings).toMatchObject({
      DEBUG: false,
      ALLOWED_HOSTS: ["shop.example.com", "*"],
      MEDIA_ROOT: join(root, "public/shop"),
      DATABASES: { default: { NAME: join(root, "database/shop.db") } },
    });
  });

  test.each<[string, string, RegExp]>([
    ["DEBUG", "settings.DEBUG = True", /^DEBUG is True, but on this server it must be False\./],
    ["ALLOWED_HOSTS", 'settings.ALLOWED_HOSTS = ["x.example"]', /^ALLOWED_HOSTS is .*, without shop\.example\.com\./],
    ["ALLOWED_HOSTS", 'settings.ALLOWED_HOSTS.append("*")', /^ALLOWED_HOSTS is .*, which accepts every host\./],
    ["STATIC_URL", 'settings.STATIC_URL = "/other/"', /^STATIC_URL is '\/other\/', .* must be '\/static\/'\./],
    ["STATIC_ROOT", "settings.STATIC_ROOT = None", /^STATIC_ROOT is None, .* must be '.*\/static'\./],
    ["MEDIA_URL", "del settings.MEDIA_URL", /^MEDIA_URL is None, /],
    ["MEDIA_ROOT", 'settings.MEDIA_ROOT = "media"', /^MEDIA_ROOT is 'media', .* must be '.*\/public\/shop'\./],
    ["SITE_ID", "settings.SITE_ID = 2", /^SITE_ID is 2, but on this server it must be 1\./],
    [
      "DATABASES",
      `settings.DATABASES = {"default": {"ENGINE": "${sqlite}", "NAME": "db.sqlite3", "PASSWORD": "hunter2"}}`,
      /^DATABASES has 'default' in a file of the release, db\.sqlite3\.(?!.*hunter2)/,
    ],
  ])("is an error where %s is another one by then: %s", async (name, then, words) => {
    const files = { "project/shop/late.py": `# ${name}\n`, "project/shop/other.py": "" };
    const { differences } = await inTheEnd({ project: `${project}\nimport shop.late, shop.other`, files }, then);
    expect(differences).toEqual([expect.stringMatching(words)]);
    expect(differences[0]).toMatch(/ Set in shop\/late\.py( or shop\/settings\.py)?\.$/);
  });

  test("may be more hosts, and a URL as Django completes it", async () => {
    const then = 'settings.ALLOWED_HOSTS += [".tenants.example"]; settings.STATIC_URL = "/assets/"';
    expect((await inTheEnd({ project: 'STATIC_URL = "assets/"' }, then)).differences).toEqual([]);
  });
});
