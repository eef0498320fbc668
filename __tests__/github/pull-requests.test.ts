// What Woven tells GitHub about a preview, against a real server that knows GitHub's description of its API.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pullRequests } from "../../src/github/pull-requests.ts";
import type { PreviewNews } from "../../src/report.ts";
import { FakeGitHub } from "../harness/fake-github.ts";

let github: FakeGitHub;
let warnings: string[];

beforeEach(async () => {
  github = await FakeGitHub.start();
  warnings = [];
});
afterEach(async () => {
  expect(github.wrong).toEqual([]);
  await github[Symbol.asyncDispose]();
});

const built: PreviewNews = {
  name: "pr-12",
  state: "built",
  why: "pull request 12 is open",
  url: "https://pr-12.preview.example.com/",
  commit: "1f".repeat(20),
  changes: "2 files: shop/views.py, shop/urls.py",
  migrations: ["catalogue.0003_prices"],
  seconds: 12.3,
  accounts: ["ada"],
  hours: 168,
  run: "https://github.com/octocat/shop/actions/runs/1",
};

interface Client {
  readonly token?: string;
  readonly url?: string;
  readonly signal?: AbortSignal;
}

function client({ token = "ghs_job", url, signal = new AbortController().signal }: Client = {}) {
  return pullRequests({
    token,
    env: { ...github.env, ...(url ? { GITHUB_API_URL: url } : {}) },
    log: {
      warning: (text) => warnings.push(text),
      debug: () => undefined,
      clean: (text) => text.replaceAll("hunter2", "***"),
    },
    signal,
    patience: { answer: 1000, purpose: 3000 },
  });
}

const marker = "<!-- woven preview pr-12 -->";
const bot = { login: "github-actions[bot]", type: "Bot" } as const;

