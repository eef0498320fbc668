// One release whose sites run under three servers: uWSGI, uvicorn and Apache. Each is its own user, and none notices a deployment.
import { afterAll, beforeAll, expect, test } from "vitest";
import { failed, releases, startAsking } from "./support/asker.ts";
import { type Checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { withSlowPage } from "./support/slow-page.ts";
import { ask, visitor } from "./support/visitor.ts";
import { openWebsocket } from "./support/websocket.ts";

let g: Ground;
let first: Checkout;
let next: Checkout;

const hosts = ["shop.example.com", "live.example.com", "old.example.com"];
const settings = `[tool.woven.server]
program = "uwsgi"
workers = 2
threads = 3
memory = "700M"

[tool.woven.sites.2]
domains = ["live.example.com"]
server = "uvicorn"
application = "shop.asgi:application"

[tool.woven.sites.3]
domains = ["old.example.com"]
server = { program = "apache", workers = 1 }
`;

async function mixed(layers: readonly string[]): Promise<Checkout> {
  const made = await withSlowPage(layers);
  await made.edit("pyproject.toml", "[tool.woven.health]", `${settings}\n[tool.woven.health]`);
  await made.edit("pyproject.toml", "[tool.woven]\n", "[tool.woven]\ndrain = 5\n");
  await made.write("templates/woven/uwsgi/drop-in.conf", "[Service]\nReadWritePaths=/srv\n");
  return made;
}

beforeAll(async () => {
  [g, first, next] = await Promise.all([ground("trixie"), mixed(shop["0.1"]), mixed(shop["0.2"])]);
});
afterAll(async () => {
  for (const thing of [first, next, g]) await thing?.[Symbol.asyncDispose]();
});

test("each site runs under its own server, as its own user, with its own options", async () => {
  const { stdout } = await g.op.succeed({ checkout: first, command: "deploy" });
  expect(stdout).toMatch(/Added to the bundle: pyuwsgi \d/);
  expect(stdout).toMatch(/Added to the bundle: uvicorn \d/);
  expect(stdout).toMatch(/uwsgi: 2 workers with 3 threads each, for site 1 \(server\.workers\)/);
  expect(stdout).toMatch(/uvicorn: \d workers?, for site 2/);
  for (const [index, host] of hosts.entries()) {
    const { user, site_id, pid } = await visitor(g.node.host, host).versions();
    expect([user, site_id]).toEqual([`site_${index + 1}`, index + 1]);
    const program = await inside(g.node, `systemctl show -p ExecStart --value "$(ps -o unit= -p ${pid})"`);
    expect(program).toContain(["_woven_uwsgi", "-m uvicorn", "/usr/sbin/apache2"][index]);
  }
  const unit = "$(basename /etc/systemd/system/multi-user.target.wants/woven-shop-*-site_1@*.service)";
  const limits = await inside(g.node, `systemctl show -p MemoryMax -p ReadWritePaths -p ProtectSystem "${unit}"`);
  expect(limits).toContain(`MemoryMax=${700 * 2 ** 20}`);
  expect(limits).toMatch(/ReadWritePaths=.*\/home\/woven\/database.* \/srv$/m);
  expect(limits).toContain("ProtectSystem=strict");
  const { body } = await visitor(g.node.host).get("/visitor", { "X-Forwarded-For": "203.0.113.9" });
  expect(body).toMatch(/^198\.1[89]\.\d+\.\d+ .*\/bin\/python$/);
});

test("uWSGI answers an upload that the application does not read", async () => {
  for (const bytes of [300_000, 5_000_000]) {
    const { status } = await ask(g.node.host, "shop.example.com", "/photos/", {
      method: "POST",
      body: Buffer.alloc(bytes),
    });
    expect(status).toBe(403);
  }
});

test("all sites move to the next version and back, no visitor notices, and a slow request outlives drain", async () => {
  const slow = ask(g.node.host, "shop.example.com", "/slow");
  const live = await openWebsocket(g.node.host, { host: "live.example.com", path: "/" });
  for (const [job, version] of [
    [{ command: "deploy" }, "0.2"],
    [{ command: "patch", inputs: { parts: "templates" } }, "0.2"],
    [{ command: "rollback" }, "0.1"],
  ] as const) {
    if (job.command === "patch") await next.write("templates/version.txt", "0.2\nand more\n");
    const crowds = hosts.map((host) => startAsking(g.node.host, host));
    await g.op.succeed({ checkout: next, ...job });
    await Promise.all(crowds.map((crowd) => crowd.answered()));
    for (const crowd of crowds) {
      const asked = await crowd.stop();
      expect(failed(asked)).toEqual([]);
      expect(releases(asked).at(-1)).toContain(version);
    }
  }
  expect((await slow).body).toBe("0.1 after 12 s\n");
  expect(await live.say("x").catch(String)).toMatch(/closed|0\.1/);
  await expect
    .poll(() => inside(g.node, "systemctl list-units --plain --no-legend --failed 'woven-*'"), { timeout: 20_000 })
    .toBe("");
});

test("a patch cannot move a site to another server", async () => {
  await next.edit("pyproject.toml", 'server = "uvicorn"', 'server = "gunicorn"');
  const { failure } = await g.op.fail({ checkout: next, command: "patch" });
  expect(failure.code).toBe("patch-other-server");
});
