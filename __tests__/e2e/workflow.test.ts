// Users' workflows, unchanged: those of examples/workflows find the action by `uses: woven/deploy@v1` and do what they say.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ownKeyPair } from "../../src/local/key-pair.ts";
import { type LocalNode, listNodes, startNode } from "../../src/local/node.ts";
import { runWorkflow, type WorkflowResult, type WorkflowRun, type WorkflowStep } from "../harness/act.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { root } from "../harness/run-action.ts";
import { wayOut } from "../harness/way-out.ts";
import { until } from "./local-node-harness.ts";
import { visitor } from "./support/visitor.ts";

const examples = join(root, "examples");
const djangoSecret = "workflow-django-secret-51c9d1e2";

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "woven-workflow-"));
  await mkdir(join(workspace, ".github/workflows"), { recursive: true });
});
afterEach(() => rm(workspace, { recursive: true }));

/** What the user has pushed: these folders of examples/ over one another, and the workflows. */
async function pushed(...layers: readonly string[]): Promise<void> {
  for (const name of await readdir(workspace)) await rm(join(workspace, name), { recursive: true });
  for (const layer of layers) await cp(join(examples, layer), workspace, { recursive: true });
  await cp(join(examples, "workflows"), join(workspace, ".github/workflows"), { recursive: true });
}

function woven(run: WorkflowResult): WorkflowStep {
  const step = run.steps.find(({ id }) => id === "woven");
  if (!step) throw new Error(`no step woven:\n${run.log}`);
  return step;
}

