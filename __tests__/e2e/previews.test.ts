// Previews on a real server, beside a live production site: built, updated, closed and ended by the server itself. Afterwards, the server
// is as before.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { footprint, inside } from "./support/inside.ts";
import { djangoSecret, type Job } from "./support/operator.ts";
import { type PullRequestEvent, pullRequest } from "./support/pull-request.ts";
import { ask, type Versions, visitor } from "./support/visitor.ts";

let g: Ground;
let live: Checkout;
let branch: Checkout;
/** What the server has with production alone. */
let before: readonly string[];
let users: string;

const login = { authorization: `Basic ${Buffer.from("ada:correct-horse").toString("base64")}` };
const inputs = {
  env: "",
  "preview-env": "DJANGO_SECRET_KEY=only-for-previews-1b5e",
  "basic-auth": "ada:correct-horse",
};

const keys = `server = "gunicorn"
preview-domain = "preview.example.com"
preview-database-from = "live"
`;

beforeAll(async () => {
  [g, live, branch] = await Promise.all([ground("trixie"), checkout(shop["0.1"]), checkout(shop["0.1"])]);
  for (const project of [live, branch]) await project.edit("pyproject.toml", "[tool.woven]\n", `[tool.woven]\n${keys}`);
  await g.op.succeed({ checkout: live, command: "deploy" });
  await visitor(g.node.host).submit("/photos/", {
    title: "Fern",
    file: { name: "fern.png", type: "image/png", content: Buffer.from("a photo") },
  });
  await branch.edit("templates/base.html", "<body", '<body data-branch="next"');
  before = await footprint(g.node);
  users = await inside(g.node, "getent passwd; getent group");
});
afterAll(async () => {
  for (const thing of [live, branch, g]) await thing?.[Symbol.asyncDispose]();
});

function job(event: PullRequestEvent, more: Partial<Job> = {}): Job {
  return {
    checkout: branch,
    command: "preview",
    ...pullRequest(event),
    ...more,
    inputs: { ...inputs, ...more.inputs },
  };
}

const host = "pr-12.preview.example.com";
const root = "/home/woven/previews/shop/pr-12";

async function versions(name = host): Promise<Versions> {
  const { status, body } = await ask(g.node.host, name, "/version", { headers: login });
  expect(status, body).toBe(200);
  return JSON.parse(body) as Versions;
}

test("a pull request gets a site of its own, with a copy of production's data", async () => {
  const result = await g.op.succeed(job({ action: "opened" }));
  expect(result.outputs["url"]).toBe(`http://${host}/`);
  expect((await ask(g.node.host, host, "/")).status).toBe(401);
  const { status, headers, body } = await ask(g.node.host, host, "/photos/", { headers: login });
  expect([status, headers["x-robots-tag"]]).toEqual([200, "noindex, nofollow"]);
  expect(body).toContain('data-branch="next"');
  expect(body).toContain("Fern");
  const photo = /src="([^"]*fern[^"]*)"/.exec(body)?.[1] ?? "";
  expect((await ask(g.node.host, host, photo, { headers: login })).body).toBe("a photo");
  const { site_id, user } = await versions();
  expect(site_id).toBe(1);
  expect(user).toMatch(/^site_\d{12}$/);
  // Production goes on, and knows nothing of it.
  expect((await visitor(g.node.host).get("/photos/")).body).not.toContain("data-branch");
});

test("it is a patch: its files and packages are those of production", async () => {
  const own = await inside(
    g.node,
    `find ${root}/env -type f -links 1 -printf '%s\\n' | awk '{ sum += $1 } END { print sum + 0 }'`,
  );
  const all = await inside(
    g.node,
    `find ${root}/env -type f -printf '%s\\n' | awk '{ sum += $1 } END { print sum + 0 }'`,
  );
  expect(Number(all)).toBeGreaterThan(20e6);
  // Its collected static files, and the compiled project.
  expect(Number(own)).toBeLessThan(4e6);
});

