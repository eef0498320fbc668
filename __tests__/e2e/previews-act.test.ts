// The workflows of docs/previews.md, as users copy them, run by nektos/act: what a pull request shows after each event, on a real server, with
// a server in place of GitHub that checks every request.
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { shownWorkflows } from "../../scripts/lint-workflows.ts";
import { runWorkflow, type WorkflowResult, type WorkflowRun } from "../harness/act.ts";
import { root } from "../harness/run-action.ts";
import { wayOut } from "../harness/way-out.ts";
import { type CopyingActions, copyingActions } from "./support/copying-actions.ts";
import { keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { type PreviewWorld, previewSecret, previewWorld } from "./support/preview-world.ts";
import { type PullRequestEvent, pullRequest } from "./support/pull-request.ts";

let w: PreviewWorld;
let copies: CopyingActions;
let secrets: Readonly<Record<string, string>>;
let vars: Readonly<Record<string, string>>;
let before: readonly string[];
let workflows: Readonly<Record<"preview" | "sweep" | "fork", string>>;

const token = "ghs_of-the-job";
const marker = "<!-- woven preview pr-12 -->";

beforeAll(async () => {
  const [preview = "", sweep = "", fork = ""] = shownWorkflows(await readFile(join(root, "docs/previews.md"), "utf8"));
  workflows = { preview, sweep, fork };
  w = await previewWorld();
  before = await w.state();
  git("remote", "add", "origin", "https://github.com/octocat/shop.git");
  await w.branch.commit();
  copies = await copyingActions(w.branch.path);
  vars = {
    WOVEN_ROLES: JSON.stringify({ production: [`woven@${w.g.node.host}`] }),
    WOVEN_KNOWN_HOSTS: (await w.g.node.knownHosts()).join("\n"),
  };
  secrets = {
    GITHUB_TOKEN: token,
    WOVEN_SSH_KEY: await readFile(keys.privateKeyFile, "utf8"),
    WOVEN_PREVIEW_ENV: `DJANGO_SECRET_KEY=${previewSecret}`,
    WOVEN_BASIC_AUTH: "ada:correct-horse",
  };
});
beforeEach(() => {
  w.github.asked.length = 0;
});
afterAll(async () => {
  const { wrong = [] } = w?.github ?? {};
  for (const thing of [copies, w]) await thing?.[Symbol.asyncDispose]();
  expect(wrong).toEqual([]);
});

function git(...words: readonly string[]): string {
  return execFileSync("git", words, { cwd: w.branch.path, encoding: "utf8", stdio: "pipe" }).trim();
}

interface How {
  /** Changes the text of the workflow. */
  readonly edit?: (text: string) => string;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Runs one of the workflows. */
async function run(name: keyof typeof workflows, what: Partial<WorkflowRun>, how: How = {}): Promise<WorkflowResult> {
  const folder = join(w.branch.path, ".github/workflows");
  await mkdir(folder, { recursive: true });
  const file = `${name}-${(await readdir(folder)).length}.yml`;
  await writeFile(join(folder, file), (how.edit ?? String)(workflows[name]));
  const result = await runWorkflow({
    workspace: w.branch.path,
    workflow: `.github/workflows/${file}`,
    secrets: how.secrets ?? secrets,
    vars,
    env: { ...wayOut, ...w.github.env },
    ...what,
  });
  for (const secret of [previewSecret, "correct-horse", token]) expect(result.log).not.toContain(secret);
  return result;
}

/** What GitHub does at an event: the pull request changes, and the workflow runs. */
async function event(about: PullRequestEvent, how: How & { readonly ref?: string } = {}): Promise<WorkflowResult> {
  const { number = 12, action } = about;
  const { event: payload, env } = pullRequest(about);
  if (action === "closed") w.github.open.delete(number);
  else w.github.open.set(number, env["GITHUB_SHA"] ?? "");
  const { pull_request: pull, ...rest } = payload as { readonly pull_request: { readonly head: object } };
  const head = { ...pull.head, ...(how.ref && { ref: how.ref }) };
  return await run("preview", { event: "pull_request", payload: { ...rest, pull_request: { ...pull, head } } }, how);
}

async function good(result: Promise<WorkflowResult>): Promise<WorkflowResult> {
  const { code, log, ...rest } = await result;
  expect(code, log).toBe(0);
  return { code, log, ...rest };
}

/** Which commit it is of. */
const release = () => inside(w.g.node, "readlink /home/woven/previews/shop/pr-12/env/shop~pr-12");
const own = () => w.github.comments.filter(({ body, user }) => body.startsWith(marker) && user.type === "Bot");

test("opened: the address is in one comment and in a deployment, after what others have written", async () => {
  for (let count = 0; count < 130; count++) w.github.write({ login: "bob", type: "User" }, `Comment ${count}`);
  w.github.write({ login: "eve", type: "User" }, `${marker}\nhttp://evil.example.com/`);
  w.github.write({ login: "helper[bot]", type: "Bot" }, `${marker}\nhttp://evil.example.com/`);
  await good(event({ action: "opened", commit: "a1" }));
  expect((await w.ask("pr-12", "/")).status).toBe(200);
  const [comment] = w.github.comments.slice(132);
  expect(comment?.body).toMatch(/^<!--.*http:\/\/pr-12\.preview\.example\.com\/.*a10000000000/s);
  expect(w.github.deployments.map(({ body }) => [body["ref"], body["transient_environment"]])).toEqual([
    ["a1".padEnd(40, "0"), true],
  ]);
  expect(w.github.states).toEqual(["success"]);
});

test("updated, rerun, force-pushed and renamed: the same comment, and the last commit", async () => {
  const comment = w.github.comments.at(-1);
  await w.branch.edit("templates/base.html", 'data-branch="next"', 'data-branch="newer"');
  await w.branch.commit();
  await good(event({ action: "synchronize", commit: "a2" }));
  expect((await w.ask("pr-12", "/photos/")).body).toContain('data-branch="newer"');
  // Somebody has edited it, above and below.
  if (comment) comment.body = `Look:\n${comment.body}\n\nand look again`;
  await good(event({ action: "synchronize", commit: "a2" }));
  // A job of an old commit is run again: it leaves the newest one's.
  await good(
    run("preview", { event: "pull_request", payload: pullRequest({ action: "opened", commit: "a1" }).event as object }),
  );
  expect(await release()).toContain("ga200");
  await w.branch.edit("templates/base.html", 'data-branch="newer"', 'data-branch="forced"');
  git("add", "--all");
  git("-c", "user.name=Ada", "-c", "user.email=a@example.com", "commit", "--quiet", "--amend", "--no-edit");
  await good(event({ action: "synchronize", commit: "f1" }));
  expect(await release()).toContain("gf100");
  await good(event({ action: "synchronize", commit: "f1" }, { ref: "renamed" }));
  expect((await w.ask("pr-12", "/photos/")).body).toContain('data-branch="forced"');
  expect(w.github.comments).toHaveLength(133);
  expect(comment?.body).toMatch(/^<!--.*f10000000000/s);
  expect(comment?.body).not.toContain("and look again");
  expect(w.github.states.at(-1)).toBe("success");
  expect(w.github.states.slice(0, -1).every((state) => state === "inactive")).toBe(true);
});

test("the label is removed, added again, and does not keep a closed one", async () => {
  const edit = (text: string) =>
    text.replace("command: preview\n", "command: preview\n          preview-label: preview\n");
  await good(event({ action: "unlabeled", commit: "f1", labels: ["bug"] }, { edit }));
  expect(await w.state()).toEqual(before);
  expect(w.github.comments.at(-1)?.body).not.toContain("http://pr-12");
  expect(w.github.states.every((state) => state === "inactive")).toBe(true);
  await good(event({ action: "labeled", commit: "f1", labels: ["bug", "preview"] }, { edit }));
  expect((await w.ask("pr-12", "/")).status).toBe(200);
  await good(event({ action: "closed", commit: "f1", labels: ["bug", "preview"] }, { edit }));
  expect(await w.state()).toEqual(before);
  expect(w.github.comments).toHaveLength(133);
  expect(w.github.states.every((state) => state === "inactive")).toBe(true);
});

test("reopened, the close is lost, and the sweep removes it and says so", async () => {
  await good(event({ action: "reopened", commit: "f1" }));
  expect(w.github.comments.at(-1)?.body).toContain("http://pr-12");
  w.github.open.delete(12);
  await good(run("sweep", { event: "workflow_dispatch", inputs: {} }));
  expect(await w.state()).toEqual(before);
  expect(w.github.comments).toHaveLength(133);
  expect(w.github.comments.at(-1)?.body).not.toContain("http://pr-12");
  expect(w.github.states.every((state) => state === "inactive")).toBe(true);
});

test("a fork without secrets ends well, and nobody is told", async () => {
  const result = await good(
    event({ action: "opened", number: 13, from: "eve/shop" }, { secrets: { GITHUB_TOKEN: "ghs_read-only" } }),
  );
  expect(result.steps.flatMap(({ errors }) => errors)).toEqual([]);
  expect(w.github.asked).toEqual([]);
  expect(await w.state()).toEqual(before);
});

test("two runs at once, without the queue of GitHub: one comment, and one active deployment", async () => {
  const comments = w.github.comments.splice(0).length;
  expect(comments).toBe(133);
  w.github.deployments.length = 0;
  // Neither learns that it is not the newest, so both build, and the lease on the server decides.
  w.github.faults.set("pulls/get", { status: 503 });
  const ended = await Promise.all([
    event({ action: "opened", commit: "b1" }),
    event({ action: "synchronize", commit: "b2" }),
  ]);
  w.github.faults.clear();
  expect(ended.filter(({ code }) => code === 0).length).toBeGreaterThan(0);
  expect(own()).toHaveLength(1);
  await good(event({ action: "synchronize", commit: "b2" }));
  expect(await release()).toContain("gb200");
  expect(own()).toHaveLength(1);
  expect(w.github.states.filter((state) => state !== "inactive")).toEqual(["success"]);
  await good(event({ action: "closed", commit: "b2" }));
  expect(await w.state()).toEqual(before);
});

describe("a fork, by hand", () => {
  const start = (number: number, commit: string, how?: How) =>
    run(
      "fork",
      {
        event: "workflow_dispatch",
        inputs: { number: String(number), commit },
        payload: { repository: { full_name: "octocat/shop" } },
        actions: copies.actions,
      },
      how,
    );

  /** Of the third step, with which the second job ends. */
  const outputs = ({ steps }: WorkflowResult) => steps.find(({ id }) => id === "2")?.outputs ?? {};

  test("its packages come from a job without secrets, and it is the pull request's", async () => {
    const commit = git("rev-parse", "HEAD");
    w.github.open.set(14, commit);
    const result = await good(start(14, commit));
    expect(outputs(result)).toMatchObject({ "cache-hit": "true", url: "http://pr-14.preview.example.com/" });
    expect((await w.ask("pr-14", "/photos/")).body).toContain('data-branch="forced"');
    expect(w.github.comments.at(-1)?.body).toContain("http://pr-14.preview.example.com/");
    w.github.open.delete(14);
    await good(run("sweep", { event: "workflow_dispatch", inputs: {} }));
    expect(await w.state()).toEqual(before);
    expect(w.github.comments.at(-1)?.body).not.toContain("http://pr-14");
  });

  test("a bundle for another Python, another commit than the last one: nothing is built beside the secrets", async () => {
    const commit = git("rev-parse", "HEAD");
    w.github.open.set(14, commit);
    const edit = (text: string) => text.replace("bundle-for: 3.13", "bundle-for: 3.12");
    const result = await start(14, commit, { edit });
    expect(result.code).not.toBe(0);
    expect(JSON.parse(outputs(result)["results"] ?? "[]")).toMatchObject([{ error: { code: "bundle-missing" } }]);
    w.github.open.set(14, "9".repeat(40));
    await good(start(14, commit));
    expect(await inside(w.g.node, "ls /home/woven/previews/shop 2>/dev/null || :")).toBe("");
    expect(await w.state()).toEqual(before);
  });
});

test("all of it made one environment", () => {
  expect(w.github.environments).toEqual(new Set(["preview"]));
});
