// What a run is made of, and every way in which its inputs can be wrong: told at once, before any server is touched.
import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/settings/read.ts";
import {
  expectOne,
  folderWith,
  problemsOf,
  rightInputs,
  type Seen,
  settingsOf,
  smallProject,
  told,
  worldOf,
} from "./source.ts";

const files = smallProject;

test("a server may have options, and an application of the project's files", async () => {
  const toml = `${files["woven.toml"]}application = "shop.wsgi:site"\n[server]\nprogram = "gunicorn"\nworkers = 3\nmemory = "512M"\n`;
  const given = { ...files, "woven.toml": toml, "shop/wsgi.py": "" };
  expect(await settingsOf({ files: given })).toMatchObject({
    server: "gunicorn",
    serverOptions: { workers: 3, memory: "512M" },
    application: "shop.wsgi:site",
  });
  const { "shop/wsgi.py": _, ...without } = given;
  expect(await problemsOf({ files: without })).toMatchObject([{ where: "woven.toml: application", line: 2 }]);
});

test("a site has its own server, with the options of the same program, and its own application", async () => {
  const toml = (own: string) =>
    `domains = ["a.example.com"]\napplication = "shop.wsgi:site"\n[server]\nprogram = "gunicorn"\nworkers = 3\nthreads = 9\n[sites.2]\ndomains = ["b.example.com"]\n${own}`;
  const sitesOf = async (own: string) =>
    (await settingsOf({ files: { ...files, "woven.toml": toml(own), "shop/wsgi.py": "", "shop/asgi.py": "" } })).sites;
  const [one, other] = await sitesOf("");
  expect([one?.runs, other?.runs]).toEqual([undefined, undefined]);
  expect((await sitesOf("server = { threads = 2 }\n"))[1]?.runs).toEqual({
    server: "gunicorn",
    serverOptions: { workers: 3, threads: 2 },
    application: "shop.wsgi:site",
  });
  expect((await sitesOf('server = { program = "uwsgi", workers = 1 }\n'))[1]?.runs).toEqual({
    server: "uwsgi",
    serverOptions: { workers: 1 },
    application: "shop.wsgi:site",
  });
  expect((await sitesOf('server = "uvicorn"\n'))[1]?.runs).toEqual({ server: "uvicorn", serverOptions: {} });
  expect((await sitesOf('application = "shop.asgi:application"\n'))[1]?.runs).toMatchObject({
    server: "gunicorn",
    application: "shop.asgi:application",
  });
  const wrong = { ...files, "woven.toml": toml('application = "shop.other:site"\n'), "shop/wsgi.py": "" };
  expect(await problemsOf({ files: wrong })).toMatchObject([{ where: "woven.toml: sites.2.application", line: 9 }]);
});

test("a small project and three inputs are enough to deploy", async () => {
  const settings = await settingsOf({ files });
  expect(settings).toMatchObject({
    command: "deploy",
    nodes: [{ user: "woven", host: "web1.example.com", role: "production" }],
    login: { knownHosts: "", hostKeyPolicy: "strict", jump: [], sshPort: 10_022, defaultSshPort: 22, rootUser: "root" },
    distributionName: { value: "shop", from: "pyproject.toml project.name" },
    sites: [{ id: 1, domains: ["shop.example.com"] }],
    overwrite: false,
    dryRun: false,
    cache: true,
    maxParallel: 10,
    migrate: { kind: "auto" },
    parts: ["project", "templates", "static", "media", "wsgi", "webconf"],
    server: "apache",
    health: { path: "/", timeout: 30 },
    keepReleases: 5,
    setup: { disableRoot: true, disableSshPassword: true, enableUfw: true, ufwRules: ["allow 80,443/tcp"] },
  });
  expect(settings.login.privateKey?.reveal()).toBe("a key");
});

test("nothing downstream can change the settings", async () => {
  const settings = await settingsOf({ files });
  expect(() => Object.assign(settings.setup, { disableRoot: false })).toThrow(TypeError);
  expect(() => Object.assign(settings.nodes[0] ?? {}, { host: "elsewhere" })).toThrow(TypeError);
});

