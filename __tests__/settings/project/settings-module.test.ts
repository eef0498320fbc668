// Which settings module serves, in the layouts that projects really have.
import { expect, test } from "vitest";
import { namedModules } from "../../../src/settings/project/named-module.ts";
import { managePy, settingsOf, wsgiPy } from "../source.ts";
import { asked, config, django, foundIn, requirements } from "./layouts.ts";

const version = { version: "1" };
const settingsPackage = {
  "config/__init__.py": "",
  "config/settings/__init__.py": "",
  "config/settings/base.py": "",
  "config/settings/local.py": "",
  "config/settings/production.py": "",
};
test.each<[string, Record<string, string>, string, string, string | undefined, RegExp]>([
  ["manage.py at the top", django, "shop.settings", ".", "manage.py", /^manage.py$/],
  [
    "manage.py in src",
    { "src/manage.py": managePy("shop.settings"), "src/shop/settings.py": "" },
    "shop.settings",
    "src",
    "src/manage.py",
    /^src\/manage.py$/,
  ],
  [
    "manage.py at the top, code in src",
    { "manage.py": managePy("shop.settings"), "src/shop/settings.py": "" },
    "shop.settings",
    "src",
    "manage.py",
    /^manage.py$/,
  ],
  [
    "a subfolder",
    { "backend/manage.py": managePy("shop.settings"), "backend/shop/settings.py": "" },
    "shop.settings",
    "backend",
    "backend/manage.py",
    /^backend\/manage.py$/,
  ],
  [
    "wsgi.py says production, manage.py local",
    {
      ...settingsPackage,
      "manage.py": managePy("config.settings.local"),
      "config/wsgi.py": wsgiPy("config.settings.production"),
    },
    "config.settings.production",
    ".",
    "manage.py",
    /^config\/wsgi.py \(manage.py names config.settings.local\)$/,
  ],
  [
    "an empty settings package",
    { ...settingsPackage, "manage.py": managePy("config.settings"), "config/wsgi.py": wsgiPy("config.settings") },
    "config.settings.production",
    ".",
    "manage.py",
    /^manage.py names config.settings, which is empty; production.py .*$/,
  ],
  [
    "a settings package that chooses",
    {
      ...settingsPackage,
      "config/settings/__init__.py": "from .production import *\n",
      "manage.py": managePy("config.settings"),
    },
    "config.settings",
    ".",
    "manage.py",
    /^manage.py$/,
  ],
  [
    "no manage.py",
    { "shop/wsgi.py": wsgiPy("shop.settings"), "shop/settings.py": "" },
    "shop.settings",
    ".",
    undefined,
    /^shop\/wsgi.py$/,
  ],
  [
    "only asgi.py",
    { "shop/asgi.py": wsgiPy("shop.settings"), "shop/settings.py": "" },
    "shop.settings",
    ".",
    undefined,
    /^shop\/asgi.py$/,
  ],
  [
    "an example below the project",
    {
      ...django,
      "example/manage.py": managePy("example.settings"),
      "sandbox/manage.py": managePy("sandbox.settings"),
    },
    "shop.settings",
    ".",
    "manage.py",
    /^manage.py$/,
  ],
  [
    "somebody else's wsgi.py beside",
    { ...django, "shop/wsgi.py": wsgiPy("shop.settings"), "other/wsgi.py": wsgiPy("other.settings") },
    "shop.settings",
    ".",
    "manage.py",
    /^manage.py$/,
  ],
  [
    "a virtualenv in the tree",
    { ...django, "myenv/pyvenv.cfg": "", "myenv/manage.py": managePy("other.settings") },
    "shop.settings",
    ".",
    "manage.py",
    /^manage.py$/,
  ],
])("%s", async (_, files, module, root, manage, from) => {
  const found = await foundIn({ ...requirements, ...files }, version);
  expect([found.settingsModule.value, found.sourceRoot.value, found.managePy]).toEqual([module, root, manage]);
  expect(found.settingsModule.from).toMatch(from);
});

const layered = {
  "config/__init__.py": "",
  "config/settings/__init__.py": "",
  "config/settings/base.py": "",
  "config/settings/ci.py": "",
  "config/settings/development.py": "",
};

