// `woven init`: what it finds in a repository, what it writes, and that it changes nothing that is there. Real nodes: e2e/moving.test.ts.
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { configKeys } from "../../src/settings/config-schema.ts";
import { fabfile, heroku, kamal } from "../e2e/support/moving-projects.ts";
import { projects } from "../e2e/support/survey-projects.ts";
import { commit, settingsOf, smallProject } from "../settings/source.ts";
import { folderWith, repositoryWith, run, start, write } from "./world.ts";

const init = (folder: string, ...words: readonly string[]) => start({ command: "init", words, folder });
const text = (folder: string, path: string) => readFileSync(join(folder, path), "utf8");
const toml = (folder: string) => parseToml(text(folder, "woven.toml"));
const domain = ["--domain", "shop.example.com"];

function withoutConfiguration(files: Readonly<Record<string, string | Uint8Array>>) {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !path.endsWith("woven.toml")));
}

const plain = projects.filter(({ workingDirectory }) => workingDirectory === undefined);

test.each(plain.map((project) => [`${project.name}: ${project.shape}`, project] as const))("%s", async (_, project) => {
  const folder = await repositoryWith(withoutConfiguration(project.files));
  const words = ["--domain", `${project.name}.example.com`, "--distribution", project.name];
  const { error } = await init(folder, ...words);
  expect(error).toBeUndefined();
  const settings = await settingsOf({ root: folder, inputs: { env: (project.env ?? []).join("\n") } });
  expect(settings.distributionName?.value).toBe(project.name);
  expect(settings.sites).toMatchObject([{ domains: [`${project.name}.example.com`] }]);
  const own = (project.files["woven.toml"] ?? "").toString();
  const module = /settings-module = "(.*)"/.exec(own)?.[1];
  if (module !== undefined) expect(settings.distribution?.settingsModule.value).toBe(module);
  if (/writable = /.test(own)) expect(settings.writable).toEqual(["logs"]);
  if (project.server === "gunicorn" && project.name !== "kiosk") expect(settings.server).toBe("gunicorn");
});

describe("the files of another platform become configuration", () => {
  const afterMigrations = configKeys.includes("release-commands") ? { "release-commands": ["createcachetable"] } : {};

  test("Heroku", async () => {
    const folder = await repositoryWith(heroku.files);
    const { printed } = await init(folder, ...heroku.options, "--distribution", heroku.name);
    expect(toml(folder)).toEqual({
      domains: ["market.example.com"],
      distribution: "market",
      "version-from": "git",
      "extra-packages": ["gettext"],
      services: expect.arrayContaining(["redis"]),
      ...afterMigrations,
      server: { program: "gunicorn", workers: 2, arguments: ["--max-requests=500"] },
      processes: { worker: "manage tick" },
      env: { SITE_TITLE: "market on Saturday", ALLOWED_HOSTS: "market.example.com" },
    });
    expect(text(folder, "production.env")).toMatch(/^SECRET_KEY=.{50,}$/m);
    for (const word of ["old:"]) expect(printed).toContain(word);
  });

  test("Kamal: domain and host are known", async () => {
    const folder = await repositoryWith(kamal.files);
    const { printed } = await init(folder, "--distribution", kamal.name);
    expect(toml(folder)).toEqual({
      domains: ["orchard.example.com"],
      distribution: "orchard",
      "version-from": "git",
      "extra-packages": ["gettext"],
      services: ["redis"],
      writable: ["reports"],
      "keep-releases": 3,
      server: { program: "gunicorn", threads: 4 },
      health: { path: "/" },
      processes: { job: "celery -A orchard worker --concurrency 1" },
      env: { SITE_TITLE: "orchard in spring" },
    });
    expect(text(folder, "production.env")).toMatch(/^MAIL_PASSWORD=$/m);
    expect(printed).toContain("woven@192.0.2.10");
  });

  test("a fabfile, with supervisor and cron", async () => {
    const folder = await repositoryWith(fabfile.files);
    const { printed } = await init(folder, "--distribution", fabfile.name);
    expect(toml(folder)).toEqual({
      domains: ["almanac.example.com"],
      distribution: "almanac",
      "version-from": "git",
      "root-user": "deploy",
      "extra-packages": ["gettext"],
      writable: ["logs"],
      ...afterMigrations,
      server: { program: "gunicorn", workers: 2 },
      processes: { worker: "manage tick" },
      schedules: { clearsessions: "30 3 * * *" },
    });
    expect(printed).toContain("deploy@192.0.2.20");
    expect(printed).toContain("woven@192.0.2.20");
  });
});

