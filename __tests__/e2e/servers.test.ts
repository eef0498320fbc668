// One site, two servers: from Apache to gunicorn and back while visitors come, a patch and a rollback on the way, and nothing left at the end.
import { afterAll, beforeAll, expect, test } from "vitest";
import { failed, parts, rate, releases, startAsking } from "./support/asker.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { footprint, inside } from "./support/inside.ts";
import type { Job } from "./support/operator.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let apache: Checkout;
let gunicorn: Checkout;
let again: Checkout;
/** What the node has before anything is deployed: it is to have it again. */
let before: { readonly files: readonly string[]; readonly users: string };

beforeAll(async () => {
  [g, apache, gunicorn, again] = await Promise.all([
    ground("trixie"),
    checkout(shop["0.1"]),
    checkout(shop["0.2"]),
    checkout(shop["0.3"]),
  ]);
  await gunicorn.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\nserver = "gunicorn"\n');
  await gunicorn.edit("shop/health.py", '"the shop is open', "f\"the shop is open to {request.META['REMOTE_ADDR']}");
  before = { files: await footprint(g.node), users: await users() };
});
afterAll(async () => {
  for (const thing of [apache, gunicorn, again, g]) await thing?.[Symbol.asyncDispose]();
});

function users(): Promise<string> {
  return inside(g.node, "getent passwd | cut -d: -f1 | sort; ls /run/woven 2>/dev/null || :");
}

/** Runs the job while the crowd asks; fails where any of them got no answer. */
async function underLoad(job: Job) {
  await using crowd = startAsking(g.node.host);
  await crowd.answered();
  const result = await g.op.succeed(job);
  const ended = performance.now();
  await crowd.answered();
  const asked = await crowd.stop();
  expect(asked.length).toBeGreaterThan(result.seconds * rate * 0.9);
  expect(failed(asked)).toEqual([]);
  return { result, all: releases(asked), after: releases(asked.filter(({ sent }) => sent > ended)) };
}

test("Apache answers nobody without the key, and the application never sees it", async () => {
  await g.op.succeed({ checkout: apache, command: "deploy" });
  const key = "/etc/nginx/woven/shop-0.1@web.conf";
  expect(await inside(g.node, `stat -c '%a %U:%G' ${key} /etc/apache2/woven/shop-0.1.key`)).toBe(
    "640 root:root\n640 root:root",
  );
  const address = await inside(g.node, "ss -Hltn 'sport = :480' | awk '{print $4}'");
  const answer = await inside(
    g.node,
    `runuser -u nobody -- python3 -c '
import urllib.request, urllib.error
request = urllib.request.Request("http://${address}/healthz", headers={"Host": "shop.example.com", "X-Forwarded-For": "203.0.113.9"})
try: print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as error: print(error.code)'`,
  );
  expect(answer).toBe("403");
  const keyText = await inside(g.node, `sed -n 's/.*"\\([0-9a-f]*\\)";/\\1/p' ${key}`);
  expect(keyText).toMatch(/^[0-9a-f]{64}$/);
  const { body } = await visitor(g.node.host).get("/no-such-page");
  expect(body).not.toContain(keyText);
  // Its first digit apart, so that what looks for it does not find itself.
  const sought = `[${keyText[0]}]${keyText.slice(1)}`;
  expect(await inside(g.node, `grep -rl '${sought}' /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null || :`)).toBe(
    "",
  );
});

test("a deploy says before it builds that setupnode is due, and what is missing", async () => {
  await using more = await checkout(shop["0.2"]);
  const rules = 'ufw-rules = ["allow 80,443/tcp", "allow 8443/tcp"]\n';
  await more.edit("pyproject.toml", "[tool.woven]\n", `[tool.woven]\nextra-packages = ["sl", "tzdata"]\n${rules}`);
  await inside(g.node, "systemctl stop nginx");
  const { error, failure, result } = await g.op.fail({ checkout: more, command: "deploy" });
  await inside(g.node, "systemctl start nginx");
  expect(failure.code).toBe("setup-due");
  expect(error).toMatch(/\bsl\b.*extra-packages.*nginx\.service.*allow 8443\/tcp/);
  expect(error).not.toMatch(/tzdata|80,443/);
  expect(result.stdout).not.toContain("Bundle for Python");
  expect(result.steps).toEqual([]);

  await more.edit("pyproject.toml", '"sl", ', "");
  const { annotations } = await g.op.succeed({ checkout: more, command: "deploy", inputs: { "dry-run": "true" } });
  const warnings = annotations.filter(({ kind }) => kind === "warning").map(({ message }) => message);
  expect(warnings.filter((text) => text.includes("setupnode"))).toEqual([expect.stringContaining("allow 8443/tcp")]);
});

test("a deploy moves the live site to gunicorn, which no requirement names, and no visitor notices", async () => {
  const { result, all, after } = await underLoad({ checkout: gunicorn, command: "deploy" });
  expect(result.stdout).toMatch(/Added to the bundle: gunicorn \d/);
  expect([all, after]).toEqual([["0.1/0.1/0.1", "0.2/0.2/0.2"], ["0.2/0.2/0.2"]]);
  const { pid, user } = await visitor(g.node.host).versions();
  expect(user).toBe("site_1");
  expect(await inside(g.node, `tr '\\0' ' ' </proc/${pid}/cmdline`)).toContain("gunicorn");
  const { body } = await visitor(g.node.host).get("/healthz", { "X-Forwarded-For": "203.0.113.9" });
  expect(body).toMatch(/^the shop is open to 198\.1[89]\.\d+\.\d+\n$/);
});

