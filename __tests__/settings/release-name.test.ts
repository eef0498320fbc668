import fc from "fast-check";
import { expect, test } from "vitest";
import { releaseName } from "../../src/settings/release-name.ts";

test.each([
  ["1.2", "1.2"],
  ["1.2+g1a2b3c4", "1.2+g1a2b3c4"],
  ["1!2.0", "1_212.0"],
  ["2024_01", "2024_5f01"],
  ["release/1.2-3-gabc1234", "release_2f1.2-3-gabc1234"],
  ["v1.0~rc1", "v1.0_7erc1"],
])("%s becomes %s", (version, name) => {
  expect(releaseName(version)).toBe(name);
});

test.each([
  "",
  ".",
  "..",
  ".hidden",
  "-rf",
  "+1",
  "/etc",
  "1 2",
  "1\n2",
  "1'2",
  "1\\2",
  "1;2",
  "é",
  "1\u202e2",
  "9".repeat(61),
])("%j is no version", (version) => {
  expect(() => releaseName(version)).toThrow(RangeError);
});

const characters = [..."0123456789abcXYZ.+-_!~/"];
const versions = fc
  .tuple(fc.constantFrom(..."019azAZ"), fc.array(fc.constantFrom(...characters), { maxLength: 59 }))
  .map(([first, rest]) => first + rest.join(""));

test("a release name is safe in a file name", () => {
  fc.assert(
    fc.property(versions, (version) => {
      const name = releaseName(version);
      expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9.+_-]*$/);
      expect(`${"d".repeat(64)}-${name}.conf`.length).toBeLessThanOrEqual(255);
    }),
  );
});

test("no two versions share a release name", () => {
  const near = fc
    .tuple(versions, versions, fc.nat(80))
    .map(([one, other, at]) => [one, one.slice(0, at) + other.slice(at)] as const);
  fc.assert(
    fc.property(near, ([one, other]) => {
      expect(releaseName(one) === releaseName(other)).toBe(one === other);
    }),
  );
});
