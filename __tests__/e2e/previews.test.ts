// Previews on a real server, beside a live production site: built, updated, closed and ended by the server itself. Afterwards, the server
// is as before.
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkout } from "./support/checkout.ts";
import { inside } from "./support/inside.ts";
import { djangoSecret } from "./support/operator.ts";
import { type PreviewWorld, previewSecret, previewWorld } from "./support/preview-world.ts";
import { ask, visitor } from "./support/visitor.ts";

let w: PreviewWorld;
let before: readonly string[];

beforeAll(async () => {
  w = await previewWorld();
  ({ before } = w);
});
afterAll(() => w?.[Symbol.asyncDispose]());

const host = "pr-12.preview.example.com";
const root = "/home/woven/previews/shop/pr-12";

test("a pull request gets a site of its own, with a copy of production's data", async () => {
  const result = await w.g.op.succeed(w.job({ action: "opened" }));
  expect(result.outputs["url"]).toBe(`http://${host}/`);
  expect((await ask(w.g.node.host, host, "/")).status).toBe(401);
  const { status, headers, body } = await w.ask("pr-12", "/photos/");
  expect([status, headers["x-robots-tag"]]).toEqual([200, "noindex, nofollow"]);
  expect(body).toContain('data-branch="next"');
  expect(body).toContain("Fern");
  const photo = /src="([^"]*fern[^"]*)"/.exec(body)?.[1] ?? "";
  expect((await w.ask("pr-12", photo)).body).toBe("a photo");
  const { site_id, user } = await w.versions("pr-12");
  expect(site_id).toBe(1);
  expect(user).toMatch(/^site_\d{12}$/);
  // Production goes on, and knows nothing of it.
  expect((await visitor(w.g.node.host).get("/photos/")).body).not.toContain("data-branch");
  // The pull request has its address, and no password.
  const [{ body: comment } = { body: "" }] = w.github.comments;
  expect(comment).toContain(`http://${host}/`);
  expect(comment).toContain("templates/base.html");
  expect(comment).not.toContain("correct-horse");
  expect(w.github.deployments.map(({ statuses }) => statuses.map(({ state }) => state))).toEqual([["success"]]);
});

test("it is a patch: its files and packages are those of production", async () => {
  const bytes = async (which: string) =>
    Number(
      await inside(
        w.g.node,
        `find ${root}/env -type f ${which} -printf '%s\\n' | awk '{ sum += $1 } END { print sum + 0 }'`,
      ),
    );
  expect(await bytes("")).toBeGreaterThan(20e6);
  // The compiled project, and what Woven writes for the site.
  expect(await bytes("-links 1")).toBeLessThan(1e6);
});

test("all that it runs is within the limits of the preview", async () => {
  const slice = String.raw`woven-preview-shop\x7epr\x2d12.slice`;
  expect(await inside(w.g.node, `systemctl show -p MemoryMax -p TasksMax '${slice}' | sort`)).toBe(
    `MemoryMax=${512 * 2 ** 20}\nTasksMax=200`,
  );
  const { user } = await w.versions("pr-12");
  const groups = (await inside(w.g.node, `for pid in $(pgrep -u ${user}); do echo; cat /proc/$pid/cgroup; done`)).split(
    "\n\n",
  );
  for (const ofProcess of groups) expect(ofProcess).toContain(`/${slice}/`);
  // Of cgroup version 1, the hierarchies that limit, where the node has them; of version 2, the only one.
  const limiting = groups
    .flatMap((all) => all.split("\n"))
    .filter((line) => /^\d+:(memory|pids):\/.|^0::\/./.test(line));
  expect(limiting.filter((line) => !line.includes(slice))).toEqual([]);
});

