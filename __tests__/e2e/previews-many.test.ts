// Ten previews beside a production site under load: they come and go, and production does not notice. Lost events, two runs at once, a
// sweep that cannot do its work.
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults, startAsking } from "./support/asker.ts";
import { inside } from "./support/inside.ts";
import type { Job } from "./support/operator.ts";
import { type PreviewWorld, previewWorld } from "./support/preview-world.ts";
import { runnerTempOf } from "./support/runner-temp.ts";

let w: PreviewWorld;
let before: readonly string[];

beforeAll(async () => {
  w = await previewWorld();
  ({ before } = w);
  await w.branch.edit("pyproject.toml", "[tool.woven.health]", `${room}\n\n[tool.woven.health]`);
});
afterAll(() => w?.[Symbol.asyncDispose]());

/** Whatever memory this machine has. */
const room = '[tool.woven.preview]\ntotal-memory = "64G"';

/** Of production's processes: their ids, and the content of its files, its database included. */
async function production(): Promise<string> {
  return inside(
    w.g.node,
    `pgrep -u site_1 | sort
cd /home/woven; find -L env/shop database public/shop -type f -not -name '*.pyc' | sort | xargs sha256sum`,
  );
}

test("ten previews come and go beside a live site under load, which stays as it is", async () => {
  const [untouched, traces] = [await production(), await w.traces()];
  await using crowd = startAsking(w.g.node.host);
  for (let number = 1; number <= 10; number++)
    await w.g.op.succeed(w.job({ action: "opened", number, commit: `a${number}` }));
  const all = await Promise.all(Array.from({ length: 10 }, (_, index) => w.versions(`pr-${index + 1}`)));
  expect(new Set(all.map(({ user }) => user)).size).toBe(10);

  // One more than may run: the one that nobody has visited for longest goes to sleep.
  for (const number of [1, 2, 3, 5, 6, 7, 8, 9, 10]) await w.versions(`pr-${number}`);
  await inside(w.g.node, "touch -d '1 hour ago' /var/log/woven/pr-4_preview_example_com-access.log");
  await w.g.op.succeed(w.job({ action: "opened", number: 11 }));
  expect(await asleep()).toEqual(["shop~pr-4"]);
  expect((await w.ask("pr-4", "/version")).status).toBe(503);
  expect((await w.versions("pr-11")).site_id).toBe(1);
  // Its next update wakes it, and another one sleeps.
  await w.g.op.succeed(w.job({ action: "synchronize", number: 4, commit: "b4" }));
  expect(await w.versions("pr-4")).toMatchObject({ site_id: 1 });
  expect(await asleep()).toHaveLength(1);

  for (let number = 1; number <= 11; number++) await w.g.op.succeed(w.job({ action: "closed", number }));
  expect(await production()).toBe(untouched);
  expect(faults(await crowd.stop())).toEqual([]);
  expect(await w.state()).toEqual(before);
  expect(await w.traces()).toEqual(traces);
  expect(await w.named("shop~pr")).toBe("");
  expect(await w.named("_preview_example_com")).toBe("");
}, 900_000);

test("a sweep removes those whose close was lost, and no others", async () => {
  for (const number of [21, 22, 23]) await w.g.op.succeed(w.job({ action: "opened", number }));
  w.github.open.delete(21);
  w.github.open.delete(23);
  await w.g.op.succeed(sweep());
  expect(await inside(w.g.node, "ls /var/local/woven/previews")).toBe("shop~pr-22");
  expect((await w.versions("pr-22")).site_id).toBe(1);
});

test("a sweep without an answer of GitHub removes nothing that still lives, and warns", async () => {
  w.github.faults.set("*", { status: 503 });
  w.github.open.clear();
  const result = await w.g.op.succeed(sweep());
  expect(result.annotations.map(({ kind }) => kind)).toContain("warning");
  expect(await inside(w.g.node, "ls /var/local/woven/previews")).toBe("shop~pr-22");
  w.github.faults.clear();
});

test("a sweep that cannot remove something is red, and the next one removes it", async () => {
  const inUse = "/home/woven/previews/shop/pr-22/public/in-use";
  await inside(w.g.node, `mkdir ${inUse} && mount -t tmpfs none ${inUse}`);
  const { failure } = await w.g.op.fail(sweep());
  expect([failure.code, failure.step]).toEqual(["step-failed", "remove-preview"]);
  // The server would try again at the end of its time to live: the timer is still there.
  expect(await inside(w.g.node, "systemctl list-timers --all --no-legend 'woven-preview-*' | wc -l")).toBe("1");
  await inside(w.g.node, `umount ${inUse}`);
  await w.g.op.succeed(sweep());
  expect(await w.state()).toEqual(before);
});

