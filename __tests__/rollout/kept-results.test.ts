// What a patch makes again, and what it keeps.
import { expect, test } from "vitest";
import { layout } from "../../src/release/layout.ts";
import { manifestOf } from "../../src/release/manifest.ts";
import { changesMedia, keptResults } from "../../src/rollout/kept-results.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
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
const all = { compiled: true, staticOf: place };
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
])("in doubt, it is made again: %s", async (_, options, target, expected) => {
  expect(keptResults(await patched(["project/templates/a.html"], options), target)).toEqual(expected);
});

test("the project's media files are copied if one of them is patched, and in every deployment", async () => {
  expect(changesMedia(await patched(["project/templates/a.html"]), "media")).toBe(false);
  expect(changesMedia(await patched(["project/media/seed.png"]), "media")).toBe(true);
  expect(changesMedia(await patched([], { more: { patched: false } }), "media")).toBe(true);
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
  const django = (steps: typeof kept) => steps.find(({ id }) => id === "django")?.apply.text ?? "";
  expect(django(kept)).toContain(`${place.release}/static`);
  expect([django(kept), django(again)].map((text) => / collect\b/.test(text))).toEqual([false, true]);
});
