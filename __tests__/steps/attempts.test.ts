// What a node remembers of runs that failed: `status` reads it, even if the runner died before it could say anything.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { parseState } from "../../src/node/state.ts";

import { known } from "../node/records.ts";
import { run, step } from "../node/stage-run.ts";
import { held, leases, take } from "./leases.ts";

const file = (state: string) => join(state, "attempts.jsonl");

function attempts(state: string) {
  if (!existsSync(file(state))) return [];
  const raw = { active: "", releases: new Map(), history: "", lease: "", place: "/var/local/woven/shop" };
  return parseState({ ...raw, attempts: readFileSync(file(state), "utf8") }, known).attempts;
}

test("a stage that fails is noted with its step; one that succeeds is not", async () => {
  const [lease] = leases("ada");
  if (!lease) throw new Error("no lease");
  await run(held({ ...lease, release: "1.1" }, "last", step("migrate", sh`:`)));
  expect(attempts(lease.state)).toEqual([]);
  await run(held({ ...lease, release: "1.1" }, "last", step("migrate", sh`false`), step("switch", sh`:`)));
  expect(attempts(lease.state)).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      command: "deploy",
      release: "1.1",
      step: "migrate",
      end: "failed",
      actor: "ada",
      run: "https://ci.example.com/3",
    },
  ]);
});

test("a run that found another one at work is not noted: it did not begin", async () => {
  const [ada, grace] = leases("ada", "grace");
  if (!ada || !grace) throw new Error("no lease");
  await take(ada);
  await run(held(grace, "last"));
  expect(attempts(ada.state)).toEqual([]);
});

test("the last twenty are kept", async () => {
  const [lease] = leases("ada");
  if (!lease) throw new Error("no lease");
  await run(held(lease, "last", step("one", sh`false`)));
  const [line] = readFileSync(file(lease.state), "utf8").split("\n");
  writeFileSync(file(lease.state), `${line}\n`.repeat(25));
  await run(held(lease, "last", step("two", sh`false`)));
  const all = attempts(lease.state);
  expect([all?.length, all?.at(-1)?.step, all?.[0]?.step]).toEqual([20, "two", "one"]);
});
