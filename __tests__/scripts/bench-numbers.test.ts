// The arithmetic of the benchmark, and what it writes into README.md.
import { describe, expect, test } from "vitest";
import { alternate, type Budget, budgetRows, isWithin, median, peerTable, ratio } from "../../scripts/bench/numbers.ts";
import { withPeerTable } from "../../scripts/bench/readme.ts";

test.each([
  [[3], 3],
  [[9, 1, 2], 2],
  [[4, 1, 10, 2], 3],
  [[10, 9, 100], 10],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("there is no median of nothing, so nothing that was not measured passes for a number", () => {
  expect(() => median([])).toThrow();
  expect(() => ratio(new Map([["Woven", [1]]]), "Fabric", "Woven")).toThrow();
});

describe("a budget", () => {
  const budget = (more: Partial<Budget>): Budget => ({
    what: "it",
    measured: 2,
    bound: "most",
    allowed: 2,
    unit: "",
    ...more,
  });
  test.each<[Partial<Budget>, boolean]>([
    [{}, true],
    [{ measured: 2.01 }, false],
    [{ measured: Number.NaN }, false],
    [{ bound: "least" }, true],
    [{ bound: "least", measured: 1.99 }, false],
    [{ bound: "least", measured: Number.NaN }, false],
  ])("%j is kept: %s", (more, kept) => {
    expect(isWithin(budget(more))).toBe(kept);
  });

  test("is shown with its unit, and with its bound if that is the least", () => {
    expect(
      budgetRows([budget({ measured: 2.345, unit: " s" }), budget({ bound: "least", unit: " ×" })]).slice(1),
    ).toEqual([
      ["it", "2.35 s", "2 s", "over"],
      ["it", "2 ×", "≥ 2 ×", "within"],
    ]);
  });
});

test("the ways alternate, so that each turn has one run of each", async () => {
  const order: string[] = [];
  const way = (name: string, seconds: number) => async (turn: number) => {
    order.push(`${name}${turn}`);
    return seconds * turn;
  };
  const turns = await alternate(
    new Map([
      ["Woven", way("w", 1)],
      ["Fabric", way("f", 3)],
    ]),
    3,
  );
  expect(order).toEqual(["w1", "f1", "w2", "f2", "w3", "f3"]);
  expect(turns).toEqual(
    new Map([
      ["Woven", [1, 2, 3]],
      ["Fabric", [3, 6, 9]],
    ]),
  );
  expect(ratio(turns, "Fabric", "Woven")).toBe(3);
});

test("the comparison in README.md is added above the end of its part, and replaced from then on", () => {
  const once = withPeerTable("before\n\n<!-- /bench -->\n\nafter\n", "| first |", 5);
  expect(once).toMatch(
    /^before\n\n<!-- peers -->\n[\s\S]*\| first \|\n\n<!-- \/peers -->\n\n<!-- \/bench -->\n\nafter\n$/,
  );
  const twice = withPeerTable(once, "| $& second |", 5);
  expect(twice).toBe(once.replace("first", () => "$& second"));
  expect(() => withPeerTable("no such part", "", 5)).toThrow();
});

test("the table has the seconds of Woven, and how many times as long the others take", () => {
  const rows = new Map([
    [
      "warm deploy",
      new Map([
        ["Woven", [2]],
        ["Fabric", [4]],
        ["Ansible", [10]],
      ]),
    ],
    [
      "rollback",
      new Map([
        ["Woven", [1]],
        ["by hand", [0.5]],
      ]),
    ],
  ]);
  expect(peerTable(rows).split("\n")).toEqual([
    "| | Woven | Fabric | Ansible | by hand |",
    "|---|---|---|---|---|",
    "| warm deploy | 2.0 s | 4.0 s (2.0 ×) | 10.0 s (5.0 ×) | |",
    "| rollback | 1.0 s | | | 0.5 s (0.5 ×) |",
  ]);
});
