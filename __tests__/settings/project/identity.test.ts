// Names and versions of projects as they come: stated in a file, left to git, or asked for.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../../src/package-files.ts";
import { commit, folderWith, managePy, problemsOf, settingsOf, told } from "../source.ts";
import { asked, config, django, foundIn, requirements } from "./layouts.ts";

const project = '[project]\nname = "shop"\n';
const dynamic = `${project}dynamic = ["version"]\n[build-system]\nbuild-backend = "setuptools.build_meta"\n`;
test.each<[string, Record<string, string>, string, string]>([
  [
    "stated in pyproject.toml",
    { "pyproject.toml": `${project}version = "1.2"\nrequires-python = ">=3.11"\n` },
    "shop 1.2",
    "pyproject.toml project.version",
  ],
  [
    "an attribute",
    {
      "pyproject.toml": `${dynamic}[tool.setuptools.dynamic]\nversion = { attr = "shop.__version__" }\n`,
      "shop/__init__.py": '__version__ = "1.3"\n"""Doc."""\n',
    },
    "shop 1.3",
    "pyproject.toml project.dynamic: shop/__init__.py",
  ],
  [
    "an attribute below src",
    {
      "pyproject.toml": `${dynamic}[tool.setuptools.dynamic]\nversion = { attr = "lib.version.VERSION" }\n`,
      "src/lib/version.py": "VERSION: str = '1.4'  # now\n",
    },
    "shop 1.4",
    "pyproject.toml project.dynamic: src/lib/version.py",
  ],
  [
    "a file",
    { "pyproject.toml": `${dynamic}[tool.setuptools.dynamic]\nversion = { file = "VERSION" }\n`, VERSION: "1.5\n" },
    "shop 1.5",
    "pyproject.toml project.dynamic: VERSION",
  ],
  [
    "hatch's path",
    {
      "pyproject.toml": `${project}dynamic = ["version"]\n[tool.hatch.version]\npath = "shop/about.py"\n`,
      "shop/about.py": '__version__ = "1.6"\n',
    },
    "shop 1.6",
    "pyproject.toml project.dynamic: shop/about.py",
  ],
  [
    "Poetry",
    { "pyproject.toml": '[tool.poetry]\nname = "shop"\nversion = "1.7"\n' },
    "shop 1.7",
    "pyproject.toml tool.poetry.version",
  ],
  [
    "Poetry beside [project]",
    { "pyproject.toml": `${project}dynamic = ["version"]\n[tool.poetry]\nversion = "1.7.1"\n` },
    "shop 1.7.1",
    "pyproject.toml tool.poetry.version",
  ],
  [
    "flit's module",
    {
      "pyproject.toml": `${project}dynamic = ["version"]\n[build-system]\nbuild-backend = "flit_core.buildapi"\n[tool.flit.module]\nname = "shop_core"\n`,
      "src/shop_core/__init__.py": '__version__ = "1.7.2"\n',
    },
    "shop 1.7.2",
    "pyproject.toml project.dynamic: src/shop_core/__init__.py",
  ],
  [
    "flit's own table",
    {
      "pyproject.toml":
        '[build-system]\nbuild-backend = "flit_core.buildapi"\n[tool.flit.metadata]\nmodule = "shop"\nrequires = ["django"]\n',
      "shop/__init__.py": '"""Shop."""\n__version__ = "1.7.3"\n',
    },
    "shop 1.7.3",
    "pyproject.toml tool.flit.metadata.module: shop/__init__.py",
  ],
  [
    "setup.py beside [project]",
    { "pyproject.toml": dynamic, "setup.py": 'setup(version="1.7.4")\n' },
    "shop 1.7.4",
    "setup.py version",
  ],
  ["setup.cfg", { "setup.cfg": "[metadata]\nname = shop\nversion: 1.8\n" }, "shop 1.8", "setup.cfg metadata.version"],
  [
    "setup.cfg with an attribute",
    {
      "setup.cfg": "[metadata]\nname = shop\nversion = attr: shop.__version__\n",
      "shop/__init__.py": '__version__ = "1.9"',
    },
    "shop 1.9",
    "setup.cfg metadata.version: shop/__init__.py",
  ],
  [
    "a literal setup.py",
    {
      "setup.py":
        'from setuptools import setup\nsetup(\n    name="shop",\n    version=\'2.0\',  # version="9"\n    packages=[],\n)\n',
    },
    "shop 2.0",
    "setup.py version",
  ],
  [
    "a setup.py with a constant",
    { "setup.py": 'import setuptools\nVERSION = "2.1"\nsetuptools.setup(version=VERSION, name="shop")\n' },
    "shop 2.1",
    "setup.py version",
  ],
  [
    "a pyproject.toml that only holds tools, and setup.cfg",
    { "pyproject.toml": "[tool.ruff]\n", "setup.cfg": "[metadata]\nname = shop\nversion = 2.2\n" },
    "shop 2.2",
    "setup.cfg metadata.version",
  ],
])("%s", async (_, files, identity, from) => {
  const found = await foundIn({ ...django, ...requirements, ...files });
  expect(`${found.distributionName?.value} ${found.version.value}`).toBe(identity);
  expect(found.version.from).toBe(from);
});