test("the log says what was found, and where", async () => {
  const seen: Seen = { masked: [], logged: [] };
  const python = `${files["pyproject.toml"]}requires-python = ">=3.11"\n`;
  await readSettings(worldOf({ inputs: rightInputs, files: { ...files, "pyproject.toml": python } }, seen));
  expect(seen.logged).toEqual([
    "Distribution: shop (pyproject.toml project.name)",
    "Version: 1.2 (pyproject.toml project.version)",
    "Settings module: shop.settings (manage.py)",
    "Source root: . (the folder of manage.py)",
    "Requirements: 1 stated (pyproject.toml project.dependencies)",
    "Python: >=3.11 (pyproject.toml project.requires-python)",
  ]);
});

test("an input wins over the configuration, and an empty one does not", async () => {
  const migrate = { ...files, "woven.toml": `${files["woven.toml"]}migrate = "manual"\n` };
  expect((await settingsOf({ files: migrate })).migrate).toEqual({ kind: "manual" });
  expect((await settingsOf({ files: migrate, inputs: { migrate: " " } })).migrate).toEqual({ kind: "manual" });
  expect((await settingsOf({ files: migrate, inputs: { migrate: "shop 0002" } })).migrate).toEqual({
    kind: "target",
    app: "shop",
    migration: "0002",
  });
});

test.each(["auth", "manually", "nono"])(
  "a word that is near to none of the known ones is an app: migrate %s",
  async (app) => {
    const apps = { ...files, "nono/__init__.py": "" };
    expect((await settingsOf({ files: apps, inputs: { migrate: app } })).migrate).toEqual({ kind: "target", app });
  },
);

test("every problem is told in one go, each with its place", async () => {
  const inputs = {
    command: "deplyo",
    roles: "production: [web_;1]",
    "ssh-key": "",
    overwrite: "yes",
    "max-parallel": "0",
  };
  const where = (await problemsOf({ inputs, files: { "woven.toml": 'domain = ["shop.example.com"]\n' } })).map(
    (problem) => problem.where,
  );
  expect(where).toEqual(
    expect.arrayContaining([
      "input command",
      "input roles",
      "input overwrite",
      "input max-parallel",
      "woven.toml: domain",
    ]),
  );
});

describe("one wrong input", () => {
  test.each<[Record<string, string>, where: string, names: readonly string[]]>([
    [{ command: "deplyo" }, "input command", ["deploy", '"deplyo"']],
    [
      { command: "xyz" },
      "input command",
      ["setupnode", "bundle", "deploy", "patch", "activate", "rollback", "node", "status", "remove", "logs", '"xyz"'],
    ],
    [{ overwrite: "yes" }, "input overwrite", ['"yes"']],
    [{ cache: "1" }, "input cache", ['"1"']],
    [{ ssh_key: "x" }, "input ssh_key", ["ssh-key"]],
    [{ dryrun: "true" }, "input dryrun", ["dry-run"]],
    [{ "max-parallel": "many" }, "input max-parallel", ['"many"', "1", "100"]],
    [{ role: "prodcution" }, "input role", ["production", '"prodcution"']],
    [{ role: "web1" }, "input role", ['"web1"', "woven@web1"]],
    [{ parts: "tempaltes" }, "input parts", ["templates", '"tempaltes"']],
    [{ "host-key-policy": "none" }, "input host-key-policy", ["strict", "accept-new", '"none"']],
    [{ migrate: "--fake" }, "input migrate", ['"--fake"', '"catalogue 0003"']],
    [{ migrate: "atuo" }, "input migrate", ["auto", '"atuo"', "0001"]],
    [{ migrate: "Manual" }, "input migrate", ["manual", '"Manual"', "0001"]],
    [{ version: "1.0; reboot" }, "input version", ['"1.0; reboot"', "_", "/", "60", "1.4.2"]],
    [{ env: "SECRET" }, "input env", ["1", "KEY=value"]],
    [{ env: "A=1\nA=2" }, "input env", []],
    [{ env: "SITE_ID=2" }, "input env", ["SITE_ID", "[tool.woven.sites.<SITE_ID>]"]],
    [{ env: "KEY='open" }, "input env", ["KEY", "1"]],
    [{ files: "all" }, "input files", []],
    [{ command: "activate" }, "input version", []],
    [{ command: "rollback", version: "1.0" }, "input version", []],
    [{ command: "node" }, "input management-command", ["management-command: clearsessions"]],
    [
      { command: "node", "management-command": "migrate --plan" },
      "input management-command",
      ['"migrate --plan"', "management-command"],
    ],
    [{ command: "node", "management-command": "shell", options: "-c 'x" }, "input options", []],
    [
      { jump: "woven@gate:99999" },
      "input jump",
      ['"99999"', '"woven@gate:99999"', "1", "65535", "user@host", "user@host:port", "IPv6", "woven@[2001:db8::1]:22"],
    ],
    [{ "working-directory": "backend" }, "input working-directory", ['"backend"', "actions/checkout"]],
  ])("%j", async (inputs, where, names) => {
    expectOne(await problemsOf({ files, inputs }), where, names);
  });
});