test("only nginx and root may open its socket, and the link of the live release leads there", async () => {
  const live = await inside(g.node, "readlink -f /run/woven/shop/site_1.sock");
  expect(live).toMatch(/^\/run\/woven\/shop\/site_1\.[0-9a-f]{6}\.sock$/);
  expect(await inside(g.node, `stat -c '%a %U:%G' ${live} /run/woven/shop`)).toBe("660 root:www-data\n711 root:root");
  const opens = (user: string) =>
    inside(
      g.node,
      `runuser -u ${user} -- python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("${live}"); print("in")' 2>&1 | tail -n 1`,
    );
  expect([await opens("www-data"), await opens("nobody"), await opens("site_1")]).toEqual([
    "in",
    expect.stringContaining("PermissionError"),
    expect.stringContaining("PermissionError"),
  ]);
});

test("a patch under gunicorn changes what it is for, and no visitor notices", async () => {
  await gunicorn.write("templates/version.txt", "0.2-patched\n");
  const { after } = await underLoad({ checkout: gunicorn, command: "patch", inputs: { parts: "templates" } });
  expect(after).toEqual(["0.2/0.2-patched/0.2"]);
  expect((await g.op.succeed({ checkout: gunicorn, command: "patch" })).outputs).toMatchObject({ changed: "false" });
});

test("rollback goes back to Apache, and activate to gunicorn again", async () => {
  const back = await underLoad({ checkout: gunicorn, command: "rollback" });
  expect(back.after).toEqual(["0.1/0.1/0.1"]);
  const forth = await underLoad({ checkout: gunicorn, command: "activate", inputs: { version: "0.2" } });
  expect(forth.after).toEqual(["0.2/0.2-patched/0.2"]);
  expect(await inside(g.node, "readlink /run/woven/shop/site_1.sock")).toMatch(/site_1\.[0-9a-f]{6}\.sock$/);
});

test("after a reboot gunicorn has the site again, and its link is there", async () => {
  await inside(g.node, "sync");
  await g.node.reboot("power-cut");
  await expect
    .poll(() => visitor(g.node.host).versions().then(parts, String), { timeout: 30_000 })
    .toBe("0.2/0.2-patched/0.2");
  expect(await inside(g.node, "test -S /run/woven/shop/site_1.sock && echo there")).toBe("there");
});

test("the next version moves the site back to Apache, and no visitor notices", async () => {
  const { all, after } = await underLoad({ checkout: again, command: "deploy" });
  expect([all, after]).toEqual([["0.2/0.2-patched/0.2", "0.3/0.3/0.3"], ["0.3/0.3/0.3"]]);
  const patched = await g.op.fail({ checkout: again, command: "deploy", inputs: { version: "0.2" } });
  expect(patched.error).toMatch(/0\.2 is on .* already/);
});

test("remove takes a version off that is kept, says beforehand what it will remove, and leaves the live one", async () => {
  const job = (version: string, inputs: Job["inputs"] = {}) => ({
    checkout: again,
    command: "remove",
    inputs: { version, ...inputs },
  });
  expect((await g.op.fail(job("0.3"))).error).toMatch(/0\.3 is live on .*not removed/);
  expect((await g.op.fail(job("7.0"))).error).toMatch(/"7\.0".*0\.1, 0\.2, 0\.3/);
  const footprintBefore = await footprint(g.node);
  const plan = await g.op.succeed(job("0.2", { "dry-run": "true" }));
  expect(plan.stdout).toContain("remove /etc/systemd/system/woven-shop-0.2-site_1@.socket");
  expect(await footprint(g.node)).toEqual(footprintBefore);

  await g.op.succeed(job("0.2"));
  const left = (await footprint(g.node)).filter((line) => line.includes("0.2"));
  expect(left).toEqual([]);
  expect(parts(await visitor(g.node.host).versions())).toBe("0.3/0.3/0.3");
  const { stdout } = await g.op.succeed({ checkout: again, command: "status" });
  expect(stdout).toContain("remove 0.2");
  expect((await g.op.fail(job("0.2"))).error).toMatch(/no version "0\.2"/);
});

test("remove takes all of the distribution off, and the node is as before it; the data lies where only root looks", async () => {
  const { stdout, outputs } = await g.op.succeed({ checkout: again, command: "remove", inputs: { version: "shop" } });
  expect(outputs).toMatchObject({ changed: "true", activated: "false" });
  expect(await footprint(g.node)).toEqual(before.files);
  expect(await inside(g.node, "ls -A /home/woven/env")).toBe("");
  expect(await users()).toBe(before.users);
  const [, data = ""] = /moved \S+ to (\S+)/.exec(stdout) ?? [];
  expect(await inside(g.node, `ls ${data}; stat -c '%a %U' ${data}`)).toMatch(/^shop\.db[\s\S]*700 root$/);
  await expect(visitor(g.node.host).get("/")).rejects.toThrow("socket hang up");
});
