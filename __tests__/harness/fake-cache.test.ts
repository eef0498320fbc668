// The fake cache server is only worth something if the real client takes it for GitHub's.
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cache from "@actions/cache";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeCache } from "./fake-cache.ts";

let server: FakeCache;
let folder: string;
let file: string;

beforeEach(async () => {
  server = await FakeCache.start();
  folder = await mkdtemp(join(tmpdir(), "woven-cache-"));
  file = join(folder, "wheel");
  await writeFile(file, "content");
  for (const [name, value] of Object.entries({ ...server.env, GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder })) {
    vi.stubEnv(name, value);
  }
  // The client tells its progress on stdout, as workflow commands among others.
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("what was saved is restored by its key", async () => {
  expect(await cache.restoreCache([file], "wheels-1")).toBeUndefined();
  expect(await cache.saveCache([file], "wheels-1")).toBeGreaterThan(0);
  await rm(file);
  expect(await cache.restoreCache([file], "wheels-1")).toBe("wheels-1");
  expect(await readFile(file, "utf8")).toBe("content");
});

test("the newest entry answers a restore key", async () => {
  await cache.saveCache([file], "wheels-1");
  await cache.saveCache([file], "wheels-2");
  expect(await cache.restoreCache([file], "wheels-3", ["wheels-"])).toBe("wheels-2");
});

test("a key is taken once", async () => {
  await cache.saveCache([file], "wheels-1");
  expect(await cache.saveCache([file], "wheels-1")).toBe(-1);
  expect(server.entries).toMatchObject([{ key: "wheels-1" }]);
});

test("a read-only cache takes nothing and still answers", async () => {
  await cache.saveCache([file], "wheels-1");
  server.fault = "read-only";
  expect(await cache.saveCache([file], "wheels-2")).toBe(-1);
  expect(await cache.restoreCache([file], "wheels-1")).toBe("wheels-1");
});

test("what is evicted is gone", async () => {
  await cache.saveCache([file], "wheels-1");
  server.evict("wheels-1");
  expect(await cache.restoreCache([file], "wheels-1")).toBeUndefined();
});

test("large archives come in blocks", async () => {
  // From 128 MiB on, and random, so that compression leaves it large.
  await writeFile(file, randomBytes(130 * 1024 * 1024));
  expect(await cache.saveCache([file], "wheels-large")).toBeGreaterThan(0);
  await rm(file);
  expect(await cache.restoreCache([file], "wheels-large")).toBe("wheels-large");
});
