// The web in front as visitors see it: domains, files, pages for errors, protected files, streams. Two releases and a rollback.
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Curled, curl } from "./support/curl.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";

let g: Ground;
let first: Checkout;
let second: Checkout;

/** What only this project has: a stream, a page that hands out a protected file, and who was asked. */
const views = `import time

from django.http import HttpResponse, StreamingHttpResponse


def stream(request):
    def parts():
        yield "first "
        time.sleep(3)
        yield "second"
    headers = {"X-Accel-Buffering": "no"} if "now" in request.GET else {}
    return StreamingHttpResponse(parts(), content_type="text/plain", headers=headers)


def invoice(request):
    return HttpResponse(headers={"X-Accel-Redirect": "/media/invoices/1.txt", "Content-Type": ""})


def host(request):
    return HttpResponse(request.get_host(), content_type="text/plain")


def upload(request):
    return HttpResponse(str(len(request.body)), content_type="text/plain")
`;

const web = `[tool.woven.role-settings.production]
domains = ["shop.example.com", "shop.example.org", "*.shop.example.com"]

[tool.woven.role-settings.production.web]
redirect-domains = false
www = "remove"
max-body = "1k"
protected-media = "invoices"
redirects = { "/old" = "/host" }

[tool.woven.env]`;

async function project(layers: readonly string[]): Promise<Checkout> {
  const made = await checkout(layers);
  await made.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\nserver = "gunicorn"\n');
  await made.edit("pyproject.toml", "[tool.woven.env]", web);
  await made.write("shop/extra.py", views);
  await made.edit("shop/urls.py", "urlpatterns = [\n", "urlpatterns = [\n    *extra,\n");
  await made.edit(
    "shop/urls.py",
    "urlpatterns",
    'from shop import extra as views\n\nextra = [path(name, getattr(views, name)) for name in ("stream", "invoice", "host", "upload")]\n\nurlpatterns',
  );
  await made.write("templates/404.html", '{% extends "base.html" %}{% block title %}Nothing grows here{% endblock %}');
  return made;
}

beforeAll(async () => {
  [g, first, second] = await Promise.all([ground("trixie"), project(shop["0.1"]), project(shop["0.2"])]);
  const early = Buffer.from("/* only the first version has this */\n".repeat(60));
  await first.write("static/early.css", early);
  await first.write("static/packed.css", early);
  await first.write("static/packed.css.gz", gzipSync("/* packed beforehand */"));
  await second.write("static/late.css", "/* only the second version has this */\n");
  await second.write("templates/503.html", "<h1>The shop is being watered</h1>");
  await second.write("templates/413.html", "{{ request.user.is_authenticated }}{% load nothing_of_that_name %}");
  await g.op.succeed({ checkout: first, command: "deploy" });
});
afterAll(async () => {
  for (const thing of [first, second, g]) await thing?.[Symbol.asyncDispose]();
});

const visit = (url: string, ...more: readonly string[]) => curl(url, { address: g.node.host, more });
const location = ({ headers }: Curled) => /^location: (\S+)/im.exec(headers)?.[1];
const header = ({ headers }: Curled, name: string) => new RegExp(`^${name}: (.*?)\\r?$`, "im").exec(headers)?.[1];

test("the role's domains show the site: equal ones and those of the wildcard; www redirects to each", async () => {
  for (const host of ["shop.example.com", "shop.example.org", "ada.shop.example.com", "a.b.shop.example.com"])
    expect([host, (await visit(`http://${host}/host`)).body]).toEqual([host, host]);
  for (const host of ["shop.example.com", "shop.example.org"])
    expect(location(await visit(`http://www.${host}/host?a=b`))).toBe(`http://${host}/host?a=b`);
  expect(location(await visit("http://ada.shop.example.com/old"))).toBe("http://ada.shop.example.com/host");
  expect((await visit("http://other.example.com/host")).exit).not.toBe(0);
});

