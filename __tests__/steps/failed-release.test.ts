// What stays of a first deployment that fails, and what is deleted without anyone waiting for it.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { layout } from "../../src/release/layout.ts";
import { discardLater, finishDiscarding } from "../../src/steps/discard-later.ts";
import { keepFailed, unlessKept } from "../../src/steps/failed-release.ts";
import { releaseRecord } from "../node/records.ts";
import { run, scratch, stage, step } from "../node/stage-run.ts";

/** A step that makes a file, and removes it when it is undone. */
function making(path: string) {
  return { ...step("place", sh`touch ${path}`), undo: sh`rm ${path}` };
}

test("a release that is kept is not undone, and not reported as undone; only its own build stays", async () => {
  const place = layout(scratch(), "shop", "1.0");
  for (const build of ["010101", "020202"]) mkdirSync(join(place.root, `env/.shop-1.0.${build}`), { recursive: true });
  mkdirSync(join(place.root, ".staging"));
  const release = { place, record: releaseRecord({ build: "020202" }) };
  const [made, other] = ["made", "other"].map((name) => join(place.root, name)) as [string, string];
  const { status, outcomes } = await run(
    stage([
      unlessKept(making(made)),
      { ...making(other), id: "other" },
      step("health", sh`${keepFailed(release)}; exit 1`),
    ]),
  );
  expect([status, existsSync(made), existsSync(other)]).toEqual(["failed", true, false]);
  expect(outcomes.filter((one) => one.status === "undone").map(({ id }) => id)).toEqual(["other"]);
  expect(readdirSync(join(place.root, "env"))).toEqual([".shop-1.0.020202"]);
});

test("without that, the same step is undone", async () => {
  const made = join(scratch(), "made");
  const { outcomes } = await run(stage([unlessKept(making(made)), step("start", sh`false`)]));
  expect(existsSync(made)).toBe(false);
  expect(outcomes.at(-1)).toMatchObject({ id: "place", status: "undone" });
});

test("a discarded folder has left its place at once, and is deleted", async () => {
  const root = scratch();
  const [folder, staging] = [join(root, "env/.shop-1.0.010101"), join(root, ".staging")];
  mkdirSync(join(folder, "project"), { recursive: true });
  writeFileSync(join(folder, "project/manage.py"), "");
  mkdirSync(staging);
  // What a power cut left.
  mkdirSync(join(staging, ".discarded.abc/release"), { recursive: true });
  const { status } = await run(
    stage([
      step(
        "discard",
        sh`${discardLater(folder, staging)}
[ ! -e ${folder} ]
${discardLater(folder, staging)}
${finishDiscarding(staging)}`,
      ),
    ]),
  );
  expect(status).toBe("ok");
  await vi.waitFor(() => expect(readdirSync(staging)).toEqual([]), { timeout: 10_000 });
});
