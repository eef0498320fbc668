// The same under each server: no visitor notices a deployment, a patch or a rollback, what takes long ends in peace, a cancelled run takes
// everything back, two servers switch together, and what is killed comes again.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalNode } from "../../src/local/node.ts";
import { type ServerName, serverNames } from "../../src/settings/settings.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { failed, parts, rate, releases, startAsking } from "./support/asker.ts";
import { type Checkout, shop } from "./support/checkout.ts";
import { equippedNode, keys } from "./support/equipped.ts";
import { footprint, inside, lease } from "./support/inside.ts";
import { type Job, type Operator, operator } from "./support/operator.ts";
import { slowSeconds, withSlowPage } from "./support/slow-page.ts";
import { ask, visitor } from "./support/visitor.ts";
import { openWebsocket } from "./support/websocket.ts";

/** Seconds: longer than the slow page takes. */
const drain = slowSeconds + 3;
/** What its unit starts. */
const programs: Readonly<Record<ServerName, string>> = {
  apache: "/usr/sbin/apache2",
  gunicorn: "-m gunicorn",
  uvicorn: "-m uvicorn",
  uwsgi: "_woven_uwsgi",
};

describe.each(serverNames)("under %s", (server) => {
  let cache: FakeCache;
  let web1: LocalNode;
  let web2: LocalNode;
  let op: Operator;
  let v1: Checkout;
  let v2: Checkout;
  let v3: Checkout;

  beforeAll(async () => {
    cache = await FakeCache.start();
    web1 = await equippedNode("trixie");
    web2 = await equippedNode("trixie");
    const knownHosts = async () => [...(await web1.knownHosts()), ...(await web2.knownHosts())];
    op = operator({ host: web1.host, knownHosts }, keys, cache);
    [v1, v2, v3] = await Promise.all([withSlowPage(shop["0.1"]), withSlowPage(shop["0.2"]), withSlowPage(shop["0.3"])]);
    for (const one of [v1, v2, v3])
      await one.edit("pyproject.toml", "[tool.woven]\n", `[tool.woven]\nserver = "${server}"\ndrain = ${drain}\n`);
    await op.succeed({ checkout: v1, command: "deploy" });
  });
  afterAll(async () => {
    for (const thing of [v1, v2, v3, web1, web2, cache]) await thing?.[Symbol.asyncDispose]();
  });

  const serving = async (node = web1) => parts(await visitor(node.host).versions());
  /** Instances of units of the shop that run, without sockets. */
  const running = async () =>
    (
      await inside(
        web1,
        "systemctl list-units --plain --no-legend --state=active,deactivating 'woven-shop-*@*.service' | cut -d' ' -f1",
      )
    ).split("\n");

  /** Runs the job while the crowd asks, and fails if any of them got no answer. */
  async function underLoad(job: Job, perSecond = rate) {
    await using crowd = startAsking(web1.host, undefined, perSecond);
    await crowd.answered();
    const result = await op.succeed(job);
    const ended = performance.now();
    await crowd.answered();
    const asked = await crowd.stop();
    expect(asked.length).toBeGreaterThan(result.seconds * perSecond * 0.9);
    expect(failed(asked)).toEqual([]);
    return { all: releases(asked), after: releases(asked.filter(({ sent }) => sent > ended)) };
  }

  test("50 requests a second: deploy, patch, rollback and activate, and none fails", async () => {
    const deployed = await underLoad({ checkout: v2, command: "deploy" });
    expect([deployed.all, deployed.after]).toEqual([["0.1/0.1/0.1", "0.2/0.2/0.2"], ["0.2/0.2/0.2"]]);
    const { pid, user } = await visitor(web1.host).versions();
    expect(user).toBe("site_1");
    expect(await inside(web1, `systemctl show -p ExecStart --value "$(ps -o unit= -p ${pid})"`)).toContain(
      programs[server],
    );

    await v2.write("templates/version.txt", "0.2-patched\n");
    const patched = await underLoad({ checkout: v2, command: "patch", inputs: { parts: "templates" } });
    expect(patched.after).toEqual(["0.2/0.2-patched/0.2"]);
    expect((await underLoad({ checkout: v2, command: "rollback" })).after).toEqual(["0.1/0.1/0.1"]);
    const activated = await underLoad({ checkout: v2, command: "activate", inputs: { version: "0.2" } });
    expect(activated.after).toEqual(["0.2/0.2-patched/0.2"]);
  });

  test("requests of ten seconds and websockets outlive the switch, and what served them ends within drain", async () => {
    // The one before may still run: it is live again afterwards.
    const before = (await running()).filter((unit) => unit.startsWith("woven-shop-0.2"));
    expect(before.length).toBeGreaterThan(0);
    const slow = Array.from({ length: 5 }, () => ask(web1.host, "shop.example.com", "/slow"));
    const live =
      server === "uvicorn" ? await openWebsocket(web1.host, { host: "shop.example.com", path: "/live" }) : undefined;
    await pause(500);
    await op.succeed({ checkout: v2, command: "rollback" });
    const switched = performance.now();
    if (live) expect(await live.say("still")).toBe("still 0.2");
    for (const { status, body } of await Promise.all(slow))
      expect([status, body]).toEqual([200, `0.2 after ${slowSeconds} s\n`]);
    await expect
      .poll(async () => (await running()).filter((unit) => before.includes(unit)), { timeout: 90_000, interval: 500 })
      .toEqual([]);
    // The timer of systemd has a second, and an open websocket does not delay the end.
    expect((performance.now() - switched) / 1000).toBeLessThan(drain + 8);
    if (live) await expect(live.say("late")).rejects.toThrow(/closed/);
    expect(await inside(web1, "systemctl list-units --plain --no-legend --failed 'woven-*'")).toBe("");
    expect(await serving()).toBe("0.1/0.1/0.1");
  });

  test("a request that is longer than drain has 30 more seconds to end", async () => {
    await v3.edit("pyproject.toml", `drain = ${drain}\n`, "drain = 1\n");
    const slow = ask(web1.host, "shop.example.com", "/slow");
    await pause(500);
    await op.succeed({ checkout: v3, command: "activate", inputs: { version: "0.2" } });
    expect((await slow).body).toBe(`0.1 after ${slowSeconds} s\n`);
  });

  /** Requests a second that the site answers at once while nothing happens: 500, or fewer where the machine is busy with other things. */
  async function bearable(): Promise<number> {
    for (const perSecond of [500, 250, 125]) {
      const crowd = startAsking(web1.host, undefined, perSecond);
      await pause(3000);
      const ended = performance.now();
      const asked = await crowd.stop();
      if (failed(asked).length === 0 && performance.now() - ended < 1000) return perSecond;
      await pause(5000);
    }
    throw new Error("this machine bears no load: run the test where less is going on");
  }

  test("500 requests a second while two versions change places, and none fails", async () => {
    // Debian's 768 for each worker are used up while new processes start and take the processors.
    await inside(
      web1,
      "sed -i 's/worker_connections .*/worker_connections 16384;/; 1i worker_rlimit_nofile 65536;' /etc/nginx/nginx.conf && systemctl reload nginx",
    );
    const perSecond = await bearable();
    console.log(`${server}: ${perSecond} requests a second`);
    const job = { checkout: v3, command: "rollback" };
    expect((await underLoad(job, perSecond)).after).toEqual(["0.1/0.1/0.1"]);
    const back = { checkout: v3, command: "activate", inputs: { version: "0.2" } };
    expect((await underLoad(back, perSecond)).after).toEqual(["0.2/0.2-patched/0.2"]);
  });

  test("a run that is cancelled in the middle of the switch takes back all of it, and no visitor notices", async () => {
    await op.succeed({ checkout: v3, command: "deploy" });
    const before = await footprint(web1);
    await using crowd = startAsking(web1.host);
    const cancelled = await op.start({ checkout: v1, command: "activate", inputs: { version: "0.1" } });
    await expect
      .poll(() => cancelled.steps().map(({ step }) => step), { timeout: 90_000, interval: 10 })
      .toContain("start");
    cancelled.process.kill("SIGINT");
    const result = await cancelled.result;
    const asked = await crowd.stop();
    expect(failed(asked)).toEqual([]);
    expect(result.code, result.stdout).toBe(1);
    expect(await serving()).toBe("0.3/0.3/0.3");
    expect(await lease(web1)).toBeUndefined();
    expect(await footprint(web1)).toEqual(before);
  });

  test("a server that is killed starts again, and so does a worker", async () => {
    for (const who of ["worker", "server"]) {
      const { pid } = await visitor(web1.host).versions();
      const victim = who === "worker" ? pid : Number(await inside(web1, `ps -o ppid= -p ${pid}`));
      await inside(web1, `kill -9 ${victim}`);
      await expect
        .poll(() => visitor(web1.host).versions().then(parts, String), { timeout: 30_000 })
        .toBe("0.3/0.3/0.3");
      await expect.poll(() => inside(web1, `[ ! -e /proc/${victim} ] || echo there`)).toBe("");
    }
  });

  test("two servers switch together or not at all, before the eyes of visitors who notice nothing", async () => {
    const both = { roles: JSON.stringify({ production: [web1, web2].map(({ host }) => `woven@${host}`) }) };
    await op.succeed({ checkout: v3, command: "deploy", inputs: both });
    expect(await serving(web2)).toBe("0.3/0.3/0.3");
    const conf = "/etc/nginx/sites-enabled/zz-other.conf";
    await inside(web2, `printf 'server {\\n  listen 80;\\n  server_name shop.example.com;\\n}\\n' >${conf}`);
    await v3.edit("pyproject.toml", 'version = "0.3"', 'version = "0.4"');
    await using crowd = startAsking(web1.host);
    await crowd.answered();
    const result = await op.run({ checkout: v3, command: "deploy", inputs: { ...both, "max-parallel": "1" } });
    await crowd.answered();
    expect(failed(await crowd.stop())).toEqual([]);
    await inside(web2, `rm ${conf}`);
    expect(result.code).toBe(1);
    expect(JSON.parse(result.outputs["results"] ?? "")).toMatchObject([
      { status: "rolled-back", version: "0.3" },
      { status: "failed", version: "0.3" },
    ]);
    expect([await serving(), await serving(web2)]).toEqual(["0.3/0.3/0.3", "0.3/0.3/0.3"]);
  });

  test("after a power cut the site is served again", async () => {
    await inside(web1, "sync");
    await web1.reboot("power-cut");
    await expect.poll(() => serving().catch(String), { timeout: 30_000 }).toBe("0.3/0.3/0.3");
  });
});
