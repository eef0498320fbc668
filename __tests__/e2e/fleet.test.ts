// Three servers in one run: all go over or none does, each answer of the run says what serves where, and the others wait for nobody.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import type { ActionResult } from "../harness/run-action.ts";
import { runCli } from "../harness/run-cli.ts";
import { failed, releases, startAsking } from "./support/asker.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { equippedNode, keys } from "./support/equipped.ts";
import { footprint, inside, lease } from "./support/inside.ts";
import { type Operator, operator, told } from "./support/operator.ts";
import { visitor } from "./support/visitor.ts";

/** As `version-from = "git"` names it: not every character of it can stand in the name of a unit. */
const third = "0.3+g1a2b3c4";

let cache: FakeCache;
let web1: LocalNode;
let web2: LocalNode;
let web3: LocalNode;
let nodes: readonly LocalNode[];
let op: Operator;
let v1: Checkout;
let v2: Checkout;
let v3: Checkout;

beforeAll(async () => {
  cache = await FakeCache.start();
  web1 = await equippedNode("trixie");
  [web2, web3] = await Promise.all([equippedNode("trixie"), equippedNode("trixie")]);
  nodes = [web1, web2, web3];
  const knownHosts = async () => (await Promise.all(nodes.map((node) => node.knownHosts()))).flat();
  op = operator({ host: web1.host, knownHosts }, keys, cache);
  [v1, v2, v3] = await Promise.all([checkout(shop["0.1"]), checkout(shop["0.2"]), checkout(shop["0.3"])]);
  // What goes wrong on one server only: it lacks what the others have, or it is slow.
  await v3.edit(
    "shop/settings.py",
    "BASE_DIR =",
    "if os.path.exists('/run/broken'): raise RuntimeError('no licence')\nBASE_DIR =",
  );
  await v3.edit(
    "shop/health.py",
    "Plant.objects.first()\n",
    "Plant.objects.first()\n    import os, time\n    if os.path.exists('/run/slow'): time.sleep(8)\n",
  );
});
afterAll(async () => {
  for (const thing of [v1, v2, v3, ...(nodes ?? []), cache]) await thing?.[Symbol.asyncDispose]();
});

const inputs = (more: Readonly<Record<string, string>> = {}) => ({
  roles: JSON.stringify({ production: nodes.map(({ host }) => `woven@${host}`) }),
  "max-parallel": "1",
  ...more,
});
const results = ({ outputs }: ActionResult) =>
  JSON.parse(outputs["results"] ?? "") as readonly Record<string, unknown>[];
const serving = () => Promise.all(nodes.map(async ({ host }) => (await visitor(host).versions()).version));
const leases = () => Promise.all(nodes.map(lease));
const footprints = () => Promise.all(nodes.map(footprint));
/** The part of the summary that says what is live: lines of a list, or the one line that is true of all. */
const liveNow = ({ summary }: ActionResult) => {
  const [, only, list = ""] = /^\*\*Live now(?::\*\* (.*)|\*\*\n\n((?:- .*\n)+))/m.exec(summary) ?? [];
  return only === undefined ? list.split("\n").slice(0, -1) : [only];
};
const title = ({ annotations }: ActionResult) => annotations.map(({ properties }) => properties["title"]);
/** The units of the shop that start when the node is booted. */
const starting = (node: LocalNode) =>
  inside(node, "ls /etc/systemd/system/multi-user.target.wants | grep '^woven-shop-' | sed 's/@.*//'");

async function fails(
  command: string,
  project: Checkout,
  more?: Readonly<Record<string, string>>,
): Promise<ActionResult> {
  const result = await op.run({ checkout: project, command, inputs: inputs(more) });
  expect(result.code, told(result)).toBe(1);
  expect(result.outputs["activated"]).toBe("false");
  return result;
}

