// nginx's configuration for HTTPS, in each of its kinds and for each version of nginx.
import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { layout } from "../../src/release/layout.ts";
import { activationStage } from "../../src/rollout/activate-release.ts";
import { certificateState, newCertificate } from "../../src/rollout/certificates.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
import { prepareStage } from "../../src/rollout/release-stages.ts";
import { webSites } from "../../src/servers/processes.ts";
import { secret } from "../../src/settings/secret.ts";
import type { Tls } from "../../src/settings/settings.ts";
import { certificateFiles, type Https, httpsFiles, recordedTls } from "../../src/steps/https.ts";
import { newLease } from "../../src/steps/lease.ts";
import { templates } from "../../src/steps/templates.ts";
import { webConfFiles } from "../../src/steps/webconf.ts";
import { authority } from "../certificates.ts";
import { nodeFacts, releaseRecord } from "../node/records.ts";
import { planInput, runtime } from "../rollout/release.ts";
import { folderWith } from "../settings/source.ts";

const web = {
  place: layout("/home/woven", "shop", "1.2"),
  version: "1.2",
  build: "010203",
  key: "f".repeat(64),
  sites: webSites(
    { server: "gunicorn", serverOptions: {} },
    [{ id: 1, domains: ["my-shop.example.com", "www.example.com"] }],
    { cores: 1, memory: 2 ** 31 },
  ),
  setup: {},
};

function site(https?: Https, folder = "/nonexistent"): string {
  const files = webConfFiles(
    {
      web,

      ipv6: true,
      staticUrl: "/static/",
      mediaUrl: "/media/",
      ...(https ? { https } : {}),
    },
    templates(folder),
  );
  return files.find(({ path }) => path.startsWith("/etc/nginx/sites-available/"))?.content ?? "";
}

