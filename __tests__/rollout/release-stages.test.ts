import { expect, test } from "vitest";
import type { Step } from "../../src/node/stage.ts";
import type { ReleaseFile } from "../../src/release/described-file.ts";
import { fileNotes } from "../../src/release/file-notes.ts";
import { withWritable } from "../../src/release/writable.ts";
import { packagesDigest } from "../../src/rollout/installed-packages.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
import { prepareStage } from "../../src/rollout/release-stages.ts";
import { newLease } from "../../src/steps/lease.ts";
import { releaseRecord } from "../node/records.ts";
import { file, planInput, runtime } from "./release.ts";

const withWheel = (hash: string, python = "3.13.5", code = hash) =>
  releaseRecord({
    python,
    ...fileNotes(Object.entries({ "project/manage.py": code, "dist/foo-1.0-py3-none-any.whl": hash })),
  });

test.each([
  ["the same wheels", withWheel("a"), { ...withWheel("a"), name: "2.0" }, true],
  ["other code and the same wheels", withWheel("a"), withWheel("a", undefined, "b"), true],
  ["a bundle of the same key that holds another wheel", withWheel("a"), withWheel("b"), false],
  ["another Python", withWheel("a"), withWheel("a", "3.13.6"), false],
  [
    "a Python of the same version that was brought along",
    withWheel("a"),
    { ...withWheel("a"), interpreter: "/p" },
    false,
  ],
])("packages are shared by releases with %s: %#", (_, one, other, shared) => {
  expect(packagesDigest(one) === packagesDigest(other)).toBe(shared);
});

async function prepare(more: readonly ReleaseFile[]) {
  const small = await planInput();
  const input = { ...small, files: [...small.files, ...more] };
  const plan = planRelease(input, runtime());
  const lease = newLease({ state: "/s", owner: "ada", command: "deploy", expected: { link: "", folder: "" } });
  return prepareStage(plan, input.settings, lease, input.facts, {}).steps;
}

test("static files are collected on the node, unless the release brings them", async () => {
  const collects = (steps: readonly Step[]) =>
    / collect\b/.test(steps.find(({ id }) => id === "django")?.apply.text ?? "");
  expect(collects(await prepare([]))).toBe(true);
  expect(collects(await prepare([file("static/app.css")]))).toBe(false);
});

test("folders to write to are there before the project starts for the first time", async () => {
  const ids = (await prepare(withWritable([file("project/data/a")], ["data"], "shop"))).map(({ id }) => id);
  expect(ids.indexOf("writable")).toBeGreaterThan(ids.indexOf("close"));
  expect(ids.indexOf("writable")).toBeLessThan(ids.indexOf("django"));
  expect((await prepare([])).map(({ id }) => id)).not.toContain("writable");
});
