import { describe, expect, test } from "vitest";
import { expectOne, problemsOf, settingsOf, smallProject } from "./source.ts";

const withLines = (lines: string) => ({
  files: { ...smallProject, "woven.toml": `domains = ["shop.example.com"]\n${lines}\n` },
});

test("writable folders and the folder of static files are plain paths, each once", async () => {
  const lines = 'writable = ["logs/", "./var//data", "logs"]\ncollected-static = "dist/static/"\nbuild = ["npm ci"]';
  const { writable, collectedStatic, build } = await settingsOf(withLines(lines));
  expect({ writable, collectedStatic, build }).toEqual({
    writable: ["logs", "var/data"],
    collectedStatic: "dist/static",
    build: ["npm ci"],
  });
  expect(await settingsOf({ files: smallProject })).toMatchObject({ writable: [], build: [] });
});

describe("an application cannot write to", () => {
  test.each([
    ["."],
    ["./"],
    ["media"],
    ["static"],
    ["shop/static"],
    ["staticfiles"],
    ["woven/hooks"],
    ["sitesettings"],
    ["templates"],
    ["shop/templates/shop"],
    [".git"],
    ["../data"],
    ["/var/data"],
  ])("%s", async (folder) => {
    expectOne(await problemsOf(withLines(`writable = ["logs", "${folder}"]`)), "woven.toml: writable.1", [folder]);
  });

  test("a folder inside another one, which is writable anyway", async () => {
    expectOne(await problemsOf(withLines('writable = ["data/index", "data"]')), "woven.toml: writable", [
      '"data/index"',
      '"data"',
    ]);
  });

  test("static files that a release takes", async () => {
    const lines = 'writable = ["build"]\ncollected-static = "build/static"';
    expectOne(await problemsOf(withLines(lines)), "woven.toml: collected-static", ['"build/static"', '"build"']);
  });
});

test("the whole project is no folder of static files, and an empty command no build", async () => {
  expectOne(await problemsOf(withLines('collected-static = "."')), "woven.toml: collected-static", ["."]);
  expectOne(await problemsOf(withLines('build = [""]')), "woven.toml: build.0", []);
});

test("the place of writable is kept, for problems that only the files show", async () => {
  const { writablePlace } = await settingsOf(withLines('writable = ["data"]'));
  expect(writablePlace).toMatchObject({ file: "woven.toml", line: expect.any(Number) });
});
