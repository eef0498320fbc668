import { expect, test } from "vitest";
import { isSpecifier, pythonFits } from "../../../src/settings/project/python-versions.ts";

test.each([
  [">=3.12", "3.13.5", true],
  [">=3.12", "3.11.2", false],
  ["==3.13.*", "3.13.5", true],
  ["==3.13.*", "3.12.1", false],
  [">=3.10,<3.13", "3.13.0", false],
  ["~=3.12.2", "3.12", true],
  [">=3.13.2", "3.13", true],
  [">=3.14", "3.13", false],
  ["", "3.11.2", true],
  [">=3.11", "3.11.2+", true],
  ["!=3.11.2", "3.11.2", false],
])("%s and Python %s: %s", (specifier, version, fits) => {
  expect(pythonFits(specifier, version)).toBe(fits);
});

test("what is no specifier is refused", () => {
  expect(["^3.11", ">=3.11 <4", "3.12", "latest", ">=", ""].map(isSpecifier)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(() => pythonFits("^3.11", "3.11.2")).toThrow(RangeError);
});
