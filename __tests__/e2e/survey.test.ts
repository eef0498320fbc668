// Projects as they come: each is one that a new user might bring, and goes from nothing to served with a few lines of woven.toml. All of
// them live on one node, each with a name and a domain of its own.
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import type { ActionResult } from "../harness/run-action.ts";
import { type Checkout, checkout } from "./support/checkout.ts";
import { bareNode, keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { type Job, type Operator, operator } from "./support/operator.ts";
import { isConfiguration, type SurveyProject } from "./support/survey-project.ts";
import { projects } from "./support/survey-projects.ts";
import { visitor } from "./support/visitor.ts";

/** Lines of woven.toml. The input `working-directory` counts as one. */
const mostLines = 3;

/** One for all of them, so that uv is fetched once. */
const temp = mkdtempSync(join(tmpdir(), "woven-survey-"));
let node: LocalNode;
let cache: FakeCache;
let op: Operator;
const rows: string[][] = [];
const served: SurveyProject[] = [];

beforeAll(async () => {
  [node, cache] = await Promise.all([bareNode("trixie"), FakeCache.start()]);
  op = operator(node, keys, cache);
});
afterAll(async () => {
  process.stdout.write(`\n${table([["project", "shape", "lines", "served by", "seconds"], ...rows])}\n`);
  for (const thing of [cache, node]) await thing?.[Symbol.asyncDispose]();
  await rm(temp, { recursive: true, force: true });
});

test("the server is set up once, for the project that needs the most of it", async () => {
  const [archive] = projects;
  if (archive === undefined) throw new Error("there are no projects");
  await using repository = await repositoryOf(archive);
  const database = archive.env?.find((line) => line.startsWith("DATABASE_URL="));
  const { seconds } = await op.succeed({
    ...job(archive, repository),
    command: "setupnode",
    inputs: { "hook-env": database ?? "" },
  });
  rows.push(["(setupnode)", "bare Debian 13", "", "", seconds.toFixed(0)]);
});

test.each(projects.map((project) => [`${project.name}: ${project.shape}`, project] as const))(
  "%s",
  async (_, project) => {
    const lines = configuration(project);
    expect(lines.length).toBeLessThanOrEqual(mostLines);
    await using repository = await repositoryOf(project);

    const result = await op.succeed(job(project, repository));
    expect(result.outputs).toMatchObject({
      version: project.version ?? expect.stringMatching(/^[0-9a-f]{7,}$/),
      activated: "true",
    });
    const page = await visit(project);
    expect(page).toMatchObject({
      title: project.title,
      database: project.database ?? "sqlite",
      server: project.server ?? "mod_wsgi",
    });
    if (project.django !== undefined) expect(page.django).toBe(project.django);
    expect((await visit(project)).visits).toBe(page.visits + 1);
    if (project.writes !== undefined) {
      const file = `/home/woven/writable/${project.name}/${project.writes}`;
      expect(await inside(node, `stat -c %U ${file}`)).toMatch(/^site_1$/);
    }
    served.push(project);
    rows.push(row(project, lines.length, page, result));
  },
);

test("each is served beside the others", async () => {
  expect(served.length).toBeGreaterThan(0);
  for (const project of served) expect(await visit(project)).toMatchObject({ title: project.title });
});

async function repositoryOf({ files, tags = [] }: SurveyProject): Promise<Checkout> {
  const made = await checkout([]);
  for (const [path, content] of Object.entries(files)) await made.write(path, content);
  await made.commit();
  for (const tag of tags) await made.tag(tag);
  return made;
}

function job({ name, workingDirectory, env = [] }: SurveyProject, repository: Checkout): Job {
  return {
    checkout: repository,
    command: "deploy",
    inputs: { env: env.join("\n"), ...(workingDirectory && { "working-directory": workingDirectory }) },
    env: { GITHUB_REPOSITORY: `octocat/${name}`, RUNNER_TEMP: temp },
  };
}

/** What the user had to write. */
function configuration({ files, workingDirectory }: SurveyProject): readonly string[] {
  const toml = files[workingDirectory === undefined ? "woven.toml" : `${workingDirectory}/woven.toml`];
  if (typeof toml !== "string") throw new Error("the project has no woven.toml");
  const lines = toml.split("\n").filter(isConfiguration);
  return workingDirectory === undefined ? lines : [...lines, `working-directory: ${workingDirectory}`];
}

interface Page {
  readonly title: string;
  readonly django: string;
  readonly python: string;
  readonly server: string;
  readonly database: string;
  readonly visits: number;
}

/** Reads the project's page as a browser does, with its style sheet. */
async function visit({ name }: SurveyProject): Promise<Page> {
  const from = visitor(node.host, `${name}.example.com`);
  const { status, body } = await from.get("/");
  expect(status, body).toBe(200);
  const [, title = ""] = /<title>(.*)<\/title>/.exec(body) ?? [];
  const [, sheet = ""] = /<link rel="stylesheet" href="([^"]+)"/.exec(body) ?? [];
  const style = await from.get(sheet);
  expect(style.status, sheet).toBe(200);
  expect(style.headers["content-type"]).toMatch(/^text\/css/);
  expect(style.body).toContain("rebeccapurple");
  const [, facts = ""] = /<p>(.*)<\/p>/.exec(body) ?? [];
  const [django = "", python = "", server = "", database = "", visits] = facts.split(" ");
  return { title, django, python, server, database, visits: Number(visits) };
}

function row({ name, shape }: SurveyProject, lines: number, page: Page, { seconds }: ActionResult): string[] {
  const served = `${page.server}, Django ${page.django}, ${page.database}`;
  return [name, shape, String(lines), served, seconds.toFixed(0)];
}

function table(all: readonly (readonly string[])[]): string {
  const widths = (all[0] ?? []).map((_, at) => Math.max(...all.map((cells) => cells[at]?.length ?? 0)));
  return all
    .map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
