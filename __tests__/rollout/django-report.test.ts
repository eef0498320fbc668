import { describe, expect, test } from "vitest";
import { hasOldUrls } from "../../src/node/state.ts";
import { expectedDjangoReport, expectedWords, mediaSeed, readDjangoReport } from "../../src/rollout/django-report.ts";
import { releaseRecord } from "../node/records.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

const said = {
  django: "5.2.1",
  staticUrl: "/static/",
  mediaUrl: "/media/",
  databases: { default: "django.db.backends.sqlite3" },
  templateDirs: ["templates"],
  mediaSeed: "media",
};
const read = (more: object) => readDjangoReport(JSON.stringify({ ...said, ...more }), [{ id: 1 }], "web1");

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
    expect(() => read({ [key]: value })).toThrow(new RegExp(`\\b${key}\\b`));
  });

  test("is an error where it is not there at all", () => {
    expect(() => readDjangoReport("good bye\n", [{ id: 1 }], "web1")).toThrow(/web1.*good bye/);
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

describe("what a dry run takes for granted", () => {
  const described = {
    django: "5.2",
    staticUrl: "/assets/",
    mediaUrl: "/files/",
    databases: { default: "django.db.backends.postgresql", log: "django.db.backends.sqlite3" },
    templateDirs: ["templates"],
    mediaSeed: null,
  };
  const [proved, old] = [releaseRecord({ described }), releaseRecord()];

  test("is what the settings of the release that serves said, but for what is set", async () => {
    const read = await settingsOf({ files: smallProject });
    expect(expectedDjangoReport(read, proved)).toEqual(described);
    expect(expectedDjangoReport({ ...read, staticUrl: "/s/" }, proved)).toEqual({ ...described, staticUrl: "/s/" });
    expect(expectedWords(read, proved).join("\n")).toMatch(/\b1\.0\b[\s\S]*\/assets\/.*\/files\/.*default, log/);
  });

  test("is what is usual where nothing serves, or nothing was recorded of it", async () => {
    const read = await settingsOf({ files: smallProject });
    expect(expectedDjangoReport(read, undefined)).toMatchObject({ staticUrl: "/static/", mediaUrl: "/media/" });
    expect(expectedDjangoReport({ ...read, mediaUrl: "/m/" }, old)).toMatchObject({ mediaUrl: "/m/" });
    expect(expectedWords(read, old)[0]).not.toContain("1.0");
  });

  test.each([
    [old, false],
    [proved, false],
    [{ ...proved, urls: { static: "/assets/", media: "/files/" } }, false],
    [{ ...proved, urls: { static: "/static/", media: "/files/" } }, true],
    [{ ...proved, urls: { static: null, media: "/files/" } }, true],
  ])("%#: a web configuration is behind where its URLs are not those of the settings", (record, behind) => {
    expect(hasOldUrls(record)).toBe(behind);
  });
});
