// What `[web]` does in nginx's configuration.
import { describe, expect, test } from "vitest";
import { layout } from "../../src/release/layout.ts";
import { webSites } from "../../src/servers/processes.ts";
import { secret } from "../../src/settings/secret.ts";
import type { Site, Web } from "../../src/settings/settings.ts";
import { siteNames } from "../../src/settings/site-names.ts";
import type { Https } from "../../src/steps/https.ts";
import { templates } from "../../src/steps/templates.ts";
import { plainWeb, setWeb } from "../../src/steps/web-options.ts";
import { keptWebConf, releaseServices, webConfFiles } from "../../src/steps/webconf.ts";
import { releaseRecord } from "../node/records.ts";
import { folderWith } from "../settings/source.ts";

const web = {
  place: layout("/home/woven", "shop", "1.2"),
  version: "1.2",
  build: "010203",
  key: "f".repeat(64),
  sites: webSites({ server: "gunicorn", serverOptions: {} }, [{ id: 1, domains: ["shop.example.com"] }], {
    cores: 1,
    memory: 2 ** 31,
  }),
  setup: {},
};

interface More extends Partial<Pick<Site, "domains" | "served">> {
  readonly https?: Https;
  readonly folder?: string;
}

function site(options: Partial<Web> = {}, { folder = "/nonexistent", https: given, ...names }: More = {}): string {
  const https = given ? { https: given } : {};
  const urls = { ipv6: false, staticUrl: "/static/", mediaUrl: "/media/" };
  const sites = web.sites.map((one) => ({ ...one, ...names }));
  const conf = { web: { ...web, sites }, ...urls, options: { ...plainWeb, ...options }, ...https };
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

test("files for Brotli are sent where nginx has the module", () => {
  expect(location(site({ brotli: true }), "^~ /static/")).toContain("brotli_static on;");
  expect(location(site({ brotli: true }), "@older_static")).toContain("brotli_static on;");
  expect(site({ brotli: true, gzip: false })).not.toContain("brotli");
  expect(site()).not.toContain("brotli");
  expect(setWeb({ ...plainWeb, brotli: true })).toMatchObject({ brotli: true });
});

describe("headers", () => {
  const text = site({ noindex: true, headers: { "Referrer-Policy": "same-origin" }, protectedMedia: "invoices" });

  test("are sent from every place that adds headers of its own: nginx would drop them there", () => {
    const sent = [
      'add_header X-Robots-Tag "noindex, nofollow" always;',
      'add_header Referrer-Policy "same-origin" always;',
    ];
    const places = ["^~ /static/", "^~ /media/", "^~ /media/invoices/", "= /.woven/503.html", "@maintenance"];
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

describe("the names of a site", () => {
  const https: Https = { tls: { kind: "files", trusted: [] } };
  const named = (domains: readonly string[], names: Partial<Web>, more?: Parameters<typeof site>[1]) =>
    site({ redirects: { "/old": "/new" } }, { ...more, ...siteNames(domains, { ...plainWeb, ...names }) });
  /** Of each server block: what it is for, and where it leads. */
  const blocks = (text: string) =>
    text.split(/^server \{$/m).flatMap((block) => {
      const [, names = ""] = /server_name (.+);/.exec(block) ?? [];
      const [, leads = "the application"] = /location \/ \{\n +return 301 (\S+)\$request_uri;/.exec(block) ?? [];
      return names === "" ? [] : [`${names} -> ${leads}`];
    });

  test("all but the first redirect to it", () => {
    const text = named(["a.example.com", "b.example.com"], {}, { https });
    expect(blocks(text)).toEqual([
      "a.example.com b.example.com -> https://a.example.com",
      "a.example.com -> the application",
      "b.example.com -> https://a.example.com",
    ]);
    expect(text).toContain("return 301 $scheme://a.example.com/new;");
  });

  test("equal ones are all served, and a redirect keeps the domain", () => {
    const text = named(["a.example.com", "b.example.org"], { equalDomains: true, www: "remove" }, { https });
    expect(blocks(text)).toEqual([
      "a.example.com b.example.org -> https://$host",
      "www.a.example.com -> https://a.example.com",
      "www.b.example.org -> https://b.example.org",
      "a.example.com b.example.org -> the application",
      "www.a.example.com -> https://a.example.com",
      "www.b.example.org -> https://b.example.org",
    ]);
    expect(text).toContain("return 301 $scheme://$host/new;");
  });

  test("a wildcard is served", () => {
    expect(blocks(named(["a.example.com", "*.a.example.com", "b.example.com"], { www: "add" }))).toEqual([
      "www.a.example.com *.a.example.com -> the application",
      "www.b.example.com a.example.com b.example.com -> $scheme://www.a.example.com",
    ]);
  });

  test("an own template must not drop any of them", () => {
    const folder = folderWith({
      "templates/woven/nginx-site.conf": "{{{upstream}}} {{{mark}}} {{{key_file}}} {{{redirects}}}\n",
    });
    expect(() => named(["a.example.com", "b.example.com"], { equalDomains: true }, { folder })).toThrow(/served.*host/);
  });
});

test("protected media are for the application to hand out", () => {
  const inner = location(site({ protectedMedia: "invoices/2026" }), "^~ /media/invoices/2026/");
  expect(inner).toContain("internal;");
  expect(inner).toContain("alias /home/woven/public/shop/invoices/2026/;");
  expect(inner).toContain("disable_symlinks if_not_owner");
  expect(site()).not.toContain("internal;\n        alias");
});

describe("basic-auth", () => {
  const basicAuth = ["ada", "bob"].map((name) => ({ name, password: secret("correct horse") }));
  const files = (key = web.key) =>
    webConfFiles(
      {
        web: { ...web, key },

        ipv6: false,
        staticUrl: null,
        mediaUrl: "",
        options: { ...plainWeb, basicAuth },
      },
      templates("/nonexistent"),
    );
  const accounts = (key?: string) => files(key).find(({ path }) => path.endsWith("@accounts"));

  test("only accounts get in, except for the health check, and the authority's question", () => {
    const text = site({ basicAuth });
    expect(text).toMatch(
      /map "\$realip_remote_addr:\$http_x_forwarded_for" (\$\w+) \{[\s\S]*"127\.0\.0\.1:" off;[\s\S]*auth_basic \1;/,
    );
    expect(text).toContain("auth_basic_user_file /etc/nginx/woven/shop-1.2@accounts;");
    expect(location(text, "^~ /.well-known/acme-challenge/")).toContain("auth_basic off;");
    expect(location(text, "/")).toContain('proxy_set_header Authorization "";');
    expect(location(site(), "/")).not.toContain("Authorization");
  });

  test("the file is for root and nginx, goes with the release, and holds no password", () => {
    expect(accounts()).toMatchObject({ mode: "640", group: "www-data", secret: true });
    expect(accounts()?.content).toMatch(/^ada:\$6\$[0-9a-f]{16}\$\S{86}\nbob:\$6\$[0-9a-f]{16}\$\S{86}\n$/);
    expect(accounts()?.content).toBe(accounts()?.content);
    const hashes = [accounts(), accounts("e".repeat(64))].flatMap((file) => file?.content.match(/\$6\S+/g) ?? []);
    expect(new Set(hashes).size).toBe(4);
    const services = releaseServices(web, { ...plainWeb, basicAuth });
    expect(services.flatMap((service) => service.files)).toContain(accounts()?.path);
  });

  test("another password is other content, and a patch that keeps the file keeps who may read it", () => {
    const other = { ...plainWeb, basicAuth: [{ name: "ada", password: secret("other") }] };
    expect(setWeb({ ...plainWeb, basicAuth })).not.toEqual(setWeb(other));
    const record = releaseRecord();
    const kept = new Map([["/etc/nginx/woven/a@accounts", { content: "a", mode: "640", group: "www-data" }]]);
    expect(keptWebConf(kept, web.place, { from: record, to: record })).toMatchObject([
      { mode: "640", group: "www-data" },
    ]);
  });
});

test("a project's own template that would drop what is set is an error", () => {
  const folder = folderWith({ "templates/woven/nginx-site.conf": "{{{upstream}}} {{{mark}}} {{{key_file}}}\n" });
  expect(site({}, { folder })).toContain("unix:");
  const options = {
    maxBody: "1g",
    timeout: 9,
    noindex: true,
    redirects: { "/a": "/b" },
    protectedMedia: "c",
    basicAuth: [],
  };
  expect(() => site(options, { folder })).toThrow(
    expect.objectContaining({
      code: "template",
      message: expect.stringMatching(/max_body.*timeout.*added_headers.*redirects.*protected.*basic_auth/),
    }),
  );
});

test("a release without [web] has the digest that it had before there was one", () => {
  expect(setWeb({ ...plainWeb })).toBeUndefined();
  expect(setWeb({ ...plainWeb, noindex: true })).toMatchObject({ noindex: true });
});
