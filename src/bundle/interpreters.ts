// Finds a Python of the node's minor version on the runner: only such a one makes compiled wheels the node can load.
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { type Indexes, uvEnvironment } from "./indexes.ts";
import type { Toolchain } from "./toolchain.ts";
import type { BundleWorld } from "./world.ts";

/** Path of a Python `minor` that runs here: what uv sees, then GitHub's tool cache (where uv does not look), then pyenv's versions. */
export async function findPython(
  minor: string,
  tools: Toolchain,
  indexes: Indexes,
  world: BundleWorld,
): Promise<string | undefined> {
  const found = await world.run(tools.uv, ["python", "find", minor], {
    env: uvEnvironment(indexes, world.env),
    cwd: world.tempDir,
  });
  const candidates = [
    ...(found.exitCode === 0 ? [found.stdout.trim()] : []),
    ...(await matches(world.env["RUNNER_TOOL_CACHE"], `Python/${minor}.*/*/bin/python`)),
    ...(await matches(world.env["PYENV_ROOT"], `versions/${minor}.*/bin/python`)),
  ];
  for (const candidate of candidates) {
    const asked = await world.run(candidate, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
      env: world.env,
    });
    if (asked.exitCode === 0 && asked.stdout.trim() === minor) return candidate;
  }
  return undefined;
}

/** Asks uv to fetch its own build of Python `minor`; undefined where the runner cannot reach it. */
export async function installPython(
  minor: string,
  tools: Toolchain,
  indexes: Indexes,
  world: BundleWorld,
): Promise<string | undefined> {
  world.log(`Fetching Python ${minor} for the runner, to compile with`);
  const env = { ...uvEnvironment(indexes, world.env), UV_PYTHON_DOWNLOADS: "manual", UV_HTTP_RETRIES: "1" };
  const installed = await world.run(tools.uv, ["python", "install", "--no-bin", minor], { env, cwd: world.tempDir });
  return installed.exitCode === 0 ? findPython(minor, tools, indexes, world) : undefined;
}

async function matches(root: string | undefined, pattern: string): Promise<string[]> {
  return root ? (await Array.fromAsync(glob(pattern, { cwd: root }))).toSorted().map((path) => join(root, path)) : [];
}
