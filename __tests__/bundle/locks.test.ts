// Lock files of each tool and age, read for what production installs.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pinnedPackages } from "../../src/bundle/check-python.ts";
import { indexesOf } from "../../src/bundle/indexes.ts";
import { bundleKey } from "../../src/bundle/key.ts";
import { lockLines } from "../../src/bundle/lock-lines.ts";
import { readRequirements, resolve } from "../../src/bundle/resolve.ts";
import { toolchain } from "../../src/bundle/toolchain.ts";
import type { Requirements } from "../../src/settings/settings.ts";
import { trixie, type Workbench, workbench } from "./workbench.ts";

const hash = "b".repeat(64);
const commit = "c".repeat(40);

describe("poetry.lock", () => {
  const two = (more: string) =>
    `[[package]]\nname = "django"\nversion = "5.2"\ngroups = ["main"]\nfiles = []\n${more}\n[metadata]\nlock-version = "2.1"\n`;

  test("an address in ssh's short form becomes a URL", () => {
    const own = `[[package]]\nname = "own"\nversion = "1"\ngroups = ["main"]\n[package.source]\ntype = "git"\nurl = "git@example.com:acme/own.git"\nresolved_reference = "${commit}"\nsubdirectory = "py"`;
    expect(lockLines("poetry", two(own), "poetry.lock")).toContain(
      `own @ git+ssh://git@example.com/acme/own.git@${commit}#subdirectory=py`,
    );
  });

  test("groups and extras that were chosen, and only those", () => {
    const more = `[[package]]\nname = "gunicorn"\nversion = "1"\ngroups = ["prod"]\nmarkers = {prod = "sys_platform != 'win32'"}\n[[package]]\nname = "boto3"\nversion = "2"\noptional = true\ngroups = ["main"]\nmarkers = "extra == \\"s3\\""\n[[package]]\nname = "ruff"\nversion = "3"\ngroups = ["dev"]`;
    expect(lockLines("poetry", two(more), "poetry.lock")).toEqual(["django==5.2"]);
    expect(lockLines("poetry", two(more), "poetry.lock", { groups: ["prod"], extras: ["s3"] })).toEqual([
      "django==5.2",
      "gunicorn==1 ; sys_platform != 'win32'",
      "boto3==2 ; python_version >= '3'",
    ]);
  });

  test("of Poetry 1.1, which keeps the hashes apart", () => {
    const text = `[[package]]\nname = "django"\nversion = "5.2"\ncategory = "main"\noptional = false\npython-versions = ">=3.10"\n[metadata]\nlock-version = "1.1"\npython-versions = "^3.10"\n[metadata.files]\ndjango = [{file = "x", hash = "sha256:${hash}"}]\n`;
    expect(lockLines("poetry", text, "poetry.lock", { roots: ["django"] })).toEqual([
      `django==5.2 --hash=sha256:${hash}`,
    ]);
  });

  test("the versions of one package for several Pythons exclude each other", () => {
    const versions = `[[package]]\nname = "numpy"\nversion = "2.2"\npython-versions = ">=3.10"\n[[package]]\nname = "numpy"\nversion = "2.0"\npython-versions = ">=3.9"\n[metadata]\nlock-version = "2.0"\n`;
    expect(lockLines("poetry", versions, "poetry.lock", { roots: ["numpy"] })).toEqual([
      'numpy==2.2 ; python_full_version >= "3.10"',
      'numpy==2.0 ; python_full_version >= "3.9" and python_full_version < "3.10"',
    ]);
    const same = versions.replace(">=3.10", ">=3.9");
    expect(() => lockLines("poetry", same, "poetry.lock", { roots: ["numpy"] })).toThrow(/several versions of numpy/);
  });
});

describe("pdm.lock", () => {
  const entry = (name: string, more: string) => `[[package]]\nname = "${name}"\nversion = "1"\n${more}\n`;

  test("a folder of a git repository, an address in ssh's short form", () => {
    const own = entry(
      "own",
      `groups = ["default"]\ngit = "git@example.com:acme/own.git"\nrevision = "${commit}"\nsubdirectory = "py"`,
    );
    const archive = entry("zip", 'groups = ["default"]\nurl = "https://example.com/a.zip"\nsubdirectory = "py"');
    expect(lockLines("pdm", own + archive, "pdm.lock")).toEqual([
      `own @ git+ssh://git@example.com/acme/own.git@${commit}#subdirectory=py`,
      "zip @ https://example.com/a.zip#subdirectory=py",
    ]);
  });

  test("without groups all of it pins, and without the project's list nothing is known", () => {
    const text = entry("django", 'requires_python = ">=3.10"') + entry("pytest", "");
    expect(lockLines("pdm", text, "pdm.lock", { roots: ["django"] })).toEqual(["django==1", "pytest==1"]);
    expect(() => lockLines("pdm", text, "pdm.lock")).toThrow(expect.objectContaining({ code: "lock-format" }));
  });

  test("a chosen group", () => {
    const text = entry("django", 'groups = ["default"]') + entry("gunicorn", 'groups = ["prod"]');
    expect(lockLines("pdm", text, "pdm.lock", { groups: ["prod"] })).toEqual(["django==1", "gunicorn==1"]);
  });
});