test("its user reaches nothing of production", async () => {
  const { user } = await w.versions("pr-12");
  const asPreview = (command: string) => w.g.node.run(["runuser", "-u", user, "--", "sh", "-c", command]);
  const production = await inside(w.g.node, "readlink -f /home/woven/env/shop");
  const forbidden = [
    "cat /home/woven/database/shop.db",
    "ls /home/woven/database",
    `cat ${production}/environment/site_1.json`,
    `cat ${production}/project/shop/settings.py`,
    `ls ${production}/project`,
    "ls /home/woven/env/.packages/shop-*/",
    "cat /var/local/woven/shop/releases/0.1.json",
    "ls /var/local/woven/previews",
    "cat /var/log/woven/shop_example_com-error.log",
    "cat /var/log/woven/shop_example_com-access.log",
    "cat /etc/nginx/woven/*",
    "journalctl -q -n 1 -u 'woven-shop-*' | grep .",
    'cat "/proc/$(pgrep -o -u site_1)/environ"',
    'ls -l "/proc/$(pgrep -o -u site_1)/fd"',
    'ls "/proc/$(pgrep -o -u site_1)/cwd/"',
    // For root, the next would change something.
    "touch /home/woven/public/shop/mine",
    'kill "$(pgrep -o -u site_1)"',
    `for file in $(find ${root}/env/.packages); do [ ! -L $file ] && [ -w $file ] && exit 0; done; exit 1`,
    `for file in $(find ${root}/public -type f); do echo changed >>$file && exit 0; done; exit 1`,
    `for file in $(find -L ${root}/env/shop~pr-12 -type f -links +1); do if [ -w $file ]; then exit 0; fi; done; exit 1`,
    `python3 -c "import socket; socket.socket(socket.AF_UNIX).connect('$(readlink -f /run/woven/shop/site_1.sock)')"`,
  ];
  for (const command of forbidden) expect((await asPreview(command)).code, command).not.toBe(0);
  // The same commands work for root: they ask for things that are there.
  for (const command of forbidden.slice(0, -6)) await inside(w.g.node, command);
  expect((await asPreview(`cat ${root}/database/shop~pr-12.db`)).code).toBe(0);
  const environment = await inside(
    w.g.node,
    `cat /proc/$(pgrep -u ${user} -o)/environ ${root}/env/shop~pr-12/environment/*`,
  );
  expect(environment).not.toContain(djangoSecret);
  expect(environment).toContain(previewSecret);
  // Of [env], which a pull request may have changed.
  expect(environment).not.toContain("Grown slowly");
});

test("an update is seen at once, keeps the data, and renews the time to live", async () => {
  const ends = () => inside(w.g.node, "cat /var/local/woven/previews/shop~pr-12/expires");
  const first = await ends();
  await w.branch.edit("templates/base.html", 'data-branch="next"', 'data-branch="newer"');
  const result = await w.g.op.succeed(w.job({ action: "synchronize", commit: "2" }));
  const { body } = await w.ask("pr-12", "/photos/");
  expect(body).toContain('data-branch="newer"');
  expect(body).toContain("Fern");
  expect(result.steps.find(({ step }) => step === "copy-live-data")).toBeUndefined();
  expect(Number(await ends())).toBeGreaterThan(Number(first));
  expect(w.github.comments).toHaveLength(1);
});

test("the server ends it by itself, without any run, and is then as before", async () => {
  expect(await inside(w.g.node, "systemctl list-timers --all --no-legend 'woven-preview-shop*.timer' | wc -l")).toBe(
    "1",
  );
  await inside(w.g.node, "sync");
  // A server that was off at the end of the time to live.
  await inside(w.g.node, "echo 1577836800 >/var/local/woven/previews/shop~pr-12/expires; sync");
  await w.g.node.reboot("power-cut");
  await expect.poll(() => inside(w.g.node, "ls /var/local/woven/previews"), { timeout: 60_000 }).toBe("");
  await expect.poll(() => w.state(), { timeout: 30_000 }).toEqual(before);
  expect(await ask(w.g.node.host, host, "/").then(({ body }) => body, String)).not.toContain("data-branch");
  expect(await w.named("pr-12")).toBe("");
  expect((await visitor(w.g.node.host).versions()).user).toBe("site_1");
});

test("closing removes it, also without a checkout, and whatever labels remain", async () => {
  await w.g.op.succeed(w.job({ action: "opened" }));
  await using empty = await checkout([]);
  const closed = w.job({ action: "closed", labels: ["preview"] }, { checkout: empty });
  await w.g.op.succeed({ ...closed, inputs: { ...closed.inputs, "preview-label": "preview" } });
  expect(await w.state()).toEqual(before);
  expect(await w.named("pr-12")).toBe("");
  expect(w.github.comments[0]?.body).toContain("removed");
  expect(w.github.deployments.map(({ statuses }) => statuses.at(-1)?.["state"])).toEqual([
    "inactive",
    "inactive",
    "inactive",
  ]);
});

test("a fork without secrets ends well, and touches nothing", async () => {
  const absent = { "ssh-key": "", roles: "", "basic-auth": "", "preview-env": "", "github-token": "" };
  const fork = w.job({ action: "opened", from: "eve/shop" });
  const result = await w.g.op.succeed({ ...fork, inputs: { ...fork.inputs, ...absent } });
  expect(result.annotations.filter(({ kind }) => kind !== "notice")).toEqual([]);
  expect(result.outputs["url"] ?? "").toBe("");
});

test("code that may come from a fork is refused where secrets are", async () => {
  const target = w.job({ action: "opened", from: "eve/shop" });
  const { failure } = await w.g.op.fail({
    ...target,
    env: { ...target.env, GITHUB_EVENT_NAME: "pull_request_target" },
  });
  expect(failure.code).toBe("preview-untrusted");
  expect(await w.state()).toEqual(before);
});
