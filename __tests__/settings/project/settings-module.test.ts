// Which settings module serves, in the layouts that projects really have.
import { expect, test } from "vitest";
import { namedModules } from "../../../src/settings/project/settings-module.ts";
import { managePy, wsgiPy } from "../source.ts";
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
    /^config\/wsgi.py, which serves \(manage.py says config.settings.local\)$/,
  ],
  [
    "an empty settings package",
    { ...settingsPackage, "manage.py": managePy("config.settings"), "config/wsgi.py": wsgiPy("config.settings") },
    "config.settings.production",
    ".",
    "manage.py",
    /^manage.py names config.settings, which is empty; production.py lies in it$/,
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
      /^woven.toml: settings-module: there is no file for config.settings.prodcution \| Looked for config\/settings\/prodcution.py/,
    ),
  ]);
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    "several manage.py",
    { "a/manage.py": managePy("a.settings"), "b/manage.py": managePy("b.settings") },
    /^manage.py: there are several: a\/manage.py \(a.settings\), b\/manage.py \(b.settings\) \| Write working-directory: a .*settings-module = "a.settings"/,
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
    /^settings-module: manage.py names config.settings.local; config.settings.local or config.settings.production may be meant \| .*"config.settings.production"/,
  ],
  [
    "a module without a file",
    { "manage.py": managePy("shop.setings"), "shop/settings.py": "" },
    /^settings-module: manage.py names shop.setings, and there is no file for it \| .*settings-module = "shop.settings"/,
  ],
  [
    "a module that is worked out",
    { "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop." + stage())\n' },
    /^settings-module: there is no plain|^settings-module: manage.py states none as plain text/,
  ],
  [
    "nothing at all",
    {},
    /^settings-module: there is no manage.py, wsgi.py or asgi.py \| Write in woven.toml: ⏎ settings-module = "shop.settings"$/,
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
])("%j names %j", (source, modules) => {
  expect(namedModules(source)).toEqual(modules);
});