test("Pipfile.lock: default, chosen categories, git, markers and hashes", () => {
  const text = JSON.stringify({
    _meta: { "pipfile-spec": 6 },
    default: {
      django: { hashes: [`sha256:${hash}`], index: "pypi", markers: "python_version >= '3.10'", version: "==5.2" },
      own: { git: "https://example.com/own.git", ref: commit, subdirectory: "py" },
      local: { editable: true, path: "./libs/local" },
    },
    develop: { pytest: { version: "==8" } },
    prod: { gunicorn: { version: "==23" } },
  });
  const main = [
    `django==5.2 ; python_version >= '3.10' --hash=sha256:${hash}`,
    `own @ git+https://example.com/own.git@${commit}#subdirectory=py`,
    "./libs/local",
  ];
  expect(lockLines("pipfile", text, "Pipfile.lock")).toEqual(main);
  expect(lockLines("pipfile", text, "Pipfile.lock", { groups: ["prod"] })).toEqual([...main, "gunicorn==23"]);
});

test("pylock.toml: an address in ssh's short form becomes a URL", () => {
  const text = `lock-version = "1.0"\n[[packages]]\nname = "own"\nvcs = { type = "git", url = "git@example.com:acme/own.git", commit-id = "${commit}", subdirectory = "py" }\n`;
  expect(lockLines("pylock", text, "pylock.toml")).toEqual([
    `own @ git+ssh://git@example.com/acme/own.git@${commit}#subdirectory=py`,
  ]);
});

test("pylock.toml: chosen groups and extras", () => {
  const text = `lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nmarker = "'prod' in dependency_groups"\n[[packages]]\nname = "b"\nversion = "2"\nmarker = "'s3' in extras"\n`;
  expect(lockLines("pylock", text, "pylock.toml", { groups: ["prod"], extras: ["s3"] })).toEqual([
    "a==1 ; python_version >= '3'",
    "b==2 ; python_version >= '3'",
  ]);
});

