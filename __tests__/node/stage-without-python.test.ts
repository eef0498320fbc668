// A server that has no Python yet has a supervisor of its own (supervise.sh), which must do the same: all tests of stages, once more.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { run, stage, step, withoutPython } from "./stage-run.ts";

withoutPython();
await import("./stage.test.ts");

test("it is the supervisor in shell that ran them", async () => {
  const { folder } = await run(stage([step("one", sh`true`)]));
  // Only that one writes its events to a file first.
  expect(existsSync(join(folder, "event"))).toBe(true);
});