test("a packed file beside a static file is sent, where the visitor takes it", async () => {
  const packed = await visit("http://shop.example.com/static/packed.css", "--compressed");
  expect([header(packed, "content-encoding"), packed.body]).toEqual(["gzip", "/* packed beforehand */"]);
  expect((await visit("http://shop.example.com/static/packed.css")).body).toContain("only the first version");
  const fresh = await visit("http://shop.example.com/static/early.css", "--compressed");
  expect([header(fresh, "content-encoding"), header(fresh, "vary")]).toEqual(["gzip", "Accept-Encoding"]);
});

test("only the application hands out a protected file, and with it the type that its name says", async () => {
  await inside(
    g.node,
    "install -d /home/woven/public/shop/invoices && echo paid >/home/woven/public/shop/invoices/1.txt",
  );
  expect((await visit("http://shop.example.com/media/invoices/1.txt")).status).toBe(404);
  const handed = await visit("http://shop.example.com/invoice");
  expect([handed.status, handed.body, header(handed, "content-type")]).toEqual([200, "paid\n", "text/plain"]);
});

test("an answer is sent in parts where it says so", async () => {
  const { headers, body } = await visit(
    "http://shop.example.com/stream?now",
    "--output",
    "/dev/null",
    "--write-out",
    "%{time_starttransfer} %{time_total}\\n200 1.1",
  );
  const [begun = Number.NaN, ended] = `${headers}${body}`.trim().split(/\s/).map(Number);
  expect(begun).toBeLessThan(2);
  expect(ended).toBeGreaterThan(2.9);
});

test("what the application never sees has the project's own pages, with the right status", async () => {
  for (const path of ["/static/nothing.css", "/media/nothing.jpg"]) {
    const missing = await visit(`http://shop.example.com${path}`);
    expect([path, missing.status]).toEqual([path, 404]);
    expect(missing.body).toContain("Nothing grows here");
    expect(missing.body).toMatch(/href="\/static\/shop\.[0-9a-f]{12}\.css"/);
  }
  const big = ["--data", "x".repeat(2000), "--header", "Expect:"];
  expect((await visit("http://shop.example.com/upload", ...big)).status).toBe(413);
  expect((await visit("http://shop.example.com/.woven/404.html")).status).toBe(404);
});

test("after a switch, static files of both releases are there; the page for a stopped application is the new one's", async () => {
  const { stdout } = await g.op.succeed({ checkout: second, command: "deploy" });
  expect(stdout).toMatch(/413\.html cannot be rendered.*TemplateSyntaxError/);
  const early = await visit("http://shop.example.com/static/early.css");
  expect([early.status, early.body.slice(0, 34)]).toEqual([200, "/* only the first version has this"]);
  expect(header(early, "content-type")).toBe("text/css");
  expect((await visit("http://shop.example.com/static/version.txt")).body).toBe("0.2\n");
  expect((await visit("http://shop.example.com/static/nothing.css")).body).toContain("Nothing grows here");
  const stopped = await inside(
    g.node,
    "systemctl list-units --plain --no-legend 'woven-shop-0.2*' | cut -d' ' -f1 | tr '\\n' ' '",
  );
  await inside(g.node, `systemctl stop ${stopped}`);
  const page = await visit("http://shop.example.com/upload", "--data", "x=1");
  expect([page.status, page.body, header(page, "retry-after")]).toEqual([
    502,
    "<h1>The shop is being watered</h1>",
    "30",
  ]);
  await inside(g.node, `systemctl start ${stopped}`);
});

test("after a rollback, files of the newer release are there, and without its template the page is Woven's", async () => {
  await g.op.succeed({ checkout: second, command: "rollback" });
  expect((await visit("http://shop.example.com/static/late.css")).status).toBe(200);
  expect((await visit("http://shop.example.com/static/version.txt")).body).toBe("0.1\n");
  const stopped = await inside(
    g.node,
    "systemctl list-units --plain --no-legend 'woven-shop-0.1*' | cut -d' ' -f1 | tr '\\n' ' '",
  );
  await inside(g.node, `systemctl stop ${stopped}`);
  const page = await visit("http://shop.example.com/host");
  expect([page.status, page.body]).toEqual([502, expect.stringContaining("Back in a moment")]);
});
