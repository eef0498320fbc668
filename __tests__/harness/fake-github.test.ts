// The server in place of GitHub refuses what GitHub's description of its API does not allow, and tells on itself.
import { expect, test } from "vitest";
import { FakeGitHub } from "./fake-github.ts";
import { answerProblems, operationOf, whole } from "./github-description.ts";

const statuses = "/repos/octocat/shop/deployments/1/statuses";

test.each([
  ["an unknown path", "POST", "/repos/octocat/shop/issues/1/reactions", { content: "+1" }],
  ["an unknown parameter", "GET", "/repos/octocat/shop/pulls?number=1", undefined],
  ["a parameter with a value that it cannot have", "GET", "/repos/octocat/shop/pulls?state=merged", undefined],
  ["no number where one must be", "GET", "/repos/octocat/shop/pulls/next", undefined],
  ["a body that lacks something", "POST", "/repos/octocat/shop/issues/1/comments", {}],
  ["a body of another type", "POST", "/repos/octocat/shop/issues/1/comments", { body: 1 }],
  ["a body with more", "POST", "/repos/octocat/shop/issues/1/comments", { body: "a", author: "ada" }],
  ["a state that there is not", "POST", statuses, { state: "deployed" }],
  ["another question", "POST", "/graphql", { query: "query { viewer { email } }" }],
])("%s", async (_, method, path, body) => {
  await using github = await FakeGitHub.start();
  await fetch(github.url + path, {
    method,
    headers: { authorization: "Bearer ghs_job", "user-agent": "test" },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(github.wrong).toHaveLength(1);
});

test("a request without a token", async () => {
  await using github = await FakeGitHub.start();
  await fetch(`${github.url}/repos/octocat/shop/pulls`, { headers: { "user-agent": "test" } });
  expect(github.wrong).toEqual(["pulls/list: authorization"]);
});

test("its own answers are checked, too", () => {
  const operation = operationOf("POST", "/repos/octocat/shop/issues/1/comments");
  if (operation === undefined) throw new Error("no operation");
  const right = whole("issue-comment", { id: 1, body: "hello" });
  expect(answerProblems(operation, 201, right)).toEqual([]);
  expect(answerProblems(operation, 201, { ...right, created_at: "today" })).not.toEqual([]);
  expect(answerProblems(operation, 201, { ...right, user: { login: "ada" } })).not.toEqual([]);
  expect(answerProblems(operation, 418, right)).not.toEqual([]);
});
