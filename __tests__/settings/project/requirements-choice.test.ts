// Projects with several files that could be the requirements: Django decides, and where it cannot, the run asks.
import { expect, test } from "vitest";
import { readSettings } from "../../../src/settings/read.ts";
import type { Distribution } from "../../../src/settings/settings.ts";
import { folderWith, managePy, rightInputs, run, settingsOf, told, worldOf } from "../source.ts";
import { asked, config, django, foundIn } from "./layouts.ts";

const version = { version: "1" };
const holds = "Django==5.2\n";
const other = "requests==2.32\n";
const stated = (list: string) => ({ "pyproject.toml": `[project]\nname = "shop"\ndependencies = [${list}]\n` });
const files = (...paths: string[]) => ({ kind: "files", paths });

test.each<[string, Record<string, string>, Distribution["requirements"]["value"] | object]>([
  [
    "a file for another purpose beside the project's own list",
    { "requirements_migrations.txt": other, ...stated('"django"') },
    { kind: "project", dependencies: ["django"] },
  ],
  [
    "a file for another purpose beside the real one",
    { "requirements_migrations.txt": other, "requirements_web.txt": holds },
    files("requirements_web.txt"),
  ],
  [
    "a folder for each place it runs in",
    { "requirements/prod/requirements.txt": holds, "requirements/dev/requirements.txt": holds },
    files("requirements/prod/requirements.txt"),
  ],
  [
    "Django in a file that is included",
    { "requirements.txt": "-r deps/web.in\ngunicorn\n", "deps/web.in": holds },
    files("requirements.txt"),
  ],
  ["a package that brings Django", { "requirements.txt": "wagtail==7.0\n" }, files("requirements.txt")],
  ["an own package of unknown contents", { "requirements.txt": "-e ./libs/all\n" }, files("requirements.txt")],
  [
    "one at the top that includes the one beside manage.py",
    { "requirements.txt": "-r backend/requirements.txt\n", "backend/requirements.txt": holds, ...moved("backend") },
    files("requirements.txt"),
  ],
  [
    "one at the top for something else",
    { "requirements.txt": other, "backend/requirements.txt": holds, ...moved("backend") },
    files("backend/requirements.txt"),
  ],
  [
    "a lock for something else",
    { "poetry.lock": '[[package]]\nname = "ruff"\n', "requirements.txt": holds },
    files("requirements.txt"),
  ],
  [
    "Pipfile.lock",
    { "Pipfile.lock": '{"default": {"django": {"version": "==5.2"}}}' },
    { kind: "lock", format: "pipfile", path: "Pipfile.lock" },
  ],
  [
    "production includes base",
    { "requirements/base.txt": holds, "requirements/prod.txt": "-r base.txt\ngunicorn\n" },
    files("requirements/prod.txt"),
  ],
])("%s", async (_, project, value) => {
  const layout = "backend/manage.py" in project ? {} : django;
  expect((await foundIn({ ...layout, ...project }, version)).requirements.value).toEqual(value);
});

function moved(folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ "manage.py": managePy("shop.settings"), "shop/settings.py": "" }).map(([path, text]) => [
      `${folder}/${path}`,
      text,
    ]),
  );
}

test.each<[string, Record<string, string>, RegExp]>([
  [
    "two in different places",
    { "requirements.txt": holds, "requirements/requirements.txt": holds },
    /^requirements: .*: requirements.txt, requirements\/requirements.txt \| .*requirements = \["requirements.txt"\]$/,
  ],
  [
    "production has only what comes on top",
    { "requirements/base.txt": holds, "requirements/prod.txt": "gunicorn\n" },
    /^requirements: requirements\/prod.txt .* requirements\/base.txt .*\| .*requirements = \["requirements\/base.txt", "requirements\/prod.txt"\]$/,
  ],
  [
    "no Django anywhere",
    {
      "requirements.txt": other,
      "requirements-migrations.txt": other,
      "requirements-dev.txt": holds,
      ...stated('"requests"'),
    },
    /^requirements: .*Django is not among the packages of requirements-migrations.txt, requirements.txt, pyproject.toml project.dependencies; requirements-dev.txt .*\| Add Django /,
  ],
])("%s: it asks", async (_, project, line) => {
  expect(await asked({ ...django, ...project }, version)).toEqual([expect.stringMatching(line)]);
});