test("the token of the job is masked, and outside of a job there is none", async () => {
  const seen = { masked: [] as string[], logged: [] as string[] };
  const inputs = { ...rightInputs, "github-token": "ghs_token" };
  expect((await readSettings(worldOf({ files: smallProject, inputs }, seen))).githubToken?.reveal()).toBe("ghs_token");
  expect(seen.masked).toContain("ghs_token");
  expect((await settingsOf({ files: smallProject })).githubToken).toBeUndefined();
});

describe("logging in", () => {
  test.each([
    [{ "ssh-key": "", password: "x", jump: "gate" }, /^input jump-password: is empty, /],
    [{ "jump-password": "x" }, /^input jump: is empty, /],
    [{ jump: "gate", "jump-ssh-passphrase": "x" }, /^input jump-ssh-passphrase: is given without jump-ssh-key/],
  ])("%j", async (inputs, line) => {
    expect(await told({ files, inputs })).toEqual([expect.stringMatching(line)]);
  });

  test("jump hosts may have a login of their own", async () => {
    const { login } = await settingsOf({
      files,
      inputs: { jump: "gate", "jump-ssh-key": "theirs", "jump-password": "too" },
    });
    expect([login.jumpLogin?.privateKey?.reveal(), login.jumpLogin?.password?.reveal()]).toEqual(["theirs", "too"]);
    expect((await settingsOf({ files, inputs: { jump: "gate" } })).login.jumpLogin).toBeUndefined();
  });

  test("a run without key and password says where the key belongs", async () => {
    expect(await told({ files, inputs: { "ssh-key": "" } })).toEqual([
      expect.stringMatching(/^input ssh-key: is empty, .*deploy must log in \| .*secrets\.WOVEN_SSH_KEY/),
    ]);
  });

  test("the local node needs no key", async () => {
    const settings = await settingsOf({ files, inputs: { "ssh-key": "", roles: "", role: "local" } });
    expect(settings.nodes).toEqual([{ user: "woven", host: "local", role: "local" }]);
  });

  test("setupnode does not turn off the only way in", async () => {
    const password = { command: "setupnode", "ssh-key": "", password: "hunter22" };
    expect(await told({ files, inputs: password })).toEqual([expect.stringContaining("disable-ssh-password")]);
    const kept = { ...files, "woven.toml": "disable-ssh-password = false\n" };
    expect((await settingsOf({ files: kept, inputs: password })).login.password?.reveal()).toBe("hunter22");
  });
});

test("what the commands need of the project differs", async () => {
  const bare = { root: folderWith({ "README.md": "nothing" }), env: { GITHUB_REPOSITORY: "acme/shop" } };
  expect((await settingsOf({ ...bare, inputs: { command: "setupnode" } })).distribution).toBeUndefined();
  expect((await settingsOf({ ...bare, inputs: { command: "rollback" } })).distributionName).toEqual({
    value: "shop",
    from: "the repository's name",
  });
  const missing = (await problemsOf({ ...bare, inputs: { command: "deploy" } })).map((problem) => problem.where);
  expect(missing).toEqual(["woven.toml: domains", "version", "settings-module"]);
});

test("env values keep what stands in them", async () => {
  const env = `# comment\nexport A = "two words"\nB=a=b c\nKEY="-----BEGIN\nmiddle\n-----END"\nEMPTY=\nC='it''s'`;
  const { secretEnv } = await settingsOf({ files, inputs: { env } });
  expect(Object.entries(secretEnv).map(([name, value]) => [name, value.reveal()])).toEqual([
    ["A", "two words"],
    ["B", "a=b c"],
    ["KEY", "-----BEGIN\nmiddle\n-----END"],
    ["EMPTY", ""],
    ["C", "it''s"],
  ]);
});

test("options are split as a shell would", async () => {
  const inputs = {
    command: "node",
    "management-command": "createsuperuser",
    options: `--noinput --email "ada@example.com"`,
  };
  expect(await settingsOf({ files, inputs })).toMatchObject({
    managementCommand: "createsuperuser",
    options: ["--noinput", "--email", "ada@example.com"],
  });
});
