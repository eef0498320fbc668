import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listPackageFiles } from "../../src/package-files.ts";
import { buildFolder } from "../../src/release/build.ts";
import { layout } from "../../src/release/layout.ts";
import { processesFor, webSites } from "../../src/servers/processes.ts";
import type { WebRelease } from "../../src/servers/server.ts";
import type { Site } from "../../src/settings/settings.ts";
import { httpsView } from "../../src/steps/https.ts";
import { namesView } from "../../src/steps/names-in-nginx.ts";
import { templateNames } from "../../src/steps/project-templates.ts";
import { templates } from "../../src/steps/templates.ts";
import { plainWeb, webView } from "../../src/steps/web-options.ts";
import { type WebConf, webConfFiles } from "../../src/steps/webconf.ts";
import { folderWith } from "../settings/source.ts";

const name = "etc/nginx/conf.d/woven.conf";

test("a project's own template wins over Woven's, file by file", () => {
  const own = templates(folderWith({ [`templates/woven/${name}`]: "# {{{domain}}}\n" }));
  expect(own.render(name, { domain: "shop.example.com" })).toBe("# shop.example.com\n");
  expect(own.render("maintenance.html", {})).toBe(templates(folderWith({})).render("maintenance.html", {}));
});

describe("templates are as they were when they were read", () => {
  const path = "templates/woven/a";

  test.each<[string, (root: string) => void]>([
    ["changed", (root) => writeFileSync(join(root, path), "changed")],
    ["removed", (root) => rmSync(join(root, path))],
    [
      "made a link to elsewhere",
      (root) => {
        rmSync(join(root, path));
        symlinkSync("/etc/passwd", join(root, path));
      },
    ],
  ])("though one is %s", (_, change) => {
    const root = folderWith({ [path]: "first" });
    const own = templates(root);
    change(root);
    expect([own.render("a", {}), [...own.own]]).toEqual(["first", [["a", "first"]]]);
  });

  test("though one is added", () => {
    const root = folderWith({});
    const own = templates(root);
    const before = own.render("maintenance.html", {});
    mkdirSync(join(root, "templates/woven"), { recursive: true });
    writeFileSync(join(root, "templates/woven/maintenance.html"), "added");
    expect([own.render("maintenance.html", {}), own.own.size]).toEqual([before, 0]);
  });

  test("though one that cannot be placed is repaired", () => {
    const root = folderWith({ [path]: "" });
    writeFileSync(join(root, path), Buffer.from([0xff]));
    const own = templates(root);
    writeFileSync(join(root, path), "repaired");
    expect(() => own.render("a", {})).toThrow(expect.objectContaining({ code: "template" }));
  });
});

test("modules, manifests and newer pictures have their types, and none twice", () => {
  const woven = templates(folderWith({}));
  const types = (old: string) =>
    [...woven.render(name, { old_nginx: old === "1.18" }).matchAll(/^ {4}(\S+) (\w+);$/gm)].map(
      ([, type, end]) => `${end} ${type}`,
    );
  // From 1.22 on, nginx has the last two itself, and warns of a second one.
  expect(types("1.22")).toEqual(["mjs text/javascript", "webmanifest application/manifest+json"]);
  expect(types("1.18")).toEqual([...types("1.22"), "wasm application/wasm", "avif image/avif"]);
});

test("what is rendered is configuration: nothing in it is escaped as HTML", () => {
  const own = templates(folderWith({ "templates/woven/a": "{{x}} {{{x}}} {{&x}}" }));
  expect(own.render("a", { x: `<&'">` })).toBe(`<&'"> <&'"> <&'">`);
});

test("context is there in every template, and what Woven knows wins over it", () => {
  const own = templates(folderWith({ "templates/woven/a": "{{domain}} {{size}}" }), { domain: "mine", size: "20m" });
  expect(own.render("a", { domain: "shop.example.com" })).toBe("shop.example.com 20m");
});

test.each([
  ["{{#static}} never closed", /never closed|Unclosed section/i],
  ["{{ static", /Unclosed tag/i],
  ["{{/static}}", /Unopened section/i],
  ["Port {{ssh_prot}}", /\{\{ssh_prot\}\}.*Did you mean ssh_port/],
  ["{{{hots}}}", /\{\{hots\}\}/],
  ["{{> other}}", /\{\{> other\}\}/],
])("a template that is not well-formed is an error that points at it: %s", (text, what) => {
  const own = templates(folderWith({ [`templates/woven/${name}`]: text }));
  expect(() => own.render(name, { ssh_port: 22 })).toThrow(
    expect.objectContaining({
      code: "template",
      message: expect.stringMatching(what),
      details: expect.objectContaining({ file: `templates/woven/${name}` }),
    }),
  );
});

