// The options of the command logs: what they ask for, and what is wrong about them.
import { describe, expect, test } from "vitest";
import { problemsOf, settingsOf, smallProject } from "./source.ts";

const logs = (options: string, toml = "") => ({
  files: { ...smallProject, "woven.toml": `${smallProject["woven.toml"]}${toml}` },
  inputs: { command: "logs", options },
});

test.each<[string, object]>([
  ["", { sources: ["application"], lines: 100, follow: false }],
  ["--source worker,web --lines 5", { sources: ["web", "worker"], lines: 5, follow: false }],
  ["--since 2h", { sources: ["application"], since: { ago: 7200 }, follow: false }],
  ["--since=2026-01-31", { sources: ["application"], since: { at: Date.UTC(2026, 0, 31) }, follow: false }],
  [
    "--since '2026-01-31 12:30' --lines 3",
    { sources: ["application"], since: { at: Date.UTC(2026, 0, 31, 12, 30) }, lines: 3, follow: false },
  ],
  [
    "--since 2026-01-31T12:30:15+02:00",
    { sources: ["application"], since: { at: Date.UTC(2026, 0, 31, 10, 30, 15) }, follow: false },
  ],
  [
    '--follow --filter "Bad  Request" --site 1',
    { sources: ["application"], lines: 100, filter: "Bad  Request", follow: true, site: 1 },
  ],
])("%s", async (options, request) => {
  expect((await settingsOf(logs(options))).logRequest).toEqual(request);
});

test("the input site names the site, too", async () => {
  const { inputs, ...rest } = logs("--lines 1");
  expect((await settingsOf({ ...rest, inputs: { ...inputs, site: "1" } })).logRequest).toMatchObject({ site: 1 });
  const problems = await problemsOf({ ...rest, inputs: { ...inputs, site: "one" } });
  expect(problems.map(({ where }) => where)).toEqual(["input site"]);
});

describe("a wrong option is named, with what to write", () => {
  test.each<[string, where: string, next: RegExp]>([
    ["--since yesterday", "--since", /1h/],
    ["--since 2026-13-01", "--since", /1h/],
    ["--lines 0", "--lines", /^$/],
    ["--lines many", "--lines", /^$/],
    ["--source aplication", "--source", /application\?/],
    ["--site 2", "--site", /Write 1\./],
    ["--filter", "--filter", /needs|Write/],
    ["--filter ''", "--filter", /Write/],
    ["--lines 5 --lines 6", "--lines", /Keep one/],
    ["--folow", "input options", /--follow\?/],
    ["error", "input options", /--/],
  ])("%s", async (options, where, next) => {
    const [problem, ...others] = await problemsOf(logs(options));
    expect(others).toEqual([]);
    expect(problem?.where).toBe(where);
    expect(problem?.next ?? "").toMatch(next);
  });
});

test("other commands have no such request", async () => {
  const settings = await settingsOf({ files: smallProject, inputs: { command: "status" } });
  expect(settings.logRequest).toBeUndefined();
});
