// Finds a Python of the node's minor version on the runner. Other versions compile wheels that the node cannot load.
import { realpathSync } from "node:fs";
import { glob } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import type { BuildContext } from "./build-context.ts";
import { type Indexes, uvEnvironment } from "./indexes.ts";
import type { Toolchain } from "./toolchain.ts";

interface Sources {
  readonly tools: Toolchain;
  /** A program to prefer: the very Python of the release. */
  readonly first?: string | undefined;
}

/** Path of a working Python `minor`: `first`, then from uv, then from GitHub's tool cache, where uv does not look, then from pyenv. */
export async function findPython(
  minor: string,
  { tools, first }: Sources,
  indexes: Indexes,
  context: BuildContext,
): Promise<string | undefined> {
  const preferred = first && (await firstWorking([first], minor, context));
  if (preferred) return preferred;
  const found = await context.run(tools.uv, ["python", "find", minor], {
    env: uvEnvironment(indexes, context.env),
    cwd: context.tempDir,
  });
  const candidates = [
    ...(found.code === 0 ? [found.stdout.trim()] : []),
    ...(await matches(context.env["RUNNER_TOOL_CACHE"], `Python/${minor}.*/*/bin/python`)),
    ...(await matches(context.env["PYENV_ROOT"], `versions/${minor}.*/bin/python`)),
  ];
  return firstWorking(candidates, minor, context);
}

async function firstWorking(
  candidates: readonly string[],
  minor: string,
  context: BuildContext,
): Promise<string | undefined> {
  for (const candidate of candidates) {
    const asked = await context.run(candidate, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
      cwd: context.tempDir,
      env: context.env,
    });
    if (asked.code === 0 && asked.stdout.trim() === minor) return candidate;
  }
  return undefined;
}

/** Lets uv fetch its own build of Python `minor` into a folder. Undefined if the runner cannot reach it. */
export async function installPython(
  minor: string,
  directory: string,
  tools: Toolchain,
  indexes: Indexes,
  context: BuildContext,
): Promise<string | undefined> {
  context.log(`Fetching Python ${minor} for the runner, to compile with`);
  const env = { ...uvEnvironment(indexes, context.env), UV_PYTHON_DOWNLOADS: "manual", UV_HTTP_RETRIES: "1" };
  const installed = await context.run(tools.uv, ["python", "install", "--no-bin", "--install-dir", directory, minor], {
    env,
    cwd: context.tempDir,
  });
  const found = await matches(directory, `cpython-${minor}.*/bin/python${minor}`);
  return installed.code === 0 ? firstWorking(found, minor, context) : undefined;
}

/** The paths that must be visible to run it: its installation, and its virtualenv. */
export function interpreterPaths(interpreter: string | undefined): readonly string[] {
  if (interpreter === undefined || !isAbsolute(interpreter)) return [];
  return [dirname(dirname(interpreter)), dirname(dirname(realpathSync(interpreter)))];
}

async function matches(root: string | undefined, pattern: string): Promise<string[]> {
  return root ? (await Array.fromAsync(glob(pattern, { cwd: root }))).toSorted().map((path) => join(root, path)) : [];
}
