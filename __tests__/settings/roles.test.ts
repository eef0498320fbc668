// Which servers a run is about.
import { describe, expect, test } from "vitest";
import { problemsOf, settingsOf, smallProject, told } from "./source.ts";

const files = smallProject;
const roles = `
staging: ["woven@staging.example.com"]
production:
  - web1.example.com
  - "ada@[2001:db8::1]:2222"
database: ["db.example.com", web1.example.com]
`;

describe("the role input", () => {
  test.each<[string, string[]]>([
    ["staging", ["woven@staging.example.com (staging)"]],
    ["production", ["woven@web1.example.com (production)", "ada@2001:db8::1:2222 (production)"]],
    [
      "production, staging",
      [
        "woven@web1.example.com (production)",
        "ada@2001:db8::1:2222 (production)",
        "woven@staging.example.com (staging)",
      ],
    ],
    [
      "production\ndatabase",
      ["woven@web1.example.com (production)", "ada@2001:db8::1:2222 (production)", "woven@db.example.com (database)"],
    ],
    ["db.example.com", ["woven@db.example.com (database)"]],
    ["eve@other.example.com:22", ["eve@other.example.com:22"]],
    ["eve@db.example.com", ["eve@db.example.com"]],
    ["[2001:db8::1]", ["ada@2001:db8::1:2222 (production)"]],
  ])("%j", async (role, nodes) => {
    const settings = await settingsOf({ files, inputs: { roles, role } });
    const shown = settings.nodes.map(
      (node) => `${node.user}@${node.host}${node.port ? `:${node.port}` : ""}${node.role ? ` (${node.role})` : ""}`,
    );
    expect(shown).toEqual(nodes);
  });

  test("without it, the only role or the one called default is meant", async () => {
    const several = "default: [a.example.com]\nother: [b.example.com]";
    expect((await settingsOf({ files, inputs: { roles: several } })).nodes.map(({ host }) => host)).toEqual([
      "a.example.com",
    ]);
    expect(await told({ files, inputs: { roles } })).toEqual([
      "input role: is missing, and there are several roles | Write role: with one or more of staging, production, database.",
    ]);
  });
});

test("roles may stand in the configuration, and the input wins as a whole", async () => {
  const config = {
    ...files,
    "woven.toml": `${files["woven.toml"]}user = "ada"\nroles = { staging = ["s.example.com"] }\n`,
  };
  expect((await settingsOf({ files: config, inputs: { roles: "" } })).nodes).toEqual([
    { user: "ada", host: "s.example.com", role: "staging" },
  ]);
  expect((await settingsOf({ files: config })).nodes.map(({ role }) => role)).toEqual(["production"]);
});

test("a wrong entry in the configuration is told with its line", async () => {
  const config = { ...files, "woven.toml": `${files["woven.toml"]}[roles]\nstaging = ["s_;id"]\n` };
  const [problem] = await problemsOf({ files: config, inputs: { roles: "" } });
  expect(problem).toMatchObject({
    where: "woven.toml: roles",
    file: "woven.toml",
    line: 2,
    what: expect.stringMatching(/^role staging, entry 1: /),
  });
});

test("JSON is YAML enough", async () => {
  const json = JSON.stringify({ production: ["web9.example.com"] });
  expect((await settingsOf({ files, inputs: { roles: json } })).nodes.map(({ host }) => host)).toEqual([
    "web9.example.com",
  ]);
});

describe("roles that are wrong", () => {
  test.each<[string, RegExp[]]>([
    ["production: [", [/^input roles: is not YAML \(line 1: /]],
    ["a: [x.example.com]\na: [y.example.com]", [/^input roles: is not YAML \(line 2: duplicate key/]],
    ["web1.example.com", [/^input roles: is not a mapping of roles/]],
    ["- web1.example.com", [/^input roles: is not a mapping/]],
    ["production: web1.example.com", [/^input roles: role production is not a list of servers \| Write production: /]],
    ["production: []", [/^input roles: role production is not a list/]],
    ["production: [42]", [/^input roles: role production, entry 1: is not a text/]],
    [
      "production: [a.example.com, 'bad host', 'b@c@d;e']",
      [/^input roles: role production, entry 2: .*"bad host"/, /^input roles: role production, entry 3: /],
    ],
    ["production: [a.example.com, a.example.com]", [/^input roles: role production, entry 2: "a.example.com" /]],
    ["local: [a.example.com]", [/^input roles: the role name local/]],
    ["'pro duction': [a.example.com]", [/^input roles: "pro duction" is not a role name/]],
    [
      "production: ['root@a.example.com']",
      [/^input roles: role production, entry 1: root .*\| Write woven@a.example.com/],
    ],
    [
      "production: ['Ada@a.example.com']",
      [/^input roles: role production, entry 1: the user "Ada" is not a user name/],
    ],
  ])("%j", async (given, lines) => {
    const problems = await told({ files, inputs: { roles: given } });
    expect(problems).toEqual(lines.map((line) => expect.stringMatching(line)));
  });

  test("the secret itself is never shown", async () => {
    const hidden = "production:\n  - hidden1.example.com\n bad indentation: [hidden2.example.com";
    expect((await told({ files, inputs: { roles: hidden } })).join()).not.toMatch(/hidden/);
  });
});

test("no role at all says what to write", async () => {
  expect(await told({ files, inputs: { roles: "" } })).toEqual([
    expect.stringMatching(/^input roles: .*secrets\.WOVEN_ROLES/),
  ]);
});

test("setupnode does not set up one host as two roles that want different things", async () => {
  const config = { ...files, "woven.toml": 'role-packages = { database = ["postgresql"] }\n' };
  const inputs = { roles, role: "production, database", command: "setupnode" };
  expect(await told({ files: config, inputs })).toEqual([
    expect.stringMatching(/^input role: web1.example.com .*production and database/),
  ]);
  expect((await settingsOf({ files, inputs })).nodes).toHaveLength(3);
});
