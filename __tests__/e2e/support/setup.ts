// What the tests of setupnode begin with: a repository of settings alone, nodes as providers hand them out, and what a run said.
import { createHash } from "node:crypto";
import { expect } from "vitest";
import { type LocalNode, type LocalNodeOptions, type Suite, startNode } from "../../../src/local/node.ts";
import { servers } from "../../../src/servers/servers.ts";
import { basePackages } from "../../../src/steps/apt.ts";
import type { ActionResult, StepTrace } from "../../harness/run-action.ts";
import { type Checkout, checkout } from "./checkout.ts";
import { keys, removeOldImages, withImage } from "./equipped.ts";
import { inside } from "./inside.ts";
import { told } from "./operator.ts";

/** What setupnode installs where the settings name no server. */
const packages = [...basePackages, ...servers.apache.packages];

/** A repository that holds nothing but a woven.toml: setupnode needs no project. */
export async function settingsOnly(toml: string): Promise<Checkout> {
  const project = await checkout([]);
  await project.write("woven.toml", toml);
  return project;
}

export type First = NonNullable<LocalNodeOptions["login"]>;

/** A server that nobody has set up, with the packages on it that setupnode wants: a run there takes seconds. */
export async function stockedNode(suite: Suite, login: First): Promise<LocalNode> {
  const prefix = `setup-${suite}-${login.kind}-`;
  const recipe = JSON.stringify([packages, keys.publicKey, await day(), login]);
  const image = `${prefix}${createHash("sha256").update(recipe).digest("hex").slice(0, 12)}`;
  await withImage(image, () => stock(image, suite, login, prefix));
  return startNode({ image, publicKey: keys.publicKey, log: () => undefined });
}

async function stock(image: string, suite: Suite, login: First, prefix: string): Promise<void> {
  const node = await startNode({ suite, login, publicKey: keys.publicKey, log: () => undefined });
  await inside(
    node,
    `export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
apt-get -qq update && apt-get -qq -y upgrade && apt-get -qq -y --no-install-recommends install ${packages.join(" ")}
systemctl disable --quiet nginx; rm /usr/sbin/policy-rc.d; apt-get clean; touch /var/lib/apt/lists`,
  );
  await node.save(image);
  await removeOldImages(prefix, image);
}

/** Lists of packages are good for a day, and so is an image that holds them. */
async function day(): Promise<string> {
  return new Date().toISOString().slice(0, 10);
}

/** Whether dpkg has the package installed, not only its configuration files. */
export async function isInstalled(node: LocalNode, name: string): Promise<boolean> {
  return (await inside(node, `dpkg -s ${name} 2>/dev/null || :`)).includes("Status: install ok installed");
}

/** What became of each step, by its id; the last of an id wins. */
export function steps(result: ActionResult): ReadonlyMap<string, StepTrace["status"]> {
  return new Map(result.steps.map(({ step, status }) => [step, status]));
}

/** The ids of those that changed something, or would in a dry run, in any of the stages. */
export function changedSteps(result: ActionResult): readonly string[] {
  return [...new Set(result.steps.flatMap(({ step, status }) => (status === "changed" ? step : [])))];
}

/** The logins and round trips of a run of one node, as its summary has them. */
export function cost({ summary }: ActionResult): { readonly logins: number; readonly roundTrips: number } {
  const [, logins, roundTrips] = /\| (\d+) \/ (\d+) \|/.exec(summary) ?? [];
  return { logins: Number(logins), roundTrips: Number(roundTrips) };
}

/** A second run that finds everything as it is to be. */
export function expectNothingChanged(result: ActionResult): void {
  expect(changedSteps(result), told(result)).toEqual([]);
  expect(result.outputs, told(result)).toMatchObject({ changed: "false" });
  expect(cost(result).roundTrips).toBeGreaterThan(0);
  expect(cost(result).roundTrips).toBeLessThanOrEqual(4);
}
