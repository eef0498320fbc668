import { describe, expect, test } from "vitest";
import type { NodeReport } from "../../src/report.ts";
import { activateRelease } from "../../src/rollout/activate-release.ts";
import { type PendingSwitch, switchPhase } from "../../src/rollout/switch-phase.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { nodeFacts, releaseRecord } from "../node/records.ts";
import { settingsOf, smallProject } from "../settings/source.ts";
import { runtime } from "./release.ts";
import { type Answer, ends, fails, fleetOf, type Script, type ScriptedNode, scriptedNode } from "./scripted-nodes.ts";

const [old, next] = [
  releaseRecord({ version: "1.0", name: "1.0" }),
  releaseRecord({ version: "2.0", name: "2.0", build: "020202" }),
];
const settings = await settingsOf({ files: smallProject });
/** From 1.0, where it says no other, to 2.0. */
const facts = (active = "1.0", releases = [old]) => nodeFacts({ state: { active, releases, history: [] } });

/** Goes over from 1.0 to 2.0 on web1, web2, … one after the other; what each node's report says. */
async function switching(
  scripts: readonly Script[],
  { abort, from = facts() }: { readonly abort?: AbortController; readonly from?: PendingSwitch["facts"] } = {},
): Promise<readonly NodeReport[]> {
  const around = { ...runtime(), ...(abort ? { signal: abort.signal } : {}) };
  const nodes = scripts.map((script, index) => scriptedNode(`web${index + 1}`, script, around, settings));
  const going = new Map(nodes.map((node) => [node.run, over(node, from, around, settings)]));
  for (const { run } of nodes)
    run.liveAtStart(from.state?.releases.find(({ name }) => name === from.state?.active)?.version);
  const fleet = fleetOf(nodes);
  await switchPhase(fleet, going, settings, around);
  return fleet.reports();
}

function over(
  { run }: ScriptedNode,
  from: PendingSwitch["facts"],
  around: ReturnType<typeof runtime>,
  given: Settings,
) {
  return {
    facts: from,
    to: next,
    switch: () => activateRelease({ node: run, facts: from, target: next }, given, around, "activate"),
  };
}

const good: Script = {};
const sick: Script = { stage: () => fails };
/** Goes over, and not back. */
const stuck: Script = { stage: (_, before) => (before === 0 ? [ends] : fails) };
const lost: Script = { stage: () => "breaks" };

test("all that go over are where the run was to bring them", async () => {
  expect(await switching([good, good])).toMatchObject([
    { status: "ok", version: "2.0", previous: "1.0" },
    { status: "ok", version: "2.0", previous: "1.0" },
  ]);
});

test("where one fails, those before it go back, and those after it do not begin", async () => {
  const reports = await switching([good, sick, good]);
  expect(reports).toMatchObject([
    { status: "rolled-back", version: "1.0", error: { code: "went-back" } },
    { status: "failed", version: "1.0", error: { code: "step-failed" } },
    { status: "skipped", version: "1.0" },
  ]);
  for (const name of ["2.0", "1.0", "web2"]) expect(reports[0]?.error?.message).toContain(name);
});

test.each([
  ["built by this run", facts(), true],
  ["kept, and not proved before", facts("1.0", [old, { ...next, healthy: false }]), true],
  ["built anew by this run", facts("1.0", [old, { ...next, build: "090909" }]), true],
  ["kept, and proved before", facts("1.0", [old, next]), false],
])("going back, a release that was %s is doubted: %#", async (_, from, doubted) => {
  const around = runtime();
  const nodes = [good, sick].map((script, index) => scriptedNode(`web${index}`, script, around, settings));
  const going = new Map(nodes.map((node) => [node.run, over(node, from, around, settings)]));
  await switchPhase(fleetOf(nodes), going, settings, around);
  const [forth, back] = nodes[0]?.stages.map(({ ids }) => ids) ?? [];
  expect([forth?.includes("record-doubt"), back?.includes("record-doubt")]).toEqual([false, doubted]);
});

test("one that does not go back is an error that names it, and says what serves there and how to get back", async () => {
  const [report] = await switching([stuck, sick]);
  expect(report).toMatchObject({ host: "web1", status: "failed", version: "2.0", error: { code: "not-back" } });
  expect(report?.error?.details).toMatchObject({ node: "web1", stage: "switch", step: "health" });
  for (const name of ["2.0", "1.0", "web2"]) expect(report?.error?.message).toContain(name);
  expect(report?.error?.details.state).toContain("2.0");
  expect(report?.error?.details.next).toMatch(/`activate` with `version: 1\.0`/);
});

test.each([
  ["no version was live before", nodeFacts(), undefined],
  ["the build of 2.0 that was live before was replaced", facts("2.0", [{ ...next, build: "090909" }]), "2.0"],
])("one that has nothing to go back to stays, and says so: %s", async (_, from, previous) => {
  const [report] = await switching([good, sick], { from });
  expect(report).toMatchObject({ status: "failed", version: "2.0", error: { code: "not-back" } });
  expect(report?.previous).toBe(previous);
  for (const name of ["2.0", "web2"]) expect(report?.error?.message).toContain(name);
});

describe("a node that is lost from sight at its switch", () => {
  test("counts as failed, and nobody claims to know what serves there", async () => {
    const reports = await switching([good, lost]);
    expect(reports).toMatchObject([
      { status: "rolled-back", version: "1.0" },
      { status: "failed", previous: "1.0", unknown: true, error: { code: "connection-lost" } },
    ]);
    expect(reports[1]?.version).toBeUndefined();
    expect(reports[1]?.error?.details.next).toContain("`status`");
  });

  test("on its way back, too", async () => {
    const reports = await switching([{ stage: (_, before): Answer => (before === 0 ? [ends] : "breaks") }, sick]);
    expect(reports[0]).toMatchObject({ status: "failed", unknown: true, error: { code: "not-back" } });
    expect(reports[0]?.version).toBeUndefined();
  });

  test.each([
    ["died in the middle of it", [{ event: "end", status: "died" }]],
    [
      "could not take back all of it",
      [...fails.slice(0, 1), { ...fails[0], id: "switch", status: "undo-failed" }, ...fails.slice(1)],
    ],
  ] satisfies [string, Answer][])("is asked once more where it can be: one that %s", async (_, answer) => {
    const stage = () => answer;
    const [, report] = await switching([good, { stage, facts: { active: "2.0", releases: [old, next] } }]);
    expect(report).toMatchObject({ status: "failed", version: "2.0", previous: "1.0" });
    expect(report).not.toHaveProperty("unknown");
    expect(report?.error?.details.state).toContain("2.0");
  });
});

test("a run that is cancelled in the middle goes back where it had switched", async () => {
  const abort = new AbortController();
  const cancels: Script = {
    stage: () => {
      abort.abort(new Error("cancelled"));
      return [{ event: "end", status: "stopped" }];
    },
  };
  const reports = await switching([good, cancels, good], { abort });
  expect(reports).toMatchObject([
    { status: "rolled-back", version: "1.0" },
    { status: "failed", version: "1.0", error: { code: "stopped" } },
    { status: "skipped", version: "1.0" },
  ]);
  expect(reports[0]?.error).toMatchObject({ code: "went-back" });
});
