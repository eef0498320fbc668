// Runs without a checkout: which distribution of the servers they are about.
import { expect, test } from "vitest";
import { withDistribution } from "../../src/rollout/node-distribution.ts";
import type { Runtime } from "../../src/rollout/runtime.ts";
import { recordedRoot } from "../../src/settings/recorded-root.ts";
import { settingsOf } from "../settings/source.ts";
import { runtime } from "./release.ts";
import { fleetOf, scriptedNode } from "./scripted-nodes.ts";

const ours = "https://github.com/ada/shop/actions/runs/1";
const others = "https://github.com/ada/shop-two/actions/runs/2";
const onGitHub = { GITHUB_REPOSITORY: "ada/shop" };

/** What a rollback without a checkout is about: the name, or the code of the error on each node. */
async function about(
  servers: readonly (readonly (readonly [string, string | null])[])[],
  env: Runtime["env"] = onGitHub,
  inputs: Readonly<Record<string, string>> = {},
): Promise<string | undefined | readonly (string | undefined)[]> {
  const settings = await settingsOf({ files: {}, env: onGitHub, inputs: { command: "rollback", ...inputs } });
  const around = { ...runtime(), env };
  const nodes = servers.map((found, index) =>
    scriptedNode(
      `web${index + 1}`,
      { distributions: found.map(([distribution, run]) => ({ distribution, run })) },
      around,
      settings,
    ),
  );
  const fleet = fleetOf(nodes);
  const known = await withDistribution(settings, fleet, around);
  if (known === undefined) return fleet.reports().map(({ error }) => error?.details.code);
  expect(known.deploymentRoot).toBe(recordedRoot);
  return known.distributionName?.value;
}

test("the one that this repository has deployed, whatever else is there", async () => {
  expect(
    await about([
      [
        ["webshop", ours],
        ["blog", others],
        ["wiki", null],
      ],
    ]),
  ).toBe("webshop");
});

test("the one that was deployed from a terminal, if this repository has deployed none", async () => {
  expect(
    await about([
      [
        ["blog", others],
        ["wiki", null],
      ],
    ]),
  ).toBe("wiki");
});

test("never one that another repository has deployed", async () => {
  expect(await about([[["blog", others]]])).toEqual(["distribution-unclear"]);
});

test("outside of GitHub, the only one", async () => {
  expect(await about([[["blog", others]]], {})).toBe("blog");
  expect(
    await about(
      [
        [
          ["blog", others],
          ["wiki", null],
        ],
      ],
      {},
    ),
  ).toEqual(["distribution-unclear"]);
});

test("several need a name, and no server is touched before all agree", async () => {
  expect(
    await about([
      [
        ["webshop", ours],
        ["api", ours],
      ],
    ]),
  ).toEqual(["distribution-unclear"]);
  expect(await about([[["webshop", ours]], [["api", ours]]])).toEqual(["distribution-unclear", "distribution-unclear"]);
  expect(await about([[["webshop", ours]], []])).toEqual([undefined, "distribution-unclear"]);
  expect(
    await about(
      [
        [
          ["webshop", ours],
          ["api", ours],
        ],
      ],
      onGitHub,
      { distribution: "api" },
    ),
  ).toBe("api");
});

test("a checkout names its project, and no server is asked", async () => {
  const settings = await settingsOf({ files: { "README.md": "" }, env: onGitHub, inputs: { command: "rollback" } });
  expect(settings.distributionName?.value).toBe("shop");
  expect(settings.deploymentRoot).toBeUndefined();
});
