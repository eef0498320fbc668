import { describe, expect, test } from "vitest";
import { mediaSeed, readDescription } from "../../src/commands/description.ts";

const said = {
  django: "5.2.1",
  staticUrl: "/static/",
  mediaUrl: "/media/",
  databases: { default: "django.db.backends.sqlite3" },
  templateDirs: ["templates"],
  mediaSeed: "media",
};
const read = (more: object) => readDescription(JSON.stringify({ ...said, ...more }), "web1");

describe("what a project says of itself", () => {
  test.each([
    {},
    { staticUrl: "static/", mediaUrl: "" },
    { staticUrl: null, mediaSeed: null, templateDirs: [] },
    { staticUrl: "https://cdn.example.com/s/1.2/", mediaUrl: "//cdn.example.com/m/" },
    { mediaUrl: "/" },
    { templateDirs: ["."], databases: {} },
  ])("is taken as it is: %j", (more) => {
    expect(read(more)).toEqual({ ...said, ...more });
  });

  test.each([
    ["staticUrl", "/x/ { } location / { root /etc;/"],
    ["staticUrl", "/static/\n}"],
    ["mediaUrl", "/../etc/"],
    ["mediaSeed", "../../etc"],
    ["mediaSeed", "/etc"],
    ["templateDirs", ["../../../etc"]],
    ["databases", { "default; reboot": "x" }],
  ])("and %s that would lead elsewhere is an error: %j", (key, value) => {
    expect(() => read({ [key]: value })).toThrow(new RegExp(`cannot be served: ${key}`));
  });

  test("is an error where it is not there at all", () => {
    expect(() => readDescription("good bye\n", "web1")).toThrow(/web1 did not say .*good bye/);
  });
});

describe("the project's media folder", () => {
  test.each([
    ["media", ["project/media/fern.png", "project/shop/settings.py"], "media"],
    ["shop", ["project/shop/settings.py"], undefined],
    [".", [], undefined],
    [null, [], undefined],
  ])("%j of %j is %j: where code lies, nothing is published", (seed, files, expected) => {
    expect(mediaSeed({ ...said, mediaSeed: seed }, files)).toBe(expected);
  });
});
