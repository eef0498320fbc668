import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { type LeaseRequest, newLease, takeLease, underLease } from "../../src/steps/lease.ts";
import { run, runStep, scratch, stage, step } from "../node/stage-run.ts";

function leases(...owners: readonly string[]): readonly LeaseRequest[] {
  const state = join(scratch(), "shop");
  return owners.map((owner) =>
    newLease({
      state,
      owner,
      command: "deploy",
      run: `https://ci.example.com/${owner.length}`,
      seen: { link: join(state, "..", "active"), folder: "" },
    }),
  );
}

function leaseOf({ state }: LeaseRequest): Record<string, unknown> | undefined {
  const path = join(state, "lease.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function change(lease: LeaseRequest, more: object): void {
  const text = JSON.stringify({ ...leaseOf(lease), ...more }).replaceAll('":', '": ');
  writeFileSync(join(lease.state, "lease.json"), text);
}

const soon = () => Math.floor(Date.now() / 1000);

describe("a lease", () => {
  test("is taken where nobody has it, and says whose it is and until when", async () => {
    const [ada] = leases('ada\'s "own"') as [LeaseRequest];
    expect((await runStep(takeLease(ada))).status).toBe("ok");
    expect(leaseOf(ada)).toMatchObject({ token: ada.token, owner: 'ada\'s "own"', command: "deploy", run: ada.run });
    expect(Number(leaseOf(ada)?.["expires"]) - soon()).toBeGreaterThan(290);
    expect(Number(leaseOf(ada)?.["expires"]) - soon()).toBeLessThanOrEqual(301);
  });

  test("keeps another run out, which is told who is there", async () => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    await runStep(takeLease(ada));
    const outcome = await runStep(takeLease(grace));
    expect(outcome.status).toBe("failed");
    expect(outcome.output).toMatch(
      /ada runs deploy since \d\d:\d\d:\d\d UTC; .* in \d+ seconds \(https:\/\/ci\.example\.com\/3\)/,
    );
    expect(leaseOf(ada)).toMatchObject({ owner: "ada" });
  });

  test("is not taken where another run has ended since this one looked", async () => {
    const [ada] = leases("ada") as [LeaseRequest];
    mkdirSync(`${ada.seen.link}-2.0`);
    symlinkSync(`${ada.seen.link}-2.0`, ada.seen.link);
    const outcome = await runStep(takeLease(ada));
    expect(outcome.status).toBe("failed");
    expect(outcome.output).toContain("another run has ended here meanwhile, and active-2.0 is active now");
    expect(leaseOf(ada)).toBeUndefined();
    expect((await runStep(takeLease({ ...ada, seen: { ...ada.seen, folder: "active-2.0" } }))).status).toBe("ok");
  });

  test("is taken again by the run that has it, for its next stage", async () => {
    const [ada] = leases("ada") as [LeaseRequest];
    await runStep(takeLease(ada));
    change(ada, { expires: soon() + 1 });
    expect((await runStep(takeLease(ada))).status).toBe("ok");
    expect(Number(leaseOf(ada)?.["expires"]) - soon()).toBeGreaterThan(290);
  });

  test("is left as it is by that run's next stage while it is far from its end", async () => {
    const [ada] = leases("ada") as [LeaseRequest];
    await runStep(takeLease(ada));
    const before = leaseOf(ada);
    expect((await runStep(takeLease(ada))).status).toBe("ok");
    expect(leaseOf(ada)).toEqual(before);
  });

  test.each([
    ["has run out", (lease: LeaseRequest) => change(lease, { expires: soon() - 1 })],
    ["is not whole", ({ state }: LeaseRequest) => writeFileSync(join(state, "lease.json"), '{"token": "')],
    ["is empty", ({ state }: LeaseRequest) => writeFileSync(join(state, "lease.json"), "")],
  ])("is taken over where the one that is there %s", async (_, spoil) => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    await runStep(takeLease(ada));
    spoil(ada);
    expect((await runStep(takeLease(grace))).status).toBe("ok");
    expect(leaseOf(grace)).toMatchObject({ owner: "grace" });
  });

  test("goes to one of many that want it at the same moment", async () => {
    const all = leases("a", "b", "c", "d", "e", "f");
    const outcomes = await Promise.all(all.map((lease) => runStep(takeLease(lease))));
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
    await run(stage([takeLease(ada), step("work", apply)], underLease(ada, last)));
    expect(leaseOf(ada) !== undefined).toBe(stays);
  });

  test.each([sh`true`, sh`false`])("does not give up another run's", async (apply) => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    await runStep(takeLease(grace));
    await run(stage([step("work", apply)], underLease(ada, "last")));
    expect(leaseOf(grace)).toMatchObject({ owner: "grace" });
  });

  test("that finds another run at work leaves that run's lease alone", async () => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    await runStep(takeLease(ada));
    const { status } = await run(stage([takeLease(grace)], underLease(grace, "last")));
    expect([status, leaseOf(ada)?.["owner"]]).toEqual(["failed", "ada"]);
  });

  /** What the stage does every ten seconds, done now. */
  const beat = (lease: LeaseRequest) => runStep(step("beat", underLease(lease, "last").heartbeat ?? sh`false`));

  test("puts its end off while it runs, and changes nothing else of it", async () => {
    const [ada] = leases("ada") as [LeaseRequest];
    await runStep(takeLease(ada));
    const { expires: _, ...before } = leaseOf(ada) ?? {};
    change(ada, { expires: soon() + 1 });
    await beat(ada);
    const { expires, ...after } = leaseOf(ada) ?? {};
    expect(after).toEqual(before);
    expect(Number(expires) - soon()).toBeGreaterThan(290);
  });

  test("does not put off another run's", async () => {
    const [ada, grace] = leases("ada", "grace") as [LeaseRequest, LeaseRequest];
    await runStep(takeLease(grace));
    const before = leaseOf(grace);
    await beat(ada);
    expect(leaseOf(grace)).toEqual(before);
  });
});
