// Projects whose Django does not run on the server's own Python: Woven brings another one along, once, and removes it when it is unused.
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Suite } from "../../src/local/node.ts";
import { type OwnPython, ownPythons } from "../harness/own-pythons.ts";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import type { Job } from "./support/operator.ts";
import { visitor } from "./support/visitor.ts";

/** A site that says what it runs on. Its package has to be compiled for that. */
const files = {
  "native/pyproject.toml": `[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
`,
  "native/setup.py": `from setuptools import Extension, setup
setup(name="native", version="1.0", ext_modules=[Extension("native", ["native.c"])])
`,
  "native/native.c": `#include <Python.h>
static PyObject *made_for(PyObject *self, PyObject *none) { return PyUnicode_FromString(PY_VERSION); }
static PyMethodDef methods[] = {{"made_for", made_for, METH_NOARGS, 0}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "native", 0, -1, methods};
PyMODINIT_FUNC PyInit_native(void) { return PyModule_Create(&module); }
`,
  "manage.py": `import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`,
  "site_/__init__.py": "",
  "site_/settings.py": `import os
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
ROOT_URLCONF = "site_.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.staticfiles"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
`,
  "site_/urls.py": `import sys
import django
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import path
try:
    from native import made_for
except ImportError:
    made_for = str
WORD = "first"
def page(request):
    return HttpResponse(f"{WORD}: Django {django.get_version()}, Python {sys.version.split()[0]}, {User.objects.count()} users, {made_for()}")
urlpatterns = [path("", page)]
`,
  "site_/wsgi.py": `import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
application = get_wsgi_application()
`,
};
const name = "plain";

async function project(django: string, server: string): Promise<Checkout> {
  const made = await checkout([]);
  for (const [path, text] of Object.entries(files)) await made.write(path, text);
  await made.write("requirements.txt", `Django${django}\ngunicorn\n./native\n`);
  await made.write("woven.toml", `distribution = "${name}"\ndomains = ["shop.example.com"]\nserver = "${server}"\n`);
  return made;
}

interface Place {
  readonly suite: Suite;
  readonly django: string;
  readonly version: RegExp;
  readonly python: OwnPython;
}

const older: Place = { suite: "trixie", django: ">=3.2,<4", version: /^3\.2\./, python: "3.9.2" };
const newer: Place = { suite: "bookworm", django: ">=6.0,<6.1", version: /^6\.0\./, python: "3.13.5" };

describe.each([newer, older])("Django $django on $suite", ({ suite, django, version, python }) => {
  let g: Ground;
  let site: Checkout;
  let fromStandIn: Record<string, string>;
  const job = (command: string, inputs: Job["inputs"] = {}): Job => ({
    checkout: site,
    command,
    inputs,
    env: fromStandIn,
  });
  const page = async () => (await visitor(g.node.host).get("/")).body;
  const kept = () => inside(g.node, "ls -A /var/local/woven/python 2>/dev/null || :");

  beforeAll(async () => {
    [g, site, fromStandIn] = await Promise.all([ground(suite), project(django, "gunicorn"), ownPythons([python])]);
  });
  afterAll(async () => {
    for (const thing of [site, g]) await thing?.[Symbol.asyncDispose]();
  });

  test("with Apache, or where the server's own Python is demanded, the run ends before anything is touched", async () => {
    await using apache = await project(django, "apache");
    // Django 3.2 may run on a newer Python, for all that Woven knows.
    if (suite === newer.suite) {
      const refused = await g.op.fail({ ...job("deploy", { version: "1" }), checkout: apache });
      expect(refused.failure).toMatchObject({ code: "settings" });
      expect(refused.error).toContain('server = "gunicorn"');
      expect(refused.result.steps).toEqual([]);
    }
    await apache.write(
      "woven.toml",
      `distribution = "${name}"\ndomains = ["shop.example.com"]\nserver = "apache"\npython = "${python}"\n`,
    );
    const named = await g.op.fail({ ...job("deploy", { version: "1" }), checkout: apache });
    expect(named.failure).toMatchObject({ code: "settings", file: "woven.toml", line: 4 });
    expect(named.error).toContain('server = "gunicorn"');
    expect(await kept()).toBe("");
  });

  test("it is deployed with a Python of its own, which belongs to root, and served", async () => {
    const { steps, stdout } = await g.op.succeed(job("deploy", { version: "1" }));
    expect(steps).toContainEqual(expect.objectContaining({ step: "python", status: "changed" }));
    expect(stdout).toContain(`Python ${python}`);
    const [, said = "", on, compiled] = /^first: Django (\S+), Python (\S+), 0 users, (\S+)$/.exec(await page()) ?? [];
    expect(said).toMatch(version);
    expect([on, compiled]).toEqual([python, python]);
    expect(await kept()).toBe(python);
    expect(
      await inside(g.node, "find /var/local/woven/python ! -user root -o ! -group root -o -perm /022 ! -type l"),
    ).toBe("");
    // Nobody can write there later, so its modules are compiled by now.
    const look = "import json, os; print(os.path.exists(json.__cached__), json.dumps.__code__.co_filename)";
    const place = `/var/local/woven/python/${python}`;
    expect(await inside(g.node, `${place}/bin/python3 -IS -c '${look}'`)).toMatch(new RegExp(`^True ${place}/lib/`));
  });

  test("the next version sends no Python, and reads none", async () => {
    await site.edit("site_/urls.py", '"first"', '"second"');
    const { steps } = await g.op.succeed({
      ...job("deploy", { version: "2" }),
      env: await withoutArchive(fromStandIn),
    });
    expect(steps).toContainEqual(expect.objectContaining({ step: "python", status: "ok" }));
    expect(await page()).toMatch(new RegExp(`^second: .*Python ${python}`));
    const { stdout } = await g.op.succeed(job("status"));
    expect(stdout).toContain(`Python ${python}`);
  });

  test("a patch, a management command and a rollback go on with it", async () => {
    await site.edit("site_/urls.py", '"second"', '"patched"');
    await g.op.succeed(job("patch"));
    expect(await page()).toMatch(new RegExp(`^patched: .*Python ${python}`));
    const { stdout } = await g.op.succeed(job("node", { "management-command": "version" }));
    expect(stdout).toMatch(new RegExp(version.source.replace("^", "\\b")));
    await g.op.succeed(job("rollback"));
    expect(await page()).toMatch(new RegExp(`^first: .*Python ${python}`));
  });

  test("it stays for as long as a release runs on it, and is removed with the last one", async () => {
    await site.write("requirements.txt", "Django>=5.2,<5.3\ngunicorn\n");
    await g.op.succeed(job("deploy", { version: "3" }));
    expect(await page()).toMatch(/Django 5\.2\.\d+, Python 3\.1[13]\./);
    expect(await kept()).toBe(python);
    await g.op.succeed(job("remove", { version: "1" }));
    expect(await kept()).toBe(python);
    const { steps } = await g.op.succeed(job("remove", { version: "2" }));
    expect(steps).toContainEqual(expect.objectContaining({ step: "unused-pythons", status: "changed" }));
    expect(await kept()).toBe("");
  });
});

/** The same list, with addresses where nothing is. */
async function withoutArchive(env: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const list = env["UV_PYTHON_DOWNLOADS_JSON_URL"] ?? "";
  const changed = (await readFile(list, "utf8")).replaceAll(
    /"url":"[^"]*"/g,
    '"url":"file:///nonexistent/python.tar.gz"',
  );
  await writeFile(`${list}.gone.json`, changed);
  return { ...env, UV_PYTHON_DOWNLOADS_JSON_URL: `${list}.gone.json` };
}
