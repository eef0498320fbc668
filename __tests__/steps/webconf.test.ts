import { describe, expect, test } from "vitest";
import { buildFolder } from "../../src/release/build.ts";
import { asleepPage, layout } from "../../src/release/layout.ts";
import { webSites } from "../../src/servers/processes.ts";
import type { WebRelease } from "../../src/servers/server.ts";
import { type ServerName, type ServerOptions, serverNames } from "../../src/settings/settings.ts";
import { templates } from "../../src/steps/templates.ts";
import {
  discardWebConf,
  filesOfBuild,
  keptWebConf,
  releaseMark,
  releaseServices,
  servicesOfBuild,
  webConfFiles,
} from "../../src/steps/webconf.ts";
import { releaseRecord } from "../node/records.ts";
import { folderWith } from "../settings/source.ts";

const place = layout("/home/woven", "shop", "1.2");
const sites = [1, 2].map((id) => ({ id, domains: [`s${id}.example.com`] }));
const machine = { cores: 1, memory: 2 ** 31 };
const web = (
  server: ServerName,
  build = "010203",
  setup: WebRelease["setup"] = {},
  serverOptions: ServerOptions = {},
): WebRelease => ({
  place,
  version: "1.2",
  build,
  key: "f".repeat(64),
  sites: webSites({ server, serverOptions }, sites, machine),
  setup,
});
const record = (server: ServerName, build: string) =>
  releaseRecord({
    name: "1.2",
    build,
    mark: releaseMark(web(server, build)),
    services: releaseServices(web(server, build)),
    sites,
  });
const rendered = (server: ServerName, build?: string, folder = "/nonexistent", setup: WebRelease["setup"] = {}) =>
  webConfFiles(
    { web: web(server, build, setup), ipv6: true, staticUrl: "/static/", mediaUrl: "/media/" },
    templates(folder),
  );