describe("a file that cannot be placed is an error that names it", () => {
  const file = `templates/woven/${name}`;
  const named = (what: RegExp, at = file) =>
    expect.objectContaining({
      code: "template",
      message: expect.stringMatching(what),
      details: expect.objectContaining({ file: at }),
    });

  test("one that is not UTF-8", () => {
    const folder = folderWith({ [file]: "" });
    writeFileSync(join(folder, file), Buffer.from("# Gr\xfc\xdfe\n", "latin1"));
    expect(() => templates(folder).render(name, {})).toThrow(named(/not UTF-8/));
  });

  test("one that is larger than any configuration", () => {
    expect(() => templates(folderWith({ [file]: "#".repeat(1_000_001) })).render(name, {})).toThrow(
      named(/1000001 bytes/),
    );
  });

  test.each([
    ["outside the project", "/etc/hostname", /outside the project/],
    ["what is not there", "nowhere", /cannot be read.*ENOENT/],
    ["a folder", "..", /is not a file/],
  ])("a link to %s", (_, target, what) => {
    const folder = folderWith({ [`${file}.d/x`]: "" });
    symlinkSync(target, join(folder, file));
    expect(() => templates(folder).render(name, {})).toThrow(named(what));
  });

  test("a link to git's own files, where a token may lie", () => {
    const folder = folderWith({ ".git/config": "token", "templates/woven/etc/nginx/conf.d/other": "" });
    symlinkSync(join(folder, ".git/config"), join(folder, file));
    expect(() => templates(folder).render(name, {})).toThrow(named(/outside the project/));
  });

  test("a whole folder of templates that is a link to elsewhere is not even looked into", () => {
    const folder = folderWith({ "templates/woven/x": "" });
    symlinkSync("/etc", join(folder, "templates/woven/etc"));
    expect(() => templateNames(folder, "etc")).toThrow(named(/is a link to \/etc, outside/, "templates/woven/etc"));
  });

  test("while a link inside the project is followed", () => {
    const folder = folderWith({ "conf/mine": "# {{host}}\n", "templates/woven/etc/nginx/conf.d/other": "" });
    symlinkSync(join(folder, "conf/mine"), join(folder, file));
    expect(templates(folder).render(name, { host: "web1" })).toBe("# web1\n");
    expect(templateNames(folder, "etc")).toEqual(["nginx/conf.d/other", "nginx/conf.d/woven.conf"]);
  });

  test.each(["nginx/conf.d/woven.conf~", "nginx/.woven.conf.swp", "nginx/a b", "nginx/a\nb", "-rf"])(
    "an odd name: %j",
    (odd) => {
      const folder = folderWith({ [`templates/woven/etc/${odd}`]: "" });
      expect(() => templateNames(folder, "etc")).toThrow(named(/in its path/, `templates/woven/etc/${odd}`));
    },
  );

  test("while what keeps a folder in git is passed over", () => {
    expect(templateNames(folderWith({ "templates/woven/etc/nginx/.gitkeep": "" }), "etc")).toEqual([]);
    expect(templateNames(folderWith({}), "etc")).toEqual([]);
  });
});

