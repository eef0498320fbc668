// Several problems in one configuration: each is told, with its own line and hint, and none makes another one up.
import { expect, test } from "vitest";
import { problemsOf, smallProject } from "./source.ts";

/** `line key | hint`, in the order in which they are told. */
async function told(text: string, file = "woven.toml"): Promise<readonly string[]> {
  const { "woven.toml": _, ...project } = smallProject;
  const files =
    file === "woven.toml"
      ? { ...project, [file]: text }
      : { ...project, [file]: `${project[file as keyof typeof project]}${text}` };
  return (await problemsOf({ files })).map(
    ({ where, line, next }) => `${line} ${where.replace(/^\S+: (tool\.woven\.)?/, "")} | ${next?.split("\n")[0] ?? ""}`,
  );
}

test("a misspelt key is not missing as well, and the others are told beside it", async () => {
  expect(
    await told('domians = ["a.example.com"]\nkeep-releases = "5"\nserver = "apach"\nrequirments = ["r.txt"]\n'),
  ).toEqual([
    "1 domians | Did you mean domains?",
    "2 keep-releases | For example: keep-releases = 5",
    '3 server | For example: server = "apache"',
    "4 requirments | Did you mean requirements?",
  ]);
});

test("one wrong entry hides nothing of what stands beside it", async () => {
  expect(
    await told(
      'domains = ["a.example.com"]\nenv = { A = 1, SITE_ID = "2" }\n[sites.2]\ndomains = ["b b"]\n[sites.3]\ndomains = ["a.example.com"]\n[sites.4]\nsettings-module = "shop.settings"\n',
    ),
  ).toEqual([
    "2 env.A | For example: [env]",
    '4 sites.2.domains.0 | For example: domains = ["shop.example.com"]',
    "2 env.SITE_ID | Woven sets it for each site: use [tool.woven.sites.<SITE_ID>].",
    "7 sites.4 | Write in woven.toml:",
    "6 sites.3.domains | ",
  ]);
});

test("each entry of a list has its own line", async () => {
  const list = 'domains = [\n  "a.example.com",\n  "b b",\n  # more\n  \'c_c\',\n]\nexclude = ["b b", "../b b"]\n';
  expect(await told(list)).toEqual([
    '3 domains.1 | For example: domains = ["shop.example.com"]',
    '5 domains.2 | For example: domains = ["shop.example.com"]',
    '7 exclude.1 | For example: exclude = ["docs"]',
  ]);
});

test("a setting below another table is told where it belongs", async () => {
  const text = 'domains = ["a.example.com"]\n[health]\npath = "/x"\nserver = "gunicorn"\n';
  expect(await told(text)).toEqual(["4 health.server | Move the line above the first [table]."]);
  const env = 'domains = ["a.example.com"]\n[env]\nserver = "gunicorn"\nkeep-releases = 3\n';
  const variable = "If you mean a variable, put it into the input env.";
  expect((await told(env)).toSorted()).toEqual([
    `3 env.server | Move the line above the first [table]. ${variable}`,
    `4 env.keep-releases | Move the line above the first [table]. ${variable}`,
  ]);
  const tool = '[tool.woven]\ndomains = ["a.example.com"]\n[tool.woven.env]\npython = "3.12"\n';
  expect(await told(tool, "pyproject.toml")).toEqual([`8 env.python | Move the line to [tool.woven]. ${variable}`]);
});

test("in pyproject.toml as well", async () => {
  const text = '[tool.woven]\ndomains = ["a b"]\n[tool.woven.health]\npth = "/x"\ntimeout = 0\n';
  expect(await told(text, "pyproject.toml")).toEqual([
    '6 domains.0 | For example: domains = ["shop.example.com"]',
    "8 health.pth | Did you mean path?",
    "9 health.timeout | For example: timeout = 30",
  ]);
});

test("keys below [tool.woven] in woven.toml are read, so that only the heading and real faults are told", async () => {
  expect(await told('[tool.woven]\ndomains = ["a.example.com"]\nserverr = "x"\n')).toEqual([
    "1 tool | In woven.toml, write the keys at the top, without [tool.woven].",
    "3 serverr | Did you mean server?",
  ]);
});

test("a server is a name or a table, and each fault in the table has its own line", async () => {
  const domains = 'domains = ["a.example.com"]\n';
  expect(
    await told(`${domains}[server]\nprogram = "gunicron"\nworkers = 0\nthread = 2\narguments = ["-w 3"]\n`),
  ).toEqual([
    "3 server.program | For example: [server]",
    "4 server.workers | For example: workers = 4",
    "5 server.thread | Did you mean threads?",
    '6 server.arguments.0 | For example: arguments = ["--max-requests=500"]',
  ]);
  expect(await told(`${domains}[server]\nprogram = "uvicorn"\nworkers = 2\nthreads = 4\n`)).toEqual([
    "5 server.threads | Remove it. More workers answer more requests at once.",
  ]);
  expect(await told(`${domains}server = 3\n`)).toEqual(['2 server | For example: server = "apache"']);
});

test("a site may have its own server, and each fault in it has its own line", async () => {
  const site = (lines: string) => told(`domains = ["a.example.com"]\n[sites.2]\ndomains = ["b.example.com"]\n${lines}`);
  expect(await site('server = "nginx"\n')).toEqual(['4 sites.2.server | For example: server = "uvicorn"']);
  expect(await site('[sites.2.server]\nprogram = "uvicorn"\nthreads = 4\nworkers = 0\n')).toEqual([
    "7 sites.2.server.workers | For example: workers = 4",
    "6 sites.2.server.threads | Remove it. More workers answer more requests at once.",
  ]);
  expect(await site('[sites.2.server]\nmemory = "1G"\n')).toEqual([
    '5 sites.2.server.memory | Remove it. A limit for all of them stands in [server], with program = "apache".',
  ]);
});

test("HOSTS may mean the domains, too", async () => {
  expect(await told('HOSTS = ["a.example.com"]\n')).toContainEqual(expect.stringMatching(/HOSTS .*domains.*roles/));
});
