import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { type LeaseRequest, takeLease, underLease } from "../../src/steps/lease.ts";
import { appears, note, run, scratch, stage, start, step } from "../node/stage-run.ts";
import {
  boot,
  change,
  epoch,
  held,
  later,
  leaseOf,
  leases,
  old,
  said,
  switching,
  take,
  uptime,
  write,
} from "./leases.ts";

describe("a lease", () => {
  test("is taken where nobody has it, and says whose it is and until when; only root reads it", async () => {
    const [ada] = leases('ada\'s "own"') as [LeaseRequest];
    expect((await take(ada)).told).toEqual(["lease ok"]);
    expect(leaseOf(ada)).toMatchObject({ token: ada.token, owner: 'ada\'s "own"', command: "deploy", run: ada.run });
    expect(leaseOf(ada)).toMatchObject({ schema: 2, woven: expect.stringMatching(/^\d+\.\d+\.\d+/), boot: boot() });
    expect(Math.abs(Number(leaseOf(ada)?.["until"]) - uptime() - 300)).toBeLessThan(15);
    // For the versions of Woven that know nothing else.
    expect(Math.abs(Number(leaseOf(ada)?.["expires"]) - epoch() - 300)).toBeLessThan(15);
    const modes = [".", "lease.json", ".lease.lock"].map((name) => statSync(join(ada.state, name)).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  });

  test("keeps another run out, which is told who is there", async () => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    await take(ada);
    const outcome = await take(grace);
    expect(outcome.told).toEqual(["lease failed"]);
    expect(said(outcome)).toMatch(
      /\bada\b.*\bdeploy\b.*\d\d:\d\d:\d\d UTC.*https:\/\/ci\.example\.com\/3.*\d+ seconds/,
    );
    expect(leaseOf(ada)).toMatchObject({ owner: "ada" });
  });

  test("is not taken where another run has ended since this one looked", async () => {
    const [ada] = leases("ada") as [LeaseRequest];
    mkdirSync(`${ada.expected.link}-2.0`);
    symlinkSync(`${ada.expected.link}-2.0`, ada.expected.link);
    const outcome = await take(ada);
    expect([outcome.told, said(outcome)]).toEqual([["lease failed"], expect.stringContaining("active-2.0")]);
    expect(leaseOf(ada)).toBeUndefined();
    expect((await take({ ...ada, expected: { ...ada.expected, folder: "active-2.0" } })).told).toEqual(["lease ok"]);
  });

  test("is taken again, from the same beginning, by the run that has it, for its next stage", async () => {
    const [ada] = leases("ada") as [LeaseRequest];
    await take(ada);
    change(ada, { until: uptime() + 1, since: "01:02:03 UTC" });
    expect((await run(later(ada, "more to come"))).told).toEqual(["lease ok"]);
    expect(Number(leaseOf(ada)?.["until"]) - uptime()).toBeGreaterThan(280);
    expect(leaseOf(ada)).toMatchObject({ since: "01:02:03 UTC" });
  });

  test.each([
    ["has run out", (lease: LeaseRequest) => change(lease, { until: uptime() - 1 })],
    ["is from before a reboot", (lease: LeaseRequest) => change(lease, { boot: boot().replace(/^./, "x") })],
    ["has run out, of an earlier version", (lease: LeaseRequest) => write(lease, old(lease, epoch() - 1))],
  ])("is taken over where the one that is there %s", async (_, spoil) => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    await take(ada);
    spoil(ada);
    expect((await take(grace)).told).toEqual(["lease ok"]);
    expect(leaseOf(grace)).toMatchObject({ owner: "grace" });
  });

  test.each([
    ["the clock went a day ahead", (lease: LeaseRequest) => change(lease, { expires: epoch() - 86400 }), /\bada\b/],
    ["it is of an earlier version", (lease: LeaseRequest) => write(lease, old(lease, epoch() + 60)), /\bada\b/],
    ["it is empty", ({ state }: LeaseRequest) => writeFileSync(join(state, "lease.json"), ""), /cannot be read/],
    ["it is cut", ({ state }: LeaseRequest) => writeFileSync(join(state, "lease.json"), '{"token'), /cannot be read/],
    [
      "a newer version wrote it",
      (lease: LeaseRequest) => change(lease, { schema: 3, woven: "9.1.0" }),
      /written by Woven 9\.1\.0, in schema 3\..* reads schema 2 and older/,
    ],
  ])("is not taken over, and stays as it is, where %s", async (_, spoil, what) => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    await take(ada);
    spoil(ada);
    const before = readFileSync(join(ada.state, "lease.json"), "utf8");
    const outcome = await take(grace);
    expect([outcome.told, said(outcome)]).toEqual([["lease failed"], expect.stringMatching(what)]);
    expect(readFileSync(join(ada.state, "lease.json"), "utf8")).toBe(before);
  });

  test("goes to one of many that want it at the same moment", async () => {
    const all = leases("a", "b", "c", "d", "e", "f");
    const outcomes = await Promise.all(all.map(take));
    const winners = all.filter((_, index) => outcomes[index]?.status === "ok");
    expect(winners).toHaveLength(1);
    expect(leaseOf(all[0] as LeaseRequest)).toMatchObject({ owner: winners[0]?.owner });
  });
});

