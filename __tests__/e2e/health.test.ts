// What passes for healthy on a real server, what does not, and what becomes of a first deployment whose database is still empty.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { footprint, inside } from "./support/inside.ts";
import { ask } from "./support/visitor.ts";

let g: Ground;
let pages: Checkout;

/** A site whose pages are rows of its database, behind a cache that the releases share. */
const project = {
  "requirements.txt": "Django==5.2.19\nasgiref==3.13.0\nsqlparse==0.6.1\n",
  "woven.toml": `distribution = "pages"
domains = ["pages.example.com", "www.pages.example.com"]
[sites.2]
domains = ["admin.example.com"]
[sites.2.health]
path = "/desk/"
status = 200
`,
  "manage.py": `import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pages.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`,
  "pages/__init__.py": "",
  "pages/settings.py": `import os
from pathlib import Path
BASE_DIR = Path(__file__).parent.parent
SECRET_KEY = "a key of a test"
INSTALLED_APPS = ["pages"]
ROOT_URLCONF = "pages.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": f"/home/woven/database/cache-{os.environ['SITE_ID']}"}}
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
`,
  "pages/models.py": `from django.db import models
class Page(models.Model):
    path = models.CharField(max_length=100, unique=True)
    text = models.TextField()
`,
  "pages/migrations/__init__.py": "",
  "pages/migrations/0001_initial.py": `from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [migrations.CreateModel("Page", [
        ("id", models.AutoField(primary_key=True)),
        ("path", models.CharField(max_length=100, unique=True)),
        ("text", models.TextField()),
    ])]
`,
  "pages/urls.py": `from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import path
from pages.models import Page
def home(request):
    return HttpResponse(Page.objects.get(path="/").text)
def desk(request):
    if settings.SITE_ID != 2:
        raise Http404
    return HttpResponse("the desk")
urlpatterns = [path("", home), path("desk/", desk)]
`,
  "pages/fixtures/first.json": '[{"model": "pages.page", "pk": 1, "fields": {"path": "/", "text": "welcome"}}]\n',
} as const;

