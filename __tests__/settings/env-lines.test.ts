// The env input as people write it: quotes, comments, values of several lines, and what a quote that stays open must not swallow.
import { expect, test } from "vitest";
import type { Problem } from "../../src/errors.ts";
import { parseEnvLines } from "../../src/settings/env-lines.ts";
import { readSettings } from "../../src/settings/read.ts";
import { rightInputs, settingsOf, smallProject, worldOf } from "./source.ts";

function parsed(text: string): {
  readonly entries: readonly (readonly [string, string])[];
  readonly told: readonly string[];
} {
  const problems: Problem[] = [];
  const found = parseEnvLines(text, "input env", (problem) => problems.push(problem));
  const entries = found.map(({ name, value, site }): [string, string] => [
    site === undefined ? name : `${site}:${name}`,
    value,
  ]);
  return { entries, told: problems.map(({ what }) => what) };
}

test.each<[string, readonly (readonly [string, string])[]]>([
  ["A=x", [["A", "x"]]],
  ["A=x # part of it", [["A", "x # part of it"]]],
  ['A="x"', [["A", "x"]]],
  [
    'A="x" # one\nB="y"',
    [
      ["A", "x"],
      ["B", "y"],
    ],
  ],
  [
    "A='x'\t# it's one\nB='y' # two",
    [
      ["A", "x"],
      ["B", "y"],
    ],
  ],
  ['A="x" # "one"', [["A", "x"]]],
  ['A="x # y"', [["A", "x # y"]]],
  ['A="x"#y"', [["A", 'x"#y']]],
  ['A="{"a": 1}"', [["A", '{"a": 1}']]],
  [
    'export A = "x"  \n\n# B\nC=',
    [
      ["A", "x"],
      ["C", ""],
    ],
  ],
  [
    'KEY="-----BEGIN\nabc==\nAbCd="\nB=y',
    [
      ["KEY", "-----BEGIN\nabc==\nAbCd="],
      ["B", "y"],
    ],
  ],
  [
    'JSON=\'{\n  "a": "b"\n}\' # two\nB=y',
    [
      ["JSON", '{\n  "a": "b"\n}'],
      ["B", "y"],
    ],
  ],
  ["OTHER=\"A='x'\nB='y'\n\"", [["OTHER", "A='x'\nB='y'\n"]]],
])("%j holds %j", (text, entries) => {
  expect(parsed(text)).toEqual({ entries, told: [] });
});

test.each<[string, number, readonly string[]]>([
  ['A="x\nB="y"', 1, ["A", "B"]],
  ['\nA="x" y # z\nB="y" # one\nC=z', 2, ["A", "B", "C"]],
  ["A='x\nB=y\nexport C='z'", 1, ["A", "C"]],
  ['A=1\nB="x\nC=y\nD=z', 2, ["A", "B"]],
])("%j: the quote of line %i is never closed", (text, line, names) => {
  const { entries, told } = parsed(text);
  expect(told).toEqual([
    expect.stringMatching(new RegExp(`^the quote that opens the value of \\w+ in line ${line} is never closed$`)),
  ]);
  expect(entries.map(([name]) => name)).toEqual(names);
});

test("each value is masked, behind a comment and behind a quote that stays open as well", async () => {
  const seen = { masked: [] as string[], logged: [] };
  const env = 'A="first-secret" # one\nB="second-secret"\nC="third-secret\nD="fourth-secret"';
  await expect(readSettings(worldOf({ files: smallProject, inputs: { ...rightInputs, env } }, seen))).rejects.toThrow(
    /line 3/,
  );
  expect(seen.masked).toEqual(
    expect.arrayContaining(["first-secret", "second-secret", "third-secret", "fourth-secret"]),
  );
  const settings = await settingsOf({ files: smallProject, inputs: { env: 'A="x" # one\nB="y"' } });
  expect(Object.entries(settings.secretEnv).map(([name, value]) => [name, value.reveal()])).toEqual([
    ["A", "x"],
    ["B", "y"],
  ]);
});

test("a line with a number is for that site alone, and may repeat a name of all sites", () => {
  const { entries, told } = parsed("A=x\n2:A=y\n12 : A='z'\nexport 3:B=1");
  expect(told).toEqual([]);
  expect(entries).toEqual([
    ["A", "x"],
    ["2:A", "y"],
    ["12:A", "z"],
    ["3:B", "1"],
  ]);
});

test.each(["0:A=x", "01:A=x", "2:=x", "x:A=y", "1234567890123456:A=x"])("%s is no line for a site", (text) => {
  expect(parsed(text).told).toHaveLength(1);
});
