// Which node runs which commands before the switch, and when a deployment is the first one.
import { expect, test } from "vitest";
import type { DistributionState } from "../../src/node/state.ts";
import type { NodeRun } from "../../src/rollout/fleet.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
import { type Release, rollOut } from "../../src/rollout/rollout.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { nodeFacts, releaseRecord } from "../node/records.ts";
import { settingsOf, smallProject } from "../settings/source.ts";
import { planInput, runtime } from "./release.ts";
import { ends, fleetOf, scriptedNode, step } from "./scripted-nodes.ts";

const [sqlite, postgresql] = ["django.db.backends.sqlite3", "django.db.backends.postgresql"];

/** What was on a node before; `same`: it has the version of the run already, so it takes no part. */
type Before = "nothing" | "live" | "failed" | "same";

const record = releaseRecord();
const event = { at: "2026-01-01T00:00:00Z", event: "deploy", version: record.version } as const;
const states: Readonly<Record<Before, DistributionState | undefined>> = {
  nothing: undefined,
  live: { active: record.name, releases: [record], history: [event] },
  failed: { releases: [{ ...record, healthy: false }], history: [] },
  same: undefined,
};

async function phaseSettings(): Promise<Pick<Settings, "phase" | "workingDirectory">> {
  const toml = 'release-commands = ["each"]\nfirst-commands = ["first"]\nseed-database = "seed.sql"\n';
  const { phase, workingDirectory } = await settingsOf({
    files: {
      ...smallProject,
      "woven.toml": `${smallProject["woven.toml"]}${toml}`,
      "seed.sql": "SELECT 1;",
      "shop/deploy.py": "def post_deploy():\n    pass\n",
    },
  });
  return { phase, workingDirectory };
}

/** Deploys to nodes; what each runs before its switch, in order. */
async function ran(
  befores: readonly Before[],
  engine: string | undefined,
  more: Partial<Settings> = {},
  name = "shop",
) {
  const around = runtime();
  const input = await planInput({ files: [], name }, { ...(await phaseSettings()), ...more });
  const described = {
    django: "5.2",
    staticUrl: "/static/",
    mediaUrl: "/media/",
    databases: engine === undefined ? {} : { default: engine },
    templateDirs: [],
    mediaSeed: null,
  };
  const answer = (stage: string) => (stage === "prepare" ? [step("django", JSON.stringify(described)), ends] : [ends]);
  const nodes = befores.map((_, index) => scriptedNode(`web${index + 1}`, { stage: answer }, around, input.settings));
  const releases = new Map<NodeRun, Release>(
    nodes.flatMap(({ run }, index) => {
      const before = befores[index] ?? "nothing";
      if (before === "same") return [];
      const state = states[before];
      const facts = nodeFacts(state === undefined ? {} : { state });
      const release = { kind: "built", node: run, facts, settings: input.settings, event: "deploy" } as const;
      return [[run, { ...release, plan: planRelease(input, around) }]];
    }),
  );
  const fleet = fleetOf(nodes, 10);
  await rollOut(fleet, releases, input.settings, around, async () => ({}));
  expect(fleet.reports().map(({ error }) => error)).toEqual(nodes.map(() => undefined));
  const counted = /^(database-filled|seed|migrate|(first|release)-command-1|hook-post-deploy)$/;
  return nodes.map(({ stages }) => stages.flatMap(({ ids }) => ids.filter((id) => counted.test(id))).join(" "));
}

const first = "seed migrate first-command-1 release-command-1 hook-post-deploy";
const later = "migrate release-command-1 hook-post-deploy";
const hook = "hook-post-deploy";

test.each<readonly [string, readonly Before[], string | undefined, readonly string[]]>([
  ["a node that is alone runs everything, the first time", ["nothing"], postgresql, [first]],
  ["a first deployment that failed counts as none", ["failed"], postgresql, [first]],
  ["later, only what every release runs", ["live"], postgresql, [later]],
  ["a database that all share is prepared by the first node", ["nothing", "nothing"], postgresql, [first, hook]],
  ["files of SQLite by each", ["nothing", "nothing"], sqlite, [first, first]],
  ["a new server whose database others use has no first deployment", ["nothing", "live"], postgresql, [later, hook]],
  ["also if those have the version already", ["nothing", "same"], postgresql, [later, ""]],
  ["a new server with a database of its own has one", ["live", "nothing"], sqlite, [later, first]],
  [
    "without a database, there is nothing to share",
    ["live", "live"],
    undefined,
    ["release-command-1 hook-post-deploy", "release-command-1 hook-post-deploy"],
  ],
])("%s", async (_, befores, engine, expected) => {
  expect(await ran(befores, engine)).toEqual(expected);
});

test("a patch runs none of it", async () => {
  expect(await ran(["live"], sqlite, { command: "patch", migrate: { kind: "none" } })).toEqual([""]);
});

test.each<readonly [Before, string]>([
  ["nothing", "database-filled seed migrate first-command-1 release-command-1"],
  ["failed", "database-filled seed migrate first-command-1 release-command-1"],
  ["live", "migrate release-command-1"],
])(
  "a preview runs no hook, and what a first deployment runs only if its database is empty: %s",
  async (before, expected) => {
    expect(await ran([before], sqlite, { command: "preview" }, "shop~pr-1")).toEqual([expected]);
  },
);
