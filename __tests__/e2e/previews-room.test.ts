// The room that previews take on a server: what does not fit, who sleeps and wakes, a disk that is full, and what a broken one leaves.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/package-files.ts";
import type { Ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { type PreviewWorld, previewWorld } from "./support/preview-world.ts";
import { ask, visitor } from "./support/visitor.ts";

let w: PreviewWorld;
let before: readonly string[];

/** A small disk for releases. */
async function smallDisk({ node }: Ground): Promise<void> {
  await inside(
    node,
    `cp -a /home/woven /root/woven && mount -t tmpfs -o size=400m,mode=755 none /home/woven
cp -a /root/woven/. /home/woven/ && chown --reference=/root/woven /home/woven`,
  );
}

const limits = (keys: string) => `[tool.woven.preview]\n${keys}\n\n[tool.woven.health]`;

beforeAll(async () => {
  w = await previewWorld(smallDisk);
  ({ before } = w);
  await w.branch.edit("pyproject.toml", "[tool.woven.health]", limits(roomy));
});
afterAll(() => w?.[Symbol.asyncDispose]());

const roomy = 'keep-free = "1M"\nmost = 2\ntotal-memory = "8G"';

/** The branch has these limits while `work` goes on. */
async function limitedTo(keys: string, work: () => Promise<void>): Promise<void> {
  await w.branch.edit("pyproject.toml", limits(roomy), limits(keys));
  try {
    await work();
  } finally {
    await w.branch.edit("pyproject.toml", limits(keys), limits(roomy));
  }
}

test.each([
  ['keep-free = "1M"\nmemory = "5000G"\ntotal-memory = "6000G"', /5120000 MB .* has \d+ MB/],
  ['keep-free = "1G"', /has \d+ MB free.* needs \d+ MB.* leave 1024 MB free/],
])("what does not fit is an error with numbers before anything is touched: %s", async (keys, numbers) => {
  await limitedTo(keys, async () => {
    const { failure, error } = await w.g.op.fail(w.job({ action: "opened" }));
    expect([failure.code, failure.step]).toEqual(["step-failed", "preview-room"]);
    expect(error).toMatch(numbers);
    expect(await w.state()).toEqual(before);
    expect(await w.named("pr-12")).toBe("");
  });
});

/** Of production's files, its database included. */
const production = () =>
  inside(w.g.node, "cd /home/woven; find -L env/shop database public/shop -type f | sort | xargs sha256sum");

test.each([
  ["its record is there", "/var/local/woven/previews/shop~pr-12/expires"],
  ["its folders are there", "/home/woven/previews/shop/pr-12/database"],
  ["its packages are there", "/home/woven/previews/shop/pr-12/.staging/*/bin/python"],
])("a disk that is full once %s leaves nothing behind", async (_, path) => {
  const untouched = await production();
  const filled = inside(
    w.g.node,
    `until ls ${path} >/dev/null 2>&1; do sleep 0.02; done
dd if=/dev/zero of=/home/woven/full bs=1M 2>/dev/null || :; stat -c %s /home/woven/full`,
  );
  const { failure, result } = await w.g.op.fail(w.job({ action: "opened" }));
  expect(Number(await filled)).toBeGreaterThan(100e6);
  expect(failure.step).not.toBe("preview-room");
  expect(result.steps.map(({ step }) => step)).toContain("forget-preview");
  expect((await visitor(w.g.node.host).versions()).user).toBe("site_1");
  await inside(w.g.node, "rm /home/woven/full");
  await expect.poll(() => w.state(), { timeout: 30_000 }).toEqual(before);
  expect(await production()).toBe(untouched);
  expect(await w.named("pr-12")).toBe("");
});

test("a new preview that is unhealthy leaves nothing behind", async () => {
  const urls = await w.branch.read("shop/urls.py");
  await w.branch.write("shop/urls.py", "urlpatterns = []\n");
  const { result } = await w.g.op.fail(w.job({ action: "opened" }));
  expect(result.steps.map(({ step }) => step)).toContain("forget-preview");
  await expect.poll(() => w.state(), { timeout: 30_000 }).toEqual(before);
  expect(await w.named("pr-12")).toBe("");
  await w.branch.write("shop/urls.py", urls);
});

const page = readFileSync(join(packageRoot, "templates/node/preview-asleep.html"), "utf8");

async function asleep(): Promise<readonly string[]> {
  const marks = await inside(w.g.node, "ls -d /var/local/woven/previews/*/asleep 2>/dev/null || :");
  const found = marks.split("\n").flatMap((file) => (file === "" ? [] : (file.split("/").at(-2) ?? [])));
  // What visitors see, and what runs, agree with that.
  for (const name of found) {
    const host = `${name.replace("shop~", "")}.preview.example.com`;
    const { status, headers, body } = await ask(w.g.node.host, host, "/photos/");
    expect([status, headers["x-robots-tag"], body]).toEqual([503, "noindex, nofollow", page]);
    expect(await running(name.replace("shop~pr-", ""))).toBe("");
  }
  return found;
}

const running = (number: string) =>
  inside(
    w.g.node,
    `systemctl list-units --plain --no-legend --state=active,activating 'woven-shop?x7epr?x2d${number}-*@*'`,
  );

test("the one that nobody has visited for longest sleeps, and wakes with its next update", async () => {
  for (const number of [1, 2]) await w.g.op.succeed(w.job({ action: "opened", number }));
  await inside(w.g.node, "touch -d '1 hour ago' /var/log/woven/pr-1_preview_example_com-access.log");
  await w.versions("pr-2");
  await w.g.op.succeed(w.job({ action: "opened", number: 3 }));
  expect(await asleep()).toEqual(["shop~pr-1"]);
  await w.versions("pr-3");
  // An update that fails does not wake it.
  const urls = await w.branch.read("shop/urls.py");
  await w.branch.write("shop/urls.py", "urlpatterns = []\n");
  await w.g.op.fail(w.job({ action: "synchronize", number: 1, commit: "bad1" }));
  expect(await asleep()).toEqual(["shop~pr-1"]);
  await w.branch.write("shop/urls.py", urls);
  await inside(w.g.node, "touch -d '1 hour ago' /var/log/woven/pr-2_preview_example_com-access.log");
  await w.g.op.succeed(w.job({ action: "synchronize", number: 1, commit: "cafe" }));
  expect(await asleep()).toEqual(["shop~pr-2"]);
  expect((await w.versions("pr-1")).site_id).toBe(1);
  expect((await w.ask("pr-1", "/photos/")).body).toContain("Fern");
});

test("also for the memory of all of them together", async () => {
  await limitedTo('keep-free = "1M"\nmemory = "600M"\ntotal-memory = "1G"', async () => {
    await w.g.op.succeed(w.job({ action: "synchronize", number: 3, commit: "c" }));
    expect(await asleep()).toEqual(["shop~pr-1", "shop~pr-2"]);
  });
  await w.g.op.succeed(w.job({ action: "synchronize", number: 1, commit: "d" }));
  expect(await asleep()).toEqual(["shop~pr-2"]);
});

test("all of it goes, also of one that sleeps", async () => {
  for (const number of [1, 2, 3]) await w.g.op.succeed(w.job({ action: "closed", number }));
  expect(await w.state()).toEqual(before);
  expect(await w.named("shop~pr")).toBe("");
  expect(await w.named("_preview_example_com")).toBe("");
});

/** It notes the control group that it runs in. */
const migration = `from pathlib import Path

from django.conf import settings
from django.db import migrations


def note(*_):
    (Path(settings.MEDIA_ROOT) / "where").write_text(Path("/proc/self/cgroup").read_text())


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_first_plants")]
    operations = [migrations.RunPython(note)]
`;

test("its processes, schedules and migrations are within its limits, too, whatever their own are", async () => {
  await w.branch.write("catalogue/migrations/0003_where.py", migration);
  const background = `[tool.woven.processes]
worker = { command = "python -c 'import time; time.sleep(6000)'", memory = "64G" }

[tool.woven.schedules]
tick = { command = "python -c 'import time; time.sleep(6000)'", when = "*:*:0/2", memory = "64G" }

[tool.woven.preview]`;
  await w.branch.edit("pyproject.toml", "[tool.woven.preview]", background);
  await limitedTo(`${roomy}\nprocesses = ["worker"]\nschedules = ["tick"]`, async () => {
    await w.g.op.succeed(w.job({ action: "opened", number: 5 }));
    await expect
      .poll(() => running("5"), { timeout: 30_000 })
      .toMatch(/-process-worker@.*\.service.*-schedule-tick@.*\.service/s);
    const slices = await inside(
      w.g.node,
      "systemctl list-units --plain --no-legend --state=active,activating 'woven-shop*7epr*@*.service' | cut -d' ' -f1 | xargs -d '\\n' -n 1 systemctl show -p Slice --value | sort -u",
    );
    const slice = String.raw`woven-preview-shop\x7epr\x2d5.slice`;
    expect(slices).toBe(slice);
    expect(await inside(w.g.node, "cat /home/woven/previews/shop/pr-5/public/*/where")).toContain(slice);
    await w.g.op.succeed(w.job({ action: "closed", number: 5 }));
    expect(await w.state()).toEqual(before);
  });
});
