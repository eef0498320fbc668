// Projects that ran elsewhere (Heroku, Kamal, a fabfile), moved by `init` alone: nothing is edited but the values of secrets. And a new
// project on the machine of its developer.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalNode, startNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { wayOut } from "../harness/way-out.ts";
import { type Checkout, checkout } from "./support/checkout.ts";
import { keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { type MovingProject, movingProjects } from "./support/moving-projects.ts";
import { type Operator, operator } from "./support/operator.ts";
import { commitAsShown, woven } from "./support/terminal.ts";
import { visitor } from "./support/visitor.ts";

describe.each(movingProjects.map((project) => [project.name, project] as const))("%s", (_, project) => {
  let node: LocalNode;
  let cache: FakeCache;
  let op: Operator;
  let repository: Checkout;
  beforeAll(async () => {
    [node, cache, repository] = await Promise.all([serverOf(project), FakeCache.start(), checkout([])]);
    op = operator(node, keys, cache);
    for (const [path, text] of Object.entries(project.files)) await repository.write(path, text);
    await repository.commit();
  });
  afterAll(async () => {
    for (const thing of [repository, cache, node]) await thing?.[Symbol.asyncDispose]();
  });

  test("init asks nothing, and what it shows works: setupnode, deploy, a visit", async () => {
    const words = [...project.options, "--host", `woven@${node.host}`, "--distribution", project.name];
    const said = await woven(repository.path, "init", ...words);
    await commitAsShown(repository.path, said);
    const inputs = { env: await filledIn(project, repository) };
    await op.succeed({ checkout: repository, command: "setupnode", inputs });
    await op.succeed({ checkout: repository, command: "deploy", inputs });
    const { status, body } = await visitor(node.host, project.domain).get("/");
    expect(status, body).toBe(200);
    expect(body).toContain(`<title>${project.title}</title>`);
    expect(body).toContain(project.server);
  });

  test("its processes and schedules run", async () => {
    const units = async (what: string) =>
      (await inside(node, `systemctl list-units --plain --no-legend --state=active 'woven-*-${what}*' || :`))
        .split("\n")
        .filter(Boolean);
    for (const name of project.processes) expect((await units(`process-${name}`)).length, name).toBe(1);
    for (const name of project.schedules) expect((await units(`schedule-${name}`)).length, name).toBe(1);
  });
});

/** A bare server with the account of the first login: root, or the one that the fabfile names, with sudo. */
function serverOf({ rootUser }: MovingProject): Promise<LocalNode> {
  const login = rootUser === undefined ? ({ kind: "root" } as const) : ({ kind: "admin", user: rootUser } as const);
  return startNode({ suite: "trixie", login, publicKey: keys.publicKey, log: () => undefined });
}

/** The values of secrets: all that the user fills in. */
async function filledIn({ values }: MovingProject, { path }: Checkout): Promise<string> {
  const text = await readFile(join(path, "production.env"), "utf8");
  const lines = text.split("\n").map((line) => {
    const value = values[line.replace(/=$/, "")];
    return line.endsWith("=") && value !== undefined ? `${line}${value}` : line;
  });
  expect(lines.filter((line) => line.endsWith("="))).toEqual([]);
  return lines.join("\n");
}

describe("a new project on the developer's machine", () => {
  const run = promisify(execFile);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "woven-first-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("migrates, passes its tests and Django's checks, and answers", async () => {
    await woven(folder, "startproject", "garden", "ada@example.com");
    const project = join(folder, "garden");
    const env = { ...wayOut, PATH: process.env["PATH"] ?? "", HOME: folder };
    const python = (...words: readonly string[]) =>
      run(join(project, ".venv/bin/python"), words, { cwd: project, env });
    await run("python3", ["-m", "venv", ".venv"], { cwd: project, env });
    await python("-m", "pip", "install", "--quiet", "-r", "requirements.txt");
    await python("manage.py", "migrate");
    await python("manage.py", "makemigrations", "--check", "--dry-run");
    expect((await python("manage.py", "test")).stderr).toMatch(/Ran 2 tests[\s\S]*OK/);
    const port = 20_000 + (process.pid % 20_000);
    const server = spawn(".venv/bin/python", ["manage.py", "runserver", "--noreload", `127.0.0.1:${port}`], {
      cwd: project,
      env,
      stdio: "ignore",
    });
    try {
      const page = () => fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text(), String);
      await expect.poll(page, { timeout: 30_000 }).toContain("<h1>garden</h1>");
      expect((await fetch(`http://127.0.0.1:${port}/admin/login/`)).status).toBe(200);
    } finally {
      server.kill();
    }
  });

  test("without the admin it passes the same checks", async () => {
    await woven(folder, "startproject", "meadow", "--noadmin");
    const project = join(folder, "meadow");
    const python = join(folder, "garden/.venv/bin/python");
    const { stderr } = await run(python, ["manage.py", "test"], {
      cwd: project,
      env: { ...wayOut, PATH: process.env["PATH"] ?? "" },
    });
    expect(stderr).toMatch(/Ran 2 tests[\s\S]*OK/);
  });
});
