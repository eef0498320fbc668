import { expect, test } from "vitest";
import { differences } from "../../scripts/dist-fresh.ts";

const tree = (entries: Record<string, string>) => new Map(Object.entries(entries));

test.each([
  ["the same", { "a.js": "100644 1" }, { "a.js": "100644 1" }, []],
  ["other content", { "a.js": "100644 1" }, { "a.js": "100644 2" }, ["a.js differs"]],
  ["no longer executable", { "a.js": "100755 1" }, { "a.js": "100644 1" }, ["a.js differs"]],
  ["not added", { "a.js": "100644 1" }, {}, ["a.js is built, but not in git"]],
  ["left over", {}, { "a.js": "100644 1" }, ["a.js is in git, but no longer built"]],
])("%s", (_name, built, committed, lines) => expect(differences(tree(built), tree(committed))).toEqual(lines));
