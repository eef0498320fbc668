import { describe, expect, test } from "vitest";
import { parseAddress } from "../../src/settings/address.ts";
import { apacheModuleProblem } from "../../src/settings/apache-module-names.ts";
import { domainProblem } from "../../src/settings/domain.ts";
import { fits, type GrammarName, grammars } from "../../src/settings/grammar.ts";
import { ufwRuleProblem } from "../../src/settings/ufw-rule.ts";
import { authorizedKeyProblem, parseMigrate, repositoryProblem } from "../../src/settings/value-problems.ts";

test.each(Object.entries(grammars))("the example of %s fits it", (name, { example }) => {
  expect(fits(name as GrammarName, example)).toBe(true);
});

test.each(Object.keys(grammars))("%s takes no shell or configuration syntax", (name) => {
  const hostile = ["", "a;b", "a$(id)", "a`id`", "a'b", "a\nb", 'a"b', "../a", "/a/../b", "a\0b", "-a;", "a{b}"];
  const taken = hostile.filter((text) => fits(name as GrammarName, text));
  // Paths inside the project are file names, which may hold nearly anything; they are quoted wherever they are used.
  const isPath = ["relativePath", "relativeFolder", "repositoryPath"].includes(name);
  // A path in the repository may lead up: whether it stays inside is seen where the repository is known.
  const allowed = name === "repositoryPath" ? ["../a"] : [];
  expect(isPath ? taken.filter((text) => /\.\.|\0|\n/.test(text)) : taken).toEqual(allowed);
});

describe("an entry", () => {
  test.each([
    ["web1.example.com", { host: "web1.example.com" }],
    ["woven@web1", { user: "woven", host: "web1" }],
    ["woven@10.0.0.1:2222", { user: "woven", host: "10.0.0.1", port: 2222 }],
    ["woven@[2001:db8::1]:22", { user: "woven", host: "2001:db8::1", port: 22 }],
    ["[::1]", { host: "::1" }],
    ["Woven.Example.COM", { host: "woven.example.com" }],
  ])("%s is read", (text, address) => {
    expect(parseAddress(text)).toEqual({ kind: "address", ...address });
  });

  test.each([
    ["", /empty/],
    ["woven@", /is not a host name/],
    ["woven@2001:db8::1", /without brackets/],
    ["woven@[10.0.0.1]", /not an IPv6/],
    ["woven@[fe80::1%eth0]", /not an IPv6/],
    ["woven@web:0", /port "0"/],
    ["woven@web:65536", /port "65536"/],
    ["woven@web:ssh", /port "ssh"/],
    ["ssh://woven@web", /is a URL/],
    ["woven:hunter2@web", /holds a password/],
    ["wo ven@web", /user "wo ven"/],
    ["woven@web_;id", /is not a host name/],
    ["woven@300.1.1.1", /looks like an IPv4 address/],
    ["woven@1.2.3", /looks like an IPv4 address/],
    ["woven@-oProxyCommand=id", /is not a host name/],
    ["woven@münchen.example", /outside ASCII/],
  ])("%s is refused", (text, what) => {
    const address = parseAddress(text);
    expect(address.kind === "bad" && address.what).toMatch(what);
  });

  test("an international name is answered with its ASCII form, a password is not shown", () => {
    expect(parseAddress("münchen.example")).toMatchObject({ next: expect.stringContaining("xn--mnchen-3ya.example") });
    expect(JSON.stringify(parseAddress("woven:hunter2@web"))).not.toContain("hunter2");
  });
});

test.each([
  ["shop.example.com", undefined],
  ["localhost", undefined],
  ["198.18.0.2", undefined],
  ["https://shop.example.com", /is a URL/],
  ["shop.example.com/admin", /path/],
  ["shop.example.com:8000", /port/],
  ["*.example.com", undefined],
  ["*.com", /is not a domain/],
  ["*.shop_1.example.com", /is not a domain/],
  ["shop.*.example.com", /first part/],
  ["shop.example.com.", /ends with a dot/],
  ["shop_1.example.com", /is not a domain/],
  ["-shop.example.com", /is not a domain/],
  ["shop..example.com", /is not a domain/],
  ["bücher.example", /xn--bcher-kva\.example/],
  ["1.2.3", /is not a domain/],
  [`${"a".repeat(64)}.example`, /is not a domain/],
])("domain %s", (domain, what) => {
  if (what === undefined) expect(domainProblem(domain)).toBeUndefined();
  else expect(domainProblem(domain)).toMatch(what);
});

describe("a firewall rule", () => {
  test.each([
    "allow 80,443/tcp",
    "allow 22",
    "limit 10022/tcp",
    "deny 6000:6010/udp",
    "allow OpenSSH",
    "allow from 10.0.0.0/8",
    "allow from 10.0.0.5 to any port 5432 proto tcp",
    "allow proto tcp from 2001:db8::/32 to any port 80,443",
    "allow in on eth1 to any port 5432 proto tcp",
    "reject out log 25/tcp",
    "route allow in on eth0 out on eth1",
  ])("%s is taken", (rule) => {
    expect(ufwRuleProblem(rule)).toBeUndefined();
  });

  test.each([
    ["", /characters/],
    ["open 80", /does not start with/],
    ["allow", /names no port/],
    ["allow tcp/5432", /write 5432\/tcp/],
    ["allow 80,443", /needs a protocol/],
    ["allow 99999", /1 to 65535/],
    ["allow 90:80/tcp", /ends before it starts/],
    ["allow 80/icmp", /tcp or udp/],
    ["allow  80", /blanks/],
    ["allow 80; reboot", /characters/],
    ["allow from 10.0.0.0/33", /address/],
    ["allow from example.com", /address/],
    ["allow from any from any", /twice/],
    ["allow from any port", /no value/],
    ["allow proto tcp port 80", /before "from"/],
    ["delete allow 80", /does not start with/],
    ["allow from 10.1.2.3/8", /write 10\.0\.0\.0\/8/],
    ["allow proto tcp from 192.168.7.77/27 to any port 22", /write 192\.168\.7\.64\/27/],
    ["allow from 10.0.0.1 to ::1", /IPv4/],
  ])("%s is refused", (rule, what) => {
    expect(ufwRuleProblem(rule)).toMatch(what);
  });
});

