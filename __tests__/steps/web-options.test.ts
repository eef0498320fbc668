// What `[web]` does in nginx's configuration.
import { describe, expect, test } from "vitest";
import { layout } from "../../src/release/layout.ts";
import { processesFor } from "../../src/servers/processes.ts";
import { servers } from "../../src/servers/servers.ts";
import type { Web } from "../../src/settings/settings.ts";
import type { Https } from "../../src/steps/https.ts";
import { templates } from "../../src/steps/templates.ts";
import { plainWeb, setWeb } from "../../src/steps/web-options.ts";
import { webConfFiles } from "../../src/steps/webconf.ts";
import { folderWith } from "../settings/source.ts";

const web = {
  place: layout("/home/woven", "shop", "1.2"),
  version: "1.2",
  build: "010203",
  key: "f".repeat(64),
  sites: [{ id: 1, domains: ["shop.example.com"] }],
  setup: {},
  processes: processesFor({}, { cores: 1, memory: 2 ** 31 }, 1),
};

function site(options: Partial<Web> = {}, more: { readonly https?: Https; readonly folder?: string } = {}): string {
  const { folder = "/nonexistent", ...https } = more;
  const urls = { ipv6: false, staticUrl: "/static/", mediaUrl: "/media/" };
  const conf = { web, server: servers.gunicorn, ...urls, options: { ...plainWeb, ...options }, ...https };
  const files = webConfFiles(conf, templates(folder));
  return files.find(({ path }) => path.startsWith("/etc/nginx/sites-available/"))?.content ?? "";
}

/** The lines of one location. */
function location(text: string, name: string): string {
  return text.split(`location ${name} {`)[1]?.split("\n    }\n")[0] ?? "";
}

test("sizes and times are the settings'", () => {
  expect(site()).toContain("client_max_body_size 20m;");
  const text = site({ maxBody: "1g", timeout: 300 });
  expect(text).toContain("client_max_body_size 1g;");
  expect(location(text, "/")).toContain("proxy_read_timeout 300s;");
});

test("text is compressed unless the project says no", () => {
  expect(site()).toMatch(/gzip on;\n\s+gzip_types .*application\/json.*;/);
  expect(location(site(), "^~ /static/")).toContain("gzip_static on;");
  expect(site({ gzip: false })).toContain("gzip off;");
  expect(site({ gzip: false })).not.toMatch(/gzip_|gzip on/);
});

describe("headers", () => {
  const text = site({ noindex: true, headers: { "Referrer-Policy": "same-origin" }, protectedMedia: "invoices" });

  test("are sent from every place that adds headers of its own: nginx would drop them there", () => {
    const sent = [
      'add_header X-Robots-Tag "noindex, nofollow" always;',
      'add_header Referrer-Policy "same-origin" always;',
    ];
    const places = ["^~ /static/", "^~ /media/", "^~ /media/invoices/", "= /maintenance.html"];
    for (const place of [text.split("location ")[0] ?? "", ...places.map((name) => location(text, name))])
      for (const header of sent) expect(place).toContain(header);
  });

  test("replace those of the application", () => {
    expect(location(text, "/")).toContain("proxy_hide_header Referrer-Policy;");
    expect(site()).not.toContain("proxy_hide_header");
  });
});

test("a redirect keeps the scheme that the visitor came by", () => {
  const redirects = { "/old/": "/new/", "/blog": "https://blog.example.com/" };
  const plain = site({ redirects });
  expect(location(plain, "= /old/")).toContain("return 301 $scheme://shop.example.com/new/;");
  expect(location(plain, "= /blog")).toContain("return 301 https://blog.example.com/;");
  const proxied = site({ redirects }, { https: { tls: { kind: "proxy", trusted: ["192.0.2.1"] } } });
  expect(location(proxied, "= /old/")).toContain("return 301 $woven_shop_example_com_scheme://shop.example.com/new/;");
});

test("protected media are for the application to hand out", () => {
  const inner = location(site({ protectedMedia: "invoices/2026" }), "^~ /media/invoices/2026/");
  expect(inner).toContain("internal;");
  expect(inner).toContain("alias /home/woven/public/shop/invoices/2026/;");
  expect(inner).toContain("disable_symlinks if_not_owner");
  expect(site()).not.toContain("internal;\n        alias");
});

test("a project's own template that would drop what is set is an error", () => {
  const folder = folderWith({ "templates/woven/nginx-site.conf": "{{{upstream}}} {{{mark}}} {{{key_file}}}\n" });
  expect(site({}, { folder })).toContain("unix:");
  const options = { maxBody: "1g", timeout: 9, noindex: true, redirects: { "/a": "/b" }, protectedMedia: "c" };
  expect(() => site(options, { folder })).toThrow(
    expect.objectContaining({
      code: "template",
      message: expect.stringMatching(/max_body.*timeout.*added_headers.*redirects.*protected/),
    }),
  );
});

test("a release without [web] has the digest that it had before there was one", () => {
  expect(setWeb({ ...plainWeb })).toBeUndefined();
  expect(setWeb({ ...plainWeb, noindex: true })).toMatchObject({ noindex: true });
});