describe("nothing that is there changes", () => {
  test("a second run writes nothing, and shows the same commands", async () => {
    const folder = await repositoryWith(heroku.files);
    const first = await init(folder, ...heroku.options);
    const before = new Map(
      ["woven.toml", "production.env", ".github/workflows/deploy.yml"].map((path) => [path, text(folder, path)]),
    );
    const second = await init(folder);
    expect(second.error).toBeUndefined();
    for (const [path, content] of before) expect(text(folder, path)).toBe(content);
    expect(second.printed).not.toContain("Wrote");
    const commands = ({ printed }: { printed: string }) => printed.split("\n").filter((line) => /^ {2}gh /.test(line));
    expect(commands(second)).toEqual(commands(first));
  });

  test("a workflow of that name, and a configuration in pyproject.toml", async () => {
    const mine = "name: Mine\n";
    const { "woven.toml": _, ...files } = smallProject;
    const pyproject = `${files["pyproject.toml"]}\n[tool.woven]\ndomains = ["shop.example.com"]\n`;
    const folder = await repositoryWith({
      ...files,
      "pyproject.toml": pyproject,
      ".github/workflows/deploy.yml": mine,
    });
    const { error, printed } = await init(folder);
    expect(error).toBeUndefined();
    expect(text(folder, ".github/workflows/deploy.yml")).toBe(mine);
    expect(text(folder, "pyproject.toml")).toBe(pyproject);
    expect(existsSync(join(folder, "woven.toml"))).toBe(false);
    expect(printed).toMatch(/Kept pyproject\.toml[\s\S]*Kept .*deploy\.yml[\s\S]*Wrote .*operate\.yml/);
  });

  test("a link is not followed", async () => {
    const elsewhere = folderWith({});
    const { "woven.toml": _, ...files } = smallProject;
    const folder = await repositoryWith({
      ...files,
      "shop/settings.py": 'import os\nSECRET_KEY = os.environ["SECRET_KEY"]\n',
    });
    symlinkSync(join(elsewhere, "stolen.env"), join(folder, "production.env"));
    await init(folder, ...domain);
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe("secrets", () => {
  test("are in a file for their owner that git ignores, without a change of .gitignore", async () => {
    const folder = await repositoryWith({ ...heroku.files, ".gitignore": "*.pyc\n" });
    await init(folder, ...heroku.options);
    expect(statSync(join(folder, "production.env")).mode & 0o777).toBe(0o600);
    expect(text(folder, ".gitignore")).toBe("*.pyc\n");
    const { stdout } = await run("git", ["status", "--porcelain", "--untracked-files=all"], { cwd: folder });
    expect(stdout).toContain("woven.toml");
    expect(stdout).not.toContain("production.env");
  });

  test("are none that the configuration has, or that follow from the domains", async () => {
    const { "woven.toml": _, ...files } = smallProject;
    const settings =
      'import os\nfor name in ("A",): pass\nHOSTS = os.environ["DJANGO_ALLOWED_HOSTS"]\nDEBUG = os.environ["DEBUG"]\n';
    const folder = await repositoryWith({ ...files, "shop/settings.py": settings });
    const { printed } = await init(folder, ...domain, "--domain", "www.shop.example.com");
    expect(toml(folder)["env"]).toEqual({
      DJANGO_ALLOWED_HOSTS: "shop.example.com,www.shop.example.com",
      DEBUG: "False",
    });
    expect(existsSync(join(folder, "production.env"))).toBe(false);
    expect(printed).not.toContain("WOVEN_ENV");
  });
});

describe("what is unclear", () => {
  const { "woven.toml": _, ...files } = smallProject;

  test("a domain that nothing names: an error without a terminal, a question at one", async () => {
    const folder = await repositoryWith(files);
    expect((await init(folder)).error).toMatchObject({ code: "settings", where: ["--domain"] });
    expect(existsSync(join(folder, "woven.toml"))).toBe(false);
    const answers = ["shop.example.com", "web1.example.org"];
    const { error, printed } = await start({ command: "init", folder, answers });
    expect(error).toBeUndefined();
    expect(toml(folder)["domains"]).toEqual(["shop.example.com"]);
    expect(printed).toContain("woven@web1.example.org");
  });

  test("a wrong answer is an error", async () => {
    const folder = await repositoryWith(files);
    const { error } = await start({ command: "init", folder, answers: ["https://shop.example.com/"] });
    expect(error?.where).toEqual(["--domain"]);
  });

  test("ALLOWED_HOSTS names the domain", async () => {
    const settings = 'ALLOWED_HOSTS = ["localhost", "127.0.0.1", ".example.net", "shop.example.net"]\n';
    const folder = await repositoryWith({ ...files, "shop/settings.py": settings });
    await init(folder);
    expect(toml(folder)["domains"]).toEqual(["shop.example.net"]);
  });

  test("two requirements files: the error names them, and the option answers", async () => {
    const { "pyproject.toml": __, ...rest } = files;
    const both = { "requirements/a.txt": "Django\n", "requirements/b.txt": "Django\n" };
    const folder = await repositoryWith({ ...rest, ...both });
    const { error } = await init(folder, ...domain);
    expect(error).toMatchObject({ code: "settings", where: ["requirements"] });
    expect(existsSync(join(folder, "woven.toml"))).toBe(false);
    await init(folder, ...domain, "--requirements", "requirements/b.txt");
    expect(toml(folder)["requirements"]).toEqual(["requirements/b.txt"]);
  });

  test("websockets need uvicorn, which needs no question", async () => {
    const settings = 'INSTALLED_APPS = ["channels"]\nASGI_APPLICATION = "shop.asgi.application"\n';
    const folder = await repositoryWith({ ...files, "shop/settings.py": settings });
    await init(folder, ...domain);
    expect(toml(folder)["server"]).toBe("uvicorn");
  });

  test.each([
    ["no repository", async (folder: string) => folder, "no-repository"],
    [
      "no commit",
      async (folder: string) => {
        await run("git", ["init", "--quiet"], { cwd: folder });
        return folder;
      },
      "no-commit",
    ],
  ])("%s", async (_, prepare, code) => {
    const folder = await prepare(folderWith(files));
    expect((await init(folder, ...domain)).error?.code).toBe(code);
    expect(existsSync(join(folder, "woven.toml"))).toBe(false);
  });

  test("wrong words are reported together", async () => {
    const { error } = await init(await repositoryWith(files), "shop", "--domain", "a b", "--host", "ssh://x");
    expect(error?.where).toEqual(["the words", '--domain "a b"', "--host"]);
  });
});

describe("the workflows", () => {
  const { "woven.toml": _, ...files } = smallProject;

  test("are at the top of the repository, and know the project's folder and branch", async () => {
    const folder = folderWith(
      Object.fromEntries(Object.entries(files).map(([path, content]) => [`back end/${path}`, content])),
    );
    await commit(folder);
    await run("git", ["branch", "-m", "release/1"], { cwd: folder });
    const { error } = await init(join(folder, "back end"), ...domain);
    expect(error).toBeUndefined();
    expect(existsSync(join(folder, "back end/woven.toml"))).toBe(true);
    const workflow = parseYaml(text(folder, ".github/workflows/deploy.yml"));
    expect(workflow.on.push.branches).toEqual(["release/1"]);
    expect(workflow.jobs.production.steps[1].with["working-directory"]).toBe("back end");
  });

  test.each(["1.0", "on", "feature/a'b"])("a branch %s stays what it is", async (branch) => {
    const folder = await repositoryWith(files);
    await run("git", ["checkout", "--quiet", "-b", branch], { cwd: folder });
    const { printed } = await init(folder, ...domain);
    expect(parseYaml(text(folder, ".github/workflows/deploy.yml")).on.push.branches).toEqual([branch]);
    expect(printed).toContain(
      branch.includes("'") ? `git push origin 'feature/a'\\''b'` : `git push origin ${branch}\n`,
    );
  });

  test("fetch the tags if the version is from them, and only then", async () => {
    const untagged = await repositoryWith(files);
    await init(untagged, ...domain);
    expect(text(untagged, ".github/workflows/deploy.yml")).not.toContain("fetch-depth");
    const { "pyproject.toml": __, ...rest } = files;
    const tagged = folderWith({ ...rest, "requirements.txt": "Django\n" });
    await commit(tagged, "v1.2");
    await init(tagged, ...domain);
    expect(text(tagged, ".github/workflows/deploy.yml")).toContain("fetch-depth: 0");
  });
});

test("what two files name is taken from the one that the platform runs", async () => {
  const { "woven.toml": _, ...files } = smallProject;
  const folder = await repositoryWith({
    ...files,
    Procfile: "web: uvicorn shop.asgi\nworker: celery -A shop worker\n",
    "shop/asgi.py": "application = None\n",
    "etc/shop.conf":
      "[program:web]\ncommand=gunicorn shop.wsgi\n[program:worker]\ncommand=celery -A old worker\n[program:beat]\ncommand=celery -A shop beat\n",
  });
  expect((await init(folder, ...domain)).error).toBeUndefined();
  expect(toml(folder)).toMatchObject({
    server: "uvicorn",
    application: "shop.asgi:application",
    processes: { worker: "celery -A shop worker", beat: "celery -A shop beat --schedule /tmp/beat" },
  });
});

test("a file name with a line break adds no line to the configuration", async () => {
  const { "woven.toml": _, ...files } = smallProject;
  const conf = "[program:worker]\ncommand=celery -A shop worker\n";
  const folder = await repositoryWith({ ...files, "a\nserver = 'gunicorn'\n.conf": conf });
  expect((await init(folder, ...domain)).error).toBeUndefined();
  expect(Object.keys(toml(folder)).toSorted()).toEqual(["domains", "processes", "version-from"]);
});

test("all servers that a fabfile names are in the commands", async () => {
  const { "woven.toml": _, ...files } = smallProject;
  const hosts = 'env.hosts = ["ada@web1.example.com", "web2.example.com"]\n';
  const { printed } = await init(await repositoryWith({ ...files, "fabfile.py": hosts }), ...domain);
  expect(printed).toContain(`'production: ["woven@web1.example.com", "woven@web2.example.com"]'`);
  for (const host of ["web1", "web2"]) expect(printed).toContain(`sed 's/^/${host}.example.com /'`);
});

test("the commands are ready to be pasted: the account of the first login, ports, addresses", async () => {
  const { "woven.toml": _, ...files } = smallProject;
  const folder = await repositoryWith({
    ...files,
    "config/deploy.yml": "service: a\nservers: []\nssh:\n  port: 2222\n",
  });
  write(folder, "note", "untracked files do not matter");
  const { printed } = await init(folder, ...domain, "--host", "ada@web1.example.com", "--root-user", "debian");
  expect(printed).toContain("ssh-copy-id -p 2222 -i woven_key.pub debian@web1.example.com");
  expect(printed).toContain(`--body 'production: ["ada@web1.example.com"]'`);
  expect(toml(folder)).toMatchObject({ "root-user": "debian", "default-ssh-port": 2222 });
});