/** The servers of the file, each with its lines. */
function serversOf(text: string): readonly (readonly string[])[] {
  return text
    .split(/^server \{$/m)
    .slice(1)
    .map((server) => server.split("\n").map((line) => line.trim()));
}
const listens = (text: string) => serversOf(text).map((lines) => lines.filter((line) => line.startsWith("listen ")));
const files = (more: Partial<Tls> = {}): Https["tls"] => ({ kind: "files", trusted: [], ...more });

test("without tls, all is on port 80, and nothing speaks of HTTPS", () => {
  const text = site();
  expect(listens(text).flat().toSorted()).toEqual(["listen 80;", "listen 80;", "listen [::]:80;", "listen [::]:80;"]);
  expect(text).not.toMatch(/ssl|https|geo |real_ip|Strict-Transport/);
});

describe("with a certificate", () => {
  test("port 80 only leads to port 443, for all domains", () => {
    const [http = [], ...others] = serversOf(site({ tls: files(), nginx: "1.26.3" }));
    expect(http).toContain("server_name my-shop.example.com www.example.com;");
    expect(http).toContain("return 301 https://my-shop.example.com$request_uri;");
    expect(http.join("\n")).not.toContain("proxy_pass");
    expect(others).toHaveLength(2);
    for (const lines of others) {
      expect(lines.filter((line) => line.startsWith("listen "))).toEqual(["listen 443 ssl;", "listen [::]:443 ssl;"]);
      expect(lines).toContain("http2 on;");
      expect(lines).toContain("ssl_certificate /etc/nginx/woven/certificates/shop.pem;");
      expect(lines).toContain("ssl_protocols TLSv1.2 TLSv1.3;");
    }
  });

  test.each([["1.18.0"], ["1.24.0"], [undefined]])("nginx %s has HTTP/2 as a word of listen", (nginx) => {
    const text = site({ tls: files(), ...(nginx === undefined ? {} : { nginx }) });
    expect(listens(text).flat()).toContain("listen 443 ssl http2;");
    expect(text).not.toContain("http2 on;");
  });

  test("HSTS is sent wherever a location has headers of its own, over HTTPS only", () => {
    const [http = [], own = [], aliases = []] = serversOf(site({ tls: files({ hsts: 300 }), nginx: "1.26.3" }));
    expect(http.join("\n")).not.toContain("Strict-Transport-Security");
    const sent = 'add_header Strict-Transport-Security "max-age=300" always;';
    const locations = own.join("\n").split(/^location /m);
    for (const one of locations.filter((text) => text.includes("add_header"))) expect(one).toContain(sent);
    expect(own.join("\n")).toContain("proxy_hide_header Strict-Transport-Security;");
    expect(aliases.join("\n")).not.toContain("add_header");
  });

  test("unknown hosts get no certificate, whatever the version of nginx", () => {
    const tls: Tls = { kind: "files", trusted: [] };
    const unknown = (nginx: string) =>
      httpsFiles(tls, { distribution: "shop", ipv6: false, nginx }, templates("/nonexistent"))[0]?.content ?? "";
    expect(unknown("1.26.3")).toMatch(/listen 443 ssl;[\s\S]*ssl_reject_handshake on;/);
    expect(unknown("1.18.0")).toMatch(/listen 443 ssl http2;[\s\S]*ssl_certificate data:\$/);
    expect(unknown("1.18.0")).not.toContain("ssl_reject_handshake");
    expect(unknown("1.26.3")).not.toContain("[::]");
  });
});

describe("with a certificate from an authority", () => {
  const acme: Https["tls"] = { kind: "acme", trusted: [] };

  test("nginx reads what certbot keeps up to date", () => {
    const text = site({ tls: acme, nginx: "1.26.3" });
    expect(text).toContain("ssl_certificate /etc/letsencrypt/live/woven-shop/fullchain.pem;");
    expect(text).toContain("ssl_certificate_key /etc/letsencrypt/live/woven-shop/privkey.pem;");
    expect(recordedTls(acme, "shop").tls?.certificate).toBe("/etc/letsencrypt/live/woven-shop/fullchain.pem");
  });

  test.each([undefined, acme])("the authority is answered on port 80 for every domain, with %o", (tls) => {
    const servers = serversOf(site(tls && { tls }));
    const onPort80 = servers.filter((lines) => lines.includes("listen 80;"));
    const answered = onPort80.filter((lines) => lines.includes("location ^~ /.well-known/acme-challenge/ {"));
    const names = answered.flatMap((lines) => lines.filter((line) => line.startsWith("server_name "))).join(" ");
    expect(names).toContain("my-shop.example.com");
    expect(names).toContain("www.example.com");
    expect(answered).toEqual(onPort80);
  });

  test("it is issued while the release is prepared, and never by a switch to a kept one", async () => {
    const input = await planInput(
      {},
      { tls: { kind: "acme", directory: "https://acme.example.com/dir", trusted: [] } },
    );
    const lease = newLease({ state: "/s", owner: "ada", command: "deploy", expected: { link: "", folder: "" } });
    const stage = prepareStage(planRelease(input, runtime()), input.settings, lease, nodeFacts(), {});
    expect(stage.steps.at(-1)).toMatchObject({ id: "certificate" });
    const target = releaseRecord(recordedTls(acme, "shop"));
    const event = { at: "2026-01-01T00:00:00Z", event: "rollback", version: "1.0" } as const;
    const state = { releases: [target], history: [] };
    const kept = activationStage({ target, root: "/home/woven", state, lease, event, drain: 60 });
    expect(kept.steps.map(({ id }) => id)).not.toContain("certificate");
  });
});

describe("behind a proxy", () => {
  const proxy: Https["tls"] = { kind: "proxy", trusted: ["192.0.2.1", "2001:db8::/32", "192.0.2.1"], hsts: 300 };

  test("only the proxy can tell the scheme and the address", () => {
    const text = site({ tls: proxy });
    expect(text).toMatch(
      /geo \$realip_remote_addr \$(\w+) \{\n {4}default 0;\n {4}192\.0\.2\.1 1;\n {4}2001:db8::\/32 1;\n {4}127\.0\.0\.1 1;\n\}\nmap "\$\1:\$http_x_forwarded_proto" \$(\w+) \{\n {4}default http;\n {4}"1:https" https;\n\}/,
    );
    const [own = []] = serversOf(text);
    const scheme = /map "\$\w+:\$http_x_forwarded_proto" (\$\w+)/.exec(text)?.[1];
    expect(own).toContain(`proxy_set_header X-Forwarded-Proto ${scheme};`);
    expect(own).toContain("proxy_set_header X-Forwarded-For $remote_addr;");
    expect(own.filter((line) => line.startsWith("set_real_ip_from"))).toEqual([
      "set_real_ip_from 192.0.2.1;",
      "set_real_ip_from 2001:db8::/32;",
    ]);
    expect(own.join("\n")).toContain(`if (${scheme} = http) {\nreturn 301 https://my-shop.example.com$request_uri;`);
    expect(listens(text).flat()).not.toContainEqual(expect.stringContaining("443"));
  });

  test("HSTS depends on the scheme, and two domains never share a variable", () => {
    const text = site({ tls: proxy });
    const [, hsts] = /map \$\w+ (\$\w+) \{\n {4}https "max-age=300";/.exec(text) ?? [];
    expect(text).toContain(`add_header Strict-Transport-Security ${hsts} always;`);
    const variables = ["a-b.c", "a.b-c", "a.b.c", "a-b-c", "a--b.c"].map(
      (domain) => /geo \S+ (\$\w+)/.exec(siteOf(domain))?.[1],
    );
    expect(new Set(variables).size).toBe(5);
    function siteOf(domain: string) {
      const own = { ...web, sites: web.sites.map((one) => ({ ...one, domains: [domain] })) };
      return webConfFiles(
        { web: own, ipv6: false, staticUrl: null, mediaUrl: "", https: { tls: proxy } },
        templates("/nonexistent"),
      )
        .map(({ content }) => content)
        .join("\n");
    }
  });
});

test("a proxy in front of nginx's own HTTPS tells the visitor's address, and not the scheme", () => {
  const text = site({ tls: files({ trusted: ["192.0.2.0/24"] }), nginx: "1.26.3" });
  expect(text).toContain("set_real_ip_from 192.0.2.0/24;");
  expect(text).toContain("proxy_set_header X-Forwarded-Proto $scheme;");
  expect(text).not.toContain("geo ");
});

test.each<[Https["tls"], RegExp]>([
  [files(), /\{\{\{tls\}\}\}/],
  [{ kind: "proxy", trusted: ["192.0.2.1"] }, /\{\{\{scheme\}\}\}, \{\{\{real_ip\}\}\}/],
])("a project's own template that would drop HTTPS is an error", (tls, what) => {
  const own = "{{{upstream}}} {{{mark}}} {{{key_file}}}\n";
  const folder = folderWith({ "templates/woven/nginx-site.conf": own });
  expect(site(undefined, folder)).toContain("unix:");
  expect(() => site({ tls }, folder)).toThrow(
    expect.objectContaining({ code: "template", message: expect.stringMatching(what) }),
  );
});

describe("the certificate", () => {
  using ca = authority();
  const given = (days?: number): Tls & { readonly kind: "files" } => {
    const { chain, key } = ca.issue({ domains: ["shop.example.com"], ...(days === undefined ? {} : { days }) });
    return {
      kind: "files",
      trusted: [],
      certificate: { chain, key: secret(key), fingerprint: fingerprint(chain), daysLeft: 90 },
    };
  };
  const [one, other] = [given(), given()];
  const [file] = certificateFiles(one, "shop");
  const onNode = (tls: Tls) =>
    nodeFacts({ certificates: new Map(certificateFiles(tls, "shop").map(({ path, content }) => [path, content])) });
  const now = Date.now();
  const days = (count: number) => now + count * 24 * 3600 * 1000;

  test("lies with its key in one file that only root can read, and is not shown", () => {
    expect(file).toMatchObject({ path: "/etc/nginx/woven/certificates/shop.pem", mode: "600", secret: true });
    expect(file?.content).toMatch(/^# Managed by Woven\.[\s\S]*BEGIN CERTIFICATE[\s\S]*PRIVATE KEY-----\n$/);
  });

  test("is placed where the node has another one or none", () => {
    expect(newCertificate(one, onNode(one), "shop")).toEqual([]);
    expect(newCertificate(one, onNode(other), "shop")).toEqual([file]);
    expect(newCertificate(one, nodeFacts(), "shop")).toEqual([file]);
    expect(newCertificate({ kind: "files", trusted: [] }, onNode(other), "shop")).toEqual([]);
  });

  test("is reported from 21 days before its end", () => {
    const release = releaseRecord(recordedTls(one, "shop"));
    const state = (time: number, facts = onNode(one)) => certificateState(release, facts, time);
    expect(state(days(68))).toMatchObject({ state: "valid" });
    expect(state(days(70))).toMatchObject({ state: "ending", text: expect.stringMatching(/in (19|20) days/) });
    expect(state(days(91))).toMatchObject({ state: "ending" });
    expect(state(now, nodeFacts())).toMatchObject({ state: "ending" });
    expect(certificateState(releaseRecord(), onNode(one), now)).toBeUndefined();
  });
});

function fingerprint(chain: string): string {
  return new X509Certificate(chain).fingerprint256;
}
