// What previews of a large project cost on a server: its figures are in docs/previews.md.
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Checkout } from "./support/checkout.ts";
import { inside } from "./support/inside.ts";
import { type PreviewWorld, previewWorld } from "./support/preview-world.ts";

let w: PreviewWorld;

/** 300 MB: files of the project, and static files, of which many are small. */
const large = {
  ...Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`assets/${index}.bin`, randomBytes(20e6)])),
  ...Object.fromEntries(Array.from({ length: 2 }, (_, index) => [`static/large/${index}.bin`, randomBytes(20e6)])),
  ...Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`static/small/${index}.dat`, randomBytes(4000)])),
};

async function enlarge(project: Checkout): Promise<void> {
  const folder = join(project.path, "catalogue");
  for (const part of ["assets", "static/large", "static/small"]) await mkdir(join(folder, part), { recursive: true });
  for (const [path, content] of Object.entries(large)) await writeFile(join(folder, path), content);
  await project.edit("pyproject.toml", "[tool.woven.health]", `${room}\n\n[tool.woven.health]`);
}

beforeAll(async () => {
  w = await previewWorld(async (_, projects) => {
    for (const project of projects) await enlarge(project);
  });
});
afterAll(() => w?.[Symbol.asyncDispose]());

const room = '[tool.woven.preview]\ntotal-memory = "64G"';

/** Kilobytes of the whole disk. A file with several hard links counts once. */
const used = async () => {
  const total = Number(await inside(w.g.node, "sync; du -skx / | cut -f1"));
  const databases = await inside(w.g.node, "cat /home/woven/previews/shop/*/database/* 2>/dev/null | wc -c");
  return total - Number(databases) / 1024;
};

test("ten previews of a release of 300 MB take less than 40 MB each, and an update is seen in seconds", async () => {
  const release = Number(await inside(w.g.node, "du -skL /home/woven/env/shop | cut -f1"));
  expect(release).toBeGreaterThan(300_000);
  const atFirst = await used();
  for (let number = 1; number <= 10; number++)
    await w.g.op.succeed(w.job({ action: "opened", number, commit: `a${number}` }));
  const each = ((await used()) - atFirst) / 10;
  const apart = await inside(
    w.g.node,
    "cd /home/woven/previews/shop/pr-1; find . -type f -links 1 -printf '%k %p\\n' | sort -rn | head -n 15",
  );

  await w.branch.edit("templates/base.html", 'data-branch="next"', 'data-branch="newer"');
  const began = performance.now();
  const running = await w.g.op.start(w.job({ action: "synchronize", number: 7, commit: "b7" }));
  await expect
    .poll(async () => (await w.ask("pr-7", "/photos/")).body, { timeout: 120_000, interval: 50 })
    .toContain('data-branch="newer"');
  const seen = (performance.now() - began) / 1000;
  const { outputs, stdout, steps } = await running.result;
  const [{ seconds }] = JSON.parse(outputs["results"] ?? "[]") as [{ readonly seconds: number }];
  const megabytes = (kilobytes: number) => (kilobytes / 1000).toFixed(1);
  console.log(`release: ${megabytes(release)} MB
each of ten previews: ${megabytes(each)} MB
an update of one file is seen after ${seen.toFixed(1)} s; the work on the node took ${seconds} s
${apart}
${stdout.replaceAll(/^::.*\n/gm, "")}`);
  expect(each).toBeLessThan(40_000);
  // Its static files are those of the release before.
  expect(steps.map(({ step }) => step)).not.toContain("share-static");
  expect((await w.ask("pr-7", "/static/small/7.dat")).status).toBe(200);
}, 900_000);
