// Leases of several runs on one distribution, and stages that take them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sh } from "../../src/node/sh.ts";
import type { Step } from "../../src/node/stage.ts";
import { assertLease, type LeaseRequest, newLease, takeLease, underLease } from "../../src/steps/lease.ts";
import { run, type StageRun, scratch, stage, step } from "../node/stage-run.ts";

export function leases(...owners: readonly string[]): readonly LeaseRequest[] {
  const state = join(scratch(), "shop");
  return owners.map((owner) =>
    newLease({
      state,
      owner,
      command: "deploy",
      run: `https://ci.example.com/${owner.length}`,
      expected: { link: join(state, "..", "active"), folder: "" },
    }),
  );
}

/** A stage that takes the lease and does these steps. */
export function held(lease: LeaseRequest, last: "last" | "more to come", ...steps: readonly Step[]) {
  return stage([takeLease(lease, "first"), ...steps], underLease(lease, last));
}

/** A stage of a run that has had one before. */
export function later(lease: LeaseRequest, last: "last" | "more to come", ...steps: readonly Step[]) {
  return stage([takeLease(lease, "later"), ...steps], underLease(lease, last));
}

/** A stage of a run that has others to follow, done. */
export function take(lease: LeaseRequest): Promise<StageRun> {
  return run(held(lease, "more to come"));
}

export function leaseOf({ state }: LeaseRequest): Record<string, unknown> | undefined {
  const path = join(state, "lease.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

export function write(lease: LeaseRequest, content: object): void {
  writeFileSync(join(lease.state, "lease.json"), JSON.stringify(content));
}

export const change = (lease: LeaseRequest, more: object) => write(lease, { ...leaseOf(lease), ...more });
export const said = ({ outcomes }: StageRun) => outcomes.at(-1)?.output ?? "";
export const epoch = () => Math.floor(Date.now() / 1000);
export const uptime = () => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
export const boot = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

/** As written by versions of Woven before there was a boot in it. */
export const old = ({ token, owner, command }: LeaseRequest, expires: number) => ({ token, owner, command, expires });

/** Switches after it has said that it is about to, and once the file `go` is there. */
export function switching(lease: LeaseRequest, journal: string): Step {
  const go = join(lease.state, "..", "go");
  return step(
    "switch",
    sh`${assertLease}
echo ${`${lease.owner} begins`} >>${journal}
while [ ! -e ${go} ]; do sleep 0.02; done
echo ${`${lease.owner} ends`} >>${journal}`,
    { usesLock: true },
  );
}
