import fc from "fast-check";
import { expect, test } from "vitest";
import { partOf, patchedFiles } from "../../src/commands/patch.ts";
import { treeDigest } from "../../src/release/file-set.ts";
import { manifestOf } from "../../src/release/manifest.ts";
import { withWritable } from "../../src/release/writable.ts";
import { type PatchPart, patchParts } from "../../src/settings/settings.ts";
import { file, symlink } from "../rollout/release.ts";

test.each<[string, PatchPart]>([
  ["project/manage.py", "project"],
  ["project/shop/views.py", "project"],
  ["project/shop/templates/shop/index.html", "templates"],
  ["project/templates/woven/nginx-site.conf", "templates"],
  ["project/shop/static/shop/app.css", "static"],
  ["project/static/templates/app.html", "templates"],
  ["project/media/seed.png", "media"],
  ["project/shop/media/seed.png", "project"],
  ["project/static", "project"],
  ["project/shop/templates.py", "project"],
])("%s belongs to %s", (path, part) => {
  expect(partOf(path)).toBe(part);
});

const before = [
  file("dist/django.whl"),
  file("project/manage.py", "old", "executable"),
  file("project/gone.py"),
  file("project/templates/a.html", "old"),
  file("project/static/app.css", "old"),
  symlink("project/static/current", "app.css"),
];
const checkout = [
  file("project/manage.py", "new", "executable"),
  file("project/fresh.py", "new"),
  file("project/templates/a.html", "new"),
  file("project/templates/b.html", "new"),
  file("project/static/app.css", "new"),
];
const kept = ["dist/django.whl"];

test.each<[readonly PatchPart[], readonly string[], readonly string[]]>([
  [
    ["templates"],
    ["project/templates/a.html", "project/templates/b.html"],
    [...kept, "project/gone.py", "project/manage.py", "project/static/app.css", "project/static/current"],
  ],
  [
    ["static"],
    ["project/static/app.css"],
    [...kept, "project/gone.py", "project/manage.py", "project/templates/a.html"],
  ],
  [
    ["project"],
    ["project/fresh.py", "project/manage.py"],
    [...kept, "project/static/app.css", "project/static/current", "project/templates/a.html"],
  ],
  [
    ["wsgi"],
    [],
    [
      ...kept,
      "project/gone.py",
      "project/manage.py",
      "project/static/app.css",
      "project/static/current",
      "project/templates/a.html",
    ],
  ],
  [["project", "templates", "static", "media"], checkout.map(({ path }) => path).sort(), kept],
])("a patch of %j brings those files from the checkout and leaves the others", (parts, brought, left) => {
  const files = patchedFiles(manifestOf(before), "shop", checkout, parts);
  expect(
    files
      .filter((one) => checkout.includes(one))
      .map(({ path }) => path)
      .sort(),
  ).toEqual(brought);
  expect(
    files
      .filter((one) => !checkout.includes(one))
      .map(({ path }) => path)
      .sort(),
  ).toEqual(left);
});

test("a file that is gone from the checkout goes with its part", () => {
  const paths = patchedFiles(manifestOf(before), "shop", checkout, ["project", "static"]).map(({ path }) => path);
  expect(paths).not.toContain("project/gone.py");
  expect(paths).not.toContain("project/static/current");
});

test("a checkout like the release makes the same tree, whichever parts are patched", () => {
  fc.assert(
    fc.property(fc.subarray([...patchParts]), (parts) => {
      const inCheckout = before.filter(({ path }) => path.startsWith("project/"));
      expect(treeDigest(patchedFiles(manifestOf(before), "shop", inCheckout, parts))).toBe(treeDigest(before));
    }),
  );
});

test("a release with writable folders and its own static files is patched like one where they are part of the project", () => {
  const files = [...before, file("project/data/templates/a.html", "old"), file("static/app.css", "old")];
  const target = manifestOf(withWritable(files, ["data"], "shop"));
  const now = [file("project/data/templates/a.html", "new"), file("static/app.css", "new")];
  const pathsAfter = (parts: readonly PatchPart[]) =>
    patchedFiles(target, "shop", now, parts)
      .filter(({ bytes }) => bytes >= 0)
      .map(({ path }) => path);
  expect(pathsAfter(["templates"])).toContain("project/data/templates/a.html");
  expect(pathsAfter(["templates"])).not.toContain("static/app.css");
  expect(pathsAfter(["static"])).toContain("static/app.css");
  // The link is made again, for the folders of the settings or of the release.
  expect(patchedFiles(target, "shop", now, []).map(({ path }) => path)).not.toContain("project/data");
});
