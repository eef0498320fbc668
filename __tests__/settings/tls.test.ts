// HTTPS in the settings: what cannot work is told with its place, before any server is touched.
import { afterAll, describe, expect, test } from "vitest";
import { readSettings } from "../../src/settings/read.ts";
import { authority } from "../certificates.ts";
import { expectOne, problemsOf, rightInputs, settingsOf, smallProject, worldOf } from "./source.ts";

const ca = authority();
afterAll(() => ca[Symbol.dispose]());

const withConfig = (lines: string, inputs: Readonly<Record<string, string>> = {}) => ({
  files: { ...smallProject, "woven.toml": `${smallProject["woven.toml"]}${lines}\n` },
  inputs,
});
const right = ca.issue({ domains: ["shop.example.com"] });
const other = ca.issue({ domains: ["shop.example.com"] });
const pair = ({ chain, key } = right) => ({ "tls-certificate": chain, "tls-key": key });

test.each<[lines: string, where: string, names: readonly string[]]>([
  ["tls = true", "woven.toml: tls", ["true", "false", "files", "proxy"]],
  ["tls = 443", "woven.toml: tls", ["443", "false", "files", "proxy"]],
  ['tls = "file"', "woven.toml: tls", ["file", "false", "files", "proxy"]],
  ['tls = "proxy"', "woven.toml: tls", ["trusted-proxies"]],
  ['tls = "acme"\nacme-directory = "stagign"', "woven.toml: acme-directory", ["stagign", "staging"]],
  ['tls = "acme"\nacme-directory = "http://acme.example.com/dir"', "woven.toml: acme-directory", ["http://acme"]],
  ['tls = "acme"\ntls-email = "admin"', "woven.toml: tls-email", ["admin"]],
  ['tls-email = "a@example.com"', "woven.toml: tls-email", ["acme"]],
  ['tls = "proxy"\ntrusted-proxies = ["10.0.0.1"]\nacme-directory = "staging"', "woven.toml: acme-directory", ["acme"]],
  ['tls = "acme"\n[sites.2]\ndomains = ["192.0.2.1", "shop"]', "woven.toml: tls", ["192.0.2.1", "shop"]],
  ["hsts = 300", "woven.toml: hsts", ["tls"]],
  ['tls = "proxy"\ntrusted-proxies = ["10.0.0.0/8", "0.0.0.0/0"]', "woven.toml: trusted-proxies.1", ["0.0.0.0/0"]],
  ['tls = "proxy"\ntrusted-proxies = ["10.0.0.0/33"]', "woven.toml: trusted-proxies.0", ["10.0.0.0/33", "32"]],
  ['tls = "proxy"\ntrusted-proxies = ["proxy.example.com"]', "woven.toml: trusted-proxies.0", ["proxy.example.com"]],
  ['tls = "proxy"\ntrusted-proxies = ["fe80::1%eth0"]', "woven.toml: trusted-proxies.0", ["fe80::1%eth0"]],
])("%s", async (lines, where, names) => {
  expectOne(await problemsOf(withConfig(lines)), where, names);
});

test("a firewall that opens no port for HTTPS is told, and one that does is not", async () => {
  const files = (rules: string) => withConfig(`tls = "files"\nufw-rules = ${rules}`, pair());
  expectOne(await problemsOf(files('["allow 80/tcp"]')), "woven.toml: ufw-rules", ["files", "443"]);
  for (const rules of ['["allow 80,443/tcp"]', '["allow https"]', '["allow from 192.0.2.1"]'])
    expect((await settingsOf(files(rules))).tls.kind).toBe("files");
});

test.each([
  ["", "https://acme-v02.api.letsencrypt.org/directory"],
  ['acme-directory = "staging"', "https://acme-staging-v02.api.letsencrypt.org/directory"],
  ['acme-directory = "https://ca.example.com:9000/acme/dir"', "https://ca.example.com:9000/acme/dir"],
])("with acme and %j, the directory is %s", async (lines, directory) => {
  const { tls } = await settingsOf(withConfig(`tls = "acme"\n${lines}`));
  expect(tls).toEqual({ kind: "acme", directory, trusted: [] });
});

test.each(['tls = "acme"', 'tls = "files"', 'tls = "proxy"\ntrusted-proxies = ["192.0.2.1"]'])(
  "a rehearsal with %j serves plain http to everybody, and needs no secret",
  async (lines) => {
    const { tls, web } = await settingsOf(
      withConfig(`${lines}\nhsts = 300\n[web]\nbasic-auth = true`, { role: "local" }),
    );
    expect([tls.kind, tls.hsts, web.basicAuth]).toEqual(["none", undefined, undefined]);
    expectOne(await problemsOf(withConfig('tls = "proxy"', { role: "local" })), "woven.toml: tls", ["trusted-proxies"]);
  },
);

