import { expect, test } from "vitest";
import { describeNode } from "../../src/commands/status.ts";
import type { DistributionState, HistoryEvent } from "../../src/node/state.ts";
import { nodeFacts, releaseRecord, webService } from "../node/records.ts";

const now = Date.UTC(2026, 0, 9);
const about = "debian 13 (x86_64), Python 3.13.5, 5.0 GiB free";

function told(state?: DistributionState): readonly string[] {
  return describeNode(nodeFacts(state ? { state } : {}), now).split("\n");
}

function release(version: string, day: number, more = {}) {
  return releaseRecord({ version, name: version, createdAt: `2026-01-0${day}T12:34:56.000Z`, ...more });
}

function event(day: number, word: HistoryEvent["event"], version: string, more = {}): HistoryEvent {
  return { at: `2026-01-0${day}T12:34:56.000Z`, event: word, version, ...more };
}

test("a node says what it is, though nothing is known of a distribution", () => {
  expect(told()).toEqual([about]);
  const { python: _, ...bare } = nodeFacts();
  expect(describeNode(bare, now)).toMatch(/Python none/i);
});

test("a node without versions says so", () => {
  expect(told({ releases: [], history: [] })).toEqual([about, expect.stringMatching(/^ {2}\S/)]);
});

test("versions come newest first, with the live one, the patched one, and the one that a rollback switches to", () => {
  const state = {
    active: "1.1",
    releases: [
      release("1.0", 1),
      release("1.2", 3, { python: "3.12.4", interpreter: "/p" }),
      release("1.1", 2, { patched: true }),
    ],
    history: [
      event(1, "deploy", "1.0"),
      event(2, "deploy", "1.1", { previous: "1.0", actor: "ada" }),
      event(3, "deploy", "1.2", { previous: "1.1" }),
      event(4, "rollback", "1.1", { previous: "1.2", actor: "grace" }),
    ],
  };
  expect(told(state)).toEqual([
    about,
    "  1.2              2026-01-03 12:34  Python 3.12.4",
    expect.stringMatching(/^\* 1\.1 {14}2026-01-02 12:34 {2}patched /),
    "    web (apache): not running: woven-shop-1.0@127.1.2.3.service",
    expect.stringMatching(/^ {2}1\.0 {14}2026-01-01 12:34 {2}.*rollback/),
    expect.stringMatching(/^\S+:$/),
    "  2026-01-01 12:34  deploy 1.0",
    "  2026-01-02 12:34  deploy 1.1 (before: 1.0) by ada",
    "  2026-01-03 12:34  deploy 1.2 (before: 1.1)",
    "  2026-01-04 12:34  rollback 1.1 (before: 1.2) by grace",
  ]);
});

test("the services of the live release are told with whether they run", () => {
  const facts = nodeFacts({
    state: { active: "1.1", releases: [release("1.1", 2)], history: [] },
    running: ["woven-shop-1.0@127.1.2.3.service"],
  });
  expect(describeNode(facts, now)).toContain("\n    web (apache): running");
});

test("only the last five events are told", () => {
  const history = [1, 2, 3, 4, 5, 6, 7].map((day) => event(day, "deploy", `1.${day}`));
  const lines = told({ releases: [], history });
  expect(lines.slice(-5).map((line) => line.split(" ").at(-1))).toEqual(["1.3", "1.4", "1.5", "1.6", "1.7"]);
});

test("the run that is working on the node is shown", () => {
  const lease = { token: "t", owner: "ada", command: "deploy", expires: 0 };
  expect(told({ releases: [], history: [], lease }).at(-1)).toMatch(/ada.*deploy/);
});

test("runs that failed or were cancelled are listed among the events, with the step and who ran them", () => {
  const failed = { command: "deploy", release: "1.1", actor: "ada", end: "failed" } as const;
  const lines = told({
    releases: [],
    history: [event(1, "deploy", "1.0"), event(4, "deploy", "1.1")],
    attempts: [
      { ...failed, at: "2026-01-02T08:00:00Z", step: "migrate" },
      { ...failed, at: "2026-01-03T08:00:00Z", step: "health", end: "stopped" },
    ],
  });
  expect(lines.slice(-4)).toEqual([
    "  2026-01-01 12:34  deploy 1.0",
    expect.stringMatching(/^ {2}2026-01-02 08:00 {2}deploy 1\.1 failed .*migrate.* ada$/i),
    expect.stringMatching(/^ {2}2026-01-03 08:00 {2}deploy 1\.1 .*cancelled.*health.* ada$/),
    "  2026-01-04 12:34  deploy 1.1",
  ]);
});

test("processes and schedules of the live release are told with their state, restarts and last run", () => {
  const unit = (kind: string, name: string) => `woven-shop-1.1-${kind}-${name}@0a0b0c`;
  const background = (name: string, kind: "process" | "schedule", units: readonly string[]) =>
    webService({ name, kind, server: "systemd", units });
  const services = [
    background("worker", "process", [`${unit("process", "worker")}.service`, `${unit("process", "worker-2")}.service`]),
    background("nightly", "schedule", [`${unit("schedule", "nightly")}.timer`]),
    background("weekly", "schedule", [`${unit("schedule", "weekly")}.timer`]),
    background("hourly", "schedule", [`${unit("schedule", "hourly")}.timer`]),
    background("lost", "schedule", [`${unit("schedule", "lost")}.timer`]),
  ];
  const plain = { restarts: 0, result: "success" };
  const states = new Map([
    [`${unit("process", "worker")}.service`, { ...plain, active: "active", started: "2026-01-02 12:00:00" }],
    [
      `${unit("process", "worker-2")}.service`,
      { active: "activating", restarts: 1, result: "exit-code", exit: 3, ended: "2026-01-02 12:00:01" },
    ],
    [`${unit("schedule", "nightly")}.timer`, { ...plain, active: "active", nextRun: "2026-01-03 03:00:00" }],
    [
      `${unit("schedule", "nightly")}.service`,
      {
        active: "failed",
        restarts: 0,
        result: "timeout",
        exit: 15,
        started: "2026-01-02 03:00:00",
        ended: "2026-01-02 04:00:00",
      },
    ],
    [`${unit("schedule", "hourly")}.timer`, { ...plain, active: "active" }],
    [`${unit("schedule", "hourly")}.service`, { ...plain, active: "activating" }],
    [`${unit("schedule", "weekly")}.timer`, { ...plain, active: "active", nextRun: "2026-01-05 00:00:00" }],
  ]);
  const facts = nodeFacts({ state: { active: "1.1", releases: [release("1.1", 2, { services })], history: [] } });
  const text = describeNode(facts, Date.UTC(2026, 0, 2), states);
  for (const line of [
    "    worker 1 of 2: running, 0 restarts",
    "    worker 2 of 2: not running (activating), 1 restart, last exit 2026-01-02 12:00 (exit status 3)",
    "    nightly: next run 2026-01-03 03:00, last run 2026-01-02 03:00 (timeout)",
    "    weekly: next run 2026-01-05 00:00, no run since the switch or the last boot",
    "    hourly: running now",
    "    lost: not scheduled (unknown)",
  ])
    expect(text.split("\n")).toContain(line);
});
