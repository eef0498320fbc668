// Which names a site serves, and where the others lead.
import { describe, expect, test } from "vitest";
import type { Web } from "../../src/settings/settings.ts";
import { redirectedNames, servedNames, siteNames } from "../../src/settings/site-names.ts";
import { expectOne, problemsOf, settingsOf, smallProject } from "./source.ts";

type Rules = Partial<Pick<Web, "www" | "equalDomains">>;

test.each<[listed: string, rules: Rules, served: string, redirected: string]>([
  ["a.com", {}, "a.com", ""],
  ["a.com b.com", {}, "a.com", "b.com>a.com"],
  ["a.com www.a.com", {}, "a.com", "www.a.com>a.com"],
  ["a.com b.com", { equalDomains: true }, "a.com b.com", ""],
  ["a.com", { www: "remove" }, "a.com", "www.a.com>a.com"],
  ["www.a.com", { www: "remove" }, "a.com", "www.a.com>a.com"],
  ["a.com www.a.com", { www: "remove", equalDomains: true }, "a.com", "www.a.com>a.com"],
  ["a.com", { www: "add" }, "www.a.com", "a.com>www.a.com"],
  ["a.com b.com", { www: "add" }, "www.a.com", "www.b.com>www.a.com a.com>www.a.com b.com>www.a.com"],
  ["a.com b.com", { www: "add", equalDomains: true }, "www.a.com www.b.com", "a.com>www.a.com b.com>www.b.com"],
  ["a.com *.a.com", {}, "a.com *.a.com", ""],
  ["a.com *.a.com b.com", { www: "remove" }, "a.com *.a.com", "b.com>a.com www.a.com>a.com www.b.com>a.com"],
  ["192.0.2.1 shop", { www: "add" }, "192.0.2.1", "shop>192.0.2.1"],
])("%s %j", (listed, rules, served, redirected) => {
  const names = siteNames(listed.split(" "), { equalDomains: false, ...rules });
  expect(servedNames(names).join(" ")).toBe(served);
  expect([...redirectedNames(names)].map((pair) => pair.join(">")).join(" ")).toBe(redirected);
  expect(names.domains).toEqual(
    [...servedNames(names), ...redirectedNames(names).keys()].toSorted(asIn(names.domains)),
  );
});

function asIn(all: readonly string[]) {
  return (one: string, other: string) => all.indexOf(one) - all.indexOf(other);
}

describe("in the configuration", () => {
  const withDomains = (...lines: readonly string[]) => ({
    files: { ...smallProject, "woven.toml": `${lines.join("\n")}\n` },
  });

  test("the rule is for all sites, and Django knows all names", async () => {
    const { sites } = await settingsOf(
      withDomains(
        'domains = ["www.A.example.com"]',
        "[web]",
        'www = "remove"',
        "[sites.2]",
        'domains = ["b.example.com"]',
      ),
    );
    expect(sites.map(({ domains }) => domains)).toEqual([
      ["a.example.com", "www.a.example.com"],
      ["b.example.com", "www.b.example.com"],
    ]);
  });

  test.each<[lines: readonly string[], where: string, names: readonly string[]]>([
    [['domains = ["*.example.com"]'], "domains", ['domains = ["example.com", "*.example.com"]']],
    [['domains = ["a.example.com", "*.com"]'], "domains.1", ["*.com"]],
    [['domains = ["a.example.com", "b.*.example.com"]'], "domains.1", ["*.shop.example.com"]],
    [['domains = ["a.example.com", "*.b_c.com"]'], "domains.1", ["*.b_c.com"]],
    [['domains = ["a.example.com", "*.a.example.com"]', 'tls = "acme"'], "tls", ["*.a.example.com"]],
  ])("%j", async (lines, where, names) => {
    expectOne(await problemsOf(withDomains(...lines)), `woven.toml: ${where}`, names);
  });

  test("a name that the rule adds may be another site's", async () => {
    const lines = [
      'domains = ["a.example.com"]',
      "[sites.2]",
      'domains = ["www.a.example.com"]',
      "[web]",
      'www = "add"',
    ];
    const problems = await problemsOf(withDomains(...lines));
    expect(problems.map(({ where, line }) => [where, line])).toEqual(
      ["www.a.example.com", "a.example.com"].map(() => ["woven.toml: sites.2.domains", 3]),
    );
  });
});