test("its user reaches nothing of production", async () => {
  const { user } = await versions();
  const asPreview = (command: string) => g.node.run(["runuser", "-u", user, "--", "sh", "-c", command]);
  const production = await inside(g.node, "readlink -f /home/woven/env/shop");
  const forbidden = [
    "cat /home/woven/database/shop.db",
    "ls /home/woven/database",
    `cat ${production}/environment/site_1.json`,
    `cat ${production}/project/shop/settings.py`,
    `ls ${production}/project`,
    "cat /var/local/woven/shop/releases/0.1.json",
    "ls /var/local/woven/previews",
    "touch /home/woven/public/shop/mine",
    `for file in $(find ${root}/public -type f); do echo changed >>$file && exit 0; done; exit 1`,
    `python3 -c "import socket; socket.socket(socket.AF_UNIX).connect('/run/woven/shop/site_1.sock')"`,
    "cat /var/log/woven/shop_example_com-error.log",
  ];
  for (const command of forbidden) expect((await asPreview(command)).code, command).not.toBe(0);
  // The same commands work for root, or for the site itself: they ask for things that are there.
  for (const command of forbidden.slice(0, 7)) await inside(g.node, command);
  expect((await asPreview(`cat ${root}/database/shop~pr-12.db`)).code).toBe(0);
  const environment = await inside(
    g.node,
    `cat /proc/$(pgrep -u ${user} -o)/environ ${root}/env/shop~pr-12/environment/*`,
  );
  expect(environment).not.toContain(djangoSecret);
  expect(environment).toContain("only-for-previews");
  expect(environment).not.toContain("Grown slowly");
});

test("an update is seen at once, and what visitors wrote there stays", async () => {
  await branch.edit("templates/base.html", 'data-branch="next"', 'data-branch="newer"');
  const result = await g.op.succeed(job({ action: "synchronize", commit: "2" }));
  const { body } = await ask(g.node.host, host, "/photos/", { headers: login });
  expect(body).toContain('data-branch="newer"');
  expect(body).toContain("Fern");
  expect(result.steps.find(({ step }) => step === "copy-live-data")).toBeUndefined();
  const releases = await inside(g.node, `ls ${root}/env | grep -c '^shop~pr-12-'`);
  expect(Number(releases)).toBeLessThanOrEqual(2);
});

test("the same commit again, and a reboot: it is up", async () => {
  await g.op.succeed(job({ action: "reopened", commit: "2" }));
  await inside(g.node, "sync");
  await g.node.reboot("power-cut");
  await expect.poll(() => versions().catch(String), { timeout: 30_000 }).toMatchObject({ site_id: 1 });
});

test("the server ends it by itself, and is then as before", async () => {
  const timer = "woven-preview-shop*.timer";
  expect(await inside(g.node, `systemctl list-timers --all --no-legend '${timer}' | wc -l`)).toBe("1");
  // The timer's own unit, started as the timer does.
  await inside(g.node, "systemctl start 'woven-preview-shop\\x7epr\\x2d12.service'");
  expect(await ask(g.node.host, host, "/").then(({ body }) => body, String)).not.toContain("data-branch");
  expect(await footprint(g.node)).toEqual(before);
  expect(await inside(g.node, "getent passwd; getent group")).toBe(users);
  await nothingOf("pr-12");
  expect((await visitor(g.node.host).versions()).user).toBe("site_1");
});

test("closing removes it, also without a checkout, and whatever labels remain", async () => {
  await g.op.succeed(job({ action: "opened" }));
  expect((await versions()).site_id).toBe(1);
  await using empty = await checkout([]);
  await g.op.succeed(
    job({ action: "closed", labels: ["preview"] }, { checkout: empty, inputs: { "preview-label": "preview" } }),
  );
  expect(await footprint(g.node)).toEqual(before);
  expect(await inside(g.node, "getent passwd; getent group")).toBe(users);
  await nothingOf("pr-12");
  // Once more: there is nothing to remove.
  const again = await g.op.succeed(job({ action: "closed" }));
  expect(again.outputs["changed"]).toBe("false");
});

test("a fork without secrets ends well, and touches nothing", async () => {
  const result = await g.op.succeed(
    job(
      { action: "opened", from: "eve/shop" },
      { inputs: { "ssh-key": "", roles: "", "basic-auth": "", "preview-env": "" } },
    ),
  );
  expect(result.annotations.filter(({ kind }) => kind === "error")).toEqual([]);
  expect(await footprint(g.node)).toEqual(before);
});

test("code that may come from a fork is refused where secrets are", async () => {
  const target = job({ action: "opened", from: "eve/shop" });
  const { failure } = await g.op.fail({ ...target, env: { ...target.env, GITHUB_EVENT_NAME: "pull_request_target" } });
  expect(failure.code).toBe("preview-untrusted");
  expect(await footprint(g.node)).toEqual(before);
});

/** Whatever has the name of the preview, anywhere. Runs of Woven keep their logs, and systemd's journal its lines. */
async function nothingOf(name: string): Promise<void> {
  const found = await inside(
    g.node,
    `find / -xdev \\( -path /proc -o -path /sys -o -path /var/local/woven/runs -o -path /var/log/journal \\) -prune -o -name '*${name}*' -print
find /home/woven/previews /run/woven -name '*${name}*' 2>/dev/null || :
systemctl list-units --all --plain --no-legend 'woven-*' | grep -e 'x7e' || :`,
  );
  expect(found).toBe("");
}