describe("with the real resolver", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await workbench();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  async function pinned(
    requirements: Requirements,
    files: Readonly<Record<string, string>>,
  ): Promise<readonly string[]> {
    const workingDirectory = await bench.project(files);
    const text = await readRequirements(requirements, workingDirectory);
    const resolution = { requirements, workingDirectory, text, python: trixie, indexes: indexesOf([]), onlyBinary: [] };
    const pins = await resolve(resolution, await toolchain(bench.context), bench.context);
    return pins.map(({ name, version }) => [name, version].join(" ").trim());
  }

  test("a lock that only pins gives what the project asks for, for this platform", { timeout: 120_000 }, async () => {
    const entry = (name: string, version: string) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\npython-versions = ">=3.8"\n`;
    const text = `${entry("django", "5.2")}${entry("asgiref", "3.8.1")}${entry("sqlparse", "0.5.2")}${entry("tzdata", "2024.2")}${entry("pytest", "8.3.4")}${entry("pywin32", "306")}[metadata]\nlock-version = "2.0"\n`;
    const roots = ["django", 'pywin32 ; sys_platform == "win32"'];
    const found = await pinned({ kind: "lock", format: "poetry", path: "poetry.lock", roots }, { "poetry.lock": text });
    expect(found).toEqual(["asgiref 3.8.1", "django 5.2", "sqlparse 0.5.2"]);
  });

  test("one package of a uv workspace, with its groups, and with the others it needs", {
    timeout: 120_000,
  }, async () => {
    const member = (name: string, folder: string, more: string) =>
      `[[package]]\nname = "${name}"\nversion = "1"\nsource = { ${folder} }\n${more}\n`;
    const registry = (name: string, version: string) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = { registry = "https://pypi.org/simple" }\n`;
    const files = {
      "pyproject.toml":
        '[project]\nname = "top"\nversion = "1"\nrequires-python = ">=3.11"\n[tool.uv.workspace]\nmembers = ["backend", "core"]\n',
      "uv.lock": `version = 1\nrevision = 3\nrequires-python = ">=3.11"\n[manifest]\nmembers = ["core", "shop", "top"]\n${registry("sqlparse", "0.5.2")}${registry("idna", "3.10")}${registry("six", "1.16.0")}${member("core", 'editable = "core"', 'dependencies = [{ name = "idna" }]')}${member("shop", 'virtual = "backend"', 'dependencies = [{ name = "core" }, { name = "sqlparse" }]\n[package.dev-dependencies]\nprod = [{ name = "six" }]')}${member("top", 'virtual = "."', "")}`,
      "backend/pyproject.toml":
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["core", "sqlparse"]\n[dependency-groups]\nprod = ["six"]\n[tool.uv.sources]\ncore = { workspace = true }\n',
      "core/pyproject.toml":
        '[project]\nname = "core"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["idna"]\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
      "core/core.py": "",
    };
    const lock = { kind: "lock", format: "uv", path: "uv.lock", package: { name: "shop", folder: "backend" } } as const;
    expect(await pinned({ ...lock, groups: ["prod"] }, files)).toEqual([
      "core",
      "idna 3.10",
      "six 1.16.0",
      "sqlparse 0.5.2",
    ]);
    expect(await pinned(lock, files)).toEqual(["core", "idna 3.10", "sqlparse 0.5.2"]);
  });

  test("requirements in Latin-1 with a coding line, and what they include", { timeout: 120_000 }, async () => {
    const directory = await bench.project({ "base.txt": "six==1.16.0\n", "own/setup.py": "" });
    const { writeFile } = await import("node:fs/promises");
    await writeFile(
      `${directory}/r.txt`,
      Buffer.from("# -*- coding: latin-1 -*-\n-r base.txt # für alle\nidna==3.10\n", "latin1"),
    );
    const requirements: Requirements = { kind: "files", paths: ["r.txt"] };
    const text = await readRequirements(requirements, directory);
    const resolution = {
      requirements,
      workingDirectory: directory,
      text,
      python: trixie,
      indexes: indexesOf([]),
      onlyBinary: [],
      added: [],
    };
    const pins = await resolve(resolution, await toolchain(bench.context), bench.context);
    expect(pins.map(({ name }) => name)).toEqual(["idna", "six"]);
  });

  test.each([
    ["with a conflict of git", '<<<<<<< HEAD\n[[package]]\nname = "shop"\n'],
    ["whose packages are no list", 'package = "shop"\n'],
    ["whose package has no name", '[[package]]\nversion = "1"\n'],
  ])("a uv.lock %s is an error that names it, before anything runs", async (_, content) => {
    const workingDirectory = await bench.project({ "uv.lock": content });
    const requirements: Requirements = { kind: "lock", format: "uv", path: "uv.lock" };
    const text = await readRequirements(requirements, workingDirectory);
    const expected = expect.objectContaining({
      code: "lock-format",
      details: expect.objectContaining({ file: "uv.lock" }),
    });
    expect(() => pinnedPackages(requirements, text)).toThrow(expected);
    if (content.startsWith("<<<<<<<")) expect(() => pinnedPackages(requirements, text)).toThrow(/uv\.lock:1 .*merge/);
    const input = {
      requirements,
      workingDirectory,
      python: trixie,
      text,
      indexes: indexesOf([]),
      onlyBinary: [],
      added: [],
    };
    await expect(bundleKey(input, bench.context)).rejects.toEqual(expected);
  });

  test("the project's own version and code in a shared lock cost it no bundle; what is taken does", async () => {
    const files = (version: string) => ({
      "uv.lock": `[[package]]\nname = "shop"\nversion = "${version}"\nsource = { editable = "backend" }\n`,
    });
    const lock: Requirements = {
      kind: "lock",
      format: "uv",
      path: "uv.lock",
      package: { name: "shop", folder: "backend" },
    };
    const keyOf = async (requirements: Requirements, version: string) => {
      const workingDirectory = await bench.project({ ...files(version), "backend/code.py": version });
      const text = await readRequirements(requirements, workingDirectory);
      return bundleKey(
        { requirements, workingDirectory, python: trixie, text, indexes: indexesOf([]), onlyBinary: [], added: [] },
        bench.context,
      );
    };
    expect(await keyOf(lock, "1")).toBe(await keyOf(lock, "2"));
    expect(await keyOf({ ...lock, groups: ["prod"] }, "1")).not.toBe(await keyOf(lock, "1"));
  });
});
