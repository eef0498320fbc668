import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { collectedStatic } from "../../src/release/collected-static.ts";
import { folderWith } from "../settings/source.ts";

test("all files of the folder are the release's static files, whatever git tracks", async () => {
  const root = folderWith({
    "out/app.css": "a",
    "out/.vite/manifest.json": "{}",
    "out/map/app.map": "",
    "other.css": "",
  });
  symlinkSync("app.css", join(root, "out/current.css"));
  const files = await collectedStatic(root, "out", ["*.map"]);
  expect(files.map(({ path, kind }) => [path, kind])).toEqual([
    ["static/.vite/manifest.json", "file"],
    ["static/app.css", "file"],
    ["static/current.css", "symlink"],
  ]);
});

describe("is refused:", () => {
  test.each<[string, (root: string) => void]>([
    ["a folder that does not exist", () => undefined],
    ["an empty folder", (root) => mkdirSync(join(root, "out/css"), { recursive: true })],
    ["a link to another folder", (root) => symlinkSync("elsewhere", join(root, "out"))],
  ])("%s", async (_, make) => {
    const root = folderWith({ "elsewhere/a.css": "" });
    make(root);
    await expect(collectedStatic(root, "out", [])).rejects.toMatchObject({
      code: "settings",
      problems: [{ where: "collected-static" }],
    });
  });

  test("a folder in which git keeps only itself", async () => {
    await expect(collectedStatic(folderWith({ "out/.gitkeep": "" }), "out", [])).rejects.toMatchObject({
      code: "settings",
    });
  });

  test("a file that leads out of it", async () => {
    const root = folderWith({ "out/a.css": "", secret: "" });
    symlinkSync("../secret", join(root, "out/b.css"));
    await expect(collectedStatic(root, "out", [])).rejects.toMatchObject({ code: "unfit-file" });
  });
});
