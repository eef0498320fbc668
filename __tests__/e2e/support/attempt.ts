// One server and the settings of its owner: setupnode is run on it, once and again, and says how that ended.
import { expect } from "vitest";
import type { LocalNode } from "../../../src/local/node.ts";
import type { FakeCache } from "../../harness/fake-cache.ts";
import { keys } from "./equipped.ts";
import { operator } from "./operator.ts";
import { expectNothingChanged, settingsOnly } from "./setup.ts";
import { waysIn } from "./ssh-login.ts";

type Inputs = Readonly<Record<string, string>>;

/** Runs setupnode on the node with these settings, and says how that ended. */
export async function attempt(node: LocalNode, toml: string, cache: FakeCache) {
  const project = await settingsOnly(toml);
  const op = operator(node, keys, cache);
  const job = (inputs: Inputs = {}) => ({ checkout: project, command: "setupnode", inputs });
  return {
    project,
    succeed: (inputs?: Inputs) => op.succeed(job(inputs)),
    fail: (inputs?: Inputs) => op.fail(job(inputs)),
    start: () => op.start(job()),
    /** Now it ends well, and once more it finds nothing to do. */
    async converge(text = toml, inputs: Inputs = {}) {
      await project.write("woven.toml", text);
      const result = await op.succeed(job(inputs));
      expectNothingChanged(await op.succeed(job()));
      expect(await waysIn(node, node.user)).toEqual(["new"]);
      return result;
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
