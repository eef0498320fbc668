// What a run is made of, and every way in which its inputs can be wrong: told at once, before any server is touched.
import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/settings/read.ts";
import { folderWith, problemsOf, rightInputs, type Seen, settingsOf, smallProject, told, worldOf } from "./source.ts";

const files = smallProject;

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
    python: "system",
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
    "Source root: . (where manage.py lies)",
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
  test.each<[Record<string, string>, string]>([
    [{ command: "deplyo" }, 'input command: there is no command "deplyo" | Did you mean deploy?'],
    [
      { command: "xyz" },
      'input command: there is no command "xyz" | Known are: setupnode, bundle, deploy, patch, activate, rollback, node, status.',
    ],
    [
      { overwrite: "yes" },
      'input overwrite: "yes" is neither true nor false | Write overwrite: true or overwrite: false.',
    ],
    [{ cache: "1" }, 'input cache: "1" is neither true nor false | Write cache: true or cache: false.'],
    [{ ssh_key: "x" }, "input ssh_key: is not an input of this action | Did you mean ssh-key?"],
    [{ dryrun: "true" }, "input dryrun: is not an input of this action | Did you mean dry-run?"],
    [{ "max-parallel": "many" }, 'input max-parallel: "many" is not a whole number from 1 to 100'],
    [{ role: "prodcution" }, 'input role: there is no role "prodcution" | Did you mean production?'],
    [
      { role: "web1" },
      'input role: there is no role "web1" | Known roles are: production. A host alone is written with its user: woven@web1.',
    ],
    [{ parts: "tempaltes" }, 'input parts: there is no part "tempaltes" | Did you mean templates?'],
    [{ "host-key-policy": "none" }, 'input host-key-policy: "none" is not a policy | Known are: strict, accept-new.'],
    [
      { migrate: "--fake" },
      'input migrate: "--fake" is none of auto, none, fake, manual, nor an app and a migration such as "catalogue 0003"',
    ],
    [
      { migrate: "atuo" },
      'input migrate: "atuo" is no app of this project | Did you mean auto? For an app that is installed beside it, name a migration too: atuo 0001',
    ],
    [
      { migrate: "Manual" },
      'input migrate: "Manual" is no app of this project | Did you mean manual? For an app that is installed beside it, name a migration too: Manual 0001',
    ],
    [
      { version: "1.0; reboot" },
      'input version: "1.0; reboot" is not a version (letters, digits and . + - _ ! ~ /, at most 60), such as 1.4.2',
    ],
    [
      { env: "SECRET" },
      "input env: line 1 is not KEY=value | Write one variable a line: KEY=value. A value of several lines goes into quotes.",
    ],
    [{ env: "A=1\nA=2" }, "input env: A stands there twice | Keep one of the two."],
    [
      { env: "SITE_ID=2" },
      "input env: SITE_ID cannot be set here | Woven sets it for each site: use [tool.woven.sites.<SITE_ID>].",
    ],
    [{ env: "KEY='open" }, "input env: the quote that opens the value of KEY in line 1 is never closed"],
    [{ preview: "true" }, "input preview: is not supported yet | Take it out for now."],
    [
      { command: "activate" },
      "input version: is empty, and activate has to know which release to go to | Write version: with one that the status command lists.",
    ],
    [
      { command: "rollback", version: "1.0" },
      "input version: is set, and rollback goes to the last healthy release by itself | Leave version out, or use command: activate to go to a release of your choice.",
    ],
    [
      { command: "node" },
      "input management-command: is empty, and node has to know what to run | For example: management-command: clearsessions",
    ],
    [
      { command: "node", "management-command": "migrate --plan" },
      'input management-command: "migrate --plan" is more than one word | Write management-command: migrate and put the rest into options.',
    ],
    [{ command: "node", "management-command": "shell", options: "-c 'x" }, "input options: has a ' that is not closed"],
    [
      { jump: "woven@gate:99999" },
      'input jump: the port "99999" of "woven@gate:99999" is not a number from 1 to 65535 | Write user@host or user@host:port, and an IPv6 address in brackets: woven@[2001:db8::1]:22.',
    ],
    [
      { "working-directory": "backend" },
      'input working-directory: there is no folder "backend" | It is written from the top of the repository. Is actions/checkout a step before this one?',
    ],
  ])("%j", async (inputs, line) => {
    expect(await told({ files, inputs })).toEqual([line]);
  });
});

describe("logging in", () => {
  test("a run without key and password says where the key belongs", async () => {
    expect(await told({ files, inputs: { "ssh-key": "" } })).toEqual([
      expect.stringMatching(/^input ssh-key: is empty, and deploy has to log in \| .*secrets\.WOVEN_SSH_KEY/),
    ]);
  });

  test("the local node needs no key", async () => {
    const settings = await settingsOf({ files, inputs: { "ssh-key": "", roles: "", role: "local" } });
    expect(settings.nodes).toEqual([{ user: "woven", host: "local", role: "local" }]);
  });

  test("setupnode does not turn off the only way in", async () => {
    const password = { command: "setupnode", "ssh-key": "", password: "hunter22" };
    expect(await told({ files, inputs: password })).toEqual([expect.stringContaining("leave nobody a way in")]);
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
  expect(missing).toEqual(["woven.toml: domains", "version", "settings-module", "requirements"]);
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