test("two runs at once, and one that comes too late, end with the newest commit", async () => {
  const [one, other] = ["c1", "c2"].map((commit) => w.job({ action: "synchronize", number: 30, commit }));
  if (!one || !other) throw new Error("no jobs");
  // Each on a runner of its own. GitHub knows the second commit already, so the first run has nothing to do.
  const ended = await Promise.all(
    [one, other].map(async (job) => w.g.op.run({ ...job, env: { ...job.env, RUNNER_TEMP: await runnerTempOf() } })),
  );
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(await inside(w.g.node, "readlink /home/woven/previews/shop/pr-30/env/shop~pr-30")).toContain("gc200");
  // Without GitHub, the lease decides; nothing is half done.
  w.github.faults.set("*", { status: 503 });
  const unasked = await Promise.all(
    [one, other].map(async (job) => w.g.op.run({ ...job, env: { ...job.env, RUNNER_TEMP: await runnerTempOf() } })),
  );
  expect(unasked.filter(({ code }) => code === 0).length).toBeGreaterThanOrEqual(1);
  w.github.faults.clear();
  expect((await w.versions("pr-30")).site_id).toBe(1);
  await w.g.op.succeed(w.job({ action: "closed", number: 30 }));
  expect(await w.state()).toEqual(before);
});

test("after a reboot, those that ran run again, and the others still sleep", async () => {
  await w.branch.edit("pyproject.toml", room, `${room}\nmost = 1`);
  for (const number of [40, 41]) await w.g.op.succeed(w.job({ action: "opened", number }));
  expect(await asleep()).toEqual(["shop~pr-40"]);
  await inside(w.g.node, "sync");
  await w.g.node.reboot("power-cut");
  await expect
    .poll(() => w.ask("pr-41", "/version").then(({ status }) => status, String), { timeout: 60_000 })
    .toBe(200);
  expect([await asleep(), (await w.ask("pr-40", "/version")).status]).toEqual([["shop~pr-40"], 503]);
  await w.g.op.succeed(w.job({ action: "synchronize", number: 40, commit: "d4" }));
  expect([await asleep(), (await w.ask("pr-41", "/version")).status]).toEqual([["shop~pr-41"], 503]);
  expect((await w.versions("pr-40")).site_id).toBe(1);
  for (const number of [40, 41]) await w.g.op.succeed(w.job({ action: "closed", number }));
  expect(await w.state()).toEqual(before);
  await w.branch.edit("pyproject.toml", `${room}\nmost = 1`, room);
});

test("requirements, migrations and a base that is gone", async () => {
  await w.branch.write(
    "catalogue/migrations/0003_more.py",
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('catalogue', '0002_first_plants')]\n    operations = [migrations.AddField('plant', 'stock', models.IntegerField(default=1))]\n",
  );
  await w.branch.edit("requirements.txt", "sqlparse==0.6.1", "sqlparse==0.5.3");
  await w.g.op.succeed(w.job({ action: "opened", number: 31 }));
  expect(w.github.comments.map(({ body }) => body).join()).toContain("catalogue.0003_more");
  expect((await w.ask("pr-31", "/")).status).toBe(200);
  // Production did not migrate.
  expect(await inside(w.g.node, "/home/woven/env/shop/manage showmigrations catalogue")).not.toContain("0003");
  await w.g.op.succeed({ checkout: w.live, command: "remove", inputs: { version: "shop" } });
  expect((await w.ask("pr-31", "/")).status).toBe(200);
  await w.g.op.succeed(w.job({ action: "synchronize", number: 31, commit: "e1" }));
  await w.g.op.succeed(w.job({ action: "opened", number: 32 }));
  expect((await w.ask("pr-32", "/")).status).toBe(200);
});

async function asleep(): Promise<readonly string[]> {
  const files = await inside(w.g.node, "ls -d /var/local/woven/previews/*/asleep 2>/dev/null || :");
  return files.split("\n").flatMap((file) => (file === "" ? [] : (file.split("/").at(-2) ?? [])));
}

function sweep(): Job {
  const { env, checkout, inputs } = w.job({ action: "assigned", number: 99 });
  w.github.open.delete(99);
  return { checkout, command: "preview-sweep", ...(env ? { env } : {}), ...(inputs ? { inputs } : {}) };
}