describe("the comment", () => {
  test("is written once, and replaced by later runs", async () => {
    await client().tell(12, built);
    expect(github.comments.map(({ body }) => body.split("\n")[0])).toEqual(["<!-- woven preview pr-12 -->"]);
    // Somebody has edited it.
    const [own] = github.comments;
    if (own) own.body += "\nedited";
    await client().tell(12, { ...built, commit: "2e".repeat(20) });
    expect(github.comments).toHaveLength(1);
    expect(own?.body).toContain("2e2e2e2e2e2e");
    expect(own?.body).not.toContain("edited");
    await client().tell(12, { ...built, state: "removed", why: "pull request 12 is closed" });
    expect(github.comments).toHaveLength(1);
    expect(own?.body).toContain("removed");
    expect(warnings).toEqual([]);
  });

  test("is found also where somebody has written above it", async () => {
    await client().tell(12, built);
    const [own] = github.comments;
    if (own) own.body = `For the designers:\r\n${own.body.replaceAll("\n", "\r\n")}`;
    await client().tell(12, { ...built, commit: "2e".repeat(20) });
    expect(github.comments.map(({ body }) => body)).toEqual([expect.stringMatching(/^<!--.*2e2e2e2e2e2e/s)]);
  });

  test.each([
    ["a person", { login: "eve", type: "User" }, `${marker}\nmine`, "ghs_job"],
    ["another app", { login: "helper[bot]", type: "Bot" }, `${marker}\nmine`, "ghs_job"],
    ["another person, for a personal token", { login: "eve", type: "User" }, `${marker}\nmine`, "ghp_ada"],
    ["the same author, about another preview", bot, "<!-- woven preview pr-1 -->", "ghs_job"],
    ["the same author, who quotes it", bot, `> ${marker}`, "ghs_job"],
  ] as const)("is not one of %s", async (_, user, body, token) => {
    if (token === "ghp_ada") github.viewer = { login: "ada", type: "User" };
    const other = github.write(user, body);
    await client({ token }).tell(12, built);
    await client({ token }).tell(12, { ...built, commit: "2e".repeat(20) });
    expect(other.body).toBe(body);
    expect(github.comments.map(({ user: { login } }) => login)).toEqual([user.login, github.viewer.login]);
    expect(warnings).toEqual([]);
  });

  test("is found although GitHub does not say whose the token is", async () => {
    await client().tell(12, built);
    github.faults.set("graphql", { status: 403 });
    await client().tell(12, { ...built, commit: "2e".repeat(20) });
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain("2e2e2e2e2e2e");
    expect(warnings).toEqual([]);
  });

  test("is found behind a hundred others", async () => {
    for (let number = 0; number < 150; number++) github.write({ login: "bob", type: "User" }, "hello");
    github.write(bot, marker);
    await client().tell(12, built);
    expect(github.comments).toHaveLength(151);
    expect(github.comments[150]?.body).toContain(built.url);
  });

  test("is one, also if two runs write the first at once", async () => {
    github.beforeComment = () => {
      github.beforeComment = undefined;
      github.write(bot, `${marker}\nof the other run`);
    };
    await client().tell(12, built);
    expect(github.comments.map(({ body }) => body)).toEqual([expect.stringContaining("1f1f1f1f1f1f")]);
  });

  test("and where there are two, the next run leaves one", async () => {
    for (const text of ["one", "two", "three"]) github.write(bot, `${marker}\n${text}`);
    await client().tell(12, built);
    expect(github.comments.map(({ id }) => id)).toEqual([1]);
    expect(github.comments[0]?.body).toContain("1f1f1f1f1f1f");
  });

  test("has no secret, and nothing of the pull request becomes markup", async () => {
    await client().tell(12, { ...built, state: "failed", failure: "hunter2 <img src=x> [a](http://evil) @everyone" });
    const [{ body } = { body: "" }] = github.comments;
    expect(body).not.toMatch(/hunter2|<img|@everyone|\[a\]\(/);
  });

  test("is not written about the end of a preview that never was", async () => {
    await client().tell(12, { ...built, state: "removed" });
    expect(github.comments).toEqual([]);
  });
});

describe("the deployment record", () => {
  test("is transient, and those before it become inactive; all are at the end", async () => {
    await client().tell(12, built);
    await client().tell(12, { ...built, commit: "2e".repeat(20) });
    const states = () => github.deployments.map(({ statuses }) => statuses.map(({ state }) => state).join());
    expect(states()).toEqual(["success,inactive", "success"]);
    expect(github.deployments[1]?.body).toMatchObject({
      transient_environment: true,
      production_environment: false,
      environment: "preview",
    });
    expect(github.deployments[1]?.statuses[0]).toMatchObject({ environment_url: built.url, log_url: built.run });
    await client().tell(13, { ...built, name: "pr-13" });
    await client().tell(12, { ...built, state: "removed" });
    expect(states()).toEqual(["success,inactive", "success,inactive", "success"]);
  });

  test("of two runs at once, only the later one's stays", async () => {
    await Promise.all([client().tell(12, built), client().tell(12, { ...built, commit: "2e".repeat(20) })]);
    expect(github.states).toEqual(["inactive", "success"]);
    expect(github.comments).toHaveLength(1);
  });

  test("what a run could not make inactive, the next one does", async () => {
    for (const commit of ["1a", "1b", "1c"]) {
      github.faults.set("repos/list-deployments", { status: 502 });
      await client().tell(12, { ...built, commit: commit.repeat(20) });
    }
    expect(github.states).toEqual(["success", "success", "success"]);
    github.faults.clear();
    await client().tell(12, { ...built, state: "removed" });
    expect(github.states).toEqual(["inactive", "inactive", "inactive"]);
  });

  test("a failed update changes none: what was there is still there", async () => {
    await client().tell(12, built);
    await client().tell(12, { ...built, state: "failed" });
    expect(github.deployments.map(({ statuses }) => statuses.length)).toEqual([1]);
  });
});

describe("what is open", () => {
  test("all pages", async () => {
    for (let number = 1; number <= 230; number++) github.open.set(number, "a".repeat(40));
    expect((await client().open())?.size).toBe(230);
  });
  test("and one of them", async () => {
    github.open.set(12, built.commit ?? "");
    expect(await client().now(12)).toEqual({ state: "open", commit: built.commit });
    expect(await client().now(13)).toMatchObject({ state: "closed" });
  });
});

describe("GitHub refuses, or is not there: a warning", () => {
  test.each([
    [401, {}, /token/],
    [403, {}, /pull-requests: write.*as the test/],
    [404, {}, /pull-requests: write/],
    [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1790000000" }, /limit.* until \d\d:\d\d UTC/],
    [429, { "retry-after": "60" }, /limit.*60 s/],
    [410, {}, /410/],
    [422, {}, /422/],
    [500, {}, /500/],
    [503, {}, /503/],
  ])("%s %j", async (status, headers, says) => {
    github.faults.set("*", { status, headers });
    await client().tell(12, built);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(says);
    expect(await client().open()).toBeUndefined();
    expect(await client().now(12)).toBeUndefined();
  });

  test("a second limit, which only its message names", async () => {
    github.faults.set("*", { status: 403, message: "You have exceeded a secondary rate limit. Please wait" });
    await client().tell(12, built);
    expect(warnings[0]).toContain("limit");
    expect(warnings[0]).not.toContain("permissions");
  });

  test("after a limit, a wrong token or no connection, this run asks no more", async () => {
    for (const fault of [{ status: 429 }, { status: 401 }, "no answer"] as const) {
      github.faults.set("*", fault);
      github.asked.length = 0;
      const one = client();
      await one.now(12);
      await one.tell(12, built);
      expect(github.asked).toEqual(["pulls/get"]);
    }
    expect(warnings).toHaveLength(9);
  });

  test("one permission is missing: the other part is done", async () => {
    github.faults.set("repos/create-deployment", { status: 403 });
    await client().tell(12, built);
    expect(github.comments).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("deployments: write")]);
  });

  test("a permission is missing for many pull requests: one warning", async () => {
    github.faults.set("issues/list-comments", { status: 403 });
    github.faults.set("repos/list-deployments", { status: 403 });
    const one = client();
    for (const number of [1, 2, 3]) await one.tell(number, { ...built, state: "removed" });
    expect(warnings).toHaveLength(2);
  });

  test("the connection breaks, or there is none", async () => {
    github.faults.set("*", "no answer");
    await client().tell(12, built);
    await client({ url: "http://127.0.0.1:9" }).tell(12, built);
    await client({ url: "http://no-such-host.invalid" }).tell(12, built);
    expect(warnings).toHaveLength(6);
    expect(warnings.filter((text) => text.includes("cannot be reached"))).toHaveLength(6);
  });

  test("it does not answer: the run waits for one answer only", async () => {
    github.faults.set("*", "silence");
    const started = performance.now();
    await client().tell(12, built);
    expect(performance.now() - started).toBeLessThan(2500);
    expect(github.asked).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("in time"), expect.stringContaining("in time")]);
  });

  test("something else answers: nothing counts as closed", async () => {
    github.faults.set("*", { status: 200, page: "<html>Log in to the network</html>" });
    const one = client();
    expect(await one.open()).toBeUndefined();
    expect(await one.now(12)).toBeUndefined();
    await one.tell(12, built);
    expect(warnings).toHaveLength(4);
  });

  test("the run was cancelled", async () => {
    await client({ signal: AbortSignal.abort() }).tell(12, built);
    expect(warnings).toEqual([expect.stringContaining("cancelled"), expect.stringContaining("cancelled")]);
    expect(github.asked).toEqual([]);
  });
});
