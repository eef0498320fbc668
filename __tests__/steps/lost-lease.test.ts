// A run that has lost its lease between two stages must not go on: what it has built may be another run's by now.
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { type LeaseRequest, takeLease, underLease } from "../../src/steps/lease.ts";
import { appears, note, run, scratch, stage, start, step } from "../node/stage-run.ts";
import { releaseStages } from "../setup/stages.ts";
import { change, epoch, held, later, leaseOf, leases, old, said, switching, take, uptime, write } from "./leases.ts";

test.each([
  ["is still there", { until: 0 }],
  ["is from before a reboot", { boot: "another" }],
])("goes on with a lease that has run out and %s", async (_, spoiled) => {
  const [ada] = leases("ada") as [LeaseRequest];
  await take(ada);
  change(ada, spoiled);
  expect((await run(later(ada, "last", step("work", sh`true`)))).status).toBe("ok");
});

/** What another run did with the lease of the first one after it had run out. */
const takenOver = async (grace: LeaseRequest) => {
  change(grace, { until: uptime() - 1 });
  expect((await take(grace)).status).toBe("ok");
};

test.each([
  ["has taken it over", takenOver, /lost its lease to another run.*grace runs deploy/],
  [
    "has taken it over and let it run out",
    async (grace: LeaseRequest) => {
      await takenOver(grace);
      change(grace, { until: uptime() - 1 });
    },
    /lost its lease to another run.*grace runs deploy/,
  ],
  [
    "has taken it over and ended it",
    async (grace: LeaseRequest) => {
      await takenOver(grace);
      expect((await run(later(grace, "last"))).status).toBe("ok");
    },
    /lost its lease\b(?!.*grace)/,
  ],
  [
    "has taken it over with an earlier version",
    async (grace: LeaseRequest) => write(grace, old(grace, epoch() - 1)),
    /lost its lease to another run.*grace runs deploy/,
  ],
])("is refused in a run's later stages where another run %s", async (_, lose, what) => {
  const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
  const [building, journal] = [scratch(), join(scratch(), "journal")];
  mkdirSync(`${ada.expected.link}-1.0`);
  symlinkSync(`${ada.expected.link}-1.0`, ada.expected.link);
  const [first, second] = [ada, grace].map((one) => ({
    ...one,
    expected: { ...one.expected, folder: "active-1.0" },
  })) as [LeaseRequest, LeaseRequest];
  await take(first);
  await lose(second);
  const before = leaseOf(ada);
  const around = underLease(first, "last", sh`rm -rf ${building}`);
  const outcome = await run(stage([takeLease(first, "later"), step("work", note(journal, "work"))], around));
  expect([outcome.told, existsSync(journal)]).toEqual([["lease failed"], false]);
  expect(said(outcome)).toMatch(what);
  expect(said(outcome)).toContain("active-1.0 is live");
  expect([leaseOf(ada), existsSync(building)]).toEqual([before, true]);
});

test("is refused in a run's later stages while a stage of the run that took the lease over is running", async () => {
  const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
  const journal = join(scratch(), "journal");
  await take(ada);
  change(ada, { until: uptime() - 1 });
  const other = start(held(grace, "last", switching(grace, journal)));
  await appears(journal);
  const outcome = await run(later(ada, "last"));
  expect([outcome.told, said(outcome)]).toEqual([["lease failed"], expect.stringMatching(/lost its lease.*\bgrace\b/)]);
  writeFileSync(join(ada.state, "..", "go"), "");
  expect((await other.end).status).toBe("ok");
}, 30_000);

/** Runs what these stages do first: that with the lease. */
async function begin(lease: LeaseRequest, last: "last" | "more to come"): Promise<readonly string[]> {
  const told: string[] = [];
  for (const { name, steps } of await releaseStages(lease)) {
    // A removal has a lease of its own, and no other stage.
    if (name === "remove") continue;
    const own = steps.filter(({ id }) => id === "lease");
    const { status } = await run(stage(own, underLease(lease, last)));
    told.push(`${name} ${status}`);
  }
  return told;
}

test("a run's first stage takes the lease; those after it need the one of the first", async () => {
  const [ada, grace] = leases("ada", "grace").map((one) => ({ ...one, expected: { link: "", folder: "" } })) as [
    LeaseRequest,
    LeaseRequest,
  ];
  // The last switch is that of activate and rollback, which have no stage before it.
  const names = ["prepare", "migrate", "migrate", "switch", "switch", "switch"];
  expect(await begin(ada, "more to come")).toEqual(names.map((name) => `${name} ok`));
  await takenOver(grace);
  await run(later(grace, "last"));
  const ends = ["ok", "failed", "failed", "failed", "failed", "ok"];
  expect(await begin(ada, "last")).toEqual(names.map((name, index) => `${name} ${ends[index]}`));
});