/** Somebody else's configuration on the node has the name of the shop. */
async function withForeign<T>(node: LocalNode, then: () => Promise<T>): Promise<T> {
  const conf = "/etc/nginx/sites-enabled/zz-other.conf";
  await inside(node, `printf 'server {\\n  listen 80;\\n  server_name shop.example.com;\\n}\\n' >${conf}`);
  try {
    return await then();
  } finally {
    await inside(node, `rm ${conf}`);
  }
}

test("a first deployment that one server cannot take stays on the others, and that is what is said", async () => {
  const result = await withForeign(web3, () => fails("deploy", v1));
  expect(results(result)).toMatchObject([
    { host: web1.host, status: "failed", version: "0.1", previous: null, error: { code: "not-back" } },
    { host: web2.host, status: "failed", version: "0.1", previous: null, error: { code: "not-back" } },
    { host: web3.host, status: "failed", version: null, previous: null, error: { step: "switch" } },
  ]);
  expect(title(result)[0]).toBe(`Woven: ${web3.host}, stage switch, step switch`);
  expect(liveNow(result)).toEqual([
    expect.stringMatching(new RegExp(`^- \`${web3.host}\`: no version`)),
    expect.stringMatching(new RegExp(`^- \`${web1.host}\`, \`${web2.host}\`: 0\\.1$`)),
  ]);
  // Which migrations stay.
  expect(result.summary).toMatch(/^\*\*.*`contenttypes\.0001_initial`, .* \d+ more\. /m);
  expect(await leases()).toEqual([undefined, undefined, undefined]);

  // The same command again, once that is mended: where it is done already nothing is done.
  const again = await op.succeed({ checkout: v1, command: "deploy", inputs: inputs() });
  expect(results(again).map(({ changed }) => changed)).toEqual([false, false, true]);
  expect(await serving()).toEqual(["0.1", "0.1", "0.1"]);
});

test("all go over together, in the order in which they are written; each has its own SQLite, and each migrates it", async () => {
  const result = await op.succeed({ checkout: v2, command: "deploy", inputs: inputs() });
  expect(result.outputs).toMatchObject({ activated: "true", version: "0.2", "previous-version": "0.1" });
  expect(await serving()).toEqual(["0.2", "0.2", "0.2"]);
  const order = (id: string) => result.steps.flatMap(({ step, node }) => (step === id ? node : []));
  const written = nodes.map(({ host }) => host);
  for (const id of ["files", "migrate", "switch", "record"]) expect(order(id), id).toEqual(written);
  // One at a time: nobody begins to switch before the one before has ended.
  const ids = result.steps.map(({ step }) => step);
  expect(ids.lastIndexOf("start")).toBeGreaterThan(ids.indexOf("record"));
  for (const node of nodes)
    expect(await inside(node, "/home/woven/env/shop/manage showmigrations catalogue")).not.toContain("[ ]");
});

