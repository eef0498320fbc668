import { expect, test } from "vitest";
import { hasSamePackages } from "../../src/rollout/release-stages.ts";
import { releaseRecord } from "../node/records.ts";

const withWheel = (hash: string, python = "3.13.5") =>
  releaseRecord({ python, files: { "project/manage.py": hash, "dist/foo-1.0-py3-none-any.whl": hash } });

test.each([
  ["the same wheels", withWheel("a"), { ...withWheel("a"), name: "2.0" }, true],
  [
    "other code and the same wheels",
    withWheel("a"),
    { ...withWheel("a"), files: { ...withWheel("a").files, "project/manage.py": "b" } },
    true,
  ],
  ["a bundle of the same key that holds another wheel", withWheel("a"), withWheel("b"), false],
  ["another Python", withWheel("a"), withWheel("a", "3.13.6"), false],
  [
    "a Python of the same version that was brought along",
    withWheel("a"),
    { ...withWheel("a"), interpreter: "/p" },
    false,
  ],
])("a virtualenv is shared by releases with %s: %#", (_, one, other, shared) => {
  expect(hasSamePackages(one, other)).toBe(shared);
});