describe("a stage under a lease", () => {
  test.each([
    ["gives it up with the last stage", "last", sh`true`, false],
    ["keeps it for the next stage", "more to come", sh`true`, true],
    ["gives it up when the last stage fails", "last", sh`false`, false],
    ["gives it up when a stage fails that others were to follow", "more to come", sh`false`, false],
  ] as const)("%s", async (_, last, apply, stays) => {
    const [ada] = leases("ada") as [LeaseRequest];
    await run(held(ada, last, step("work", apply)));
    expect(leaseOf(ada) !== undefined).toBe(stays);
  });

  test("that finds another run at work leaves that run's lease alone, and what it is building", async () => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    const building = scratch();
    const around = underLease(grace, "last", sh`rm -rf ${building}`);
    await take(ada);
    const { status } = await run(stage([takeLease(grace, "first")], around));
    expect([status, leaseOf(ada)?.["owner"], existsSync(building)]).toEqual(["failed", "ada", true]);
    change(ada, { until: 0 });
    await run(stage([takeLease(grace, "first"), step("work", sh`false`)], around));
    expect([leaseOf(ada), existsSync(building)]).toEqual([undefined, false]);
  });

  test("keeps the switch to itself to its end, also when its lease has run out meanwhile", async () => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    const journal = join(scratch(), "journal");
    const first = start(held(ada, "last", switching(ada, journal)));
    await appears(journal);
    change(ada, { until: uptime() - 1, expires: epoch() - 1 });
    const second = await run(held(grace, "last", switching(grace, journal)));
    expect([second.told, said(second)]).toEqual([["lease failed"], expect.stringContaining("ada runs deploy since")]);
    writeFileSync(join(ada.state, "..", "go"), "");
    expect((await first.end).status).toBe("ok");
    expect((await run(held(grace, "last", switching(grace, journal)))).status).toBe("ok");
    expect(readFileSync(journal, "utf8")).toBe("ada begins\nada ends\ngrace begins\ngrace ends\n");
  }, 30_000);

  test.each([
    ["is gone", "lost its lease"],
    ["is another run's", "grace runs deploy"],
  ])("cannot switch where the lease %s by then", async (whose, what) => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    const journal = join(scratch(), "journal");
    await take(grace);
    const other = join(scratch(), "other.json");
    writeFileSync(other, JSON.stringify(leaseOf(grace)));
    change(grace, { until: 0 });
    const file = join(ada.state, "lease.json");
    const lose = step("lose", whose === "is gone" ? sh`rm -f ${file}` : sh`cp ${other} ${file}`);
    const { outcomes } = await run(held(ada, "last", lose, switching(ada, journal)));
    expect(outcomes.map(({ id, status }) => `${id} ${status}`)).toEqual(["lease ok", "lose changed", "switch failed"]);
    expect(outcomes[2]?.output).toContain(what);
    expect(existsSync(journal)).toBe(false);
  });

  test("has the lock no longer than it runs, whatever its steps leave running", async () => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    const pid = join(scratch(), "pid");
    const linger = step("linger", sh`setsid sh -c ${`echo $$ >${pid}; exec sleep 60`} >/dev/null 2>&1 3>&- &`);
    expect((await run(held(ada, "last", linger))).status).toBe("ok");
    const left = Number(await appears(pid));
    onTestFinished(() => void process.kill(left, "SIGKILL"));
    expect((await run(held(grace, "last"))).status).toBe("ok");
  });

  test("that finds the lock in the hands of another program names it, and changes nothing", async () => {
    const [ada] = leases("ada") as [LeaseRequest];
    mkdirSync(ada.state);
    const lock = join(ada.state, ".lease.lock");
    writeFileSync(lock, "", { mode: 0o644 });
    const holder = spawn("flock", [lock, "sh", "-c", "echo held; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    onTestFinished(() => void process.kill(-Number(holder.pid), "SIGKILL"));
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    const journal = join(scratch(), "journal");
    const outcome = await run(held(ada, "last", step("work", note(journal, "work"))));
    expect([outcome.told, existsSync(journal)]).toEqual([["lease failed"], false]);
    expect(said(outcome)).toMatch(/\.lease\.lock is locked by a program that is not Woven's: .*\bsleep/);
    expect(said(outcome)).toContain(`${holder.pid} flock`);
    expect((statSync(lock).mode & 0o777).toString(8)).toBe("600");
  }, 30_000);
});