test("nothing stated: the repository's name and git's description", async () => {
  const root = folderWith({ ...config, ...django, ...requirements });
  await commit(root, "2026.1");
  const found = await settingsOf({ root, env: { GITHUB_REPOSITORY: "acme/shop-site" } });
  expect(found.distributionName).toEqual({ value: "shop-site", from: "the repository's name" });
  expect(found.distribution?.version).toEqual({ value: "2026.1", from: "git describe --tags --always" });
  const sha = await commit(root);
  expect((await settingsOf({ root })).distribution?.version.value).toBe(`2026.1-1-g${sha.slice(0, 7)}`);
});

test("a tag that moves, such as latest, is no version", async () => {
  const root = folderWith({ ...config, ...django, ...requirements });
  await commit(root, "v1.4");
  const sha = (await commit(root, "latest")).slice(0, 7);
  expect((await settingsOf({ root })).distribution?.version.value).toBe(`v1.4-1-g${sha}`);
  const other = folderWith({ ...config, ...django, ...requirements });
  const only = (await commit(other, "production")).slice(0, 7);
  expect((await settingsOf({ root: other })).distribution?.version.value).toBe(only);
  const fromGit = { "woven.toml": `${config["woven.toml"]}version-from = "git"\n`, ...django, ...requirements };
  const moving = folderWith(fromGit);
  const first = (await commit(moving, "stable")).slice(0, 7);
  expect((await settingsOf({ root: moving })).distribution?.version.value).toBe(`0+g${first}`);
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    "setuptools-scm",
    {
      "pyproject.toml":
        '[project]\nname = "shop"\ndynamic = ["version"]\n[build-system]\nbuild-backend = "setuptools.build_meta"\n[tool.setuptools_scm]\n',
    },
    /^git describe --tags --always \(pyproject.toml project.dynamic: computed by setuptools.build_meta\)$/,
  ],
  [
    "a computed setup.py",
    { "setup.py": 'setup(name="shop", version=read("VERSION"))' },
    /^git describe .*\(setup.py version: computed when it runs\)$/,
  ],
  ["a formatted setup.py", { "setup.py": 'setup(name="shop", version=f"{a}.1")' }, /setup.py version/],
])("a version that is worked out by %s comes from git, and says so", async (_, files, from) => {
  const root = folderWith({ ...config, ...django, ...requirements, ...files });
  await commit(root, "3.0");
  const { distribution } = await settingsOf({ root });
  expect(distribution?.version).toEqual({ value: "3.0", from: expect.stringMatching(from) });
});

test("setup.py is read, never run", async () => {
  const setup =
    'open("ran", "w"); __import__("pathlib").Path(__file__).with_name("ran").touch(); setup(name="shop", version="1")';
  const root = folderWith({ ...config, ...django, ...requirements, "setup.py": setup });
  expect((await settingsOf({ root })).distributionName?.value).toBe("shop");
  expect([existsSync(join(root, "ran")), existsSync("ran")]).toEqual([false, false]);
});

