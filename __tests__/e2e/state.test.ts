// What Woven keeps on a node: for root alone, also where an earlier version left it open; and a lease that ends with the boot.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside, lease } from "./support/inside.ts";

let g: Ground;
let v1: Checkout;
let v2: Checkout;
let v3: Checkout;

beforeAll(async () => {
  const versions = [checkout(shop["0.1"]), checkout(shop["0.2"]), checkout(shop["0.3"])] as const;
  [g, v1, v2, v3] = await Promise.all([ground("trixie"), ...versions]);
  await g.op.succeed({ checkout: v1, command: "deploy" });
});
afterAll(async () => {
  for (const thing of [v1, v2, v3, g]) await thing?.[Symbol.asyncDispose]();
});

/** A switch of which nothing else must be sent. */
const activate = () => ({ checkout: v1, command: "activate", inputs: { version: "0.1" } });

/** What an account of no standing can list, read or lock of it. */
const open = () =>
  inside(
    g.node,
    `cd /; for path in $(find /var/local/woven /var/local/woven-backup ! -path '/var/local/woven/tools*'); do
  [ "$path" = /var/local/woven ] || ! runuser -u nobody -- test -r "$path" || echo "$path"
done
runuser -u nobody -- ls /var/local/woven 2>/dev/null || :
runuser -u nobody -- flock -n /var/local/woven/shop/.lease.lock echo locked 2>/dev/null || :`,
  );

test("nobody but root reads, lists or locks any of it; each file says its schema, and which version wrote it", async () => {
  expect(await open()).toBe("");
  const documents = await inside(
    g.node,
    "cd /var/local/woven; cat node.json shop/releases/*.json; tail -n 1 shop/history.jsonl",
  );
  for (const line of documents.split("\n"))
    expect(JSON.parse(line)).toMatchObject({ schema: expect.any(Number), woven: expect.stringMatching(/^\d+\./) });
});

test("what an earlier version left open is closed by the next run", async () => {
  await inside(
    g.node,
    "find /var/local/woven -type d -exec chmod 755 {} +; find /var/local/woven -type f -exec chmod 644 {} +",
  );
  await inside(g.node, "chmod 755 /var/local/woven-backup");
  await g.op.succeed({ checkout: v2, command: "deploy" });
  expect(await open()).toBe("");
});

test("a lock that somebody holds is told with who it is, and nothing is changed", async () => {
  await inside(
    g.node,
    "systemd-run --quiet --unit=holder flock /var/local/woven/shop/.lease.lock sleep 600; until ! flock -n /var/local/woven/shop/.lease.lock true; do sleep 0.1; done",
  );
  const { error } = await g.op.fail(activate());
  expect(error).toMatch(/\.lease\.lock is locked by a program that is not Woven's: \d+ (flock|sleep)/);
  await inside(g.node, "systemctl stop holder");
  expect(await lease(g.node)).toBeUndefined();
});

test("the lease of a run that died keeps others out; a reboot frees it, whatever the clock says", async () => {
  const running = await g.op.start({ checkout: v3, command: "deploy", env: { GITHUB_ACTOR: "mona" } });
  await expect.poll(running.stdout, { timeout: 90_000, interval: 20 }).toContain("Copy files of shop 0.3");
  running.process.kill("SIGKILL");
  await running.result;
  await expect
    .poll(() => inside(g.node, "systemctl list-units --plain --no-legend 'woven-prepare-*' || :"), { timeout: 60_000 })
    .toBe("");
  expect(await lease(g.node)).toMatchObject({ owner: "mona" });
  // A day more by the clock, for whoever would still go by it.
  await inside(g.node, `sed -i -E 's/"expires":[0-9]+/"expires":99999999999/' /var/local/woven/shop/lease.json`);
  const { error } = await g.op.fail(activate());
  expect(error).toMatch(/mona runs deploy/);
  await g.node.reboot();
  await g.op.succeed({ checkout: v3, command: "deploy" });
  expect(await lease(g.node)).toBeUndefined();
});

test("a file that cannot be read, or is of a newer version, is told by its path, and stays as it is", async () => {
  const file = "/var/local/woven/shop/lease.json";
  await inside(g.node, `echo '{"schema":9,"woven":"9.9.9"}' >${file}`);
  const newer = await g.op.fail(activate());
  expect(newer.error).toMatch(/9\.9\.9/);
  await inside(g.node, `: >${file}`);
  const empty = await g.op.fail(activate());
  expect(empty.error).toContain(file);
  await inside(g.node, `rm ${file}`);
  await g.op.succeed(activate());
});
