// Runs that are cancelled, cut off, killed or crossed by others: the node ends whole, and the next run goes on from there.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../src/local/privileged.ts";
import type { RunningAction } from "../harness/run-action.ts";
import { failed, parts, releases, startAsking } from "./support/asker.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground, keys } from "./support/equipped.ts";
import { footprint, inside, lease } from "./support/inside.ts";
import { djangoSecret } from "./support/operator.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let secondRunner: string;
/** Each is slow to say that it is healthy, so that a test can be sure to come in the middle of a switch. */
let v2: Checkout;
let v3: Checkout;

async function slow(layers: readonly string[]): Promise<Checkout> {
  const project = await checkout(layers);
  await project.edit(
    "shop/health.py",
    "Plant.objects.first()\n",
    "Plant.objects.first()\n    __import__('time').sleep(4)\n",
  );
  return project;
}

beforeAll(async () => {
  secondRunner = await mkdtemp(join(tmpdir(), "woven-second-runner-"));
  [g, v2, v3] = await Promise.all([ground("trixie"), slow(shop["0.2"]), slow(shop["0.3"])]);
  await using v1 = await checkout(shop["0.1"]);
  await g.op.succeed({ checkout: v1, command: "deploy" });
});
afterAll(async () => {
  for (const thing of [v2, v3, g]) await thing?.[Symbol.asyncDispose]();
  await rm(secondRunner, { recursive: true, force: true });
});

const serving = async () => parts(await visitor(g.node.host).versions());
const whenSaid = (running: RunningAction, words: string | RegExp) =>
  expect.poll(running.stdout, { timeout: 90_000, interval: 20 }).toMatch(words);
const whenDone = (running: RunningAction, id: string) =>
  expect.poll(() => running.steps().map(({ step }) => step), { timeout: 90_000, interval: 20 }).toContain(id);
/** The connections that this machine has with the node. */
const connections = async () => (await run(["ss", "-Htn", "state", "established", "dst", g.node.host])).stdout;
/** Where it waits for the first answer to a new one. */
const knocking = async () => (await run(["ss", "-Htn", "state", "syn-sent", "dst", g.node.host])).stdout;
/** The stages that are at work on the node. */
const working = () =>
  inside(g.node, "systemctl list-units --plain --no-legend 'woven-*.service' | awk '{print $1}' | grep -v @ || :");

test.each([
  ["while it prepares", "files"],
  ["while it switches", "start"],
])("a run that is cancelled %s takes back what it did, within the time that GitHub gives", async (_, step) => {
  const before = await footprint(g.node);
  await using crowd = startAsking(g.node.host);
  const running = await g.op.start({ checkout: v2, command: "deploy" });
  await whenDone(running, step);
  const cancelled = performance.now();
  running.process.kill("SIGINT");
  const result = await running.result;
  // SIGTERM comes after 7.5 s, SIGKILL 2.5 s later.
  expect(performance.now() - cancelled).toBeLessThan(7500);
  expect(result.code, result.stdout).toBe(1);
  expect(result.failures).toMatchObject([{ code: "stopped" }]);
  expect(result.outputs).toMatchObject({ activated: "false" });
  expect(await footprint(g.node)).toEqual(before);
  expect(await lease(g.node)).toBeUndefined();
  const asked = await crowd.stop();
  expect(failed(asked)).toEqual([]);
  expect(releases(asked)).toEqual(["0.1/0.1/0.1"]);
});

test("a run that is cancelled while it builds the bundle ends at once, and leaves nothing on the node", async () => {
  const before = await footprint(g.node);
  g.cache.evict();
  const running = await g.op.start({ checkout: v2, command: "deploy" });
  await whenSaid(running, /\bBundle\b.*Python 3/);
  const cancelled = performance.now();
  running.process.kill("SIGINT");
  const result = await running.result;
  expect(performance.now() - cancelled).toBeLessThan(7500);
  expect(result.code, result.stdout).toBe(1);
  expect(result.annotations).toMatchObject([{ kind: "error", message: expect.stringContaining("SIGINT") }]);
  expect(result.steps).toEqual([]);
  expect(await footprint(g.node)).toEqual(before);
});

