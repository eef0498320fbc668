// What a fleet says of its nodes: each has its own time.
import { expect, test } from "vitest";
import { WovenError } from "../../src/errors.ts";
import { fleet } from "../../src/rollout/fleet.ts";
import { settingsOf, smallProject } from "../settings/source.ts";
import { runtime } from "./release.ts";
import { fleetOf, scriptedNode } from "./scripted-nodes.ts";

const settings = await settingsOf({ files: smallProject });

/** Nodes whose work takes 1, 2, 3, … seconds a phase. Those in `broken` fail at the end of the first phase. */
async function secondsOf(phases: number, broken: readonly string[] = []): Promise<readonly number[]> {
  let clock = 0;
  const world = { ...runtime(), now: () => clock };
  const nodes = fleetOf(["web1", "web2", "web3"].map((name) => scriptedNode(name, {}, world, settings)));
  for (let phase = 0; phase < phases; phase += 1) {
    await nodes.phase(async ({ host }) => {
      clock += 1000 * Number(host.name.at(-1));
      if (broken.includes(host.name)) throw new WovenError({ code: "facts", message: "broken" });
    });
  }
  return nodes.reports().map(({ seconds }) => seconds);
}

test("each server has the time that the run worked on it, without its wait for the others", async () => {
  expect(await secondsOf(2)).toEqual([2, 4, 6]);
});

test("a server that failed has the time until then", async () => {
  expect(await secondsOf(2, ["web2"])).toEqual([2, 2, 6]);
});

test.each([
  [10, 10],
  [11, 0],
])("of %i servers, %i logins begin before they are needed", async (count, early) => {
  let logins = 0;
  const world = {
    ...runtime(),
    connect: () => {
      logins += 1;
      return Promise.reject(new WovenError({ code: "connect-refused", message: "refused" }));
    },
  };
  const nodes = Array.from({ length: count }, (_, index) => ({ user: "woven", host: `web${index}` }));
  await using all = fleet({ ...settings, nodes, maxParallel: 100 }, world);
  all.logInEarly(settings);
  for (const { host } of all.nodes) host.standBy(2);
  expect(logins).toBe(early);
});