test.each<[string, string, RegExp]>([
  ["pywin32==306", "pywin32==306", /^requirements.txt:2: "pywin32==306" .*Windows \| Delete the line.$/],
  [
    "pkg-resources==0.0.0",
    "pkg-resources==0.0.0",
    /^requirements.txt:2: "pkg-resources==0.0.0" .*: pip freeze on Debian and Ubuntu/,
  ],
  ["pkg_resources == 0.0.0", "pkg_resources == 0.0.0  # ?", /Debian/],
  ...[
    ["git+git@example.com:acme/own.git@main#egg=own", "git+ssh://git@example.com/acme/own.git@main#egg=own"],
    ["own @ git+ssh://git@example.com:acme/own.git", "git+ssh://git@example.com/acme/own.git"],
    ["-e git+git@example.com:acme/own.git#egg=own", "git+ssh://git@example.com/acme/own.git#egg=own"],
  ].map(([text = "", url = ""]): [string, string, RegExp] => [
    text,
    text,
    new RegExp(`^requirements.txt:2: .* ${url.replaceAll(/[+.]/g, "\\$&")}$`),
  ]),
])("%s is told with its line", async (_, text, line) => {
  expect(await asked({ ...django, "requirements.txt": `${holds}${text}\n` }, version)).toEqual([
    expect.stringMatching(line),
  ]);
});

test("the project's own list is read for such packages, too", async () => {
  expect(await asked({ ...django, ...stated('"django", "pywin32>=306"') }, version)).toEqual([
    expect.stringMatching(/^pyproject.toml project.dependencies: "pywin32>=306" .*Windows/),
  ]);
});

test("an address with a port is no short form", async () => {
  const text = `${holds}own @ git+ssh://git@example.com:2222/acme/own.git\n`;
  const found = await foundIn({ ...django, "requirements.txt": text }, version);
  expect(found.requirements.value).toEqual(files("requirements.txt"));
});

test("a line for Windows that says so is fine", async () => {
  const found = await foundIn(
    { ...django, "requirements.txt": `${holds}pywin32==306 ; sys_platform == "win32"\n` },
    version,
  );
  expect(found.requirements.value).toEqual(files("requirements.txt"));
});

test("requirements in UTF-16, and in Latin-1 with a coding line, are read; a line that cannot be is named", async () => {
  const { writeFileSync } = await import("node:fs");
  const root = folderWith({ ...config, ...django });
  const write = (bytes: Buffer) => writeFileSync(`${root}/requirements.txt`, bytes);
  write(Buffer.from("\uFEFFrequests\r\nDjango==5.2\r\n", "utf16le"));
  const found = async () => (await settingsOf({ root, inputs: version })).distribution?.requirements.value;
  expect(await found()).toEqual(files("requirements.txt"));
  write(Buffer.from("# -*- coding: latin-1 -*-\n# für alle\nDjango==5.2\n", "latin1"));
  expect(await found()).toEqual(files("requirements.txt"));
  write(Buffer.from("Django==5.2\n# für alle\n", "latin1"));
  expect(await told({ root, inputs: version })).toEqual([
    expect.stringMatching(
      /^requirements.txt:2: the line is not UTF-8 \| Save requirements.txt as UTF-8 .* or name its encoding in the first line/,
    ),
  ]);
  write(Buffer.from("# -*- coding: klingon -*-\nDjango==5.2\n"));
  expect(await told({ root, inputs: version })).toEqual([
    expect.stringMatching(/^requirements.txt:1: .*unknown encoding, "klingon" \| Save requirements.txt as UTF-8/),
  ]);
});

const member = (name: string, folder: string) =>
  `[[package]]\nname = "${name}"\nversion = "1"\nsource = { virtual = "${folder}" }\n`;
const uvLock = `version = 1\n[[package]]\nname = "django"\nversion = "5.2"\n${member("top", ".")}${member("shop", "backend")}`;
const workspace = {
  "pyproject.toml": '[project]\nname = "top"\nversion = "1"\n[tool.uv.workspace]\nmembers = ["backend"]\n',
  "uv.lock": uvLock,
  "backend/pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["django"]\n',
  "backend/woven.toml": config["woven.toml"],
  ...moved("backend"),
};

test("the lock of a uv workspace lies at the repository's top, and the package in the working directory is taken from it", async () => {
  const value = { kind: "lock", format: "uv", path: "../uv.lock", package: { name: "shop", folder: "backend" } };
  const below = { "working-directory": "backend" };
  expect((await settingsOf({ files: workspace, inputs: below })).distribution?.requirements).toEqual({
    value,
    from: "../uv.lock",
  });
  const named = { ...workspace, "backend/woven.toml": `${config["woven.toml"]}requirements = ["../uv.lock"]\n` };
  expect((await settingsOf({ files: named, inputs: below })).distribution?.requirements.value).toEqual(value);
  // The same without a working directory: manage.py shows which of the packages is meant.
  const top = { ...workspace, "woven.toml": config["woven.toml"] };
  expect((await settingsOf({ files: top })).distribution?.requirements.value).toEqual({ ...value, path: "uv.lock" });
});

test("from a terminal in that folder as well", async () => {
  const root = folderWith(workspace);
  await run("git", ["init"], { cwd: root });
  const settings = await readSettings(worldOf({ root: `${root}/backend`, inputs: { ...rightInputs, ...version } }));
  expect(settings.distribution?.requirements.from).toBe("../uv.lock");
});