test("a run that is cancelled while its connection is dead logs in anew to tell the node, in the same time", async () => {
  const before = await footprint(g.node);
  const running = await g.op.start({ checkout: v2, command: "deploy" });
  await whenDone(running, "start");
  await g.node.cut();
  const cancelled = performance.now();
  try {
    running.process.kill("SIGINT");
    await expect.poll(knocking, { timeout: 5000, interval: 50 }).not.toBe("");
  } finally {
    await g.node.reconnect();
  }
  const result = await running.result;
  expect(performance.now() - cancelled).toBeLessThan(10_000);
  expect(result.code, result.stdout).toBe(1);
  expect(result.failures).toMatchObject([{ code: "stopped" }]);
  await expect.poll(working, { timeout: 60_000 }).toBe("");
  expect(await footprint(g.node)).toEqual(before);
  expect(await lease(g.node)).toBeUndefined();
});

test("when a runner dies while it prepares, the next run is told who holds the lease; five minutes later all is as ever", async () => {
  const running = await g.op.start({ checkout: v2, command: "deploy", env: { GITHUB_ACTOR: "mona" } });
  await whenDone(running, "files");
  running.process.kill("SIGKILL");
  await running.result;
  const { error, failure } = await g.op.fail({ checkout: v2, command: "deploy" });
  expect(failure).toMatchObject({ code: "step-failed", stage: "prepare", step: "lease" });
  expect(error).toMatch(/mona.*deploy.*https:\/\/github\.com\/octocat\/shop\/actions\/runs\/1/);
  await expect.poll(working, { timeout: 60_000 }).toBe("");
  expect(await serving()).toBe("0.1/0.1/0.1");

  // What the clock would do.
  await inside(g.node, `sed -i -E 's/("until":)[0-9.]+/\\10/' /var/local/woven/shop/lease.json`);
  const { outputs } = await g.op.succeed({ checkout: v2, command: "deploy" });
  expect(outputs).toMatchObject({ version: "0.2", "previous-version": "0.1", activated: "true" });
  expect(await lease(g.node)).toBeUndefined();
  expect(await serving()).toBe("0.2/0.2/0.2");
});

test("a switch goes on to its end when the runner has died, and the next run finds it done", async () => {
  const running = await g.op.start({ checkout: v3, command: "deploy" });
  await whenDone(running, "start");
  running.process.kill("SIGKILL");
  await running.result;
  expect(await serving()).toBe("0.2/0.2/0.2");
  await expect.poll(working, { timeout: 60_000 }).toBe("");
  expect(await serving()).toBe("0.3/0.3/0.3");
  expect(await lease(g.node)).toBeUndefined();
  const { outputs } = await g.op.succeed({ checkout: v3, command: "deploy" });
  expect(outputs).toMatchObject({ version: "0.3", "previous-version": "0.3", changed: "false" });
});

test("a run whose connection breaks logs in again, and goes on where it was", async () => {
  await v3.write("static/version.txt", "0.3-again\n");
  const running = await g.op.start({ checkout: v3, command: "patch", inputs: { parts: "static" } });
  await whenDone(running, "start");
  await inside(g.node, "pkill -KILL -u woven sshd");
  const result = await running.result;
  expect(result.code, result.stdout).toBe(0);
  expect(result.summary).toMatch(/\| 2 \/ \d+ \|/);
  expect(result.steps.filter(({ step }) => step === "start")).toHaveLength(1);
  expect(await serving()).toBe("0.3/0.3/0.3-again");
});

