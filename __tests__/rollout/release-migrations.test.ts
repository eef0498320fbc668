// Which node migrates which database, when several are deployed to.
import { expect, test } from "vitest";
import type { NodeRun } from "../../src/rollout/fleet.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
import { type Release, rollOut } from "../../src/rollout/rollout.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { nodeFacts } from "../node/records.ts";
import { planInput, runtime } from "./release.ts";
import { ends, fleetOf, scriptedNode, step } from "./scripted-nodes.ts";

const [sqlite, postgresql] = ["django.db.backends.sqlite3", "django.db.backends.postgresql"];

/** Deploys to that many nodes, whose project has these databases (engine by alias); the aliases each node migrates, in order. */
async function migrated(
  count: number,
  databases: Readonly<Record<string, string>>,
  more: Partial<Settings> = {},
  own?: readonly string[],
) {
  const around = runtime();
  const input = await planInput({ files: [] }, more);
  const description = {
    django: "5.2",
    staticUrl: "/static/",
    mediaUrl: "/media/",
    databases,
    ...(own ? { ownDatabases: own } : {}),
    templateDirs: [],
    mediaSeed: null,
  };
  const answer = (stage: string) =>
    stage === "prepare" ? [step("django", JSON.stringify(description)), ends] : [ends];
  const nodes = Array.from({ length: count }, (_, index) =>
    scriptedNode(`web${index + 1}`, { stage: answer }, around, input.settings),
  );
  const releases = new Map<NodeRun, Release>(
    nodes.map(({ run }) => {
      const plan = planRelease(input, around);
      return [run, { kind: "built", node: run, facts: nodeFacts(), settings: input.settings, plan, event: "deploy" }];
    }),
  );
  const fleet = fleetOf(nodes, 10);
  await rollOut(fleet, releases, input.settings, around, async () => ({}));
  expect(fleet.reports().map(({ error }) => error)).toEqual(nodes.map(() => undefined));
  return nodes.map(({ stages }) =>
    stages.flatMap(({ name, text }) =>
      [...text.matchAll(/\/manage migrate --noinput --database (\w+)/g)].map(([, alias]) => `${name} ${alias}`),
    ),
  );
}

test.each([
  ["a server that all share is migrated by the first", { default: postgresql }, [["migrate default"], [], []]],
  ["files of SQLite by each", { default: sqlite }, [["migrate default"], ["migrate default"], ["migrate default"]]],
  [
    "of both, the shared one by the first alone",
    { default: postgresql, cache: sqlite },
    [["migrate default", "migrate cache"], ["migrate cache"], ["migrate cache"]],
  ],
  ["where there is none, nobody migrates", {}, [[], [], []]],
] as const)("of three nodes: %s", async (_, databases, expected) => {
  expect(await migrated(3, databases as Readonly<Record<string, string>>)).toEqual(expected);
});

test("a database server that each node has for itself is migrated by each", async () => {
  const databases = { default: postgresql, reports: postgresql };
  expect(await migrated(2, databases, {}, ["default"])).toEqual([
    ["migrate default", "migrate reports"],
    ["migrate default"],
  ]);
});

test("a node that is alone migrates in the stage that switches", async () => {
  expect(await migrated(1, { default: "django.db.backends.postgresql" })).toEqual([["switch default"]]);
});

test("with migrate = none nobody migrates", async () => {
  expect(await migrated(2, { default: "django.db.backends.sqlite3" }, { migrate: { kind: "none" } })).toEqual([[], []]);
});
