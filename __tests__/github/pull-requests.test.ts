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

function client({ token = "ghs_job", url }: { readonly token?: string; readonly url?: string } = {}) {
  return pullRequests({
    token,
    env: { ...github.env, ...(url ? { GITHUB_API_URL: url } : {}) },
    log: {
      warning: (text) => warnings.push(text),
      debug: () => undefined,
      clean: (text) => text.replaceAll("hunter2", "***"),
    },
    signal: new AbortController().signal,
  });
}

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

  test("is not one of somebody else, who has quoted the marker, nor that of another preview", async () => {
    const quoted = {
      id: 900,
      body: "<!-- woven preview pr-12 -->\nmine",
      user: { login: "eve", type: "User" as const },
    };
    const other = {
      id: 901,
      body: "<!-- woven preview demo -->",
      user: { login: "github-actions[bot]", type: "Bot" as const },
    };
    github.comments.push(quoted, other);
    await client().tell(12, built);
    expect(github.comments.slice(0, 2).map(({ body }) => body)).toEqual([quoted.body, other.body]);
    expect(github.comments).toHaveLength(3);
  });

  test("is found behind a hundred others", async () => {
    for (let id = 1000; id < 1150; id++)
      github.comments.push({ id, body: "hello", user: { login: "bob", type: "User" } });
    github.comments.push({
      id: 2000,
      body: "<!-- woven preview pr-12 -->",
      user: { login: "github-actions[bot]", type: "Bot" },
    });
    await client().tell(12, built);
    expect(github.comments).toHaveLength(151);
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
    expect(states()).toEqual(["success,inactive,inactive", "success,inactive", "success"]);
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
    [401, {}, "token"],
    [403, {}, "pull-requests: write"],
    [404, {}, "pull-requests: write"],
    [403, { "x-ratelimit-remaining": "0" }, "limit"],
    [429, { "retry-after": "60" }, "limit"],
    [500, {}, "500"],
    [503, {}, "503"],
  ])("%s %j", async (status, headers, says) => {
    github.faults.set("*", { status, headers });
    await client().tell(12, built);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain(says);
    expect(await client().open()).toBeUndefined();
    expect(await client().now(12)).toBeUndefined();
  });
  test("one permission is missing: the other part is done", async () => {
    github.faults.set("repos/list-deployments", { status: 403 });
    await client().tell(12, built);
    expect(github.comments).toHaveLength(1);
    expect(warnings.join()).toContain("deployments: write");
  });
  test("the connection breaks, or there is none", async () => {
    github.faults.set("*", "no answer");
    await client().tell(12, built);
    await client({ url: "http://127.0.0.1:9" }).tell(12, built);
    expect(warnings).toHaveLength(4);
  });
});
