// What the reader of a rollback learns about the database.
import { expect, test } from "vitest";
import { keptSchema } from "../../src/rollout/kept-schema.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
import { file, planInput, runtime } from "./release.ts";

async function record(version: string, ...paths: readonly string[]) {
  return planRelease(await planInput({ version, files: paths.map((path) => file(`project/${path}`)) }), runtime())
    .record;
}

test("names the migrations that only the release that was left has, wherever its apps are", async () => {
  const old = await record("0.1", "catalogue/migrations/__init__.py", "catalogue/migrations/0001_initial.py");
  const left = await record(
    "0.2",
    ...["catalogue/migrations/__init__.py", "catalogue/migrations/0001_initial.py"],
    ...["catalogue/migrations/0002_genus.py", "src/apps/blog/migrations/0001_first.py", "blog/views.py"],
  );
  const text = keptSchema(left, old);
  expect(text).toContain("0.2");
  expect(text).toMatch(/: blog\.0001_first, catalogue\.0002_genus\./);
  expect([keptSchema(old, left), keptSchema(undefined, left)]).toEqual([undefined, undefined]);
});
