import { describe, expect, test } from "vitest";
import { withoutWritable, withWritable, writableFolders, writableProblems } from "../../src/release/writable.ts";
import { file, symlink } from "../rollout/release.ts";

const project = [
  file("dist/a.whl"),
  file("project/manage.py"),
  file("project/var/index/one"),
  file("project/variable"),
];

describe("a release with writable folders", () => {
  test("has a link in place of each, and keeps the repository's files of it aside", () => {
    const files = withWritable(project, ["logs", "var/index"], "shop");
    expect(files.map(({ path, target }) => [path, target])).toEqual([
      ["dist/a.whl", undefined],
      ["project/manage.py", undefined],
      ["writable/var/index/one", undefined],
      ["project/variable", undefined],
      // From env/.shop-1.0.010203/project/ up to the deployment root.
      ["project/logs", "../../../writable/shop/logs"],
      ["project/var/index", "../../../../writable/shop/var/index"],
    ]);
    expect(writableFolders(files, "shop")).toEqual(["logs", "var/index"]);
    expect(withoutWritable(files, "shop")).toEqual(project);
  });

  test("is another release than one without", () => {
    expect(withWritable(project, [], "shop")).toEqual(project);
    expect(writableFolders([symlink("project/logs", "../logs"), ...project], "shop")).toEqual([]);
  });
});

describe("the repository's own files tell that a folder cannot be writable:", () => {
  test.each([
    ["it is a file", [file("data")], ["data"], "data"],
    ["it is a link", [symlink("data", "other")], ["data"], "data"],
    ["a folder above it is a link", [symlink("var", "other")], ["var/data"], "var"],
    ["it holds code", [file("data/a.txt"), file("data/b/load.py")], ["data"], "data/b/load.py"],
    ["a link leads out of it", [symlink("data/now", "../shop/settings.py")], ["data"], "data/now"],
  ])("%s", (_, files, folders, where) => {
    expect(writableProblems([...files, file("logs/.gitkeep")], ["logs", ...folders])).toMatchObject([
      { where: "writable", file: where },
    ]);
  });

  test("and the advice is a line that works", () => {
    const advice = (path: string, folder: string) => writableProblems([file(path)], [folder])[0]?.next;
    expect(advice("debug.log", "debug.log")).toContain('writable = ["data"]');
    expect(advice("var/log/debug.log", "var/log/debug.log")).toContain('writable = ["var/log"]');
    expect(advice("shop/views.py", "shop")).toContain('writable = ["shop/data"]');
  });

  test("and nothing else does", () => {
    const files = [
      file("data/fixtures.json"),
      symlink("data/now", "2026/a"),
      file("database.py"),
      symlink("d", "data"),
    ];
    expect(writableProblems(files, ["data", "not/there"])).toEqual([]);
  });
});
