// Settings of every kind meet those of the server: names of their own stay, and what Django sees in the end is what was set.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let project: Checkout;

beforeAll(async () => {
  [g, project] = await Promise.all([ground("trixie"), checkout(["notes"])]);
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

const job = (command: string, inputs: Readonly<Record<string, string>> = {}) => ({
  checkout: project,
  command,
  inputs: { env: "SECRET_KEY=e2e-notes-secret", ...inputs },
});

/** What Django sees as the release that is live. */
async function seen(expression: string): Promise<string> {
  const code = `from django.conf import settings; print('seen:', ${expression})`;
  const { stdout } = await g.op.succeed(job("node", { "management-command": "shell", options: `-v 0 -c "${code}"` }));
  return /│ seen: (.*)$/m.exec(stdout)?.[1] ?? "";
}

const ofServer =
  "settings.DEBUG, settings.ALLOWED_HOSTS, str(settings.MEDIA_ROOT), str(settings.DATABASES['default']['NAME']), settings.SITE_ID";
const asSet = (hosts: string) => `False [${hosts}] /home/woven/public/shop /home/woven/database/shop.db 1`;

test("a project with names and modules like Woven's keeps its own, and media and database are the server's", async () => {
  for (const module of ["environment", "manage_py", "describe", "settings", "wsgi"])
    await project.write(`${module}.py`, "WHOSE = 'the project'\n");
  await project.edit(
    "config/settings/production.py",
    "\n",
    `
import environment, describe, settings, wsgi
WHOSE = {module.WHOSE for module in (environment, describe, settings, wsgi)}
from pathlib import Path
RELEASE, SITES, SCHEMES, DOMAINS = "2026.1", {"default": 1}, "ftp", 7
ROOT = Path(__file__).resolve().parents[2]
_project = _own = _kept = _woven = project = applied = None
`,
  );
  await g.op.succeed(job("deploy", { version: "1" }));
  expect((await visitor(g.node.host, "notes.example.com").get("/")).status).toBe(200);
  expect(await seen("settings.RELEASE, settings.SITES, settings.WHOSE, settings.ROOT.name")).toBe(
    "2026.1 {'default': 1} {'the project'} project",
  );
  expect(await seen(ofServer)).toBe(asSet("'notes.example.com'"));
  expect(await inside(g.node, "stat -c %s /home/woven/database/shop.db")).not.toBe("0");
});

test("settings that end in dynaconf's object get the server's values, whoever asks", async () => {
  await project.write("requirements/production.txt", "-r base.txt\ngunicorn==27.0.1\ndynaconf>=3.2,<4\n");
  await project.write(
    "config/settings/lazy.py",
    `from config.settings.production import *
import dynaconf
DEBUG = True
ALLOWED_HOSTS = ["*"]
settings = dynaconf.DjangoDynaconf(__name__)
`,
  );
  await project.edit("woven.toml", "config.settings.production", "config.settings.lazy");
  await g.op.succeed(job("deploy", { version: "2" }));
  expect(await seen(ofServer)).toBe(asSet("'notes.example.com', '*'"));
  expect(await seen("type(settings).__module__, settings.get('DEBUG')")).toBe("dynaconf.base False");
  const missing = await visitor(g.node.host, "notes.example.com").get("/there-is-no-such-page");
  expect([missing.status, missing.body.includes("DEBUG = True")]).toEqual([404, false]);
});

test("what is changed after that is an error that names the setting and the file, and nothing is switched", async () => {
  await project.write(
    "late/apps.py",
    `from django.apps import AppConfig
class Late(AppConfig):
    name = "late"
    def ready(self):
        from django.conf import settings
        settings.DEBUG = True
        settings.MEDIA_ROOT = "/srv/media"
`,
  );
  await project.write("late/__init__.py", "");
  await project.edit(
    "config/settings/lazy.py",
    "DEBUG = True\n",
    'DEBUG = True\nINSTALLED_APPS += ["late.apps.Late"]\n',
  );
  const { error } = await g.op.fail(job("deploy", { version: "3" }));
  expect(error).toMatch(/DEBUG is True, but on this server it must be False\. Set in .*late\/apps\.py/);
  expect(error).toMatch(/MEDIA_ROOT is '\/srv\/media', .*\/home\/woven\/public\/shop.*late\/apps\.py/);
  expect((await g.op.succeed(job("status"))).outputs["version"]).toBe("2");
});