test("an authority cannot tell several servers apart", async () => {
  const roles = 'production: ["woven@web1.example.com", "woven@web2.example.com"]';
  expectOne(await problemsOf(withConfig('tls = "acme"', { roles })), "woven.toml: tls", [
    "acme",
    "2",
    "files",
    "proxy",
  ]);
  expect((await settingsOf(withConfig('tls = "acme"', { roles, command: "rollback" }))).tls.kind).toBe("acme");
  const preview = { roles, command: "preview", preview: "demo", "basic-auth": "ada:long-password" };
  const config = 'tls = "acme"\npreview-domain = "preview.example.com"';
  expectOne(await problemsOf(withConfig(config, preview)), "woven.toml: tls", ["acme", "2"]);
});

describe("a certificate from the inputs", () => {
  const wheres = async (inputs: Readonly<Record<string, string>>, lines = "") =>
    (await problemsOf(withConfig(`tls = "files"\n${lines}`, inputs))).map(({ where, what }) => `${where}: ${what}`);

  test("that is right becomes the settings'", async () => {
    const { tls } = await settingsOf(withConfig('tls = "files"\nhsts = 300', pair()));
    expect(tls).toMatchObject({ kind: "files", hsts: 300, trusted: [] });
    if (tls.kind !== "files") throw new Error("it is of another kind");
    expect(tls.certificate?.chain).toBe(right.chain);
    expect(tls.certificate?.key.reveal().trim()).toBe(right.key.trim());
    expect(String(tls.certificate?.key)).toBe("***");
  });

  test.each([
    [90, /^Certificate: valid for (89|90) days$/],
    [20, /^Certificate: valid for (19|20) days\. \S/],
  ])("that is valid for %i days is in the log, with advice near its end", async (days, line) => {
    const given = withConfig('tls = "files"', {
      ...rightInputs,
      ...pair(ca.issue({ domains: ["shop.example.com"], days })),
    });
    const seen = { masked: [], logged: [] };
    await readSettings(worldOf(given, seen));
    expect(seen.logged).toContainEqual(expect.stringMatching(line));
    expect(seen.masked.join("")).not.toContain("CERTIFICATE");
  });

  test("may be for all names of a domain", async () => {
    const wild = pair(ca.issue({ domains: ["*.example.com"] }));
    expect((await settingsOf(withConfig('tls = "files"', wild))).tls.kind).toBe("files");
  });

  test("is needed by deploy, and not by what only switches", async () => {
    expect(await wheres({})).toEqual([
      expect.stringMatching(/^input tls-certificate: /),
      expect.stringMatching(/^input tls-key: /),
    ]);
    const { tls } = await settingsOf(withConfig('tls = "files"', { command: "rollback" }));
    expect(tls).toEqual({ kind: "files", trusted: [] });
  });

  test.each<[what: string, inputs: () => Readonly<Record<string, string>>, problem: RegExp]>([
    ["with the key of another one", () => ({ ...pair(), "tls-key": other.key }), /^input tls-key: /],
    [
      "for other domains",
      () => pair(ca.issue({ domains: ["a.example.org"] })),
      /^input tls-certificate: .*shop\.example\.com.*a\.example\.org/,
    ],
    [
      "that has ended",
      () => pair(ca.issue({ domains: ["shop.example.com"], days: -1 })),
      /^input tls-certificate: .*\d{4}-\d\d-\d\d/,
    ],
    [
      "after its intermediate one",
      () => ({ ...pair(), "tls-certificate": reversed(right.chain) }),
      /^input tls-certificate: .*intermediate.*site-1/,
    ],
    [
      "with an intermediate one of somebody else",
      () => ({ ...pair(), "tls-certificate": right.chain + other.chain }),
      /^input tls-certificate: .*site-/,
    ],
    [
      "swapped with its key",
      () => ({ "tls-certificate": right.key, "tls-key": right.chain }),
      /^input tls-certificate: .*private key/,
    ],
    ["that is no PEM", () => ({ ...pair(), "tls-certificate": "fullchain.pem" }), /^input tls-certificate: /],
    [
      "whose key has a passphrase",
      () => ({
        ...pair(),
        "tls-key": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
      }),
      /^input tls-key: .*passphrase/,
    ],
  ])("%s is told by its input", async (_, inputs, problem) => {
    expect((await wheres(inputs()))[0]).toMatch(problem);
  });

  test("is checked for every site, and every problem is told", async () => {
    const problems = await wheres(
      { ...pair(ca.issue({ domains: ["a.example.org"], days: -1 })), "tls-key": right.key },
      '[sites.2]\ndomains = ["b.example.com"]',
    );
    expect(problems).toEqual([
      expect.stringMatching(/^input tls-key: /),
      expect.stringMatching(/^input tls-certificate: .*shop\.example\.com, b\.example\.com/),
      expect.stringMatching(/^input tls-certificate: .*\d{4}-/),
    ]);
  });
});

function reversed(chain: string): string {
  return (chain.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----\n/g) ?? []).toReversed().join("");
}
