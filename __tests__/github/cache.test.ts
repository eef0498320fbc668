// With the real @actions/cache client against a stand-in for GitHub's service.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { actionsCache, type CacheOptions, eventIsTrusted, portablePath } from "../../src/github/cache.ts";
import { FakeCache } from "../harness/fake-cache.ts";

let server: FakeCache;
let home: string;
let logged: string[];
let printed: string[];

beforeEach(async () => {
  server = await FakeCache.start();
  home = await mkdtemp(join(tmpdir(), "woven-home-"));
  logged = [];
  printed = [];
  // The client reads its configuration and writes its progress behind our back.
  for (const [name, value] of Object.entries({ ...server.env, GITHUB_WORKSPACE: home, RUNNER_TEMP: home, HOME: home }))
    vi.stubEnv(name, value);
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => printed.push(String(chunk)) > 0);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

function options(more: Partial<CacheOptions> = {}): CacheOptions {
  return {
    cacheDir: join(home, ".cache/woven"),
    env: { ...server.env, HOME: home, GITHUB_EVENT_NAME: "push" },
    event: {},
    log: (line) => logged.push(line),
    printer: process.stdout,
    ...more,
  };
}

async function bundle(name: string): Promise<string> {
  const directory = join(home, ".cache/woven/bundles", name);
  await mkdir(join(directory, "wheels"), { recursive: true });
  await writeFile(join(directory, "wheels/a.whl"), "wheel");
  return directory;
}

describe("a folder in the cache", () => {
  test("comes back under its key, on a runner that has never had one", async () => {
    const directory = await bundle("k1");
    await actionsCache(options())?.save("k1", directory);
    await rm(join(home, ".cache"), { recursive: true });
    expect(await actionsCache(options())?.restore("k1", directory)).toBe("hit");
    expect(await readFile(join(directory, "wheels/a.whl"), "utf8")).toBe("wheel");
    expect(logged).toEqual([]);
  });

  test("is not taken for one whose key only begins the same", async () => {
    const directory = await bundle("k1");
    await actionsCache(options())?.save("k1-longer", directory);
    expect(await actionsCache(options())?.restore("k1", directory)).toBe("miss");
    expect(await readFile(join(directory, "wheels/a.whl"), "utf8")).toBe("wheel");
  });

  test("leaves the client's commands and warnings out of the log, and only those", async () => {
    const directory = await bundle("k1");
    const heard: string[] = [];
    const cache = actionsCache(options({ debug: (line) => heard.push(line) }));
    const saving = cache?.save("k1", directory);
    process.stdout.write("of another part\n");
    await saving;
    await cache?.save("k1", directory);
    await cache?.restore("k1", directory);
    // But what it wants hidden reaches the runner: its other lines, in a debug log, hold it.
    expect(new Set(printed)).toEqual(new Set(["of another part\n", "::add-mask::fake\n"]));
    expect(heard.join("\n")).toContain("tar");
  });
});

describe("a cache with a fault", () => {
  test.each(["error", "hang"] as const)("%s: costs its timeout and nothing else", async (fault) => {
    const directory = await bundle("k1");
    server.fault = fault;
    const cache = actionsCache(options({ restoreSeconds: 0.3, saveSeconds: 0.3 }));
    const started = performance.now();
    expect(await cache?.restore("k1", directory)).toBe("miss");
    await cache?.save("k1", directory);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(logged).toEqual([expect.stringContaining("without the cache")]);
    expect(await readFile(join(directory, "wheels/a.whl"), "utf8")).toBe("wheel");
  });

  test.each([
    ["hang", "no answer"],
    ["error", "the fake cache was told to fail"],
    ["page", "Unexpected token"],
  ] as const)("%s: is waited for once, not for each thing that it might hold", async (fault, why) => {
    const directory = await bundle("k1");
    server.fault = fault;
    const cache = actionsCache(options({ answerSeconds: 4 }));
    const started = performance.now();
    const both = [cache?.restore("k1", directory), cache?.restore("k2", directory)];
    expect(await Promise.all(both)).toEqual(["miss", "miss"]);
    const asked = server.requests.length;
    expect(await cache?.restore("k3", directory)).toBe("miss");
    await cache?.save("k1", directory);
    await cache?.save("k2", directory);
    expect(performance.now() - started).toBeLessThan(6000);
    expect(server.requests.length).toBe(asked);
    expect(logged).toEqual([expect.stringContaining(why)]);
  });

  test("a slow upload is no fault, once the service has answered", async () => {
    const directory = await bundle("k1");
    const heard: string[] = [];
    const cache = actionsCache(options({ answerSeconds: 0.5, debug: (line) => heard.push(line) }));
    server.blobSeconds = 1;
    await cache?.save("k1", directory);
    server.blobSeconds = 0;
    expect(await cache?.restore("k1", directory)).toBe("hit");
    expect(logged).toEqual([]);
  });

  test("an archive that arrives after the timeout does not touch the bundle", async () => {
    const directory = await bundle("k1");
    const { promise: late, resolve } = Promise.withResolvers<string>();
    const client = { restoreCache: () => late, saveCache: () => Promise.resolve(1) };
    const cache = actionsCache(options({ restoreSeconds: 0.05, load: () => Promise.resolve(client) }));
    expect(await cache?.restore("k1", directory)).toBe("miss");
    resolve("k1");
    await late;
    expect(await readFile(join(directory, "wheels/a.whl"), "utf8")).toBe("wheel");
  });

  test("one that is only to be read takes nothing, and is still read", async () => {
    const directory = await bundle("k1");
    await actionsCache(options())?.save("k1", directory);
    server.fault = "read-only";
    await actionsCache(options())?.save("k2", directory);
    expect(await actionsCache(options())?.restore("k1", directory)).toBe("hit");
  });
});

/** Of which repository the code of a pull request to octocat/shop is. */
function pullRequest(head: string): unknown {
  return { repository: { full_name: "octocat/shop" }, pull_request: { head: { repo: { full_name: head } } } };
}

describe("where there is no cache to trust", () => {
  test("no service: none, and the client is not loaded", () => {
    expect(actionsCache(options({ env: { HOME: home } }))).toBeUndefined();
  });

  test.each([
    ["push", {}, true],
    ["schedule", {}, true],
    ["workflow_dispatch", {}, true],
    ["release", {}, true],
    ["merge_group", {}, true],
    ["pull_request", pullRequest("octocat/shop"), true],
    ["pull_request", pullRequest("stranger/shop"), false],
    ["pull_request", { repository: { full_name: "octocat/shop" }, pull_request: { head: { repo: null } } }, false],
    ["pull_request", {}, false],
    ["pull_request_target", pullRequest("octocat/shop"), false],
    ["workflow_run", {}, false],
    ["issue_comment", { issue: { pull_request: {} } }, false],
    ["repository_dispatch", {}, false],
    ["an event of tomorrow", {}, false],
    [undefined, undefined, false],
  ])("%s %j: %s", (name, event, trusted) => {
    expect(eventIsTrusted(name, event)).toBe(trusted);
  });
});

test.each([
  ["/home/a/.cache/woven/x", "/home/a", "~/.cache/woven/x"],
  ["/home/ab/x", "/home/a", "/home/ab/x"],
  ["/srv/x", undefined, "/srv/x"],
])("%s of %s is %s", (path, from, portable) => {
  expect(portablePath(path, from)).toBe(portable);
});