beforeAll(async () => {
  [g, pages] = await Promise.all([ground("trixie"), checkout([])]);
  for (const [file, text] of Object.entries(project)) await pages.write(file, text);
});
afterAll(async () => {
  await pages?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

const deploy = (version: string) => ({ checkout: pages, command: "deploy", inputs: { env: "", version } });
const visit = (path: string, host = "pages.example.com") => ask(g.node.host, host, path);
const sent = (stdout: string) => Number(/ (\d+) bytes sent\)/.exec(stdout)?.[1]);
const builds = () => inside(g.node, "ls -d /home/woven/env/.pages-* 2>/dev/null | wc -l");

describe("a first deployment whose pages need data", () => {
  let first: { readonly bytes: number };

  test("is not live, stays on the server without traffic, and the error has the lines that load the data", async () => {
    const { error, result, failure } = await g.op.fail(deploy("0.1"));
    expect(failure).toMatchObject({ code: "step-failed", stage: "switch", step: "health" });
    expect(error).toMatch(/pages\.example\.com\/ .*\b500\b.*DoesNotExist/);
    expect(error).toContain("pages/urls.py:6 in home");
    expect(error).not.toContain("site-packages");
    for (const line of ["- command: node", '- version: "0.1"', "- management-command: loaddata"])
      expect(error).toContain(line);
    // The same answer would have come for the whole time.
    expect(result.seconds).toBeLessThan(60);
    const undone = result.steps.filter(({ status }) => status === "undone").map(({ step }) => step);
    expect(undone).toContain("start");
    expect(undone).not.toContain("place");
    await expect(visit("/")).rejects.toThrow();
    expect(await inside(g.node, "systemctl list-units --plain --no-legend 'woven-pages*' | wc -l")).toBe("0");
    expect(JSON.parse(result.outputs["results"] ?? "")).toMatchObject([{ version: null, status: "failed" }]);
    first = { bytes: sent(result.stdout) };
  });

  test("is listed as not healthy, and neither a rollback nor a command without a version uses it", async () => {
    const listed = await g.op.succeed({ checkout: pages, command: "status", inputs: { env: "" } });
    expect(listed.stdout).toMatch(/^.* 0\.1 .*$/m);
    const back = await g.op.fail({ checkout: pages, command: "rollback", inputs: { env: "" } });
    expect(back.failure).toMatchObject({ code: "nothing-before" });
    const node = { env: "", "management-command": "check" };
    const none = await g.op.fail({ checkout: pages, command: "node", inputs: node });
    expect(none.failure).toMatchObject({ code: "nothing-active" });
    expect(none.error).toContain("0.1");
    const other = await g.op.fail({ checkout: pages, command: "node", inputs: { ...node, version: "0.9" } });
    expect(other.failure).toMatchObject({ code: "version-unknown" });
  });

  test("is built again after a change, from what the server has, and only its last build stays", async () => {
    await pages.edit("pages/urls.py", "def desk", "# Changed.\ndef desk");
    const { result, failure } = await g.op.fail(deploy("0.1"));
    expect(failure).toMatchObject({ step: "health" });
    expect(sent(result.stdout)).toBeLessThan(first.bytes / 5);
    expect(await builds()).toBe("1");
  });

  test("goes live once the data is there, and nothing is sent again", async () => {
    const load = { env: "", version: "0.1", "management-command": "loaddata", options: "first" };
    expect((await g.op.succeed({ checkout: pages, command: "node", inputs: load })).stdout).toMatch(
      /Installed 1 object/,
    );
    const { steps, outputs } = await g.op.succeed(deploy("0.1"));
    expect(steps.map(({ step }) => step)).not.toContain("files");
    expect(outputs).toMatchObject({ version: "0.1", activated: "true" });
    expect(await visit("/")).toMatchObject({ status: 200, body: "welcome" });
    expect(await visit("/desk/", "admin.example.com")).toMatchObject({ status: 200 });
    expect(await inside(g.node, "tail -n 1 /var/local/woven/pages/history.jsonl")).toMatch(/"event": ?"deploy"/);
  });
});

describe("a release is unhealthy", () => {
  /** Deploys the changed project, which must fail at the health check and leave everything as it was. */
  async function unhealthy(file: keyof typeof project, from: string, to: string) {
    const before = await footprint(g.node);
    await pages.edit(file, from, to);
    const outcome = await g.op.fail(deploy("0.2")).finally(() => pages.edit(file, to, from));
    expect(outcome.failure).toMatchObject({ code: "step-failed", step: "health" });
    expect(await footprint(g.node)).toEqual(before);
    expect((await visit("/")).body).toBe("welcome");
    expect(outcome.result.seconds).toBeLessThan(60);
    return outcome.error;
  }

  test("if its page fails, although a cache that it shares with the live one still has that page", async () => {
    await visit("/");
    const home = 'return HttpResponse(Page.objects.get(path="/").text)';
    expect(await unhealthy("pages/urls.py", home, "raise RuntimeError('no page')")).toMatch(/\b500\b.*no page/);
  });

  test("if its page redirects to one that fails", async () => {
    const routes = 'urlpatterns = [path("", home), path("desk/", desk)]';
    const broken = `def leads(request):
    return HttpResponse(status=302, headers={"Location": "/home/"})
def broken(request):
    raise RuntimeError("a dead end")
urlpatterns = [path("", leads), path("home/", broken), path("desk/", desk)]`;
    const error = await unhealthy("pages/urls.py", routes, broken);
    expect(error).toMatch(/pages\.example\.com\/ .*pages\.example\.com\/home\/.*\b500\b.*a dead end/);
  });

  test("if it redirects to https, which nothing serves: at once, with the setting", async () => {
    const error = await unhealthy("pages/settings.py", 'SECRET_KEY = "', 'SECURE_SSL_REDIRECT = True\nSECRET_KEY = "');
    expect(error).toMatch(/https:\/\/pages\.example\.com\/.*SECURE_SSL_REDIRECT/);
  });

  test("and what was built of it is deleted in the end, although nobody waits for that", async () => {
    const left = () => inside(g.node, "ls -A /home/woven/.staging; ls -d /home/woven/env/.pages-0.2* 2>/dev/null || :");
    await expect.poll(left, { timeout: 30_000 }).toBe("");
  });

  test("if the page of one of its sites is", async () => {
    expect(await unhealthy("pages/urls.py", "SITE_ID != 2", "SITE_ID != 1")).toMatch(
      /admin\.example\.com\/desk\/ .*\b404\b.*200/,
    );
  });
});