test("a run that hears nothing from the node for a while goes on when it does again", async () => {
  await v3.write("static/version.txt", "0.3-once-more\n");
  const running = await g.op.start({ checkout: v3, command: "patch", inputs: { parts: "static" } });
  await whenDone(running, "start");
  await g.node.cut();
  try {
    // The node does not need the runner: it ends the switch meanwhile.
    await expect.poll(working, { timeout: 60_000 }).toBe("");
    // The runner gives the connection up after three keepalives of ten seconds without an answer.
    await expect.poll(connections, { timeout: 90_000, interval: 500 }).toBe("");
  } finally {
    await g.node.reconnect();
  }
  const result = await running.result;
  expect(result.code, result.stdout).toBe(0);
  expect(await serving()).toBe("0.3/0.3/0.3-once-more");
});

test("a cancelled run that cannot reach the node ends before it is killed, and says that the node does not know", async () => {
  await v3.write("static/version.txt", "0.3-untold\n");
  const running = await g.op.start({ checkout: v3, command: "patch", inputs: { parts: "static" } });
  await whenDone(running, "start");
  await g.node.cut();
  try {
    const cancelled = performance.now();
    running.process.kill("SIGINT");
    const result = await running.result;
    expect(performance.now() - cancelled).toBeLessThan(10_000);
    expect(result.code, result.stdout).toBe(1);
    expect(result.failures).toMatchObject([{ code: "not-told" }]);
  } finally {
    await g.node.reconnect();
  }
  // As it said.
  await expect.poll(working, { timeout: 60_000 }).toBe("");
  expect(await serving()).toBe("0.3/0.3/0.3-untold");
});

test("of two runs at once the second is told who is at work, and the first is not disturbed", async () => {
  await v3.write("static/version.txt", "0.3-first\n");
  const first = await g.op.start({
    checkout: v3,
    command: "patch",
    inputs: { parts: "static" },
    env: { GITHUB_ACTOR: "mona" },
  });
  await whenDone(first, "start");
  const { error, result } = await g.op.fail({
    checkout: v3,
    command: "activate",
    inputs: { version: "0.2" },
    env: { GITHUB_ACTOR: "hubot", RUNNER_TEMP: secondRunner },
  });
  expect(error).toMatch(/\bmona\b.*\bpatch\b/);
  expect(JSON.parse(result.outputs["results"] ?? "")).toMatchObject([
    { version: "0.3", changed: false, error: { step: "lease" } },
  ]);
  expect((await first.result).code).toBe(0);
  expect(await serving()).toBe("0.3/0.3/0.3-first");
});

test("a management command that is cancelled ends on the node, too; what it printed until then is in the log", async () => {
  const code =
    "import os, sys, time; print('my home is', '$HOME', '%h', sys.stdin.read() == '', flush=True); time.sleep(300)";
  const running = await g.op.start({
    checkout: v3,
    command: "node",
    inputs: { "management-command": "shell", options: `-v 0 -c "${code}"` },
  });
  await whenSaid(running, "my home is $HOME %h True");
  expect(await inside(g.node, "pgrep -u site_1 -f time.sleep || :")).not.toBe("");
  const cancelled = performance.now();
  running.process.kill("SIGINT");
  const result = await running.result;
  expect(performance.now() - cancelled).toBeLessThan(7500);
  expect(result.code, result.stdout).toBe(1);
  expect(result.failures).toHaveLength(1);
  await expect.poll(() => inside(g.node, "pgrep -u site_1 -f time.sleep || :")).toBe("");
});

