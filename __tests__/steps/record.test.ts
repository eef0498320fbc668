import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import type { HistoryEvent, ReleaseRecord } from "../../src/node/state.ts";
import { readPackageFile } from "../../src/package-files.ts";
import { type Layout, layout } from "../../src/release/layout.ts";
import { recordChange, recordRelease, recordUnproved } from "../../src/steps/record.ts";
import { releaseRecord } from "../node/records.ts";
import { run, scratch, stage, step } from "../node/stage-run.ts";

const event: HistoryEvent = { at: "2026-01-02T00:00:00Z", event: "deploy", version: "2.0", previous: "1.0" };
// Looks like what is looked for, in the name of a file.
const migrations = ['shop."healthy":false'];
const release = releaseRecord({ version: "2.0", name: "2.0", migrations });

function place(): Layout {
  const root = scratch();
  return { ...layout(root, "shop", "2.0"), state: join(root, "state") };
}
const file = ({ state }: Layout) => join(state, "releases/2.0.json");
const recorded = (at: Layout) => JSON.parse(readFileSync(file(at), "utf8")) as ReleaseRecord;
const { version: woven } = JSON.parse(readPackageFile("package.json")) as { version: string };
const written = { ...release, woven };
const history = ({ state }: Layout) => readFileSync(join(state, "history.jsonl"), "utf8");

test("what is about to serve is recorded before it does, and not as healthy: a cut there leaves no release without a record", async () => {
  const at = place();
  await run(stage([recordRelease(at, release)]));
  expect(recorded(at)).toEqual({ ...written, healthy: false });
  expect(existsSync(join(at.state, "history.jsonl"))).toBe(false);
});

test("when it has proved itself it is healthy, and history has the change", async () => {
  const at = place();
  const { status } = await run(stage([recordRelease(at, release), recordChange(at, event)]));
  expect([status, recorded(at), history(at)]).toEqual([
    "ok",
    written,
    `${JSON.stringify({ schema: 1, woven, ...event })}\n`,
  ]);
});

test("going over to what a cut had left unproved proves it", async () => {
  const at = place();
  await run(stage([recordRelease(at, release)]));
  await run(stage([recordChange(at, { ...event, event: "activate" })]));
  expect(recorded(at).healthy).toBe(true);
});

test("one that was gone back from has proved nothing, until it is gone over to again", async () => {
  const at = place();
  await run(stage([recordRelease(at, release), recordChange(at, event)]));
  await run(stage([recordUnproved(at)]));
  expect(recorded(at)).toEqual({ ...written, healthy: false });
  await run(stage([recordChange(at, event)]));
  expect(recorded(at)).toEqual(written);
});

test.each([
  ["nothing", undefined],
  ["the record of the build that served", releaseRecord({ version: "2.0", name: "2.0", build: "090909" })],
])("a switch that fails leaves what was there: %s", async (_, before) => {
  const at = place();
  if (before) {
    mkdirSync(dirname(file(at)), { recursive: true });
    writeFileSync(file(at), JSON.stringify(before));
  }
  const { status } = await run(stage([recordRelease(at, release), step("verify", sh`false`)]));
  expect(status).toBe("failed");
  expect(existsSync(file(at)) ? recorded(at) : undefined).toEqual(before);
});

test("a line that a cut left half in history stays as it is, and the next one is a line of its own", async () => {
  const at = place();
  mkdirSync(at.state, { recursive: true });
  writeFileSync(join(at.state, "history.jsonl"), '{"at":"2025');
  await run(stage([recordChange(at, event)]));
  expect(history(at).split("\n")).toEqual(['{"at":"2025', JSON.stringify({ schema: 1, woven, ...event }), ""]);
});

test.each([
  ["cannot be read", "", /cannot be read: /],
  [
    "is of a newer version",
    '{"schema":7,"woven":"8.0.0"}',
    /written by Woven 8\.0\.0, in schema 7\..* reads schema 4 and older/,
  ],
])("a record that %s is an error that changes nothing", async (_, content, what) => {
  const at = place();
  mkdirSync(dirname(file(at)), { recursive: true });
  writeFileSync(file(at), content);
  for (const one of [recordRelease(at, release), recordUnproved(at)]) {
    const { outcomes } = await run(stage([one]));
    expect([outcomes[0]?.status, outcomes[0]?.output]).toEqual(["failed", expect.stringMatching(what)]);
    expect(readFileSync(file(at), "utf8")).toBe(content);
  }
});

test("a change that cannot be recorded leaves history as it was", async () => {
  const at = place();
  mkdirSync(dirname(file(at)), { recursive: true });
  writeFileSync(file(at), "broken");
  writeFileSync(join(at.state, "history.jsonl"), '{"at":"2025"}\n');
  const { status } = await run(stage([recordChange(at, event)]));
  expect([status, history(at)]).toEqual(["failed", '{"at":"2025"}\n']);
});
