// setupnode, cut at every boundary between two steps and in other bad moments: the owner can always log in, and a rerun converges.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LocalNode, startNode } from "../../src/local/node.ts";
import { createLog } from "../../src/log.ts";
import { readFacts } from "../../src/node/facts.ts";
import { Host } from "../../src/node/host.ts";
import { runStage } from "../../src/node/run-stage.ts";
import type { Stage } from "../../src/node/stage.ts";
import { openRuntime } from "../../src/open-runtime.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { closeStage, type NodePlan, nodePlan, setupStage } from "../../src/setup/setup-stages.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { nodeFacts } from "../node/records.ts";
import { settingsOf } from "../settings/source.ts";
import { until } from "./local-node-harness.ts";
import type { Checkout } from "./support/checkout.ts";
import { keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { type Operator, operator, told } from "./support/operator.ts";
import { expectNothingChanged, settingsOnly, stockedNode } from "./support/setup.ts";
import { login, waysIn } from "./support/ssh-login.ts";

const toml = 'timezone = "Europe/Berlin"\nufw-rules = ["allow 80,443/tcp", "allow 8443/tcp"]\n';

let cache: FakeCache;
let project: Checkout;
beforeAll(async () => {
  [cache, project] = await Promise.all([FakeCache.start(), settingsOnly(toml)]);
});
afterAll(async () => {
  for (const thing of [cache, project]) await thing?.[Symbol.asyncDispose]();
});

const fresh = () => stockedNode("trixie", { kind: "root" });
const operatorOf = (node: LocalNode): Operator => operator(node, keys, cache);

/** The settings of the action's run, for a run from this process. */
async function settingsFor(node: Pick<LocalNode, "host" | "knownHosts">, text = toml): Promise<Settings> {
  return settingsOf({
    files: { "woven.toml": text },
    inputs: {
      command: "setupnode",
      roles: JSON.stringify({ production: [`woven@${node.host}`] }),
      "ssh-key": await readFile(keys.privateKeyFile, "utf8"),
      "known-hosts": (await node.knownHosts()).join("\n"),
    },
  });
}

/** Runs as setupnode does, and ends between two steps: `opening` of the first stage's, then `closing` of the second's. */
async function cutAfter(node: LocalNode, opening: number, closing?: number, text = toml): Promise<void> {
  const settings = await settingsFor(node, text);
  const [address] = settings.nodes;
  if (!address) throw new Error("no node");
  const log = createLog(() => undefined);
  const signal = new AbortController().signal;
  await using world = await openRuntime(settings, { log, env: {}, cacheDir: "/nonexistent", signal });
  const host = (user: string, port: number) =>
    new Host({ address, log, signal, connect: () => world.connect({ user, host: node.host, port }) });
  let plan: NodePlan;
  {
    await using first = host(settings.login.rootUser, settings.login.defaultSshPort);
    plan = await nodePlan(address, await readFacts(first), settings);
    await runStage(first, cut(setupStage(plan, settings, "opening"), opening));
  }
  if (closing === undefined) return;
  await using second = host("woven", settings.login.sshPort);
  await runStage(second, cut(closeStage(plan, settings), closing));
}

function cut(stage: Stage, count: number): Stage {
  return { ...stage, steps: stage.steps.slice(0, count) };
}

/** The steps of both stages, as the action sends them. */
async function stepIds(): Promise<{ readonly opening: readonly string[]; readonly closing: readonly string[] }> {
  const settings = await settingsFor({ host: "127.0.0.1", knownHosts: async () => [] });
  const [address] = settings.nodes;
  if (!address) throw new Error("no node");
  const plan = await nodePlan(address, nodeFacts(), settings);
  const ids = ({ steps }: Stage) => steps.map(({ id }) => id);
  return { opening: ids(setupStage(plan, settings, "opening")), closing: ids(closeStage(plan, settings)) };
}

/** The owner can log in now; the next run ends well, the one after it finds nothing to do, and the old way is closed. */
async function expectConverges(node: LocalNode): Promise<void> {
  expect(await waysIn(node, "root")).not.toEqual([]);
  await operatorOf(node).succeed({ checkout: project, command: "setupnode" });
  expectNothingChanged(await operatorOf(node).succeed({ checkout: project, command: "setupnode" }));
  expect(await waysIn(node, "root")).toEqual(["new"]);
  expect(
    await inside(node, "ufw show added | sed -n 's/^ufw //p' | sort; ls /var/local/woven/ssh-guard 2>/dev/null || :"),
  ).toBe("allow 'Woven SSH'\nallow 80,443/tcp\nallow 8443/tcp");
}

const { opening, closing } = await stepIds();
// On a node that has its packages the steps before this one find nothing to do: a cut there is a cut before the first.
const begin = opening.indexOf("deploy-user");

describe("cut after a step, the owner logs in, and the next run goes on to the end", () => {
  vi.setConfig({ maxConcurrency: 2 });
  test("there are steps to cut at", () => {
    expect(begin).toBeGreaterThan(0);
    expect(closing.length).toBeGreaterThan(5);
  });

  test.concurrent.each([
    ...opening.slice(begin).map((id, index) => [`setup: ${id}`, begin + index + 1, undefined] as const),
    // The turn is taken anew, and that is all.
    ...closing.map((id, index) => [`close: ${id}`, opening.length, index + 1] as const).slice(1),
  ])("%s", async (_, first, second) => {
    await using node = await fresh();
    await cutAfter(node, first, second);
    await expectConverges(node);
  });
});

test("a move to another port, and one back, that were broken off are gone on with", async () => {
  await using node = await fresh();
  await expectConverges(node);
  const listens = () =>
    inside(node, "ss -Hltn | awk '{print $4}' | sed -n 's/.*:\\(10*[0-9]*22\\|1002[0-9]\\)$/\\1/p' | sort -u");
  const cuts = [
    [opening.indexOf("ufw-ssh") + 1, undefined],
    [opening.indexOf("sshd") + 1, undefined],
    [opening.length, closing.indexOf("sshd") + 1],
    [opening.length, closing.length],
  ] as const;
  let [from, to] = [10022, 10023];
  for (const [first, second] of cuts) {
    const move = `${toml}root-user = "woven"\nssh-port = ${to}\ndefault-ssh-port = ${from}\n`;
    await cutAfter(node, first, second, move);
    await using moving = await settingsOnly(move);
    // The keys are pinned for the port alone that SSH has had until now.
    const pinned = (await node.knownHosts()).map((line) => line.replace(/^\S+/, `[${node.host}]:${from}`)).join("\n");
    const job = { checkout: moving, command: "setupnode" };
    const here = second === undefined ? { "known-hosts": pinned } : {};
    await operatorOf(node).succeed({ ...job, inputs: here });
    expectNothingChanged(await operatorOf(node).succeed(job));
    expect(await listens()).toBe(`${to}`);
    expect((await login({ user: "woven", host: node.host, port: to, node }, "sudo -n true")).code).toBe(0);
    expect(
      await inside(node, "grep -h '^### tuple.*Woven' /etc/ufw/user.rules /etc/ufw/user6.rules | cut -d' ' -f6"),
    ).toBe(`${to}\n${to}`);
    [from, to] = [to, from];
  }
});

describe("from a bare server", () => {
  test.each(["package-lists", "packages"])("cut after %s, the next run goes on", async (id) => {
    await using node = await startNode({
      suite: "trixie",
      login: { kind: "root" },
      publicKey: keys.publicKey,
      log: () => undefined,
    });
    await cutAfter(node, opening.indexOf(id) + 1);
    if (id === "packages") {
      // As a power cut in the middle of it leaves the node: services may not start, and a package is half done.
      await inside(
        node,
        `printf '#!/bin/sh\\n# Managed by Woven, while it installs packages.\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
sed -i '/^Package: nginx$/,/^$/s/^Status: .*/Status: install ok half-configured/' /var/lib/dpkg/status`,
      );
    }
    await expectConverges(node);
    expect(await inside(node, "dpkg --audit; ls /usr/sbin/policy-rc.d 2>/dev/null || :")).toBe("");
  });
});

describe("a change that no login has proved", () => {
  const armed = "/var/local/woven/ssh-guard/armed";
  const sooner =
    "sed -i 's/^OnActiveSec=.*/OnActiveSec=4/' /etc/systemd/system/woven-ssh-guard.timer; systemctl daemon-reload";
  const takenBack = async (node: LocalNode) => {
    await until("the node takes the change back", async () => (await node.run(["test", "-e", armed])).code !== 0, 30);
    await until("the old way is open", async () => (await waysIn(node, "root")).includes("old"), 30);
  };
  const asBefore = async (node: LocalNode) => {
    expect(await waysIn(node, "root")).toEqual(["old"]);
    expect(
      await inside(
        node,
        "ls /etc/ssh/sshd_config.d/00-woven.conf /etc/systemd/system/woven-ssh-guard* 2>/dev/null || :",
      ),
    ).toBe("");
    expect(await inside(node, "sshd -T | sed -n 's/^port //p'")).toBe("22");
    expect(
      await inside(node, "systemctl list-timers --all --no-legend 'woven*'; systemctl --failed --no-legend --plain"),
    ).toBe("");
  };

  test("is taken back by the node when the time is over", async () => {
    await using node = await fresh();
    await inside(node, "echo root:correct-horse | chpasswd");
    // Who asks for something to be on the disk is heard, and what had been done by then.
    await inside(
      node,
      `printf '#!/bin/sh\\necho "$* $(ls /etc/ssh/sshd_config.d/00-woven.conf /var/local/woven/ssh-guard/armed 2>/dev/null | tr "\\\\n" " ")" >>/root/synced\\nexec /usr/bin/sync "$@"\\n' >/usr/local/sbin/sync; chmod 755 /usr/local/sbin/sync`,
    );
    await cutAfter(node, opening.length, closing.length);
    const synced = (await inside(node, "cat /root/synced")).split("\n");
    const when = (what: string) => synced.findIndex((line) => line.includes(what));
    expect(when("ssh-guard/armed.new")).toBeGreaterThan(0);
    for (const before of [
      "files/etc/ufw/user.rules",
      "files/etc/default/ufw",
      "ssh-guard/kept",
      "timers.target.wants",
    ]) {
      expect(when(before)).toBeGreaterThanOrEqual(0);
      expect(when(before)).toBeLessThan(when("ssh-guard/armed.new"));
    }
    expect(
      synced
        .slice(0, when("ssh-guard/armed.new") + 1)
        .filter((line) => line.includes("00-woven.conf /") || / \/etc\/ssh\/sshd_config.d\/00-woven.conf $/.test(line)),
    ).toEqual([]);
    await inside(node, "rm /usr/local/sbin/sync");
    expect(await waysIn(node, "root")).toEqual(["new"]);
    expect(
      await inside(node, "passwd -S root | cut -d' ' -f2; systemctl show -p TimersMonotonic woven-ssh-guard.timer"),
    ).toMatch(/^L\n.*3min/);
    // While somebody else is at the guard, nothing is taken back; and what cannot be brought back at once is tried again.
    await inside(
      node,
      `touch /run/held; systemd-run --quiet --unit=hold flock /var/local/woven/.ssh-guard.lock sh -c 'while [ -e /run/held ]; do sleep 0.05; done'
mount --bind /etc/ufw /etc/ufw; mount -o remount,bind,ro /etc/ufw; ${sooner}; systemctl restart woven-ssh-guard.timer`,
    );
    await until(
      "the node is about to take it back",
      async () =>
        (await inside(node, "systemctl show -p ActiveState --value woven-ssh-guard.service")) === "activating",
      30,
    );
    await until("it waits", async () => (await node.run(["pgrep", "-f", "flock -w 120"])).code === 0, 10);
    expect(await waysIn(node, "root")).toEqual(["new"]);
    await inside(node, "rm /run/held");
    await until("the old way is open", async () => (await waysIn(node, "root")).includes("old"), 30);
    await until(
      "the firewall is not as before",
      async () => /tried again:.*ufw/.test(await inside(node, "journalctl -u woven-ssh-guard --no-pager")),
      30,
    );
    expect(
      await inside(node, `ls ${armed}; passwd -S root | cut -d' ' -f2; ls /var/local/woven/ssh-guard/kept`),
    ).toMatch(/\nP\n/);
    await inside(node, "umount /etc/ufw");
    await takenBack(node);
    await asBefore(node);
    expect(await inside(node, "passwd -S root | cut -d' ' -f2; ufw status | head -n 1")).toBe("P\nStatus: inactive");
    await expectConverges(node);
  });

  test("is taken back after a power cut, too", async () => {
    await using node = await fresh();
    await cutAfter(node, opening.length);
    expect(await waysIn(node, "root")).toEqual(["old", "new"]);
    await inside(node, sooner);
    await node.reboot("power-cut");
    await takenBack(node);
    await asBefore(node);
    await expectConverges(node);
  });

  test("leaves the node its old way in where a provider's firewall does not let the new port through", async () => {
    await using node = await fresh();
    // Refused rather than dropped: the test need not wait for an answer that never comes.
    const rule = "INPUT -p tcp --dport 10022 -j REJECT --reject-with tcp-reset";
    await inside(node, `iptables -I ${rule}`);
    const { error, failure } = await operatorOf(node).fail({ checkout: project, command: "setupnode" });
    expect(failure.code).toMatch(/^(access-not-proved|connect-)/);
    expect(error).toMatch(/firewall.*10022.*ssh-port/s);
    expect(await waysIn(node, "root")).toEqual(["old"]);
    expect(await inside(node, `test -e ${armed} && systemctl is-active woven-ssh-guard.timer`)).toBe("active");
    await inside(node, `${sooner}; systemctl restart woven-ssh-guard.timer`);
    await takenBack(node);
    await asBefore(node);
    await inside(node, `iptables -D ${rule}`);
    await expectConverges(node);
  });
});

describe("a run that is disturbed", () => {
  const begun = (node: LocalNode) =>
    expect
      .poll(() => node.run(["test", "-e", "/var/local/woven/ssh-guard/armed"]).then(({ code }) => code), {
        timeout: 60_000,
        interval: 20,
      })
      .toBe(0);

  test("goes on when its connection breaks", async () => {
    await using node = await fresh();
    const running = await operatorOf(node).start({ checkout: project, command: "setupnode" });
    await begun(node);
    await inside(node, "pkill -KILL sshd-session || pkill -KILL -f 'sshd: '");
    const result = await running.result;
    expect(result.code, result.stdout).toBe(0);
    expectNothingChanged(await operatorOf(node).succeed({ checkout: project, command: "setupnode" }));
    expect(await waysIn(node, "root")).toEqual(["new"]);
  });

  test("says that it was cancelled, and leaves a way in", async () => {
    await using node = await fresh();
    const running = await operatorOf(node).start({ checkout: project, command: "setupnode" });
    await begun(node);
    running.process.kill("SIGINT");
    const result = await running.result;
    expect(result.code, result.stdout).toBe(1);
    expect(result.failures).toMatchObject([{ code: expect.stringMatching(/stopped|cancelled/) }]);
    await expectConverges(node);
  });

  test("can be begun anew when the runner has died", async () => {
    await using node = await fresh();
    const running = await operatorOf(node).start({ checkout: project, command: "setupnode" });
    await begun(node);
    running.process.kill("SIGKILL");
    await running.result;
    await expectConverges(node);
  });

  test("by another run at the same time waits for it, or is waited for: both end well", async () => {
    await using node = await fresh();
    const first = await operatorOf(node).start({ checkout: project, command: "setupnode" });
    const lock = "/var/local/woven/.setupnode.lock";
    await until(
      "the first is at work",
      async () => (await node.run(["sh", "-c", `grep -qs since ${lock}`])).code === 0,
      60,
    );
    const runner = await mkdtemp(join(tmpdir(), "woven-second-runner-"));
    const second = await operatorOf(node).run({
      checkout: project,
      command: "setupnode",
      env: { RUNNER_TEMP: runner },
    });
    await rm(runner, { recursive: true, force: true });
    const results = [await first.result, second];
    for (const result of results) expect(result.code, told(result)).toBe(0);
    expect(second.stdout).toMatch(/octocat.* \d\d:\d\d:\d\d UTC/);
    await expectConverges(node);
  });

  test("can be begun anew when the node has lost its power", async () => {
    await using node = await fresh();
    const running = await operatorOf(node).start({ checkout: project, command: "setupnode" });
    await begun(node);
    running.process.kill("SIGKILL");
    await running.result;
    await node.reboot("power-cut");
    expect((await login({ user: "root", host: node.host, port: 22, node }, "true")).code).toBe(0);
    await expectConverges(node);
  });
});
