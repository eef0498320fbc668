// Real uv, and archives of the form that it knows. The Python in them is a script: these tests do not run it.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BuildContext } from "../../src/bundle/build-context.ts";
import type { WantedPython } from "../../src/bundle/choose-python.ts";
import { fetchBuild, findBuild, packBuild, programOf } from "../../src/bundle/standalone-python.ts";
import { runnerMachine } from "../../src/bundle/toolchain.ts";
import type { WovenError } from "../../src/errors.ts";
import { listed } from "../harness/own-pythons.ts";
import { type Workbench, workbench } from "./workbench.ts";

const run = promisify(execFile);
const machine = runnerMachine();
let bench: Workbench;
let archives: string;

beforeAll(async () => {
  bench = await workbench();
  archives = join(bench.root, "mirror");
}, 120_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** An archive of a Python of this version, and its digest. */
async function archiveOf(version: string): Promise<{ readonly archive: string; readonly sha256: string }> {
  const minor = version.split(".").slice(0, 2).join(".");
  const tree = join(archives, version, "python");
  await mkdir(join(tree, "bin"), { recursive: true });
  await mkdir(join(tree, `lib/python${minor}`), { recursive: true });
  await writeFile(join(tree, `bin/python${minor}`), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  await writeFile(
    join(tree, `lib/python${minor}/_sysconfigdata__linux_${machine}-linux-gnu.py`),
    "# system configuration generated and used by the sysconfig module\nbuild_time_vars = {}\n",
  );
  await writeFile(join(tree, `lib/python${minor}/os.py`), `version = "${version}"\n`);
  const archive = join(archives, `cpython-${version}.tar.gz`);
  await run("tar", ["-czf", archive, "-C", join(archives, version), "python"]);
  return {
    archive,
    sha256: createHash("sha256")
      .update(await readFile(archive))
      .digest("hex"),
  };
}

interface Offer {
  readonly context: BuildContext;
  readonly archives: Readonly<Record<string, string>>;
}

let offers = 0;

/** A runner whose uv knows these versions, with a cache folder of its own. */
async function offer(versions: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Offer> {
  offers += 1;
  const made = await Promise.all(versions.map(async (version) => ({ version, ...(await archiveOf(version)) })));
  const list = join(bench.root, `list-${offers}.json`);
  const entries = made.map(({ version, archive, sha256 }) => listed(version, archive, sha256));
  await writeFile(list, JSON.stringify(Object.assign({}, ...entries)));
  const env = { ...process.env, UV_PYTHON_DOWNLOADS_JSON_URL: list, ...more };
  // The tools are fetched once, for all of them.
  const cacheDir = bench.context.cacheDir;
  await rm(join(cacheDir, "python"), { recursive: true, force: true });
  const context = { ...bench.context, env, tempDir: join(bench.root, `temp-${offers}`) };
  return { context, archives: Object.fromEntries(made.map(({ version, archive }) => [version, archive])) };
}

function wanted(minor: string, more: Partial<WantedPython> = {}): WantedPython {
  return { minors: [minor], suits: () => true, need: "must", why: "the test", ...more };
}

async function kept(): Promise<readonly string[]> {
  const folder = join(bench.context.cacheDir, "python");
  return (await readdir(folder, { recursive: true }))
    .filter((path) => path.endsWith(".tar.gz"))
    .map((path) => join(folder, path));
}

describe("a build of Python", { timeout: 120_000 }, () => {
  test("is the newest that suits, whatever the job's variables say of Pythons on the runner", async () => {
    const { context } = await offer(["3.12.4", "3.12.11", "3.12.9", "3.13.1"], { UV_PYTHON_PREFERENCE: "only-system" });
    expect((await findBuild(wanted("3.12"), machine, context)).version).toBe("3.12.11");
    const minors = ["3.11", "3.13", "3.12"];
    expect((await findBuild(wanted("3.11", { minors }), machine, context)).version).toBe("3.13.1");
    const suits = (version: string) => version !== "3.12.11";
    expect((await findBuild(wanted("3.12", { suits }), machine, context)).version).toBe("3.12.9");
  });

  test("that there is none is an error that lists those there are", async () => {
    const { context } = await offer(["3.12.4"]);
    await expect(findBuild(wanted("3.12", { suits: () => false }), machine, context)).rejects.toMatchObject({
      code: "python-unavailable",
      details: { next: expect.stringContaining("3.12.4") },
    });
    await expect(findBuild(wanted("3.7"), machine, context)).rejects.toMatchObject({ code: "python-unavailable" });
  });

  test("is fetched once, and then kept: without a network, and packed the same each time", async () => {
    const { context, archives: offered } = await offer(["3.12.4"]);
    const build = await findBuild(wanted("3.12"), machine, context);
    const folder = await fetchBuild(build, context);
    expect((await run(programOf(folder, build.version))).stdout).toBe("3.12.4\n");
    await rm(offered["3.12.4"] ?? "");
    const offline = { ...context, env: { ...context.env, UV_OFFLINE: "1" } };
    const first = await readFile((await packBuild(build, offline)).path);
    const second = await readFile((await packBuild(build, offline)).path);
    expect(first.equals(second)).toBe(true);
    await writeFile(join(bench.root, "packed.tar"), first);
    const { stdout } = await run("tar", ["-tvf", join(bench.root, "packed.tar")]);
    expect(stdout).toMatch(/^-rwxr-xr-x 0\/0 .* bin\/python3\.12$/m);
    expect(stdout).toMatch(/^-rw-r--r-- 0\/0 .* lib\/python3\.12\/os\.py$/m);
    expect(stdout).toMatch(/^l.* bin\/python -> python3\.12$/m);
  });

  test("whose archive is not what uv expects is refused", async () => {
    const { context, archives: offered } = await offer(["3.12.4"]);
    const build = await findBuild(wanted("3.12"), machine, context);
    await writeFile(offered["3.12.4"] ?? "", await readFile((await archiveOf("3.12.5")).archive));
    await expect(fetchBuild(build, context)).rejects.toMatchObject({
      code: "python-unavailable",
      details: { output: /Hash mismatch/ },
    });
  });

  test("a kept archive that somebody changed is fetched again, and one without a digest in its name is not used", async () => {
    const { context } = await offer(["3.12.4", "3.12.5"]);
    const build = await findBuild(wanted("3.12", { suits: (version) => version === "3.12.4" }), machine, context);
    await fetchBuild(build, context);
    const [path = ""] = await kept();
    const other = await readFile((await archiveOf("3.12.5")).archive);
    await writeFile(path, other);
    const folder = await fetchBuild(build, context);
    expect((await run(programOf(folder, build.version))).stdout).toBe("3.12.4\n");
    const unchecked = join(path, "..", "cpython-3.12.4.tar.gz");
    await writeFile(unchecked, other);
    await fetchBuild(build, context);
    expect(await kept()).not.toContain(unchecked);
  });

  test("comes from the cache that jobs share, and goes there", async () => {
    const { context } = await offer(["3.12.4"]);
    const asked: string[] = [];
    const cache = {
      restore: async (key: string) => {
        asked.push(`restore ${key}`);
        return "miss" as const;
      },
      save: async (key: string, directory: string) => {
        asked.push(`save ${key}: ${(await readdir(directory)).length}`);
      },
    };
    const build = await findBuild(wanted("3.12"), machine, context);
    await fetchBuild(build, { ...context, cache });
    expect(asked).toEqual(
      [
        expect.stringMatching(/^restore woven-uv-/),
        expect.stringMatching(/^restore woven-python-3\.12\.4-/),
        expect.stringMatching(/^save woven-python-3\.12\.4-\S+: 1$/),
      ].slice(asked.length === 2 ? 1 : 0),
    );
  });

  test("that a mirror does not have is an error without the mirror's login", async () => {
    const mirror = "http://woven:hidden@127.0.0.1:9/builds";
    const { context } = await offer([], { UV_PYTHON_INSTALL_MIRROR: mirror, UV_HTTP_RETRIES: "0" });
    const far = { ...context, env: { ...context.env, UV_PYTHON_DOWNLOADS_JSON_URL: undefined } };
    const build = await findBuild(wanted("3.12"), machine, far);
    const error: unknown = await fetchBuild(build, far).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "python-unavailable",
      details: { output: expect.stringContaining("127.0.0.1:9/builds") },
    });
    expect(JSON.stringify((error as WovenError).details)).not.toContain("hidden");
  });

  test.each([
    ["UV_PYTHON_DOWNLOADS", "never"],
    ["UV_OFFLINE", "1"],
  ])("is not fetched against %s=%s, and the error names it", async (name, value) => {
    const { context } = await offer(["3.12.4"], { [name]: value });
    const build = { ...(await findBuild(wanted("3.12"), machine, context)), url: "" };
    const far = { ...context, env: { ...context.env, UV_PYTHON_DOWNLOADS_JSON_URL: undefined } };
    const real = await findBuild(wanted("3.12"), machine, far);
    await expect(
      fetchBuild(name === "UV_OFFLINE" ? real : build, name === "UV_OFFLINE" ? far : context),
    ).rejects.toMatchObject({
      code: "python-unavailable",
      message: expect.stringContaining(name),
    });
  });
});
