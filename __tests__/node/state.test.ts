import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { WovenError } from "../../src/errors.ts";
import { activeRelease, type HistoryEvent, parseState, rollbackTarget, type StateFiles } from "../../src/node/state.ts";
import { fileNotes } from "../../src/release/file-notes.ts";
import { known, releaseRecord } from "./records.ts";

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

  test("past a version that was removed, also where another build of it came later", () => {
    const history = ["deploy A", "deploy B", "deploy C", "remove A", "remove B"] as const;
    expect(rollbackTarget(nodeAfter(history, ["C"], "C"))).toBeUndefined();
    expect(rollbackTarget(nodeAfter([...history, "deploy A"], ["A", "C"], "A"))?.version).toBe("C");
  });

  test("to the last that served, where somebody has taken the active link away", () => {
    const { active: _, ...state } = nodeAfter(["deploy A", "deploy B"], ["A", "B"]);
    expect(rollbackTarget(state)?.version).toBe("B");
  });
});

describe("what a node keeps", () => {
  const record = JSON.stringify(releaseRecord({ version: "1!2.0", name: "1_212.0" }));
  const event = '{"at":"2026-01-01T00:00:00Z","event":"deploy","version":"1!2.0"}';
  const file = "/var/local/woven/shop/releases/1_212.0.json";
  const read = (more: Partial<StateFiles> = {}) =>
    parseState(
      {
        active: "1_212.0",
        releases: new Map([[file, record]]),
        history: "",
        lease: "",
        place: "/var/local/woven/shop",
        ...more,
      },
      known,
    );

  test("is read, and the active release is the one the link names", () => {
    const state = read({ history: `${event}\n` });
    expect(state.history).toEqual([JSON.parse(event)]);
    expect(activeRelease(state)?.version).toBe("1!2.0");
  });

  test("names no active release where the link leads to one that is not recorded", () => {
    expect(activeRelease(read({ active: "9" }))).toBeUndefined();
    expect(activeRelease(undefined)).toBeUndefined();
  });

  test.each<[string, Partial<StateFiles>, string]>([
    ["a record that was cut short", { releases: new Map([[file, record.slice(0, 80)]]) }, file],
    ["an empty record", { releases: new Map([[file, ""]]) }, file],
    ["JSON that is no record", { releases: new Map([[file, "null"]]) }, file],
    ["a record that lacks what it must have", { releases: new Map([[file, '{"schema":2}']]) }, file],
    ["a record whose schema is no number", { releases: new Map([[file, '{"schema":"2"}']]) }, file],
    ["a line of history that was cut short", { history: `${event}\n{"at":"20\n${event}\n` }, "sed -i 2d"],
    ["a lease that was cut short", { lease: '{"token": "ab' }, "lease.json"],
    ["a lease that is none", { lease: "null" }, "lease.json"],
  ])("is never taken for absent where it cannot be read: %s", (_, broken, named) => {
    const thrown = caught(() => read(broken));
    expect(thrown).toMatchObject({ code: "state-broken", details: { node: "web1" } });
    expect(`${thrown.message} ${thrown.details.next}`).toContain(named);
  });

  test.each<[string, Partial<StateFiles>]>([
    ["a record", { releases: new Map([[file, '{"schema":5,"woven":"9.1.0"}']]) }],
    ["a line of history", { history: '{"schema":2,"woven":"9.1.0"}\n' }],
    ["a lease", { lease: '{"schema":3,"woven":"9.1.0"}' }],
  ])("is an error that names the Woven which wrote it, where that is a newer one: %s", (_, newer) => {
    const thrown = caught(() => read(newer));
    expect(thrown.code).toBe("state-newer");
    expect(thrown.message).toContain("written by Woven 9.1.0");
  });
});

function caught(work: () => unknown): WovenError {
  try {
    work();
  } catch (error) {
    if (error instanceof WovenError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("a record of the second schema is read as it is: it has no processes and no HTTPS, and does not say what nginx listens for", () => {
  const { wheels: _, migrations: __, ...rest } = releaseRecord({ sites: [{ id: 1, domains: ["shop.example.com"] }] });
  const files = { "project/shop/migrations/0001_initial.py": "11", "dist/django.whl": "22" };
  const written = { ...rest, schema: 2, files, symlinks: { "project/now": "a" } };
  const releases = new Map([["/var/local/woven/shop/releases/1.0.json", JSON.stringify(written)]]);
  const [read] = parseState({ active: "1.0", releases, history: "", lease: "", place: "" }, known).releases;
  const { wheels, ...others } = read ?? { wheels: "" };
  expect(others).toEqual({ ...rest, schema: 4, migrations: ["shop.0001_initial"] });
  expect(wheels).toBe(fileNotes(new Map([["dist/django.whl", "22"]])).wheels);
});

describe("a record of the first schema", () => {
  const file = join(import.meta.dirname, "release-schema-1.json");
  const [release] = parseState(
    { active: "0.1", releases: new Map([[file, readFileSync(file, "utf8")]]), history: "", lease: "", place: "" },
    known,
  ).releases;

  test("is brought up to date in memory: its server becomes a service, with everything that is to be removed with it", () => {
    expect(release).toMatchObject({
      schema: 4,
      version: "0.1",
      build: "7bea2c",
      mark: "shop 0.1 127.123.234.44",
      healthy: true,
      services: [
        {
          name: "web",
          kind: "web",
          units: ["woven-shop-0.1@127.123.234.44.service"],
          address: "127.123.234.44:10080",
          probe: { headers: {} },
          files: [
            "/etc/apache2/sites-available/shop_example_com-0.1.conf",
            "/etc/nginx/sites-available/shop_example_com-0.1.conf",
            "/etc/apache2/woven/shop-0.1.conf",
            "/etc/systemd/system/woven-shop-0.1@.service",
          ],
        },
      ],
    });
    expect(release).not.toHaveProperty("unit");
  });
});
