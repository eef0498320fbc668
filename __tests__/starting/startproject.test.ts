// `woven startproject`: which names it takes, what it writes, and what it never touches. A real node deploys it in e2e/start.test.ts.
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { inputDefaults } from "../../src/settings/inputs.ts";
import { commandNames } from "../../src/settings/settings.ts";
import { settingsOf } from "../settings/source.ts";
import { folderWith, run, start, write } from "./world.ts";

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith(".git/"))
    .toSorted();
}

const startproject = (folder: string, ...words: readonly string[]) => start({ command: "startproject", words, folder });
const text = (folder: string, path: string) => readFileSync(join(folder, path), "utf8");

describe("a name is checked before anything is written", () => {
  test.each([
    ["no identifier", "my-shop"],
    ["a digit first", "1shop"],
    ["a path", "../shop"],
    ["a word of Python", "class"],
    ["a module of Python", "json"],
    ["a module of Python that the C code has", "sys"],
    ["a part of every project", "templates"],
    ["the package that Woven writes", "sitesettings"],
    ["letters outside ASCII", "größe"],
  ])("%s", async (_, name) => {
    const folder = folderWith({});
    const { error } = await startproject(folder, name);
    expect(error?.code).toBe("settings");
    expect(error?.where).toEqual([expect.stringContaining(name)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("all mistakes are reported together", async () => {
    const folder = folderWith({});
    const words = ["my-shop", "ada", "-d", "my shop", "--domain", "https://shop.example.com/", "-t", "nowhere"];
    const { error } = await startproject(folder, ...words);
    expect(error?.where).toEqual([
      'the name "my-shop"',
      '--dist "my shop"',
      'the address "ada"',
      '--domain "https://shop.example.com/"',
      "--template",
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ["a name that is missing", [], "the name of the project"],
    ["an option that there is not", ["shop", "--no-admin"], "--no-admin"],
    ["a value that is missing", ["shop", "-d"], "-d"],
    ["an option twice", ["shop", "-d", "a", "--dist", "b"], "--dist"],
    ["a word too many", ["shop", "ada@example.com", "more"], "the words"],
  ])("%s", async (_, words, where) => {
    const { error } = await startproject(folderWith({}), ...words);
    expect(error?.where).toEqual([where]);
  });
});

describe("the folder", () => {
  test("has the conventional files, and nothing of the template's language is left in them", async () => {
    const folder = folderWith({});
    await startproject(folder, "shop");
    const made = join(folder, "shop");
    expect(filesOf(made)).toEqual([
      ".github/workflows/deploy.yml",
      ".github/workflows/operate.yml",
      ".github/workflows/preview.yml",
      ".gitignore",
      "README.md",
      "local.env",
      "manage.py",
      "media/.gitkeep",
      "pyproject.toml",
      "requirements.txt",
      "shop/__init__.py",
      "shop/asgi.py",
      "shop/health.py",
      "shop/migrations/__init__.py",
      "shop/settings.py",
      "shop/urls.py",
      "shop/wsgi.py",
      "static/shop/site.css",
      "templates/index.html",
      "tests/__init__.py",
      "tests/test_pages.py",
    ]);
    for (const path of filesOf(made)) expect(text(made, path), path).not.toMatch(/<%|%>|project_name/);
    expect(statSync(join(made, "local.env")).mode & 0o777).toBe(0o600);
    expect(statSync(join(made, "manage.py")).mode & 0o111).toBe(0o111);
    expect(readdirSync(folder)).toEqual(["shop"]);
  });

  test("is a repository with one commit, which has no secret", async () => {
    const folder = folderWith({});
    await startproject(folder, "shop");
    const made = join(folder, "shop");
    const { stdout } = await run("git", ["ls-tree", "-r", "--name-only", "HEAD"], { cwd: made });
    expect(stdout.split("\n")).toContain("shop/settings.py");
    expect(stdout).not.toContain("local.env");
    expect((await run("git", ["status", "--porcelain"], { cwd: made })).stdout).toBe("");
  });

  test("is what a deployment reads: name, version, settings module, requirements, domain", async () => {
    const folder = folderWith({});
    await startproject(folder, "shop", "--dist", "plant-shop");
    const settings = await settingsOf({ root: join(folder, "plant-shop"), inputs: { env: "DJANGO_SECRET_KEY=x" } });
    expect(settings.distributionName?.value).toBe("plant-shop");
    expect(settings.distribution?.version.value).toMatch(/^0\.1\.0\+g[0-9a-f]{7}$/);
    expect(settings.distribution?.settingsModule.value).toBe("shop.settings");
    expect(settings.distribution?.requirements.value).toEqual({ kind: "files", paths: ["requirements.txt"] });
    expect(settings.sites).toMatchObject([{ id: 1, domains: ["plant-shop.example.com"] }]);
    expect(settings.health).toMatchObject({ path: "/healthz", text: "ok" });
  });

  test("pins every requirement", async () => {
    const folder = folderWith({});
    await startproject(folder, "shop");
    const lines = text(join(folder, "shop"), "requirements.txt")
      .split("\n")
      .filter((line) => /^\w/.test(line));
    expect(lines.map((line) => line.split("==")[0])).toEqual(["asgiref", "Django", "sqlparse"]);
    for (const line of lines) expect(line).toMatch(/^[\w-]+==[\d.]+$/);
  });

  test("two projects have different keys, and none is in a file that git tracks", async () => {
    const folder = folderWith({});
    await startproject(folder, "one");
    await startproject(folder, "two");
    const keys = ["one", "two"].map(
      (name) => /^DJANGO_SECRET_KEY=(.{50,})$/m.exec(text(join(folder, name), "local.env"))?.[1],
    );
    expect(keys[0]).toBeDefined();
    expect(keys[0]).not.toBe(keys[1]);
  });

  test("with an address, a migration makes the administrator, and no file has a password", async () => {
    const folder = folderWith({});
    await startproject(folder, "shop", "ada.l@example.com");
    const migration = text(join(folder, "shop"), "shop/migrations/0001_superuser.py");
    expect(migration).toContain('username="ada.l"');
    expect(migration).toContain("make_password(None)");
  });

  test("--noadmin leaves the admin out", async () => {
    const folder = folderWith({});
    await startproject(folder, "shop", "--noadmin");
    const made = join(folder, "shop");
    for (const path of ["shop/settings.py", "shop/urls.py", "templates/index.html"])
      expect(text(made, path), path).not.toContain("admin");
  });

  test("all of its Python compiles", async () => {
    const folder = folderWith({});
    await startproject(folder, "with_admin", "ada@example.com");
    await startproject(folder, "without", "--noadmin");
    const files = filesOf(folder).filter((path) => path.endsWith(".py"));
    const program = "import ast, sys\nfor name in sys.argv[1:]: ast.parse(open(name).read(), name)";
    const { code, stderr } = await run("python3", ["-c", program, ...files], { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(files.length).toBeGreaterThan(15);
  });

  test("its workflows use inputs of the action, and one never runs beside the other", async () => {
    const folder = folderWith({});
    await startproject(folder, "shop");
    const [deploy, operate] = ["deploy", "operate"].map((name) =>
      parse(text(join(folder, "shop"), `.github/workflows/${name}.yml`)),
    );
    expect(deploy.concurrency).toEqual(operate.concurrency);
    for (const { jobs } of [deploy, operate]) {
      const given = Object.keys(jobs.production.steps.at(-1).with);
      expect(given.filter((name) => !Object.hasOwn(inputDefaults, name))).toEqual([]);
    }
    expect(operate.on.workflow_dispatch.inputs.command.options).toEqual(["status", "rollback", "activate", "node"]);
  });
});

test("pull requests get no preview before the repository says where", async () => {
  const folder = folderWith({});
  await startproject(folder, "shop");
  const { jobs, on } = parse(text(join(folder, "shop"), ".github/workflows/preview.yml"));
  expect(jobs.preview.if).toContain("vars.WOVEN_ROLES");
  expect(on.pull_request.types).toContain("closed");
  const given = jobs.preview.steps.at(-1).with;
  expect(given.command).toBe("preview");
  const known = (commandNames as readonly string[]).includes("preview");
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(inputDefaults, name));
  expect(known ? unknown : []).toEqual([]);
});

describe("what is there stays as it is", () => {
  test.each([
    ["a folder with a file", (path: string) => write(path, "notes.txt", "mine")],
    ["a file", (path: string) => writeFileSync(path, "mine")],
  ])("%s", async (_, make) => {
    const folder = folderWith({});
    make(join(folder, "shop"));
    const before = readdirSync(folder, { recursive: true });
    const { error } = await startproject(folder, "shop");
    expect(error?.code).toBe("folder-not-empty");
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  test("an empty folder is filled", async () => {
    const folder = folderWith({});
    mkdirSync(join(folder, "shop"));
    expect((await startproject(folder, "shop")).error).toBeUndefined();
    expect(text(folder, "shop/manage.py")).toContain("shop.settings");
  });

  test("a repository around it gets no commit, and no workflow below its top", async () => {
    const folder = folderWith({ "README.md": "mine" });
    await run("git", ["init", "--quiet"], { cwd: folder });
    await startproject(folder, "shop");
    expect(filesOf(join(folder, "shop")).filter((path) => path.startsWith(".git"))).toEqual([".gitignore"]);
    expect((await run("git", ["rev-parse", "HEAD"], { cwd: folder })).code).not.toBe(0);
  });
});

describe("an own template", () => {
  test("is filled in by the same names, with its modes and binary files", async () => {
    const template = folderWith({
      "project_name/project_name.py": "name = '<% project_name %>'\n<%# admin %>\nadmin = True\n<%/ admin %>\n",
      "bin/go": "#!/bin/sh\n",
      gitignore: "*.pyc\n",
      "logo.png": new Uint8Array([0, 255, 1]),
    });
    chmodSync(join(template, "bin/go"), 0o755);
    const folder = folderWith({});
    await startproject(folder, "shop", "--template", template);
    const made = join(folder, "shop");
    expect(filesOf(made)).toEqual([".gitignore", "bin/go", "logo.png", "shop/shop.py"]);
    expect(text(made, "shop/shop.py")).toBe("name = 'shop'\nadmin = True\n");
    expect(statSync(join(made, "bin/go")).mode & 0o111).toBe(0o111);
    expect([...readFileSync(join(made, "logo.png"))]).toEqual([0, 255, 1]);
  });

  test.each([
    ["a name that there is not", "<% projekt_name %>"],
    ["one in a section", "<%# admin %><% projekt_name %><%/ admin %>"],
    ["a section that is not closed", "<%# admin %>"],
  ])("%s is an error with its file, and nothing is written", async (_, content) => {
    const template = folderWith({ "a.txt": "fine", "b.txt": content });
    const folder = folderWith({});
    const { error } = await startproject(folder, "shop", "-t", template);
    expect(error?.code).toBe("start-template");
    expect(error?.text).toContain("b.txt");
    expect(readdirSync(folder)).toEqual([]);
  });
});
