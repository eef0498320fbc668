// What a patch, or the update of a preview, makes again, and what it keeps.
import { basename } from "node:path";
import { expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { wovenVersion } from "../../src/node/stage.ts";
import { buildFolder } from "../../src/release/build.ts";
import { layout } from "../../src/release/layout.ts";
import { manifestOf } from "../../src/release/manifest.ts";
import { changesMedia, keptResults, staticBefore } from "../../src/rollout/kept-results.ts";
import { planRelease, releaseContent } from "../../src/rollout/release-plan.ts";
import { prepareStage } from "../../src/rollout/release-stages.ts";
import { newLease } from "../../src/steps/lease.ts";
import { nodeFacts, releaseRecord } from "../node/records.ts";
import { file, planInput, runtime, symlink } from "./release.ts";

const before = [
  file("project/shop/views.py"),
  file("project/templates/a.html"),
  file("project/assets/app.css"),
  file("project/assets/templates/b.html"),
  file("project/media/seed.png"),
];
const place = layout("/home/woven", "shop", "1.2");
const live = releaseRecord({
  version: "1.2",
  name: "1.2",
  described: {
    django: "5.2",
    staticUrl: "/s/",
    mediaUrl: "/m/",
    databases: {},
    templateDirs: [],
    mediaSeed: null,
    staticDirs: ["assets"],
  },
});

async function patched(changed: readonly string[], { more = {}, links = [] as ReturnType<typeof symlink>[] } = {}) {
  const listed = { ...manifestOf([...before, ...links]), release: "1.2", drifted: new Set<string>() };
  const files = [...before.filter(({ path }) => !changed.includes(path)), ...links];
  const made = changed.filter((path) => !path.startsWith("-")).map((path) => file(path, "new"));
  const kept = changed.filter((path) => path.startsWith("-")).map((path) => path.slice(1));
  const all = [...files.filter(({ path }) => !kept.includes(path)), ...made];
  const input = await planInput({ files: all, base: { place, listed }, patched: true, generated: "kept", ...more });
  return planRelease(input, runtime());
}
const all = { compiled: true, staticOf: place, report: live.described };
const compiled = { compiled: true };
const nothing = { compiled: false };

test.each<[readonly string[], object]>([
  [["project/templates/a.html"], all],
  [["project/templates/new.html", "-project/templates/a.html"], all],
  [["project/assets/app.css"], compiled],
  [["project/assets/templates/b.html"], compiled],
  [["project/readme.txt"], compiled],
  [["project/shop/views.py"], nothing],
  [["-project/shop/views.py"], nothing],
  [["project/templates/tags.py"], nothing],
])("a patch that changes %j", async (changed, expected) => {
  expect(keptResults(await patched(changed), live)).toEqual(expected);
});

test.each<[string, object, typeof live | undefined, object]>([
  ["the settings are patched, too", { more: { generated: undefined } }, live, nothing],
  ["it is a new version", { more: { patched: false } }, live, nothing],
  ["nothing is known of the node's files", { more: { base: undefined } }, live, nothing],
  [
    "a link leads from static files to elsewhere",
    { links: [symlink("project/assets/l", "../templates")] },
    live,
    compiled,
  ],
  [
    "other code decides what is static",
    {},
    { ...live, described: { ...live.described, staticDirs: null } } as typeof live,
    compiled,
  ],
  [
    "the live release does not say what is static",
    {},
    { ...live, described: undefined } as unknown as typeof live,
    compiled,
  ],
  [
    "the whole project is static",
    {},
    { ...live, described: { ...live.described, staticDirs: ["."] } } as typeof live,
    compiled,
  ],
  [
    "the project has a template for an error page",
    { links: [symlink("project/templates/404.html", "a.html")] },
    live,
    { ...compiled, staticOf: place },
  ],
])("in doubt, it is made again: %s", async (_, options, target, expected) => {
  expect(keptResults(await patched(["project/templates/a.html"], options), target)).toEqual(expected);
});

test("the project's media files are copied if one of them is patched, and in every deployment", async () => {
  expect(changesMedia(await patched(["project/templates/a.html"]), "media")).toBe(false);
  expect(changesMedia(await patched(["project/media/seed.png"]), "media")).toBe(true);
  expect(changesMedia(await patched([], { more: { patched: false } }), "media")).toBe(true);
});

/** The update of a preview from 1.2 to 1.3. */
async function updated(changed: string, { now = {}, before: was = {} }: { now?: object; before?: object } = {}) {
  const listed = { ...manifestOf(before), release: "1.2", drifted: new Set<string>() };
  const files = [...before.filter(({ path }) => path !== changed), file(changed, "new")];
  const step = { id: "a", title: "A", apply: sh`:` };
  const preview = { room: () => step, keep: step, data: [], environment: [], wake: step, sleep: step, patches: place };
  const input = await planInput({ files, base: { place, listed }, version: "1.3", preview });
  const target = { ...live, woven: wovenVersion(), content: releaseContent(input, live.salt), ...was };
  const facts = nodeFacts({ state: { active: "1.2", releases: [target], history: [] } });
  const plan = planRelease({ ...input, facts, ...now }, runtime());
  return { plan, facts, kept: keptResults(plan, target) };
}
const statics = { compiled: false, staticOf: place };

test.each<[string, string, Parameters<typeof updated>[1], object]>([
  ["a template", "project/templates/a.html", {}, statics],
  ["a static file", "project/assets/app.css", {}, nothing],
  ["code", "project/shop/views.py", {}, nothing],
  ["a template and the packages", "project/templates/a.html", { now: { bundle: { key: "bundle-2" } } }, nothing],
  ["a template, after another Woven", "project/templates/a.html", { before: { woven: "0.0.1" } }, nothing],
  ["a template and the environment", "project/templates/a.html", { before: { salt: "other" } }, nothing],
  ["a template, in a first build", "project/templates/a.html", { now: { facts: nodeFacts() } }, nothing],
  ["a template, but it is no preview", "project/templates/a.html", { now: { preview: undefined } }, nothing],
])("the update of a preview that changes %s", async (_, changed, options, expected) => {
  expect((await updated(changed, options)).kept).toEqual(expected);
});

test("the update of a preview compiles its settings, and collects and compares static files only if they may differ", async () => {
  const lease = newLease({ state: "/s", owner: "ada", command: "preview", expected: { link: "", folder: "" } });
  const { settings } = await planInput();
  const ids = async (changed: string) => {
    const { plan, facts } = await updated(changed);
    const { steps } = prepareStage(plan, { ...settings, command: "preview" }, lease, facts, {});
    const django = steps.find(({ id }) => id === "django")?.apply.text ?? "";
    return [...steps.map(({ id }) => id), ...(/ collect\b/.test(django) ? ["collect"] : [])];
  };
  const kept = await ids("project/templates/a.html");
  expect(kept).toContain("byte-compile");
  expect(kept).not.toEqual(expect.arrayContaining(["share-static"]));
  expect(kept).not.toContain("collect");
  expect(await ids("project/shop/views.py")).toEqual(
    expect.arrayContaining(["byte-compile", "share-static", "collect"]),
  );
});

test("a patch of templates neither compiles nor collects, and links the static files", async () => {
  const plan = await patched(["project/templates/a.html"]);
  const { settings } = await planInput();
  const facts = nodeFacts({ state: { active: "1.2", releases: [live], history: [] } });
  const lease = newLease({ state: "/s", owner: "ada", command: "patch", expected: { link: "", folder: "" } });
  const stepsOf = (target: typeof facts) =>
    prepareStage(plan, { ...settings, command: "patch" }, lease, target, {}).steps;
  const [kept, again] = [stepsOf(facts), stepsOf(nodeFacts())];
  for (const steps of [kept, again]) expect(steps.map(({ id }) => id)).not.toContain("byte-compile");
  for (const steps of [kept, again]) expect(steps.map(({ id }) => id)).not.toContain("libraries");
  const django = (steps: typeof kept) => steps.find(({ id }) => id === "django")?.apply.text ?? "";
  expect(django(kept)).toContain(`${place.release}/static`);
  expect([django(kept), django(again)].map((text) => / collect\b/.test(text))).toEqual([false, true]);
});

interface Circumstances {
  readonly statics?: string;
  /** Of the live release: the folder that its link leads to. */
  readonly folder?: string;
  readonly version?: string;
}

test.each<[string, Parameters<typeof updated>[1] & Circumstances, object | undefined]>([
  ["the live release says what its own are made from", {}, { place, inputs: "a".repeat(64) }],
  ["it does not", { before: { described: live.described } }, undefined],
  ["its static files came with it", { statics: "file" }, undefined],
  ["its static files came with it as links", { statics: "link" }, undefined],
  ["its record is that of another build", { folder: ".shop-1.2.other" }, undefined],
  ["it is deployed again", { version: "1.2" }, undefined],
  ["it is patched", { version: "1.2", now: { record: { ...live, patched: true } } }, { place, inputs: "a".repeat(64) }],
  ["it has other packages", { before: { wheels: ["other"] } }, undefined],
  ["nothing is known of its files", { now: { base: undefined } }, undefined],
  ["it is a preview", { now: { preview: {} } }, undefined],
])(
  "a deployment may keep the static files of the release before: %s",
  async (_, { now, before: was, statics, folder, version = "1.3" }, expected) => {
    const described = { ...live.described, staticInputs: "a".repeat(64) } as typeof live.described;
    const brought = statics === "file" ? [file("static/app.css")] : [];
    const symlinks = new Map(statics === "link" ? [["static/app.css", "../app.css"]] : []);
    const listed = { ...manifestOf([...before, ...brought]), symlinks, release: "1.2", drifted: new Set<string>() };
    const input = await planInput({ files: before, base: { place, listed }, version });
    const plan = { ...planRelease(input, runtime()), ...now };
    const { wheels, python, interpreter } = plan.record;
    const target = {
      ...live,
      wheels,
      python,
      ...(interpreter === undefined ? {} : { interpreter }),
      described,
      ...was,
    };
    const state = {
      active: "1.2",
      folder: folder ?? basename(buildFolder(place, target.build)),
      releases: [target as typeof live],
      history: [],
    };
    expect(staticBefore(plan as Parameters<typeof staticBefore>[0], state)).toEqual(expected);
  },
);
