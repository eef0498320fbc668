// Repositories in shapes that many have: folders that the application writes to, a build, static files that are collected already.
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let notes: Checkout;
beforeAll(async () => {
  [g, notes] = await Promise.all([ground("trixie"), checkout(["notes"])]);
  await notes.edit(
    "config/settings/base.py",
    'STATIC_ROOT = BASE_DIR / "staticfiles"',
    `STATIC_ROOT = BASE_DIR / "staticfiles"
LOGGING = {
    "version": 1,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": BASE_DIR / "logs" / "app.log"}},
    "root": {"handlers": ["file"], "level": "INFO"},
}`,
  );
  await notes.edit(
    "notes/views.py",
    "def notes(request):",
    `from pathlib import Path

from django.http import HttpResponse

DATA = Path("data")


def visits(request):
    (DATA / "visits").open("a").write("x")
    return HttpResponse((DATA / "words").read_text() + (DATA / "visits").read_text())


def notes(request):`,
  );
  await notes.edit("config/urls.py", "from notes.views import notes", "from notes.views import notes, visits");
  await notes.edit("config/urls.py", "urlpatterns = [", 'urlpatterns = [\n    path("visits/", visits),');
  await notes.write("logs/.gitkeep", "");
  await notes.write("data/words", "first ");
  await notes.write(".gitignore", "out/\n");
});
afterAll(async () => {
  await notes?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

const deploy = (version: string) => ({
  checkout: notes,
  command: "deploy",
  inputs: { version, env: "SECRET_KEY=e2e-notes-secret" },
});
const visits = async () => (await visitor(g.node.host, "notes.example.com").get("/visits/")).body;
const writable = "/home/woven/writable/shop";

test("a log file in the release: the error names the line to write, and the line is enough", async () => {
  const { failure, error } = await g.op.fail(deploy("1"));
  expect(failure).toMatchObject({ code: "step-failed", step: "django" });
  expect(error).toContain("logs/app.log");
  expect(error).toContain('writable = ["logs"]');

  await notes.edit("woven.toml", "domains =", 'writable = ["logs", "data"]\ndomains =');
  const { stdout } = await g.op.succeed(deploy("1"));
  expect(stdout).toContain(`${writable}/data`);
  expect(await visits()).toBe("first x");
  expect(await inside(g.node, `stat -c '%U %G %a' ${writable} ${writable}/logs ${writable}/data/visits`)).toBe(
    "root code-shop 750\nsite_1 code-shop 2770\nsite_1 code-shop 664",
  );
  expect(await inside(g.node, `sudo -u woven cat ${writable}/data/words 2>&1 || echo refused`)).toContain("refused");
});

test("of 1,500 files, a patch of one sends that one; what somebody changed on the server is noticed, and sent again", async () => {
  const page = (index: number) => `notes/templates/pages/${index % 50}/${index}.html`;
  for (let index = 0; index < 1500; index += 1) {
    mkdirSync(dirname(join(notes.path, page(index))), { recursive: true });
    writeFileSync(join(notes.path, page(index)), `<p>${index} ${randomBytes(300).toString("hex")}</p>\n`);
  }
  await notes.write(page(0), "<p>0</p>\n");
  await g.op.succeed(deploy("1.1"));

  const live = (index: number) => `/home/woven/env/shop/project/${page(index)}`;
  await notes.write(page(1), "<p>patched</p>\n");
  const patch = { ...deploy("1.1"), command: "patch", inputs: { parts: "templates" } };
  const { stdout, steps } = await g.op.succeed(patch);
  // The list of all files would have 70 kB.
  expect(Number(/(\d+) bytes sent\)/.exec(stdout)?.[1])).toBeLessThan(25_000);
  expect(await inside(g.node, `cat ${live(1)}; ls ${dirname(dirname(live(1)))}/* | grep -c html`)).toBe(
    "<p>patched</p>\n1500",
  );
  // Nothing is made again that templates have no part in: the static files are those of the build before, as hard links.
  expect(steps.map(({ step }) => step)).not.toContain("byte-compile");
  const links = await inside(g.node, "stat -c %h /home/woven/env/shop/static/admin/css/base.css");
  expect(Number(links)).toBeGreaterThan(1);

  // Of a part that is patched, the checkout's files are sent again. Those of others cannot be kept as they are.
  const code = "/home/woven/env/shop/project/notes/views.py";
  await inside(g.node, `echo by hand >${live(2)}; echo '# by hand' >>${code}`);
  await notes.write(page(3), "<p>patched again</p>\n");
  const { failure, error } = await g.op.fail(patch);
  expect(failure).toMatchObject({ code: "release-drifted" });
  expect(error).toContain("notes/views.py");
  await g.op.succeed(deploy("1.2"));
  expect(await inside(g.node, `cat ${live(2)} ${live(3)}; grep -c 'by hand' ${code} || :`)).toBe(
    `${(await notes.read(page(2))).trim()}\n<p>patched again</p>\n0`,
  );
  await rm(join(notes.path, "notes/templates/pages"), { recursive: true });
});

test("what a build makes is taken, as static files that need no collectstatic; the application's files stay", async () => {
  await notes.write("data/words", "second ");
  await notes.write(
    "make.sh",
    'mkdir -p out/css && echo "/* $(git log --oneline | wc -l) $SECRET_KEY */" >out/css/app.css\n',
  );
  await notes.edit("woven.toml", "domains =", 'build = ["sh make.sh"]\ncollected-static = "out"\ndomains =');
  await notes.commit();
  const { stdout } = await g.op.succeed(deploy("2"));
  expect(stdout).toMatch(/\bdata: .*\(1\)/);
  const visit = visitor(g.node.host, "notes.example.com");
  expect(await visit.get("/static/css/app.css")).toMatchObject({ status: 200, body: "/* 1  */\n" });
  expect(await inside(g.node, "ls /home/woven/env/shop/static")).toBe("css");
  // Visitors may still have a page of the release before.
  expect((await visit.get("/static/admin/css/base.css")).status).toBe(200);
  expect(await visits()).toBe("first xx");

  await g.op.succeed({ checkout: notes, command: "rollback" });
  expect(await visits()).toBe("first xxx");
  expect((await visit.get("/static/admin/css/base.css")).status).toBe(200);
  await g.op.succeed(deploy("2"));

  await notes.edit("make.sh", "/*", "/* patched");
  await g.op.succeed({ ...deploy("2"), command: "patch", inputs: { env: "SECRET_KEY=e2e-notes-secret" } });
  expect((await visit.get("/static/css/app.css")).body).toContain("patched");
  expect(await visits()).toBe("first xxxx");
  await g.op.succeed({ ...deploy("2"), inputs: { ...deploy("2").inputs, overwrite: "true" } });
  expect(await visits()).toBe("first xxxxx");
});

test("a build that fails touches no server, and a removed distribution leaves its files in the backup", async () => {
  await notes.edit("make.sh", "mkdir", "echo no style >&2; exit 4; mkdir");
  const { failure, error } = await g.op.fail(deploy("3"));
  expect(failure).toMatchObject({ code: "build-command" });
  expect(error).toMatch(/\b4\b[\s\S]*no style/);
  await g.op.succeed({ checkout: notes, command: "remove", inputs: { version: "shop" } });
  const kept = "/var/local/woven-backup/removed/shop-*/shop-writable";
  expect(await inside(g.node, `cat ${kept}/data/words ${kept}/data/visits; echo; ls ${writable} 2>&1 || :`)).toMatch(
    /^first xxxxx\n.*No such file/,
  );
});