test("at a terminal, each line names its server, and each server has its own time", async () => {
  const { code, text } = await runCli({
    args: ["rollback", "production", "--dry-run"],
    cwd: v2.path,
    env: {
      WOVEN_ROLES: inputs().roles,
      WOVEN_SSH_KEY: await readFile(keys.privateKeyFile, "utf8"),
      WOVEN_KNOWN_HOSTS: (await Promise.all(nodes.map((node) => node.knownHosts()))).flat().join("\n"),
    },
  });
  expect(code, text).toBe(0);
  expect(text).not.toMatch(/^│/m);
  for (const { host } of nodes) expect(text).toMatch(new RegExp(`^${host} │ `, "m"));
  const seconds = [...text.matchAll(/\((\d+\.\d) s, 1 login,/g)].map(([, one]) => Number(one));
  expect(seconds).toHaveLength(3);
});

test("where one cannot prepare none switches; no lease and nothing half built is left on any", async () => {
  const before = await footprints();
  await inside(web2, "touch /run/broken");
  const result = await fails("deploy", v3, { version: third, "max-parallel": "3" });
  await inside(web2, "rm /run/broken");
  expect(results(result)).toMatchObject([
    { status: "skipped", version: "0.2", error: null },
    { status: "failed", version: "0.2", error: { stage: "prepare", step: "django" } },
    { status: "skipped", version: "0.2", error: null },
  ]);
  expect(liveNow(result)).toEqual([expect.stringMatching(/^0\.2\b/)]);
  expect(await serving()).toEqual(["0.2", "0.2", "0.2"]);
  expect(await footprints()).toEqual(before);
  expect(await leases()).toEqual([undefined, undefined, undefined]);
});

test("where one cannot switch, those that have go back, before the eyes of visitors who notice no error", async () => {
  const before = await footprint(web3);
  await using crowd = startAsking(web1.host);
  const result = await withForeign(web3, () => fails("deploy", v3, { version: third }));
  await crowd.answered();
  const asked = await crowd.stop();
  expect(failed(asked)).toEqual([]);
  expect(releases(asked)).toEqual(["0.2/0.2/0.2", "0.3/0.3/0.3"]);
  expect(asked.at(-1)?.versions?.version).toBe("0.2");
  expect(await serving()).toEqual(["0.2", "0.2", "0.2"]);
  const back = { status: "rolled-back", version: "0.2", previous: "0.2", error: { code: "went-back" } };
  expect(results(result)).toMatchObject([back, back, { status: "failed", version: "0.2", error: { step: "switch" } }]);

  // Who is woken by it reads first what failed, then what that meant for the others.
  expect(title(result)).toEqual([
    `Woven: ${web3.host}, stage switch, step switch`,
    `Woven: ${web1.host}, ${web2.host}, stage switch`,
  ]);
  const why = result.annotations[1]?.message ?? "";
  for (const name of [third, "0.2", web3.host]) expect(why).toContain(name);
  expect(result.summary.indexOf("zz-other.conf")).toBeLessThan(result.summary.indexOf("`went-back`"));
  expect(liveNow(result)).toEqual([
    expect.stringMatching(new RegExp(`^- \`${web3.host}\`: 0\\.2\\b`)),
    expect.stringMatching(new RegExp(`^- \`${web1.host}\`, \`${web2.host}\`: 0\\.2\\b`)),
  ]);
  expect(result.summary).toMatch(/^\*\*.*`catalogue\.0005_plant_stock`\. /m);
  expect(await footprint(web3)).toEqual(before);
  expect(await leases()).toEqual([undefined, undefined, undefined]);
  expect(await inside(web1, "tail -n 2 /var/local/woven/shop/history.jsonl")).toMatch(
    /"event":"deploy","version":"0\.3\+g1a2b3c4".*\n.*"event":"rollback","version":"0\.2"/,
  );
  for (const node of nodes) expect(await starting(node)).toBe("woven-shop-0.2");
});

test("activate moves none where one does not keep the version", async () => {
  const result = await fails("activate", v3, { version: third });
  expect(results(result)).toMatchObject([
    { status: "skipped", version: "0.2" },
    { status: "skipped", version: "0.2" },
    { status: "failed", version: "0.2", error: { code: "version-unknown" } },
  ]);
  expect(await serving()).toEqual(["0.2", "0.2", "0.2"]);
});

test("a run that is cancelled in the middle of the switch goes back where it had switched, within GitHub's time", async () => {
  await inside(web2, "touch /run/slow");
  const running = await op.start({ checkout: v3, command: "deploy", inputs: inputs({ version: third }) });
  const starts = () => running.steps().filter(({ step }) => step === "start").length;
  await expect.poll(starts, { timeout: 90_000, interval: 20 }).toBe(2);
  const cancelled = performance.now();
  running.process.kill("SIGINT");
  const result = await running.result;
  expect(performance.now() - cancelled).toBeLessThan(10_000);
  await inside(web2, "rm /run/slow");
  expect(result.code, told(result)).toBe(1);
  expect(results(result)).toMatchObject([
    {
      status: "rolled-back",
      version: "0.2",
      error: { code: "went-back" },
    },
    { status: "failed", version: "0.2", error: { code: "stopped" } },
    { status: "skipped", version: "0.2", error: null },
  ]);
  expect(await serving()).toEqual(["0.2", "0.2", "0.2"]);
  expect(await leases()).toEqual([undefined, undefined, undefined]);
  // Undoing renames a folder aside; it is deleted a little later.
  await expect.poll(() => inside(web3, "ls -A /home/woven/.staging"), { timeout: 30_000 }).toBe("");
});

test("the number that failed is free for mended content; rollback and activate of all, too, go back where one cannot follow", async () => {
  expect((await op.succeed({ checkout: v3, command: "status", inputs: inputs() })).stdout).toMatch(
    /0\.3\+g1a2b3c4 .*not proved/,
  );
  await v3.write("templates/mended.txt", "mended\n");
  await op.succeed({ checkout: v3, command: "deploy", inputs: inputs({ version: third }) });
  const again = await op.succeed({ checkout: v3, command: "deploy", inputs: inputs({ version: third }) });
  expect(again.outputs).toMatchObject({ activated: "true", changed: "false" });
  const back = { status: "rolled-back", version: third, previous: third };

  const rolled = await withForeign(web3, () => fails("rollback", v3));
  expect(results(rolled)).toMatchObject([back, back, { status: "failed", version: third, error: { step: "switch" } }]);

  // On the second, what 0.1 needs is taken by something else; the third is not begun.
  const address = await inside(
    web2,
    `sed 's/.*"address":"\\([^":]*\\):\\([0-9]*\\).*/\\1 \\2/' /var/local/woven/shop/releases/0.1.json`,
  );
  await inside(
    web2,
    `systemctl stop 'woven-shop-0.1@*'; systemd-run --quiet --unit=squatter python3 -m http.server --bind ${address}`,
  );
  const activated = await fails("activate", v3, { version: "0.1" });
  await inside(web2, "systemctl stop squatter");
  expect(results(activated)).toMatchObject([
    back,
    { status: "failed", version: third, error: { stage: "switch" } },
    { status: "skipped", version: third },
  ]);
  expect(await serving()).toEqual(["0.3", "0.3", "0.3"]);

  const { outputs } = await op.succeed({ checkout: v3, command: "rollback", inputs: inputs({ "max-parallel": "3" }) });
  expect(outputs).toMatchObject({ activated: "true", "previous-version": third });
  expect(await serving()).toEqual(["0.2", "0.2", "0.2"]);
});

test("a server that is lost from sight at its switch: the others go back, and nobody claims to know what serves there", async () => {
  await inside(web3, "touch /run/slow");
  const running = await op.start({ checkout: v3, command: "activate", inputs: inputs({ version: third }) });
  const starts = () => running.steps().filter(({ step }) => step === "start").length;
  await expect.poll(starts, { timeout: 90_000, interval: 20 }).toBe(3);
  await inside(web3, "mv /home/woven/.ssh /home/woven/.ssh-away; pkill -KILL -u woven sshd");
  const result = await running.result;
  expect(result.code, told(result)).toBe(1);
  expect(results(result)).toMatchObject([
    { status: "rolled-back", version: "0.2" },
    { status: "rolled-back", version: "0.2" },
    { status: "failed", version: null, previous: "0.2", error: { code: "connection-lost" } },
  ]);
  expect(liveNow(result)[0]).toMatch(new RegExp(`^- \`${web3.host}\`: not known.* 0\\.2 `));
  expect(result.annotations[0]?.message).toMatch(/not known.*`status`/s);

  // It ended the switch by itself, and says so as soon as it can be asked.
  await inside(web3, "rm /run/slow; mv /home/woven/.ssh-away /home/woven/.ssh");
  await expect.poll(() => lease(web3), { timeout: 60_000 }).toBeUndefined();
  const status = await op.succeed({ checkout: v3, command: "status", inputs: inputs() });
  expect(results(status).map(({ version }) => version)).toEqual(["0.2", "0.2", third]);
  expect(await serving()).toEqual(["0.2", "0.2", "0.3"]);
});