test.each<[string, Record<string, string>, string, string]>([
  [
    "a folder named example",
    { "manage.py": managePy("example.settings"), "example/example/settings.py": "" },
    "example.settings",
    "example",
  ],
  [
    "all of it in example",
    { "example/manage.py": managePy("shop.settings"), "example/shop/settings.py": "" },
    "shop.settings",
    "example",
  ],
  [
    "a project called media",
    { "manage.py": managePy("media.settings"), "media/settings.py": "", "media/wsgi.py": wsgiPy("media.settings") },
    "media.settings",
    ".",
  ],
  [
    "settings in env",
    { "manage.py": managePy("shop.env.production"), "shop/env/production.py": "" },
    "shop.env.production",
    ".",
  ],
  [
    "a project called docs with a package of settings",
    { "manage.py": managePy("docs.settings"), "docs/settings/__init__.py": "DEBUG = False\n" },
    "docs.settings",
    ".",
  ],
  [
    "an example with a wsgi.py of its own below the project",
    {
      ...django,
      "example/wsgi.py": wsgiPy("example.settings"),
      "example/settings.py": "",
      "shop/wsgi.py": wsgiPy("shop.settings"),
    },
    "shop.settings",
    ".",
  ],
  [
    "a manage.py in tests",
    {
      "backend/manage.py": managePy("shop.settings"),
      "backend/shop/settings.py": "",
      "tests/manage.py": managePy("tests.settings"),
    },
    "shop.settings",
    "backend",
  ],
  [
    "the only module, where wsgi.py works it out",
    { ...django, "shop/wsgi.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"{name}.settings")\n' },
    "shop.settings",
    ".",
  ],
  [
    "development, where wsgi.py says so",
    {
      ...layered,
      "manage.py": managePy("config.settings.development"),
      "config/wsgi.py": wsgiPy("config.settings.development"),
    },
    "config.settings.development",
    ".",
  ],
])("%s is found", async (_, files, module, root) => {
  const found = await foundIn({ ...requirements, ...files }, version);
  expect([found.settingsModule.value, found.sourceRoot.value]).toEqual([module, root]);
});

test("settings-module wins, and is looked up", async () => {
  const files = {
    ...settingsPackage,
    ...requirements,
    "manage.py": managePy("config.settings.local"),
    "woven.toml": `${config["woven.toml"]}settings-module = "config.settings.production"\n`,
  };
  expect((await foundIn(files, version)).settingsModule).toEqual({
    value: "config.settings.production",
    from: "woven.toml settings-module",
  });
  const misspelt = { ...files, "woven.toml": files["woven.toml"].replace("production", "prodcution") };
  expect(await asked(misspelt, version)).toEqual([
    expect.stringMatching(
      /^woven.toml: settings-module: there is no file for config.settings.prodcution \| Did you mean config.settings.production\? .*config\/settings\/prodcution.py/,
    ),
  ]);
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    "several manage.py",
    { "a/manage.py": managePy("a.settings"), "b/manage.py": managePy("b.settings") },
    /^manage.py: there are several: a\/manage.py \(a.settings\), b\/manage.py \(b.settings\) \| .*working-directory: a .*settings-module = "a.settings"/,
  ],
  [
    "several wsgi.py",
    { "a/wsgi.py": wsgiPy("a.settings"), "b/wsgi.py": wsgiPy("b.settings") },
    /^settings-module: a\/wsgi.py, b\/wsgi.py name several modules: a.settings, b.settings/,
  ],
  [
    "development only, beside production",
    {
      ...settingsPackage,
      "manage.py": managePy("config.settings.local"),
      "config/wsgi.py": wsgiPy("config.settings.local"),
    },
    /^settings-module: manage.py names config.settings.local.* config.settings.production \| .*"config.settings.production"/,
  ],
  [
    "a module without a file",
    { "manage.py": managePy("shop.setings"), "shop/settings.py": "" },
    /^settings-module: manage.py names shop.setings, .* \| .*settings-module = "shop.settings"/,
  ],
  [
    "a module that is worked out",
    { "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop." + stage())\n' },
    /^settings-module: manage.py .* \| .*settings-module = "shop.settings"$/,
  ],
  [
    "a wsgi.py that works its module out",
    {
      ...settingsPackage,
      "manage.py": managePy("config.settings.local"),
      "config/wsgi.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings." + os.environ["STAGE"])\n',
    },
    /^settings-module: config\/wsgi.py .*; there are config.settings.production, config.settings.base, config.settings.local \| .*settings-module = "config.settings.production"$/,
  ],
  [
    "a settings package of base, development and ci, with no file that names one to serve",
    { ...layered, "manage.py": managePy("config.settings.development") },
    /^settings-module: manage.py names config.settings.development.* config.settings.base, config.settings.ci \| .*"config.settings.base"$/,
  ],
  [
    "the same below the folder of the code",
    {
      "backend/manage.py": 'os.environ["DJANGO_SETTINGS_MODULE"] = which()\n',
      "backend/shop/settings/base.py": "",
      "backend/shop/settings/ci.py": "",
    },
    /^settings-module: backend\/manage.py .*; there are shop.settings.base, shop.settings.ci \| .*settings-module = "shop.settings.base"$/,
  ],
  [
    "nothing at all",
    {},
    /^settings-module: there is no manage.py, wsgi.py or asgi.py \| .*actions\/checkout.*working-directory/,
  ],
])("%s is asked", async (_, files, line) => {
  expect(await asked({ ...requirements, ...files }, version)).toEqual([expect.stringMatching(line)]);
});