test.each([
  ["autoindex", undefined],
  ["fcgid", undefined],
  ["somebodys_own", undefined],
  ["wsgi", /cannot be turned off/],
  ["mpm_event", /cannot be turned off/],
  ["authz_core", /cannot be turned off/],
  ["autoindx", /did you mean autoindex/],
  ["mod_status", /did you mean status/],
  ["negotiaton", /did you mean negotiation/],
])("turning off the Apache module %s", (name, what) => {
  if (what === undefined) expect(apacheModuleProblem(name)).toBeUndefined();
  else expect(apacheModuleProblem(name)).toMatch(what);
});

test.each([
  ["auto", { kind: "auto" }],
  ["catalogue", { kind: "target", app: "catalogue" }],
  ["catalogue 0003", { kind: "target", app: "catalogue", migration: "0003" }],
  ["catalogue zero", { kind: "target", app: "catalogue", migration: "zero" }],
  ["catalogue 0003 more", undefined],
  ["--fake", undefined],
  ["catalogue ;id", undefined],
])("migrate %s", (text, migrate) => {
  expect(parseMigrate(text)).toEqual(migrate);
});

const ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIDhmF3tQTNqaAo2Vh2fLqE3zV8bH3bWJ1m0yX0oUj8fE";

test.each([
  [`ssh-ed25519 ${ed25519} ada@example.com`, undefined],
  [`ssh-ed25519 ${ed25519}`, undefined],
  [`ssh-rsa ${ed25519}`, /public key/],
  [`no-pty ssh-ed25519 ${ed25519}`, /is not a public key/],
  [`ssh-ed25519 ${ed25519}\nssh-rsa AAAA`, /public key|outside ASCII/],
  ["-----BEGIN OPENSSH PRIVATE KEY-----", /private key/],
])("public key %s", (line, what) => {
  if (what === undefined) expect(authorizedKeyProblem(line)).toBeUndefined();
  else expect(authorizedKeyProblem(line)).toMatch(what);
});

const key = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawbhVRYJKwYBBAHaRw8BAQdA8YUomwrs7JOMfULb1Rp7FAfVwH8tM4mB23Lv
/B9cf8a0D2FwdEBleGFtcGxlLmNvbYiQBBMWCAA4FiEEnXeuLiyxJHthrOQQkSg2
G9oeZqkFAmsG4VUCGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQkSg2G9oe
ZqmokAEAmbP6P5rDLG7+vLb+ynB6tclfm3fl0Pw3bKb9n9xuxgEA/1TurHkP0msY
rRzY1yTmBpWKYxafPYW1sJhn3CaFznIE
=Gsqc
-----END PGP PUBLIC KEY BLOCK-----`;
/** As deb822 has a text of several lines. */
const folded = (text: string) => text.replaceAll(/^$/gm, ".").replaceAll(/^/gm, " ");
const fields = "Types: deb\nURIs: https://apt.example.com/debian\nSuites: trixie\nComponents: main";
const source = `${fields}\nSigned-By:\n${folded(key)}`;
const signed = (by: string) => `${fields}\nSigned-By: ${by}`;

test.each([
  ["ppa:deadsnakes/ppa", undefined],
  [source, undefined],
  [`${source}\n`, undefined],
  [source.replace("Suites: trixie\nComponents: main", "Suites: ./"), undefined],
  [signed("/usr/share/keyrings/example.gpg"), undefined],
  [signed("9D77AE2E2CB1247B61ACE4109128361BDA1E66A9"), undefined],
  [signed("https://apt.example.com/key.asc"), /apt fetches no keys/],
  [signed("key.asc"), /Signed-By/],
  [signed("\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n ."), /no whole PGP public key/],
  [signed(`\n${folded(key.replace(/^mDME.*$/m, "not a key at all"))}`), /PGP public key/],
  [signed(`\n${folded(key.replace(/mDME/, "iDME"))}`), /PGP public key/],
  [signed(`\n${folded(key).replaceAll("PUBLIC", "PRIVATE")}`), /private key.*replace the key/],
  [`${fields}\nSigned-By:\n${key}`, /blank|empty line/],
  [`${fields}\nSigned-By:\n${folded(key).replace(" .\n", "\n")}`, /empty line.*a blank and a dot/],
  ["ppa:dead snakes/ppa", /ppa:owner\/name/],
  ["deb https://apt.example.com/debian trixie main", /one-line/],
  ["Types: deb\nURIs: https://apt.example.com\nSuites: trixie", /without Signed-By/],
  [`${source}\nTrusted: yes`, /Trusted/],
  [source.replace("https", "file"), /http/],
  [source.replace("https://", "https:/"), /not http or https addresses: https:\/apt/],
  [source.replace("https://apt", "htps://apt"), /not http or https addresses: htps/],
  [source.replace("Types: deb", "Types: rpm"), /"rpm" in Types/],
  [source.replace("Components: main\n", ""), /without Components/],
  [source.replace("Suites: trixie", "Suites: ./"), /Components, .*suite/],
  [`${source}\nSuites: sid`, /Suites twice/],
])("package repository %j", (repository, what) => {
  if (what === undefined) expect(repositoryProblem(repository)).toBeUndefined();
  else expect(repositoryProblem(repository)).toMatch(what);
});
