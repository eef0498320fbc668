// The firewall of a server that somebody has had a hand in: SSH cannot be shut out, and what no rule lets in is denied.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { attempt } from "./support/attempt.ts";
import { inside } from "./support/inside.ts";
import { changedSteps, expectNothingChanged, stockedNode } from "./support/setup.ts";

let cache: FakeCache;
let node: LocalNode;
let run: Awaited<ReturnType<typeof attempt>>;
beforeAll(async () => {
  cache = await FakeCache.start();
  node = await stockedNode("trixie", { kind: "root" });
  run = await attempt(node, "", cache);
});
afterAll(async () => {
  for (const thing of [run, node, cache]) await thing?.[Symbol.asyncDispose]();
});

/** The first rule of each IP version, as ufw keeps it. */
const firstRules = () => inside(node, "for file in user user6; do grep -m 1 '^### tuple' /etc/ufw/$file.rules; done");
const sshFirst =
  "### tuple ### allow tcp 10022 0.0.0.0/0 any 0.0.0.0/0 Woven%20SSH - in\n### tuple ### allow tcp 10022 ::/0 any ::/0 Woven%20SSH - in";
const policies = () =>
  inside(
    node,
    "ufw status verbose | sed -n 's/^Default: //p'; for tool in iptables ip6tables; do $tool -S INPUT | head -n 1; done",
  );
const denied = "deny (incoming), allow (outgoing), deny (routed)\n-P INPUT DROP\n-P INPUT DROP";

test("rules of others that would shut SSH out, an open policy, and IPv6 that is not looked at", async () => {
  await inside(
    node,
    `sed -i 's/^IPV6=.*/IPV6=no/' /etc/default/ufw
ufw allow 80,443/tcp; ufw deny 10022/tcp; ufw insert 1 deny from any
ufw default allow incoming; ufw default deny outgoing`,
  );
  const { stdout } = await run.converge();
  expect(await firstRules()).toBe(sshFirst);
  expect(await policies()).toBe(denied);
  expect(stdout).toMatch(/not Woven's: deny 10022\/tcp/);
  expect(stdout).toMatch(/not Woven's: deny to any/);
  expect(await inside(node, "ufw show added | sed -n 's/^ufw //p' | sort")).toBe(
    "allow 'Woven SSH'\nallow 80,443/tcp\ndeny 10022/tcp\ndeny to any",
  );
  expect(await inside(node, "grep -c '^### tuple ### allow tcp 80,443' /etc/ufw/user6.rules")).toBe("1");
  expect(await inside(node, "grep ^IPV6= /var/local/woven-backup/etc/default/ufw /etc/default/ufw")).toBe(
    "/var/local/woven-backup/etc/default/ufw:IPV6=no\n/etc/default/ufw:IPV6=yes",
  );
});

test("what was changed by hand afterwards is put right, and named", async () => {
  await inside(
    node,
    `ufw insert 1 deny 9999/tcp; ufw default allow incoming; ip6tables -P INPUT ACCEPT; ufw delete deny from any`,
  );
  expect(changedSteps(await run.succeed())).toEqual([
    "Firewall lets SSH in on port 10022",
    "Firewall denies what no rule lets in, and lets out",
  ]);
  expect(await firstRules()).toBe(sshFirst);
  expect(await policies()).toBe(denied);

  await inside(node, "ip6tables -P INPUT ACCEPT");
  expect(changedSteps(await run.succeed())).toEqual(["Firewall on"]);
  expect(await policies()).toBe(denied);

  await inside(node, "sed -i '/^### tuple ### .*Woven/,/^$/d' /etc/ufw/user6.rules; ufw reload");
  expect(changedSteps(await run.succeed())).toEqual(["Firewall lets SSH in on port 10022"]);
  expect(await firstRules()).toBe(sshFirst);
  expectNothingChanged(await run.succeed());
});

test("a policy that refuses instead of dropping is as good, and stays", async () => {
  await inside(node, "ufw default reject incoming");
  expectNothingChanged(await run.succeed());
});