describe("every template of Woven's", () => {
  const view = {
    distribution: "shop",
    version: "1.2",
    name: "1.2",
    release: "/home/woven/env/shop-1.2",
    unit: "woven-shop-1.2",
    mark: "shop 1.2 010203",
    upstream: "http://127.1.2.3:480",
    header: "X-Woven-Key",
    headers: [{ header: "X-Woven-Key", value: "k" }],
    key: "k",
    port: 480,
    key_file: "/etc/nginx/woven/shop-1.2@web.conf",
    sockets: "/run/woven/shop",
    writable: "/home/woven/database /home/woven/public/shop",
    ipv6: true,
    domain: "shop.example.com",
    aliases: ["www.shop.example.com"],
    user: "site_1",
    site: "site_1_admin",
    script: "site_1_admin",
    part: { name: "admin" },
    part_settings: "",
    log: "shop_example_com",
    static: {
      url: "/static/",
      root: "/home/woven/env/shop-1.2/static",
      older: { root: "/older", pattern: "^/static/(.*)$", places: "/1$uri" },
    },
    hook: "woven/hooks/dns_challenge",
    is_function: true,
    pages: "/home/woven/env/shop-1.2/errors/site_1",
    media: { url: "/media/", root: "/home/woven/public/shop" },
    ...namesView({ domains: ["shop.example.com", "www.shop.example.com"] }),
    ...httpsView({ tls: { kind: "files", trusted: ["10.0.0.0/8"], hsts: 300 } }, "shop", "shop.example.com"),
    ...webView(
      {
        ...plainWeb,
        headers: { "Referrer-Policy": "same-origin" },
        timeout: 90,
        protectedMedia: "invoices",
        redirects: { "/a": "/b" },
      },
      {
        scheme: "$scheme",
        host: "shop.example.com",
        media: { url: "/media/", root: "/m" },
        hsts: '"max-age=300"',
        accounts: "/a",
        word: "a",
      },
    ),
    names: "shop.example.com www.shop.example.com",
    listen: "443 ssl",
    profile: [],
    rejects: true,
    https: "True",
    confs: ["shop_example_com-1.2"],
    modules: ["mpm_event", "wsgi"],
    websockets: true,
    ...processesFor({ arguments: ["-v"], memory: "1G", tasks: 100 }, { cores: 1, memory: 2 ** 31 }, 1),
    application: { module: "shop.wsgi", name: "application" },
    applications: "{}",
    conf: "/etc/apache2/woven/shop-1.2.conf",
    settings_module: "sitesettings.settings",
    paths: '["."]',
    sites: "{1: {}}",
    schemes: '["https"]',
    command: "/home/woven/env/.shop-1.2.%i/bin/python",
    stop_signal: "TERM",
    drain: 60,
    memory: "512M",
    when: ["daily"],
    timeout: 3600,
    lock: "clearsessions",
    locks: "woven-locks/shop/site_1",
    static_url: "None",
    media_url: "None",
    site_id: 1,
    root: "",
  };
  const all = listPackageFiles("templates/woven");

  test.each(all)("%s renders whole, and says whose it is", (path) => {
    const text = templates("/nonexistent").render(path, view);
    expect(text).not.toMatch(/\{\{|\}\}\}|\[object Object\]|undefined/);
    expect(text.endsWith("\n")).toBe(true);
    if (!path.endsWith(".html")) expect(text.split("\n").slice(0, 2).join("\n")).toContain("Managed by Woven");
  });

  test("asks for nothing that a view does not hold", () => {
    const asked = new Set<string>();
    const watching = new Proxy(view as Record<string, unknown>, {
      has: (_, key) => {
        if (typeof key === "string") asked.add(key);
        return key in view;
      },
    });
    for (const path of all) templates("/nonexistent", {}).render(path, watching);
    expect(all.length).toBeGreaterThan(5);
    expect([...asked].filter((key) => !(key in view))).toEqual([]);
  });
});

