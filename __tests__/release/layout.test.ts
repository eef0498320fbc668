import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildAt, buildFolder, loopbackAddress, newBuild, replaceWords } from "../../src/release/build.ts";
import { codeGroup, domainName, layout } from "../../src/release/layout.ts";
import { releaseName } from "../../src/settings/release-name.ts";

const word = (characters: string) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 8 }).map((text) => `a${text}a`);
const distribution = word("ab-._1");
const version = word("01.+_!~/-");

function unitOf(name: string, one: string): string {
  return layout("/home/woven", name, releaseName(one)).unit;
}

test("no two releases share a unit, whatever dashes their names hold", () => {
  fc.assert(
    fc.property(distribution, version, distribution, version, (name, one, otherName, other) => {
      const same = name === otherName && one === other;
      expect(unitOf(name, one) === unitOf(otherName, other)).toBe(same);
    }),
  );
  expect(unitOf("shop", "1-2")).not.toBe(unitOf("shop-1", "2"));
});

test("a unit's name holds only what systemd takes for one", () => {
  fc.assert(
    fc.property(distribution, version, (name, one) => {
      expect(layout("/", name, releaseName(one)).unit).toMatch(
        /^woven-([A-Za-z0-9_.]|\\x[0-9a-f]{2})+-([A-Za-z0-9_.]|\\x[0-9a-f]{2})+$/,
      );
    }),
  );
});

test("backends listen on this machine only, on addresses that differ", () => {
  const addresses = Array.from({ length: 300 }, () => loopbackAddress(newBuild()));
  for (const address of addresses) {
    const octets = address.split(".").map(Number);
    expect(octets).toHaveLength(4);
    expect(octets[0]).toBe(127);
    expect(octets.every((octet) => octet >= 0 && octet <= 255)).toBe(true);
    // 127.0.0.1 is everybody's; .0 and .255 at the end look like a network and a broadcast address to some tools.
    expect(octets[1]).toBeGreaterThan(0);
    expect([0, 255]).not.toContain(octets[3]);
  }
  expect(new Set(addresses).size).toBeGreaterThan(290);
});

test("every build has a folder of its own beside the link, as deep as it is", () => {
  const place = layout("/srv/woven", "shop", "1.0");
  expect(buildFolder(place, buildAt("127.1.2.3"))).toBe("/srv/woven/env/.shop-1.0.010203");
  fc.assert(
    fc.property(
      fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)),
      (a, b) => {
        const [one, other] = [a, b].map((octets) => buildFolder(place, buildAt(`127.${octets.join(".")}`)));
        expect(one === other).toBe(a.join() === b.join());
      },
    ),
  );
  for (const path of [place.release, place.staging, buildFolder(place, "010203")]) {
    expect(path.split("/")).toHaveLength(5);
  }
});

test("a build and its loopback address tell each other", () => {
  for (let turn = 0; turn < 100; turn++) {
    const build = newBuild();
    expect(build).toMatch(/^[0-9a-f]{6}$/);
    expect(buildAt(loopbackAddress(build))).toBe(build);
  }
});

test.each([
  ["http://127.1.2.3:10080/", "http://127.9.9.9:10080/"],
  ["127.1.2.30 127.1.2.3", "127.1.2.30 127.9.9.9"],
  ["/srv/env/.shop-1.0.010203/static", "/srv/env/.shop-1.0.090909/static"],
  ["/srv/env/.shop-1.0.0102034 /xsrv/env/.shop-1.0.010203", "/srv/env/.shop-1.0.0102034 /xsrv/env/.shop-1.0.010203"],
  ["1271x2y3 $& a", "1271x2y3 $& a"],
])("words are replaced where they stand by themselves: %j", (text, replaced) => {
  const words = new Map([
    ["127.1.2.3", "127.9.9.9"],
    ["/srv/env/.shop-1.0.010203", "/srv/env/.shop-1.0.090909"],
  ]);
  expect(replaceWords(text, words)).toBe(replaced);
});

test("two domains are never one file", () => {
  const domain = fc.array(word("ab-"), { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
  fc.assert(
    fc.property(domain, domain, (one, other) => {
      expect(domainName(one) === domainName(other)).toBe(one === other);
      expect(domainName(one)).not.toContain(".");
    }),
  );
});

test.runIf(hasSystemdEscape())("names are escaped as systemd-escape(1) does it", () => {
  const text = "my-shop+1~2";
  const escaped = execFileSync("systemd-escape", [text], { encoding: "utf8" }).trim();
  expect(layout("/", text, "1").unit).toBe(`woven-${escaped}-1`);
});

function hasSystemdEscape(): boolean {
  try {
    execFileSync("systemd-escape", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

test("the group that may read a distribution's code has a name that groupadd takes, and no other distribution has it", () => {
  const name = fc.oneof(distribution, fc.string({ unit: fc.constantFrom(..."aB1-._"), minLength: 20, maxLength: 60 }));
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(codeGroup(one)).toMatch(/^[a-z][a-z0-9_-]{0,31}$/);
      expect(codeGroup(one) === codeGroup(other)).toBe(one === other);
    }),
  );
  expect([codeGroup("shop"), codeGroup("my-notes")]).toEqual(["code-shop", "code-my-notes"]);
});