describe("the shop's workflows, one after another", () => {
  let node: LocalNode;
  let cache: FakeCache;
  let secrets: Readonly<Record<string, string>>;
  let vars: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const keys = await ownKeyPair();
    cache = await FakeCache.start();
    cache.versions = "any";
    node = await startNode({ login: { kind: "root" }, publicKey: keys.publicKey, log: () => undefined });
    vars = {
      WOVEN_ROLES: `production:\n  - woven@${node.host}\n`,
      WOVEN_KNOWN_HOSTS: (await node.knownHosts()).join("\n"),
    };
    secrets = {
      WOVEN_SSH_KEY: await readFile(keys.privateKeyFile, "utf8"),
      WOVEN_ENV: `DJANGO_SECRET_KEY=${djangoSecret}`,
    };
  });
  afterAll(async () => {
    await node?.stop();
    await cache?.[Symbol.asyncDispose]();
  });

  /** Runs it and expects the step that uses the action to succeed, and to keep the secrets. */
  async function succeed(workflow: "deploy" | "rollback", how: Pick<WorkflowRun, "event" | "inputs"> = {}) {
    const env = { ...wayOut, ...cache.env };
    const run = await runWorkflow({
      workspace,
      workflow: `.github/workflows/${workflow}.yml`,
      secrets,
      vars,
      env,
      ...how,
    });
    expect(run.code, run.log).toBe(0);
    for (const secret of [djangoSecret, secrets["WOVEN_SSH_KEY"]?.split("\n")[1]])
      expect(run.log).not.toContain(secret);
    return { run, ...woven(run) };
  }

  const serves = async () => (await visitor(node.host).versions()).version;

  test("started by hand, it sets the server up, and says its host keys", async () => {
    await pushed("shop");
    const { outputs, summary } = await succeed("deploy", {
      event: "workflow_dispatch",
      inputs: { command: "setupnode" },
    });
    expect(outputs).toMatchObject({ changed: "true", activated: "false" });
    expect(outputs["known-hosts"]).toContain(`[${node.host}]:10022 ssh-ed25519 `);
    expect(summary).toMatch(/^## ✅ .*production/);
  });

  test("a push deploys; the steps after it get the outputs", async () => {
    await pushed("shop");
    const { run, outputs, summary } = await succeed("deploy");
    expect(outputs).toMatchObject({
      version: "0.1",
      "previous-version": "",
      activated: "true",
      changed: "true",
      "cache-hit": "false",
      url: "http://shop.example.com/",
    });
    expect(JSON.parse(outputs["results"] ?? "")).toMatchObject([
      { host: node.host, role: "production", version: "0.1", status: "ok", error: null },
    ]);
    expect(run.log).toMatch(/\b0\.1\b.*http:\/\/shop\.example\.com\//);
    expect(summary).toMatch(/^## ✅ .*shop 0\.1.*production/);
    expect(await serves()).toBe("0.1");
  });

  test("the next push finds the bundle in the cache", async () => {
    await pushed("shop", "shop-0.2");
    const { outputs } = await succeed("deploy");
    expect(outputs).toMatchObject({
      version: "0.2",
      "previous-version": "0.1",
      activated: "true",
      "cache-hit": "true",
    });
    expect(cache.entries[0]?.key).toMatch(new RegExp(`^${outputs["bundle"]}-[0-9a-f]{12}$`));
    expect(await serves()).toBe("0.2");
  });

  test("started by hand, it patches what serves", async () => {
    await pushed("shop", "shop-0.2");
    const template = join(workspace, "templates/catalogue/plants.html");
    await writeFile(
      template,
      (await readFile(template, "utf8"))
        .replace("Come back in spring", "Come back in May")
        .replace("{% block main %}", "{% block main %}<p>Closed on Mondays.</p>"),
    );
    const { outputs, summary } = await succeed("deploy", { event: "workflow_dispatch", inputs: { command: "patch" } });
    expect(outputs).toMatchObject({ version: "0.2", "previous-version": "0.2", changed: "true" });
    expect(summary).toMatch(/^## ✅ .*shop 0\.2.*production/);
    expect((await visitor(node.host).get("/")).body).toContain("Closed on Mondays.");
  });

  test("started by hand, it rolls back, and forward again to a version by name", async () => {
    await pushed("shop", "shop-0.2");
    const back = await succeed("rollback", { event: "workflow_dispatch", inputs: { version: "" } });
    expect(back.outputs).toMatchObject({ version: "0.1", "previous-version": "0.2", activated: "true" });
    expect(back.summary).toMatch(/^## ✅ .*shop/);
    expect(await serves()).toBe("0.1");
    const forward = await succeed("rollback", { event: "workflow_dispatch", inputs: { version: "0.2" } });
    expect(forward.outputs).toMatchObject({ version: "0.2", "previous-version": "0.1", activated: "true" });
    expect(await serves()).toBe("0.2");
  });
});

test("a pull request is rehearsed on a throwaway server, which is gone when the job is", async () => {
  await pushed("shop", "shop-0.2");
  const run = await runWorkflow({
    workspace,
    workflow: ".github/workflows/rehearse.yml",
    event: "pull_request",
    env: wayOut,
  });
  expect(run.code, run.log).toBe(0);
  const { outputs } = run.steps.find(({ id }) => id === "deploy") ?? {};
  expect(outputs).toMatchObject({ version: "0.2", activated: "true" });
  const [{ host, role }] = JSON.parse(outputs?.["results"] ?? "[{}]");
  expect(role).toBe("local");
  expect(run.log).toContain("<title>");
  await until(`${host} is gone`, async () => (await listNodes()).every((node) => node.host !== host));
});

test("a misspelt command fails the step, names the right one, and leaves the other steps their say", async () => {
  await writeFile(
    join(workspace, ".github/workflows/deploy.yml"),
    `
on: push
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - uses: woven/deploy@v1
        id: deploy
        with:
          command: deplyo
          ssh-key: \${{ secrets.SSH_KEY }}
      - run: echo "it was $OUTCOME"
        id: after
        if: failure()
        env:
          OUTCOME: \${{ steps.deploy.outcome }}
`,
  );
  const run = await runWorkflow({ workspace, secrets: { SSH_KEY: "not-a-key\nof-two-lines" } });
  const step = (id: string) => run.steps.find((found) => found.id === id);
  expect(run.code, run.log).not.toBe(0);
  expect(step("deploy")).toMatchObject({ result: "failure" });
  expect(step("deploy")?.errors.join("\n")).toMatch(/deplyo.*deploy/s);
  expect(step("after")).toMatchObject({ result: "success", log: "it was failure\n" });
  expect(run.log).not.toContain("not-a-key");
});
