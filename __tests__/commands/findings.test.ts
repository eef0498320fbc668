// The table of doctor: each row says what was checked, how that went, and what to do.
import { expect, test } from "vitest";
import { problemsOf, table, tried } from "../../src/commands/findings.ts";
import { SettingsError, WovenError } from "../../src/errors.ts";

test("a row for each finding, in columns, with what to do below a problem", () => {
  expect(
    table([
      { check: "settings", state: "ok", text: "shop 1.2" },
      { check: "web1: login", state: "problem", text: "refused", next: "Add the key.\nThen again." },
      { check: "rehearsal", state: "not checked", text: "" },
    ]).slice(1, 6),
  ).toEqual([
    "ok           settings     shop 1.2",
    "problem      web1: login  refused",
    "                          → Add the key.",
    "                            Then again.",
    "not checked  rehearsal",
  ]);
});

test("a check that throws is a problem, and several wrong settings are a row each", async () => {
  const failing = new WovenError({ code: "x", message: "it broke", next: "Fix it." });
  expect(await tried("files", () => Promise.reject(failing))).toEqual([
    { check: "files", state: "problem", text: "it broke", next: "Fix it." },
  ]);
  const wrong = new SettingsError([
    { where: "input role", what: "there is none", next: "Write one." },
    { where: "woven.toml: server", what: "is unknown", file: "woven.toml", line: 3 },
  ]);
  expect(problemsOf("settings", wrong)).toMatchObject([
    { text: "input role: there is none", next: "Write one." },
    { text: "woven.toml:3: server: is unknown" },
  ]);
  expect(await tried("files", async () => "12 files")).toEqual([{ check: "files", state: "ok", text: "12 files" }]);
});