test.each<[string, string[]]>([
  ['os.environ["DJANGO_SETTINGS_MODULE"] = "a.b"\nimport x\n', ["a.b"]],
  ["os.environ.setdefault(\n    'DJANGO_SETTINGS_MODULE',\n    'a.b',\n)", ["a.b"]],
  ['# os.environ["DJANGO_SETTINGS_MODULE"] = "old"\nos.environ["DJANGO_SETTINGS_MODULE"] = "a"', ["a"]],
  ['"""os.environ["DJANGO_SETTINGS_MODULE"] = "doc" """', []],
  ['os.environ["DJANGO_SETTINGS_MODULE"] = f"a.{x}"', []],
  ['os.environ["DJANGO_SETTINGS_MODULE"] = "a.%s" % x', []],
  ['os.environ["DJANGO_SETTINGS_MODULE"] = "a.{}".format(x)', []],
  ['print(os.environ["DJANGO_SETTINGS_MODULE"])', []],
  ['MODULE = "a.b"\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", MODULE)\n', ["a.b"]],
  ['os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)\n', []],
])("%j names %j", (source, modules) => {
  expect(namedModules(source)).toEqual(modules);
});

const classes =
  "from configurations import Configuration\nclass Base(Configuration):\n    A = 1\nclass Dev(Base):\n    pass\nclass Production(Base):\n    pass\n";
const starter = (name: string) =>
  `import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\nos.environ.setdefault("DJANGO_CONFIGURATION", "${name}")\nfrom configurations.wsgi import get_wsgi_application\n`;

test.each<[string, Record<string, string>, string | undefined]>([
  ["wsgi.py names it", { "shop/wsgi.py": starter("Production"), "manage.py": starter("Dev") }, "Production"],
  ["only manage.py names it", { "manage.py": starter("Production") }, "Production"],
  [
    "the configuration names it",
    { "manage.py": starter("Dev"), "woven.toml": `${config["woven.toml"]}env.DJANGO_CONFIGURATION = "Staging"\n` },
    "Staging",
  ],
  [
    "the project does not use it",
    { "manage.py": managePy("shop.settings"), "shop/settings.py": "configurations = 1\n" },
    undefined,
  ],
])("django-configurations: %s", async (_, files, name) => {
  const project = { ...config, ...requirements, "shop/settings.py": classes, ...files };
  const settings = await settingsOf({ files: project, inputs: version });
  expect(settings.env["DJANGO_CONFIGURATION"]).toBe(name);
});

test("django-configurations: which class serves is asked where only developers say so, unless a variable does", async () => {
  const files = { ...requirements, "shop/settings.py": classes, "manage.py": starter("Dev") };
  expect(await asked(files, version)).toEqual([
    expect.stringMatching(
      /^DJANGO_CONFIGURATION: .*: .*Production, Base or Dev \| Write in woven.toml: ⏎ env.DJANGO_CONFIGURATION = "Production"$/,
    ),
  ]);
  const settings = await settingsOf({
    files: { ...config, ...files },
    inputs: { ...version, env: "DJANGO_CONFIGURATION=Base" },
  });
  expect(settings.env).toEqual({});
});