test("version-from = git makes every commit a release", async () => {
  const files = { "woven.toml": `${config["woven.toml"]}version-from = "git"\n`, ...django, ...requirements };
  const stated = folderWith({ ...files, "pyproject.toml": '[project]\nname = "shop"\nversion = "1.2"\n' });
  const sha = (await commit(stated)).slice(0, 7);
  expect((await settingsOf({ root: stated })).distribution?.version.value).toBe(`1.2+g${sha}`);
  const tagged = folderWith(files);
  const other = (await commit(tagged, "v0.9")).slice(0, 7);
  expect((await settingsOf({ root: tagged })).distribution?.version.value).toBe(`0.9+g${other}`);
  expect(await told({ root: folderWith(files) })).toEqual([
    expect.stringMatching(/^woven.toml: version-from: is "git", /),
  ]);
  const sealed = await settingsOf({
    root: folderWith(files),
    env: { GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567" },
  });
  expect(sealed.distribution?.version.value).toBe("0+g0123456");
});

test("the version input and the distribution key win", async () => {
  const files = {
    ...django,
    ...requirements,
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n',
    "woven.toml": `${config["woven.toml"]}distribution = "store"\n`,
  };
  const found = await foundIn(files, { version: "7.7" });
  expect([found.distributionName, found.version]).toEqual([
    { value: "store", from: "woven.toml distribution" },
    { value: "7.7", from: "input version" },
  ]);
});

test("what cannot be a name or a version is refused", async () => {
  const files = { ...django, ...requirements, "pyproject.toml": '[project]\nname = "my shop"\nversion = "1 0"\n' };
  expect(await asked(files)).toEqual([
    expect.stringMatching(
      /^pyproject.toml project.name: the name "my shop" is not a distribution name.*distribution = "my-shop"/,
    ),
    expect.stringMatching(/^pyproject.toml project.version: "1 0" is not a version/),
  ]);
  expect(await asked({ ...django, ...requirements })).toEqual([
    expect.stringMatching(/^version: no version was found: .*/),
  ]);
});

test("a project in a subfolder of a repository of several", async () => {
  const root = folderWith({
    "frontend/package.json": "{}",
    "other/manage.py": managePy("other.settings"),
    "backend/pyproject.toml":
      '[project]\nname = "shop"\nversion = "1"\ndependencies = ["django"]\n[tool.woven]\ndomains = ["shop.example.com"]\n',
    "backend/manage.py": managePy("shop.settings"),
    "backend/shop/settings.py": "",
  });
  const settings = await settingsOf({ root, inputs: { "working-directory": "backend" } });
  expect(settings).toMatchObject({
    workingDirectory: `${root}/backend`,
    distributionName: { value: "shop" },
    distribution: { managePy: "manage.py", sourceRoot: { value: "." } },
  });
});

test("a problem with what pyproject.toml states points at its line", async () => {
  const files = {
    ...config,
    ...django,
    ...requirements,
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1 0"\nrequires-python = "^3.11"\n',
  };
  const problems = await problemsOf({ files });
  expect(problems.map(({ file, line }) => [file, line])).toEqual([
    ["pyproject.toml", 3],
    ["pyproject.toml", 4],
  ]);
});

test.each([
  [
    "configured",
    { ...requirements, ...django, "woven.toml": 'domains = ["shop.example.com"]\ndistribution = "python"\n' },
  ],
  ["found", { ...requirements, ...django, ...config, "pyproject.toml": '[project]\nname = "python"\nversion = "1"\n' }],
])("a name that Woven needs for a folder of its own on servers is refused where it is %s", async (_, files) => {
  expect(await asked(files, { version: "1" })).toEqual([expect.stringContaining('"python"')]);
});

test("a distribution cannot have a name that Woven uses in its own folder on a server", async () => {
  const sources = ["src", "templates"].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")),
  );
  const used = sources.flatMap((text) =>
    [...text.matchAll(/\/var\/local\/woven\/([\w-]+)(?![\w.-])/g)].map(([, name = ""]) => name),
  );
  expect(used.length).toBeGreaterThan(10);
  for (const name of new Set(used.filter((one) => !one.endsWith("-")))) {
    const files = {
      ...requirements,
      ...django,
      "woven.toml": `domains = ["shop.example.com"]\ndistribution = "${name}"\n`,
    };
    expect(await asked(files, { version: "1" }), name).toEqual([expect.stringContaining(`"${name}"`)]);
  }
});
