// Celery with Redis, from the example that needs three lines of settings: the worker of the live version does what a page sends.
import { afterAll, beforeAll, expect, test } from "vitest";
import { cards, orderCards } from "./support/cards.ts";
import type { Checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";

let g: Ground;
let first: Checkout;
let second: Checkout;
let dying: Checkout;

beforeAll(async () => {
  [g, first, second, dying] = await Promise.all([ground("trixie"), cards("0.1"), cards("0.2"), cards("0.3")]);
  await dying.edit("pyproject.toml", "--concurrency 2", "--concurrency 2 --loglevel nonsense");
});
afterAll(async () => {
  for (const thing of [first, second, dying, g]) await thing?.[Symbol.asyncDispose]();
});

const page = () => orderCards(g.node.host);
/** Orders a card, and returns who wrote it. */
const written = async (): Promise<string> => {
  const { order, writer } = page();
  const text = await order();
  await expect.poll(() => writer(text), { timeout: 20_000, interval: 250 }).not.toBe("");
  return await writer(text);
};
const mainProcess = () =>
  inside(
    g.node,
    "systemctl show -P MainPID \"$(systemctl list-units --plain --no-legend 'woven-cards-*-process-worker@*' | cut -d' ' -f1)\"",
  );

test("a page sends a task, and the worker does it as the user of the site", async () => {
  await g.op.succeed({ checkout: first, command: "setupnode" });
  await g.op.succeed({ checkout: first, command: "deploy" });
  expect(await written()).toMatch(/^0\.1 site_1 /);
});

test("Redis has a password, which only the site's processes and root can read", async () => {
  const refused = await inside(g.node, "runuser -u woven -- redis-cli ping 2>&1 || :");
  expect(refused).toContain("NOAUTH");
  // In a file: a command line would be found itself.
  const needle = "json.load(open('/var/local/woven/services.json'))['passwords']['redis']";
  await inside(g.node, `umask 077; python3 -c "import json; print(${needle})" >/run/needle`);
  expect(await inside(g.node, "grep -cE '^[0-9a-f]{48}$' /run/needle")).toBe("1");
  const places = "/etc /home /var/local /var/log /proc/[0-9]*/cmdline";
  for (const user of ["nobody", "woven", "www-data"])
    expect(await inside(g.node, `runuser -u ${user} -- grep -arlsFf - ${places} </run/needle || :`)).toBe("");
  expect(await inside(g.node, "grep -alFf /run/needle /proc/[0-9]*/cmdline || :")).toBe("");
  expect(await inside(g.node, "journalctl -q -o cat | grep -cFf /run/needle || :")).toBe("0");
  const listening = await inside(g.node, "ss -Hltn 'sport = :6379' | awk '{print $4}'");
  expect(listening.split("\n").every((address) => /^(127\.0\.0\.1|\[::1\]):6379$/.test(address))).toBe(true);
});

test("a task that runs during a deploy ends in peace, by the version that began it", async () => {
  const { order, writer } = page();
  const text = await order(12);
  await g.op.succeed({ checkout: second, command: "deploy" });
  expect(await writer(text)).toMatch(/^0\.1 /);
  expect(await written()).toMatch(/^0\.2 /);
});

test("after kill -9, the worker of the same version goes on", async () => {
  const before = await mainProcess();
  await inside(g.node, `kill -9 ${before}`);
  expect(await written()).toMatch(/^0\.2 /);
  expect(await mainProcess()).not.toBe(before);
});

test("a worker that dies at start brings the previous version back, with its worker", async () => {
  const { failure, error } = await g.op.fail({ checkout: dying, command: "deploy" });
  expect(failure.step).toBe("background");
  expect(error).toContain("loglevel");
  expect(await written()).toMatch(/^0\.2 /);
});

test("a rollback and a reboot: the worker of the live version does the tasks", async () => {
  await g.op.succeed({ checkout: second, command: "rollback" });
  expect(await written()).toMatch(/^0\.1 /);
  await g.node.reboot("power-cut");
  await expect.poll(() => written().catch(String), { timeout: 60_000 }).toMatch(/^0\.1 /);
});

test("setupnode again changes nothing, and keeps the password", async () => {
  const before = await inside(g.node, "sha256sum /var/local/woven/services.json /etc/redis/woven.conf");
  const { steps } = await g.op.succeed({ checkout: first, command: "setupnode" });
  expect(steps.filter(({ step, status }) => step.startsWith("service-") && status !== "ok")).toEqual([]);
  expect(await inside(g.node, "sha256sum /var/local/woven/services.json /etc/redis/woven.conf")).toBe(before);
});
