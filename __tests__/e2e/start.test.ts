// The first steps of a user: a new project that is live by two commands, and a project from elsewhere, which `init` prepares.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openNode } from "../../src/local/node.ts";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { heroku, smallHeroku } from "./support/moving-projects.ts";
import { commitAsShown, type Terminal, terminal, woven } from "./support/terminal.ts";
import { visitor } from "./support/visitor.ts";

let folder: string;
let shell: Terminal;
let g: Ground;
let moved: Checkout;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "woven-start-"));
  shell = terminal(folder);
  [g, moved] = await Promise.all([ground("trixie"), checkout([])]);
});
afterAll(async () => {
  for (const thing of [shell, moved, g]) await thing?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test("startproject and one more command: the new project is live on a throwaway server", async () => {
  await shell.woven(folder, "startproject", "garden", "ada@example.com");
  const project = join(folder, "garden");
  const said = await shell.woven(project, "deploy", "local", "--env-from", "local.env");
  const [, name = "", host = ""] = /The local node (\S+?),? .*is at (\S+)\./.exec(said) ?? [];
  const visit = visitor(host, "garden.example.com");
  expect(await visit.get("/")).toMatchObject({ status: 200, body: expect.stringContaining("<h1>garden</h1>") });
  expect((await visit.get("/healthz")).body).toBe("ok\n");
  const [, sheet = ""] = /href="(\/static\/garden\/site\.[0-9a-f]+\.css)"/.exec((await visit.get("/")).body) ?? [];
  expect((await visit.get(sheet)).status).toBe(200);
  expect((await visit.get("/admin/login/")).status).toBe(200);

  const node = await openNode(name);
  const account = "u = User.objects.get(); print(u.username, u.email, u.is_superuser, u.has_usable_password())";
  const shown = `from django.contrib.auth.models import User; ${account}`;
  expect(await inside(node, `/home/woven/env/garden/manage shell -v 0 -c '${shown}'`)).toBe(
    "ada ada@example.com True False",
  );
  const key = /^DJANGO_SECRET_KEY=(.*)$/m.exec(await readFile(join(project, "local.env"), "utf8"))?.[1] ?? "missing";
  expect(said).not.toContain(key);
});

test("a project from Heroku is live after init, without an edit", async () => {
  for (const [path, text] of Object.entries(smallHeroku)) await moved.write(path, text);
  await moved.commit();
  const server = ["--host", `woven@${g.node.host}`];
  const said = await woven(moved.path, "init", ...heroku.options, "--distribution", heroku.name, ...server);
  await commitAsShown(moved.path, said);
  const env = await readFile(join(moved.path, "production.env"), "utf8");
  await g.op.succeed({ checkout: moved, command: "deploy", inputs: { env } });
  const { status, body } = await visitor(g.node.host, heroku.domain).get("/");
  expect(status, body).toBe(200);
  expect(body).toContain(`<title>${heroku.title}</title>`);
  expect(body).toContain("gunicorn");
});