test.each<[string, Record<string, string>, string]>([
  ["requirements of the repository", { "requirements.txt": holds }, "../requirements.txt"],
  [
    "a folder of them",
    { "requirements/production.txt": holds, "requirements/dev.txt": holds },
    "../requirements/production.txt",
  ],
  [
    "a lock of the repository",
    { "poetry.lock": '[[package]]\nname = "django"\ngroups = ["main"]\n' },
    "../poetry.lock",
  ],
])("%s serves a project in a folder that has none", async (_, more, path) => {
  const project = { ...more, ...moved("backend"), "backend/woven.toml": config["woven.toml"] };
  const { distribution } = await settingsOf({ files: project, inputs: { "working-directory": "backend", ...version } });
  expect(distribution?.requirements.from).toBe(path);
});

test("a lock of somebody else above is not taken, and no path leads out of the repository", async () => {
  const apart = { ...workspace, "uv.lock": uvLock.replace('virtual = "backend"', 'virtual = "frontend"') };
  const below = { "working-directory": "backend" };
  expect((await settingsOf({ files: apart, inputs: below })).distribution?.requirements.value).toMatchObject({
    kind: "project",
  });
  const out = {
    ...workspace,
    "backend/woven.toml": `${config["woven.toml"]}requirements = ["../../../etc/hostname"]\n`,
  };
  expect(await told({ files: out, inputs: below })).toEqual([
    expect.stringMatching(/requirements: there is no file "..\/..\/..\/etc\/hostname"/),
  ]);
});

const grouped = {
  "pyproject.toml":
    '[project]\nname = "shop"\nversion = "1"\ndependencies = ["django"]\noptional-dependencies.s3 = ["boto3"]\n[dependency-groups]\nprod = ["gunicorn", { include-group = "db" }]\ndb = ["psycopg"]\ndev = ["ruff"]\n',
};
const choose = (lines: string) => ({ "woven.toml": `${config["woven.toml"]}${lines}\n` });

test("groups and extras of [project] are added to its dependencies", async () => {
  const found = await foundIn({ ...django, ...grouped, ...choose('groups = ["prod"]\nextras = ["S3"]') });
  expect(found.requirements.value).toEqual({
    kind: "project",
    dependencies: ["django", "gunicorn", "psycopg", "boto3"],
    groups: ["prod"],
    extras: ["S3"],
  });
});

test("groups of a lock go with it, those of Pipenv and pylock as well", async () => {
  const chosen = choose('groups = ["prod"]');
  const lock = '[[package]]\nname = "django"\n';
  const poetry = {
    "pyproject.toml":
      '[tool.poetry]\nname = "shop"\nversion = "1"\n[tool.poetry.dependencies]\ndjango = "^5"\n[tool.poetry.group.prod.dependencies]\ngunicorn = {version = "*", extras = ["x"], python = "^3.10"}\n',
    "poetry.lock": lock,
  };
  expect((await foundIn({ ...django, ...poetry, ...chosen })).requirements.value).toEqual({
    kind: "lock",
    format: "poetry",
    path: "poetry.lock",
    groups: ["prod"],
    roots: ["django", 'gunicorn[x] ; python_full_version >= "3.10" and python_full_version < "4"'],
  });
  const pipfile = { "Pipfile.lock": '{"default": {"django": {}}, "prod": {}}' };
  expect((await foundIn({ ...django, ...pipfile, ...chosen }, version)).requirements.value).toMatchObject({
    groups: ["prod"],
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    "a group that is not there",
    { ...grouped, ...choose('groups = ["prud"]') },
    /^woven.toml: groups: the project has no group prud \| Did you mean prod\?/,
  ],
  [
    "groups of a requirements file",
    { "requirements.txt": holds, ...choose('groups = ["prod"]') },
    /^woven.toml: groups: .*requirements.txt/,
  ],
])("%s is told", async (_, project, line) => {
  expect(await asked({ ...django, ...project }, version)).toEqual([expect.stringMatching(line)]);
});

test("a group that looks like production and was left out is named in the log", async () => {
  const seen = { masked: [], logged: [] as string[] };
  await readSettings(worldOf({ files: { ...config, ...django, ...grouped }, inputs: rightInputs }, seen));
  expect(seen.logged).toContainEqual(expect.stringMatching(/group prod .*not installed.* groups = \["prod"\]$/));
  const chosen = { masked: [], logged: [] as string[] };
  await readSettings(
    worldOf(
      { files: { ...config, ...django, ...grouped, ...choose('groups = ["prod"]') }, inputs: rightInputs },
      chosen,
    ),
  );
  expect(chosen.logged.join("\n")).not.toContain("Not installed");
});
