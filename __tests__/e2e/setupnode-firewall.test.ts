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
// What goes out is the owner's affair, whatever they think of it.
const denied = "deny (incoming), deny (outgoing), deny (routed)\n-P INPUT DROP\n-P INPUT DROP";

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
  // Rules of others are reported.
  for (const rule of ["deny 10022/tcp", "deny to any"]) expect(stdout).toContain(rule);
  expect(await inside(node, "ufw show added | sed -n 's/^ufw //p' | sort")).toBe(
    "allow 'Woven SSH'\nallow 80,443/tcp\ndeny 10022/tcp\ndeny to any",
  );
  expect(await inside(node, "grep -c '^### tuple ### allow tcp 80,443' /etc/ufw/user6.rules")).toBe("1");
  expect(await inside(node, "grep ^IPV6= /var/local/woven-backup/etc/default/ufw /etc/default/ufw")).toBe(
    "/var/local/woven-backup/etc/default/ufw:IPV6=no\n/etc/default/ufw:IPV6=yes",
  );
});

test("a ban before SSH's rule stays there, and so does what has nothing to do with SSH", async () => {
  await inside(
    node,
    `ufw prepend deny from 203.0.113.7; ufw prepend reject from 198.51.100.0/24 to any port 10022 proto tcp
ufw prepend deny from 2001:db8:5::/48; ufw insert 1 deny 9999/tcp; ufw insert 1 deny 10022/udp; ufw insert 1 deny out 10022/tcp`,
  );
  expectNothingChanged(await run.succeed());
  expect(await inside(node, "ufw status numbered | grep -n 'Woven SSH' | head -n 1")).toMatch(/\[ *[4-9]\]/);
});

test("what was changed by hand afterwards is put right, and named", async () => {
  await inside(
    node,
    `ufw insert 1 limit proto tcp from 10.0.0.0/8 to any port 9000:11000; ufw default allow incoming; ip6tables -P INPUT ACCEPT
ufw delete deny from any`,
  );
  expect(changedSteps(await run.succeed())).toEqual(["ufw-ssh", "ufw-policy"]);
  expect(await firstRules()).toBe(sshFirst);
  expect(await policies()).toBe(denied);

  await inside(node, "ip6tables -P INPUT ACCEPT");
  expect(changedSteps(await run.succeed())).toEqual(["ufw-on"]);
  expect(await policies()).toBe(denied);

  await inside(node, "sed -i '/^### tuple ### .*Woven/,/^$/d' /etc/ufw/user6.rules; ufw reload");
  expect(changedSteps(await run.succeed())).toEqual(["ufw-ssh"]);
  expect(await firstRules()).toBe(sshFirst);
  expectNothingChanged(await run.succeed());
});

test("a rule that is only written in another way is not touched, and goes with the last way to write it", async () => {
  const settings = (...rules: readonly string[]) => `ufw-rules = ${JSON.stringify(rules)}\n`;
  const open = async () =>
    (await inside(node, "grep -h '^### tuple ### allow tcp 80[89]' /etc/ufw/user.rules /etc/ufw/user6.rules || :"))
      .split("\n")
      .map((line) => line.split(" ").slice(5, 7).join(" "))
      .toSorted();
  const [v4, v6] = ["8080 0.0.0.0/0", "8080 ::/0"];
  const spelt = "allow proto tcp from any to any port 8080";

  await run.converge(settings("allow 8080/tcp"));
  expect(await open()).toEqual([v4, v6]);
  const reworded = await run.converge(settings(spelt));
  expect(reworded.stdout).toMatch(/allow 8080\/tcp.*allow proto tcp from any to any port 8080/);
  expect(await open()).toEqual([v4, v6]);

  await run.converge(settings("allow 8080/tcp", spelt));
  await run.converge(settings("allow 8080/tcp"));
  expect(await open()).toEqual([v4, v6]);

  // Half of it, and one that is not there yet.
  await run.converge(settings("allow proto tcp from 0.0.0.0/0 to any port 8080", "allow 8090/tcp"));
  expect(await open()).toEqual([v4, "8090 0.0.0.0/0", "8090 ::/0"]);
  const dropped = await run.converge(settings());
  expect(dropped.stdout).toContain("allow 8090/tcp");
  expect(await open()).toEqual([""]);
});

test("a policy that refuses instead of dropping is as good, and stays", async () => {
  await inside(node, "ufw default reject incoming");
  expectNothingChanged(await run.succeed());
});
