// Settings that are classes (django-configurations): the class that DJANGO_CONFIGURATION names is what Woven's settings are made of.
import { join } from "node:path";
import { expect, test } from "vitest";
import { templates } from "../../src/steps/templates.ts";
import { folderWith, run } from "../settings/source.ts";

// What of django-configurations 2.5 matters here: it refuses a module of classes that its importer does not import.
const importer = `import importlib.machinery, os, sys
installed = False
class Finder(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        spec = super().find_spec(name, path, target)
        if name == os.environ["DJANGO_SETTINGS_MODULE"] and spec:
            run = spec.loader.exec_module
            def exec_module(module):
                run(module)
                chosen = getattr(module, os.environ["DJANGO_CONFIGURATION"])
                vars(module).update({key: getattr(chosen, key) for key in dir(chosen) if key.isupper()})
            spec.loader.exec_module = exec_module
            return spec
def install():
    global installed
    if not installed:
        sys.meta_path.insert(0, Finder)
    installed = True
`;
const configurations = `class Meta(type):
    def __new__(cls, name, bases, attrs):
        from . import importer
        if bases and not importer.installed:
            raise RuntimeError("importer wasn't correctly installed")
        return super().__new__(cls, name, bases, attrs)
class Configuration(metaclass=Meta):
    pass
`;

async function read(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const view = { distribution: "shop", sites: '{1: {"settings": "shop.settings", "domains": ["a.example.com"]}}' };
  const given = { https: "False", schemes: '["https"]', static_url: "None", media_url: "None" };
  const render = (name: string) => templates("/nowhere").render(name, { ...view, ...given });
  const root = folderWith({
    "env/shop-1/project/sitesettings/settings.py": render("sitesettings.py"),
    "env/shop-1/project/sitesettings/_woven.py": render("release/settings.py"),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`env/shop-1/project/${path}`, text])),
  });
  const variables = { SITE_ID: "1", DJANGO_SETTINGS_MODULE: "sitesettings.settings", ...environment };
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const script =
    "import os; from sitesettings import settings; print(settings.NAME, settings.DEBUG, os.environ['DJANGO_SETTINGS_MODULE'])";
  const { code, stdout, stderr } = await run("env", [...words, "python3", "-B", "-c", script], {
    cwd: join(root, "env/shop-1/project"),
  });
  return code === 0 ? stdout.trim() : (stderr.trim().split("\n").at(-1) ?? "");
}

const classes = {
  "configurations/__init__.py": configurations,
  "configurations/importer.py": importer,
  "shop/settings.py":
    'from configurations import Configuration\nclass Base(Configuration):\n    NAME, DEBUG = "base", True\nclass Production(Base):\n    NAME = "production"\n',
};

test("the class that serves", async () => {
  expect(await read(classes, { DJANGO_CONFIGURATION: "Production" })).toBe("production False sitesettings.settings");
  expect(await read(classes, {})).toMatch(/importer wasn't correctly installed/);
});

test("plain settings stay as they are, with the variable and with the package", async () => {
  const plain = { "shop/settings.py": 'NAME = "plain"\n' };
  expect(await read(plain, { DJANGO_CONFIGURATION: "Production" })).toBe("plain False sitesettings.settings");
  expect(await read({ ...classes, ...plain }, {})).toBe("plain False sitesettings.settings");
});
