import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import type { Stage } from "../../src/node/stage.ts";
import { takeSetupLock } from "../../src/steps/setup-lock.ts";
import { appears, note, run, scratch, stage, start, step } from "../node/stage-run.ts";

/** A setupnode of one step, which goes on until the file `end` is there. */
function setup(folder: string, owner: string): Stage {
  const lock = join(folder, "lock");
  const work = sh`echo $$ >${join(folder, owner)}
while [ ! -e ${join(folder, "end")} ]; do sleep 0.05; done`;
  return stage([takeSetupLock({ owner, run: "https://ci.example.com/7" }, lock), step("work", work)], { lock });
}

/** Its process group (proc_pid_stat(5)). */
function groupOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[2]);
}

test("a second setupnode is told who is at work, and changes nothing; after the end of the first the lock is free", async () => {
  const folder = scratch();
  const ada = start(setup(folder, "ada"));
  await appears(join(folder, "ada"));
  const grace = await run(setup(folder, "grace"));
  expect(grace.told).toEqual(["setup-lock failed"]);
  expect(grace.outcomes[0]?.output).toMatch(/\bada\b.*\d\d:\d\d:\d\d UTC.*https:\/\/ci\.example\.com\/7/);
  expect(existsSync(join(folder, "grace"))).toBe(false);
  writeFileSync(join(folder, "end"), "");
  expect((await ada.end).told).toEqual(["setup-lock ok", "work changed"]);
  expect((await run(setup(folder, "grace"))).told).toEqual(["setup-lock ok", "work changed"]);
  expect((statSync(join(folder, "lock")).mode & 0o777).toString(8)).toBe("600");
});

test("a stage that was killed leaves the lock to the next one at once", async () => {
  const folder = scratch();
  const ada = start(setup(folder, "ada"));
  const worker = Number(await appears(join(folder, "ada")));
  ada.child.kill("SIGKILL");
  // As systemd does with what a unit leaves behind.
  process.kill(-groupOf(worker), "SIGKILL");
  await ada.end;
  writeFileSync(join(folder, "end"), "");
  await expect
    .poll(async () => (await run(setup(folder, "grace"))).told, { timeout: 15_000 })
    .toEqual(["setup-lock ok", "work changed"]);
});

test("a plan takes no lock, and leaves no trace", async () => {
  const folder = scratch();
  const journal = join(folder, "journal");
  const lock = join(folder, "lock");
  const { told } = await run(
    stage([takeSetupLock({ owner: "ada" }, lock), step("one", note(journal, "applied"))], { lock }),
    "plan",
  );
  expect(told).toEqual(["setup-lock ok", "one changed"]);
  expect([existsSync(lock), existsSync(journal)]).toEqual([false, false]);
});

test("a lock in the hands of another program is told with its process", async () => {
  const folder = scratch();
  const lock = join(folder, "lock");
  const holder = spawn("flock", [lock, "sh", "-c", "echo held; exec sleep 60"], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  onTestFinished(() => void process.kill(-Number(holder.pid), "SIGKILL"));
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const { told, outcomes } = await run(setup(folder, "ada"));
  expect(told).toEqual(["setup-lock failed"]);
  expect(outcomes[0]?.output).toContain(`${lock} is locked by a program that is not Woven's: ${holder.pid} flock`);
});