test("secrets are in no output, no process list, and no file that others can read", async () => {
  // The first line of the body is the same in every key of this kind.
  const key = (await readFile(keys.privateKeyFile, "utf8")).split("\n").slice(2, -2);
  await inside(g.node, "systemd-run --quiet --unit=watcher sh -c 'while :; do ps axww -o args=; done >/run/processes'");
  await v3.write("static/version.txt", "0.3-secret\n");
  const runs = [
    await g.op.succeed({ checkout: v3, command: "patch" }),
    // The project itself tells its secret.
    await g.op.succeed({
      checkout: v3,
      command: "node",
      inputs: {
        "management-command": "shell",
        options: `-c "from django.conf import settings; print('it is', settings.SECRET_KEY)"`,
      },
    }),
  ];
  await inside(g.node, "systemctl stop watcher");
  expect(runs[1]?.stdout).toMatch(/it is \*\*\*/);
  for (const { stdout, stderr, summary, outputs } of runs) {
    const shown = [stdout.replaceAll(/^::add-mask::.*$/gm, ""), stderr, summary, JSON.stringify(outputs)].join("\n");
    for (const secret of [djangoSecret, Buffer.from(djangoSecret).toString("base64"), ...key])
      expect(shown).not.toContain(secret);
  }

  const processes = await inside(g.node, "cat /run/processes");
  expect(processes).toContain("stage.sh");
  for (const secret of [djangoSecret, ...key]) expect(processes).not.toContain(secret);

  // The words to look for go by stdin: the journal keeps the command lines of those who write to it, runuser's too.
  const holding = async (secrets: readonly string[], who: string) => {
    const search = ["grep", "-rlF", "--exclude-dir=proc", "--exclude-dir=sys", "--exclude-dir=dev", "-f", "-", "/"];
    return (await g.node.run(["runuser", "-u", who, "--", ...search], { input: secrets.join("\n") })).stdout;
  };
  expect(await holding([djangoSecret], "root")).toContain("/site_1.json");
  expect(await holding([djangoSecret], "nobody")).toBe("");
  expect(await holding([djangoSecret], "www-data")).toBe("");
  expect(await holding(key, "root")).toBe("");
});

test("when the power goes between the switch and its record, what serves is known, and the next run makes all of it whole", async () => {
  await using next = await checkout(shop["0.3"]);
  // Slow only when a visitor asks: the test comes after the switch and before what follows it.
  await next.edit(
    "shop/health.py",
    "Plant.objects.first()\n",
    "Plant.objects.first()\n    if 'HTTP_X_FORWARDED_PROTO' in request.META: __import__('time').sleep(5)\n",
  );
  const job = { checkout: next, command: "deploy", inputs: { version: "0.4" } };
  const starting = () =>
    inside(g.node, "ls /etc/systemd/system/multi-user.target.wants | sed -n 's/^woven-\\(.*\\)@.*/\\1/p'");
  const before = (await inside(g.node, "readlink /home/woven/env/shop")).replace(/.*-/, "");
  const running = await g.op.start(job);
  await whenDone(running, "switch");
  running.process.kill("SIGKILL");
  await g.node.reboot("power-cut");
  await running.result;
  await expect.poll(() => serving().catch(String), { timeout: 30_000 }).toBe("0.3/0.3/0.3");
  expect(await starting()).toBe(`shop-${before}\nshop-0.4`);
  const status = await g.op.succeed({ checkout: next, command: "status" });
  expect(JSON.parse(status.outputs["results"] ?? "")).toMatchObject([{ version: "0.4" }]);
  expect(status.stdout).toMatch(/\* 0\.4 .*not proved/);
  expect(status.stdout).toMatch(new RegExp(` {2}${before} .*rollback`));

  // What the clock would do.
  await inside(g.node, `sed -i -E 's/("until":)[0-9.]+/\\10/' /var/local/woven/shop/lease.json`);
  const { outputs } = await g.op.succeed(job);
  expect(outputs).toMatchObject({ version: "0.4", "previous-version": "0.4", activated: "true", changed: "true" });
  expect(await starting()).toBe("shop-0.4");
  expect(await inside(g.node, "systemctl list-timers --no-legend 'retire-*'")).toContain(
    `retire-woven-shop-${before}-at-`,
  );
  expect((await g.op.succeed(job)).outputs).toMatchObject({ changed: "false", activated: "true" });
  expect((await g.op.succeed({ checkout: next, command: "status" })).stdout).not.toContain("not proved");
});