describe.each(serverNames)("%s", (server) => {
  test("places exactly the files that its services are recorded with", () => {
    const recorded = record(server, "010203").services.flatMap(({ files }) => files);
    expect(
      rendered(server)
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual([...recorded].toSorted());
  });

  test("has one service for each site, and nginx leads each domain to it", () => {
    const { services } = record(server, "010203");
    expect(services.flatMap((service) => service.sites).toSorted()).toEqual([1, 2]);
    for (const { address, socket, sites: ids } of services) {
      const upstream = socket ? `http://unix:${socket};` : `http://${address};`;
      for (const id of ids) {
        const conf = rendered(server).find(({ path }) => path.includes(`/nginx/sites-available/s${id}_`));
        expect(conf?.content).toContain(`proxy_pass ${upstream}`);
      }
    }
  });

  test("two builds share no unit, socket or address", () => {
    const [one, other] = ["010203", "040506"].map((build) =>
      record(server, build).services.flatMap(({ units, socket, address }) => [...units, socket, address]),
    );
    expect(one?.filter((name) => name !== undefined && other?.includes(name))).toEqual([]);
  });

  test("another build of a release that keeps its configuration has what one that is rendered has", () => {
    const [from, fresh] = [record(server, "010203"), record(server, "040506")];
    const kept = { ...from, build: "040506", ...servicesOfBuild(from, "040506") };
    expect(kept.services).toEqual(fresh.services);
    expect(kept.mark).toBe(fresh.mark);
    const files = new Map(
      rendered(server)
        .filter(({ path }) => filesOfBuild(from).includes(path))
        .map(({ path, content, mode = "644" }) => [path, { content, mode }]),
    );
    const moved = keptWebConf(files, place, { from, to: kept });
    const wanted = rendered(server, "040506").filter(({ path }) => filesOfBuild(from).includes(path));
    expect(moved.map(({ path, content }) => [path, content])).toEqual(
      wanted.map(({ path, content }) => [path, content]),
    );
    for (const file of rendered(server).filter(({ path }) => path.startsWith("/etc/systemd/")))
      expect(rendered(server, "040506")).toContainEqual(file);
  });
});

test("what holds a key is for root alone, and is not shown", () => {
  const holding = rendered("apache").filter(({ content }) => content.includes("f".repeat(64)));
  expect(holding.map(({ path, mode, secret }) => [path, mode, secret])).toEqual([
    ["/etc/apache2/woven/shop-1.2.key", "640", true],
    ["/etc/nginx/woven/shop-1.2@web.conf", "640", true],
  ]);
});

test("a kept file that not all may read stays so", () => {
  const from = releaseRecord();
  const files = new Map([["/etc/nginx/woven/a.conf", { content: "", mode: "640" }]]);
  expect(keptWebConf(files, place, { from, to: from })).toMatchObject([{ mode: "640", secret: true }]);
});

test("a configuration of the first schema is moved to its new build by whole words only", () => {
  const from = releaseRecord({ build: "010203", mark: "shop 1.2 127.1.2.3" });
  const to = { ...from, build: "040506", ...servicesOfBuild(from, "040506") };
  expect(to.mark).toBe("shop 1.2 127.4.5.6");
  expect(to.services[0]).toMatchObject({
    units: ["woven-shop-1.0@127.4.5.6.service"],
    address: "127.4.5.6:10080",
  });
  const content = `proxy_pass http://127.1.2.3:10080; return 200 "shop 1.2 127.1.2.3\\n"; # 127.1.2.30
alias ${buildFolder(place, "010203")}/static/; # ${buildFolder(place, "010203")}4`;
  expect(keptWebConf(new Map([["/a", { content, mode: "644" }]]), place, { from, to })[0]?.content).toBe(
    `proxy_pass http://127.4.5.6:10080; return 200 "shop 1.2 127.4.5.6\\n"; # 127.1.2.30
alias ${buildFolder(place, "040506")}/static/; # ${buildFolder(place, "010203")}4`,
  );
});

test("a build of a release whose instance was replaced gets an address of its own", () => {
  const from = releaseRecord({ build: "010203", mark: "shop 1.2 010203" });
  const services = from.services.map((service) => ({
    ...service,
    units: ["woven-shop-1.0@127.9.9.9.service"],
    address: "127.9.9.9:480",
  }));
  const moved = { ...from, services };
  const to = { ...moved, build: "040506", ...servicesOfBuild(moved, "040506") };
  expect(to.services[0]).toMatchObject({ units: ["woven-shop-1.0@127.4.5.6.service"], address: "127.4.5.6:480" });
  const files = new Map([["/a", { content: "proxy_pass http://127.9.9.9:480;", mode: "644" }]]);
  expect(keptWebConf(files, place, { from: moved, to })[0]?.content).toBe("proxy_pass http://127.4.5.6:480;");
});

test("a version that moves to another server leaves nothing of the first", () => {
  const [one, other] = [record("apache", "010203").services, record("gunicorn", "040506").services];
  const [step] = discardWebConf(one, other);
  expect(step?.apply.text).toContain("/etc/apache2/woven/shop-1.2.key");
  expect(step?.apply.text).not.toContain("/etc/nginx/sites-available/");
  expect(discardWebConf(one, one)).toEqual([]);
});

test("Apache listens where only root can, and nginx asks there", () => {
  const port = Number(record("apache", "010203").services[0]?.address?.split(":")[1]);
  expect(port).toBeLessThan(512);
  const text = (part: string) => rendered("apache").find(({ path }) => path.includes(part))?.content;
  expect(text("/apache2/woven/shop-1.2.conf")).toContain(`Listen \${WOVEN_LISTEN}:${port}\n`);
  expect(text("/apache2/sites-available/s1_")).toContain(`<VirtualHost *:${port}>`);
  expect(text("/nginx/sites-available/s1_")).toContain(`proxy_pass http://127.1.2.3:${port};`);
});

describe("the options of a server", () => {
  const options = { workers: 7, threads: 3, timeout: 400, arguments: ["--a=b"], memory: "512M", tasks: 99 };
  const all = (server: ServerName, folder = "/nonexistent") =>
    webConfFiles(
      { web: web(server, "010203", {}, options), ipv6: true, staticUrl: "/static/", mediaUrl: "/media/" },
      templates(folder),
    );
  const holding = (server: ServerName, text: RegExp) => all(server).filter(({ content }) => text.test(String(content)));

  test.each(serverNames)("of %s limit its units, and nginx waits as long as it does", (server) => {
    for (const limit of [/^MemoryMax=512M$/m, /^TasksMax=99$/m])
      expect(holding(server, limit).map(({ path }) => path)).toEqual(
        all(server)
          .map(({ path }) => path)
          .filter((path) => path.endsWith(".service")),
      );
    expect(holding(server, /proxy_read_timeout 400s;/)).toHaveLength(2);
    expect(holding(server, /--a=b/).length).toBeGreaterThan(0);
  });

  test("set the daemon processes of Apache, and a request may take as long as they say", () => {
    expect(holding("apache", /^WSGIDaemonProcess .* processes=7 threads=3 /m)).toHaveLength(2);
    expect(holding("apache", /^Timeout 400$/m)).toHaveLength(1);
  });

  test("that a template of the project does not use are an error, and only those that are given", () => {
    const folder = folderWith({ "templates/woven/gunicorn/site.service": "[Service]\nMemoryMax={{{memory}}}\n" });
    expect(() => all("gunicorn", folder)).toThrow(/\{\{\{workers\}\}\}.*\{\{\{arguments\}\}\}, \{\{\{tasks\}\}\}/);
    expect(() => rendered("gunicorn", undefined, folder)).not.toThrow();
  });
});

test("nginx passes websockets on to a server that takes them, and to no other", () => {
  for (const name of serverNames) {
    const conf = rendered(name).find(({ path }) => path.includes("/nginx/sites-available/s1_"))?.content;
    expect(/proxy_set_header Upgrade/.test(String(conf)), name).toBe(name === "uvicorn");
  }
});

describe("a release with several servers", () => {
  const mixed = (setup: WebRelease["setup"] = {}): WebRelease => {
    const runs = (server: ServerName) => ({ server, serverOptions: { workers: 2 } });
    const own = [1, 2, 3, 4].map((id) => ({ id, domains: [`s${id}.example.com`] }));
    const all = own.map((site, index) => ({ ...site, runs: runs(serverNames[index] ?? "apache") }));
    return { ...web("apache", "010203", setup), sites: webSites(runs("apache"), all, machine) };
  };
  const files = () =>
    webConfFiles({ web: mixed(), ipv6: true, staticUrl: "/static/", mediaUrl: "/media/" }, templates("/nonexistent"));

  test("has the services of each, which share no name and no unit", () => {
    const services = releaseServices(mixed());
    expect(services.map(({ server, sites: ids }) => [server, ids])).toEqual(
      serverNames.map((name, index) => [name, [index + 1]]),
    );
    for (const names of [services.map(({ name }) => name), services.flatMap(({ units }) => units)])
      expect(new Set(names).size).toBe(names.length);
    expect(services.flatMap((service) => service.files).toSorted()).toEqual(
      files()
        .map(({ path }) => path)
        .toSorted(),
    );
  });

  test("leads each domain to its own service, and passes websockets to the one that takes them", () => {
    for (const { address, socket, sites: ids, server } of releaseServices(mixed())) {
      const conf = files().find(({ path }) => path.includes(`/nginx/sites-available/s${ids[0]}_`))?.content;
      expect(conf).toContain(`proxy_pass ${socket ? `http://unix:${socket}` : `http://${address}`};`);
      expect(/proxy_set_header Upgrade/.test(String(conf))).toBe(server === "uvicorn");
    }
  });
});

describe("a drop-in of the project", () => {
  const unit = (server: ServerName, text: string) =>
    String(
      rendered(server, undefined, folderWith({ [`templates/woven/${server}/drop-in.conf`]: text })).find(({ path }) =>
        path.endsWith(".service"),
      )?.content,
    );

  test.each(serverNames)("ends the unit of %s, so that its lines win", (server) => {
    const text = unit(server, "# Own exports\n[Service]\nReadWritePaths=/srv/{{{distribution}}}\n");
    expect(text).toMatch(/\[Install\]\n.*\n\n# Own exports\n\[Service\]\nReadWritePaths=\/srv\/shop\n$/);
    expect(text.indexOf("NoNewPrivileges=yes")).toBeLessThan(text.indexOf("/srv/shop"));
  });

  test("needs a section, and is not lost if it cannot be read", () => {
    expect(() => unit("gunicorn", "# none\nReadWritePaths=/srv\n")).toThrow(/gunicorn\/drop-in\.conf/);
    expect(() => unit("gunicorn", "[Service]\nReadWritePaths={{{no_such_name}}}\n")).toThrow(/no_such_name/);
  });
});

describe("a release's Apache", () => {
  const conf = (setup: WebRelease["setup"] = {}) =>
    rendered("apache", undefined, undefined, setup).find(({ path }) => path === "/etc/apache2/woven/shop-1.2.conf")
      ?.content ?? "";
  const loaded = (setup?: WebRelease["setup"]) =>
    [...conf(setup).matchAll(/^LoadModule (\w+)_module \/usr\/lib\/apache2\/modules\/mod_\1\.so$/gm)].map(
      ([, name]) => name,
    );

  test("reads no file of the machine's Apache", () => {
    const included = [...conf().matchAll(/^\s*Include\w*\s+(.*)$/gim)].map(([, file]) => file);
    expect(included).toEqual([
      "/etc/apache2/woven/shop-1.2.key",
      "sites-available/s1_example_com-1.2.conf",
      "sites-available/s2_example_com-1.2.conf",
    ]);
  });

  test("loads what releases need, and what apache-disable-modules leaves of the others", () => {
    expect(loaded()).toEqual(expect.arrayContaining(["authz_core", "headers", "mpm_event", "wsgi"]));
    expect(loaded()).not.toContain("autoindex");
    const own = loaded({ apacheDisableModules: ["env"] });
    expect(own).toContain("autoindex");
    expect(own).not.toContain("env");
    expect(new Set(own).size).toBe(own.length);
  });
});

describe("a project's own template", () => {
  test("of Apache may name any other port, and this number elsewhere", () => {
    const text = '<VirtualHost *:{{{port}}}>\nExpiresDefault "access plus 10080 minutes"\n</VirtualHost>\n';
    const conf = own({ "templates/woven/apache/site.conf": text }).find(({ path }) => path === site);
    expect(conf?.content).toBe(text.replace("{{{port}}}", "480"));
  });

  const own = (files: Readonly<Record<string, string>>) => rendered("apache", undefined, folderWith(files));
  const site = "/etc/apache2/sites-available/s1_example_com-1.2.conf";

  test("is found where it lay before, and where it belongs now; that one wins", () => {
    const former = { "templates/woven/apache-site.conf": "# former {{{domain}}}\n" };
    expect(own(former).find(({ path }) => path === site)?.content).toBe("# former s1.example.com\n");
    const both = own({ ...former, "templates/woven/apache/site.conf": "# mine\n" });
    expect(both.find(({ path }) => path === site)?.content).toBe("# mine\n");
  });

  test.each([
    [
      "nginx-site.conf",
      "proxy_pass http://{{{address}}}:10080;\n",
      /\{\{\{upstream\}\}\}, \{\{\{mark\}\}\}, \{\{\{key_file\}\}\}/,
    ],
    ["apache/release.conf", "Include {{{key_file}}}\nIncludeOptional mods-enabled/*.load\n", /\{\{\{modules\}\}\}/],
    ["apache-release.conf", "Listen 80\n", /\{\{\{key_file\}\}\}.*apache\/release\.conf/],
    [
      "apache/site.conf",
      "# {{{domain}}} on *:10080\n<VirtualHost *:10080>\n</VirtualHost>\n",
      /line 2 .*<VirtualHost \*:10080>.*\{\{\{port\}\}\}/,
    ],
    [
      "apache-site.conf",
      "<VirtualHost\n  127.1.2.3:10080>\n</VirtualHost>\n",
      /apache-site\.conf .*line 2 .*\{\{\{port\}\}\}/,
    ],
    [
      "apache/release.conf",
      "Include {{{key_file}}}\nListen 10080\n{{#modules}}{{/modules}}\n",
      /line 2 .*Listen 10080.*\{\{\{port\}\}\}/,
    ],
  ])("that was written for an earlier Woven is an error that says what to take over: %s", (name, text, what) => {
    expect(() => own({ [`templates/woven/${name}`]: text })).toThrow(
      expect.objectContaining({
        code: "template",
        message: expect.stringMatching(what),
        details: expect.objectContaining({ file: `templates/woven/${name}` }),
      }),
    );
  });
});

test("nginx answers for a preview that sleeps, and for no other distribution", () => {
  const { web: release, ...more } = {
    web: web("gunicorn"),
    ipv6: false,
    staticUrl: "/static/",
    mediaUrl: "/media/",
  };
  const preview = layout("/home/woven/previews/shop/pr-12", "shop~pr-12", "1.2");
  const pages = (of: WebRelease) =>
    webConfFiles({ web: of, ...more }, templates("/nonexistent")).flatMap(
      ({ content }) => /if \(-f (\S+)\) \{/.exec(content)?.[1] ?? [],
    );
  expect(pages(release)).toEqual([]);
  expect(pages({ ...release, place: preview })).toEqual(sites.map(() => asleepPage("shop~pr-12")));
});
