import { describe, expect, test } from "vitest";
import { activeRelease, type HistoryEvent, parseState, rollbackTarget } from "../../src/node/state.ts";
import { releaseRecord } from "./records.ts";

type Told = `${HistoryEvent["event"]} ${string}`;

/** The state of a node that did this, keeps these versions, and serves the last one it went to. */
function nodeAfter(history: readonly Told[], kept: readonly string[], active = history.at(-1)?.split(" ")[1]) {
  return {
    ...(active === undefined ? {} : { active }),
    releases: kept.map((text) =>
      releaseRecord({ version: text.replace("!", ""), name: text.replace("!", ""), healthy: !text.endsWith("!") }),
    ),
    history: history.map((text, index): HistoryEvent => {
      const [event, version = ""] = text.split(" ");
      return { at: `2026-01-0${index + 1}T00:00:00Z`, event: event as HistoryEvent["event"], version };
    }),
  };
}

describe("a rollback goes", () => {
  test.each<[string, readonly Told[], readonly string[], string | undefined]>([
    ["nowhere from the first version", ["deploy A"], ["A"], undefined],
    ["to the version before", ["deploy A", "deploy B"], ["A", "B"], "A"],
    ["on back when it is asked again", ["deploy Z", "deploy A", "deploy B", "rollback A"], ["Z", "A", "B"], "Z"],
    ["nowhere after the last one", ["deploy A", "deploy B", "rollback A"], ["A", "B"], undefined],
    [
      "to what it came back to, after a new version",
      ["deploy A", "deploy B", "rollback A", "deploy C"],
      ["A", "B", "C"],
      "A",
    ],
    ["to the version before, not the same one unpatched", ["deploy A", "deploy B", "patch B"], ["A", "B"], "A"],
    ["to what served before an older one was activated", ["deploy A", "deploy B", "activate A"], ["A", "B"], "B"],
    ["past a version that is not kept any more", ["deploy A", "deploy B", "deploy C"], ["A", "C"], "A"],
    ["past a version that was not healthy", ["deploy A", "deploy B", "deploy C"], ["A", "B!", "C"], "A"],
    ["nowhere when none before was healthy", ["deploy A", "deploy B"], ["A!", "B"], undefined],
    ["nowhere without a history", [], ["A", "B"], undefined],
    ["to the version before one that was deployed anew", ["deploy A", "deploy B", "deploy B"], ["A", "B"], "A"],
  ])("%s", (_, history, kept, version) => {
    expect(rollbackTarget(nodeAfter(history, kept))?.version).toBe(version);
  });

  test("to the last that served, where somebody has taken the active link away", () => {
    const { active: _, ...state } = nodeAfter(["deploy A", "deploy B"], ["A", "B"]);
    expect(rollbackTarget(state)?.version).toBe("B");
  });
});

describe("what a node keeps", () => {
  const record = JSON.stringify(releaseRecord({ version: "1!2.0", name: "1_212.0" }));
  const event = '{"at":"2026-01-01T00:00:00Z","event":"deploy","version":"1!2.0"}';

  test("is read, and the active release is the one the link names", () => {
    const state = parseState({ active: "1_212.0", releases: [record], history: `${event}\n`, lease: "" });
    expect(state.history).toEqual([JSON.parse(event)]);
    expect(activeRelease(state)?.version).toBe("1!2.0");
  });

  test.each([
    ["a record that was cut short", { releases: [record.slice(0, 80), record] }, { releases: [JSON.parse(record)] }],
    ["an empty record", { releases: ["", record, "\n"] }, { releases: [JSON.parse(record)] }],
    [
      "a line of history that was cut short",
      { history: `${event}\n{"at":"20\n${event}\n` },
      { history: [JSON.parse(event), JSON.parse(event)] },
    ],
    ["a lease that was cut short", { lease: '{"token": "ab' }, {}],
    [
      "JSON that is no record",
      { releases: ["null", "7", '"text"', record], lease: "null" },
      { releases: [JSON.parse(record)] },
    ],
  ])("counts as absent where it is not whole: %s", (_, broken, rest) => {
    const none = { active: "", releases: [], history: "", lease: "" };
    expect(parseState({ ...none, ...broken })).toEqual({ releases: [], history: [], ...rest });
  });

  test("names no active release where the link leads to one that is not recorded", () => {
    expect(activeRelease(parseState({ active: "9", releases: [record], history: "", lease: "" }))).toBeUndefined();
    expect(activeRelease(undefined)).toBeUndefined();
  });
});