describe("the web configuration of a release", () => {
  const place = layout("/home/woven", "shop", "1.2");
  const folder = buildFolder(place, "010203");
  const sites = [{ id: 1, domains: ["shop.example.com", "www.shop.example.com"] }];
  type More = Partial<Omit<WebConf, "web">> &
    Partial<Omit<WebRelease, "sites">> & { readonly sites?: readonly Pick<Site, "id" | "domains">[] };
  const rendered = ({ place: at = place, sites: served = sites, ...more }: More = {}) => {
    const web = {
      place: at,
      version: "1.2",
      build: "010203",
      key: "f".repeat(64),
      sites: webSites({ server: "apache", serverOptions: {} }, served, { cores: 1, memory: 2 ** 31 }),
      setup: {},
    };
    const urls = { ipv6: true, staticUrl: "/static/", mediaUrl: "media" };
    return webConfFiles({ web, ...urls, ...more }, templates("/nonexistent"));
  };
  const nginx = (more: More = {}) =>
    rendered(more).find(({ path }) => path.startsWith("/etc/nginx/sites-available/"))?.content ?? "";

  test("is a file a site for each web server, one for its Apache, and a unit", () => {
    const sites = [1, 2].map((id) => ({ id, domains: [`s${id}.example.com`] }));
    expect(rendered({ sites }).map(({ path }) => path)).toEqual([
      "/etc/apache2/sites-available/s1_example_com-1.2.conf",
      "/etc/apache2/sites-available/s2_example_com-1.2.conf",
      "/etc/apache2/woven/shop-1.2.key",
      "/etc/apache2/woven/shop-1.2.conf",
      "/etc/systemd/system/woven-shop-1.2@.service",
      "/etc/nginx/sites-available/s1_example_com-1.2.conf",
      "/etc/nginx/sites-available/s2_example_com-1.2.conf",
      "/etc/nginx/woven/shop-1.2@web.conf",
    ]);
  });

  test("serves static and media files from disk, at the project's own URLs", () => {
    expect(nginx()).toContain(`location ^~ /static/ {\n        alias ${folder}/static/;`);
    expect(nginx()).toContain("location ^~ /media/ {\n        alias /home/woven/public/shop/;");
  });

  test.each([["https://cdn.example.com/static/"], ["//cdn.example.com/static/"], ["/"], [""], [null]])(
    "does not serve from disk what is elsewhere: %j",
    (staticUrl) => {
      expect(nginx({ staticUrl })).not.toMatch(/alias .*\/static\/;/);
      expect(nginx({ staticUrl })).toContain("location ^~ /media/");
    },
  );

  test.each([
    ["http://shop.example.com/s/", "/s/"],
    ["https://www.shop.example.com/s/", "/s/"],
    ["//Shop.example.com:443/s/t/", "/s/t/"],
    ["static", "/static/"],
  ])("serves from disk what lies on a domain of the site, however it is written: %j", (staticUrl, path) => {
    expect(nginx({ staticUrl })).toContain(`location ^~ ${path} {\n        alias ${folder}/static/;`);
  });

  test("has one location where both have one path, and two where one lies in the other", () => {
    const locations = (staticUrl: string, mediaUrl: string) =>
      [...nginx({ staticUrl, mediaUrl }).matchAll(/location \^~ (\S+) \{\n\s+alias (\S+);/g)].map(([, url, to]) => [
        url,
        to,
      ]);
    const media = "/home/woven/public/shop/";
    expect(locations("/files/", "files")).toEqual([["/files/", media]]);
    expect(locations("/files/", "/files/media/")).toEqual([
      ["/files/", `${folder}/static/`],
      ["/files/media/", media],
    ]);
  });

  test("listens on IPv6 where the node's kernel knows it, and nginx can start where it does not", () => {
    const listens = (text: string) => [...text.matchAll(/^ +listen (.*);$/gm)].map(([, where]) => where);
    const byDefault = (ipv6: boolean) =>
      listens(templates("/nonexistent").render("etc/nginx/sites-available/default", { ipv6 }));
    expect(listens(nginx())).toEqual(["80", "[::]:80", "80", "[::]:80"]);
    expect(listens(nginx({ ipv6: false }))).toEqual(["80", "80"]);
    expect(byDefault(true)).toEqual(["80 default_server", "[::]:80 default_server"]);
    expect(byDefault(false)).toEqual(["80 default_server"]);
    // Not a line of what releases have on other nodes is another one for it.
    expect(nginx()).not.toMatch(/^\s*\n\s*listen|listen [^\n]*\n\s*\n\s*server_name/m);
  });

  test("redirects the other domains to the first, where there are any", () => {
    expect(nginx()).toContain("server_name www.shop.example.com;");
    expect(nginx()).toContain("return 301 $scheme://shop.example.com$request_uri;");
    expect(nginx({ sites: [{ id: 1, domains: ["shop.example.com"] }] })).not.toContain("return 301");
  });

  test("a unit's folders have one name, whatever dashes the distribution's name holds", () => {
    const dashed = layout("/home/woven", "my-shop", "1.2-3");
    const unit = rendered({ place: dashed }).find(({ path }) => path.startsWith("/etc/systemd/"))?.content ?? "";
    const runtime = /^RuntimeDirectory=(.*)$/m.exec(unit)?.[1];
    expect(unit).toContain(`APACHE_RUN_DIR=/run/${runtime} `);
    // systemd reads a backslash otherwise in one setting than in the other.
    expect(runtime).not.toContain("\\");
  });
});
