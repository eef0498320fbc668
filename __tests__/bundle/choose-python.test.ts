import { describe, expect, test } from "vitest";
import { allowedDjangos, type PythonQuestion, wantedPython } from "../../src/bundle/choose-python.ts";
import { parseRequirementFile } from "../../src/bundle/requirement-files.ts";

const found = (value: string) => ({ value, from: "there" });

function asked(question: Partial<PythonQuestion> & Pick<PythonQuestion, "system">): string {
  const wanted = wantedPython({ djangos: [], ...question });
  return wanted === undefined ? "its own" : `${wanted.minors[0]}, ${wanted.need}`;
}

describe("the Python of a release", () => {
  test.each<[string, Partial<PythonQuestion>, string, string]>([
    [
      "the setting system forbids another one",
      { setting: "system", requiresPython: found(">=3.12") },
      "3.11.2",
      "its own",
    ],
    ["a named one that the server has is the server's", { setting: "3.11" }, "3.11.2+", "its own"],
    ["a named one", { setting: "3.12" }, "3.11.2", "3.12, must"],
    ["a named full version that the server has", { setting: "3.11.2" }, "3.11.2+", "its own"],
    ["a named full version of the same minor", { setting: "3.11.9" }, "3.11.2", "3.11, must"],
    ["nothing is said of it", {}, "3.11.2", "its own"],
    ["requires-python that fits", { requiresPython: found(">=3.10") }, "3.11.2", "its own"],
    ["requires-python above", { requiresPython: found(">=3.12") }, "3.11.2", "3.12, must"],
    ["requires-python below", { requiresPython: found(">=3.8,<3.11") }, "3.13.5", "3.10, must"],
    ["requires-python of one minor", { requiresPython: found("==3.9.*") }, "3.13.5", "3.9, must"],
    ["a patch that the server's own lacks", { requiresPython: found(">=3.11.5") }, "3.11.2", "3.11, must"],
    ["a Django that needs a newer one", { djangos: ["6.0.1"] }, "3.11.2", "3.12, must"],
    ["a Django that a newer one is not tested with", { djangos: ["4.2.16"] }, "3.13.5", "3.12, should"],
    ["a Django that is not known", { djangos: ["99.0"] }, "3.11.2", "its own"],
    ["Djangos of which one fits", { djangos: ["5.2", "6.0"] }, "3.11.2", "its own"],
    [
      "the pinned one, where the server's own does not fit",
      { djangos: ["6.0.1"], pinnedPython: found("3.13") },
      "3.11.2",
      "3.13, must",
    ],
    [
      "a pinned one that does not fit either",
      { djangos: ["6.0.1"], pinnedPython: found("3.10") },
      "3.11.2",
      "3.12, must",
    ],
    [
      "a pinned one beside a requires-python that fits",
      { requiresPython: found(">=3.10"), pinnedPython: found("3.12") },
      "3.13.5",
      "its own",
    ],
    ["a pinned one alone", { pinnedPython: found("3.9") }, "3.13.5", "3.9, should"],
    ["a pinned one that the server has", { pinnedPython: found("3.13") }, "3.13.5", "its own"],
    ["what contradicts itself", { requiresPython: found(">=3.13"), djangos: ["4.2.16"] }, "3.11.2", "its own"],
  ])("%s", (_, question, system, expected) => {
    expect(asked({ ...question, system })).toBe(expected);
  });

  test("others that fit come after the best, the nearest first", () => {
    const wanted = wantedPython({ djangos: ["6.0"], pinnedPython: found("3.14"), system: "3.11.2" });
    expect(wanted?.minors).toEqual(["3.14", "3.12", "3.13"]);
  });

  test("a full version of the chosen minor must suit, too", () => {
    const named = wantedPython({ setting: "3.12.4", djangos: [], system: "3.11.2" });
    expect(["3.12.3", "3.12.4"].map((one) => named?.suits(one))).toEqual([false, true]);
    const required = wantedPython({ requiresPython: found(">=3.12.4,<3.12.7"), djangos: [], system: "3.11.2" });
    expect(["3.12.3", "3.12.6", "3.12.7"].map((one) => required?.suits(one))).toEqual([false, true, false]);
  });
});

test.each([
  ["Django==6.0.1", ["6.0.1"]],
  ["Django[argon2]>=5.1,<6", ["5.1", "5.2"]],
  ["Django~=4.2.0", ["4.2"]],
  ["django (>=6.0,<6.1)", ["6.0"]],
  ["Django", []],
  ["Django>=6 ; python_version > '3.11'", []],
  ["wagtail==7.0", []],
])("the Djangos that %s allows", (line, expected) => {
  const { lines } = parseRequirementFile(`${line}\n`, "requirements.txt", "requirement");
  const version = /==([\w.]+)$/.exec(line)?.[1];
  const packages = line.startsWith("Django==") && version ? [{ name: "django", version }] : [];
  expect(allowedDjangos(packages, lines)).toEqual(expected);
});
