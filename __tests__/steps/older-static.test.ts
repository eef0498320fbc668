// Which releases' static files nginx also serves.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildFolder } from "../../src/release/build.ts";
import { layout } from "../../src/release/layout.ts";
import { linkOlderStatic } from "../../src/steps/older-static.ts";
import { releaseRecord } from "../node/records.ts";
import { run, scratch, stage } from "../node/stage-run.ts";

const record = (name: string, more: Parameters<typeof releaseRecord>[0] = {}) =>
  releaseRecord({ name, createdAt: `2026-01-01T00:00:${name.padStart(2, "0")}Z`, build: "010203", ...more });

test("the newest others that were live, the ten newest at most, and those that are gone by the next switch no longer", async () => {
  const root = scratch();
  const to = { place: layout(root, "shop", "9"), record: record("9") };
  const folder = join(buildFolder(to.place, "010203"), "older-static");
  const others = Array.from({ length: 14 }, (_, index) => record(String(index + 1), { healthy: index !== 12 }));
  for (const { name } of others) {
    const { release } = layout(root, "shop", name);
    mkdirSync(join(release, "static"), { recursive: true });
    writeFileSync(join(release, "static", "app.css"), name);
  }
  const served = () => readdirSync(folder).toSorted((one, other) => Number(one) - Number(other));
  const content = (number: string) => readFileSync(join(folder, number, "app.css"), "utf8");

  await run(stage([linkOlderStatic(to, others)]));
  expect(served().map(content)).toEqual(["14", "12", "11", "10", "8", "7", "6", "5", "4", "3"]);

  await run(stage([linkOlderStatic(to, [record("9"), record("2")])]));
  expect(served().map(content)).toEqual(["2"]);
  await run(stage([linkOlderStatic(to, [])]));
  expect([existsSync(folder), served()]).toEqual([true, []]);
});
