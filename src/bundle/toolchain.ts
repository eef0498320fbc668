// The two tools of a bundle, at pinned versions in their own folder: uv resolves, pip fetches and builds.
import { randomUUID } from "node:crypto";
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { machine } from "node:os";
import { join } from "node:path";
import { WovenError } from "../errors.ts";
import { hashFile } from "../release/described-file.ts";
import type { BuildContext } from "./build-context.ts";
import { readIndexes, systemCertificates, uvIndexVariables } from "./indexes.ts";
import { placeFolder } from "./place-folder.ts";

export const uvVersion = "0.13.9";

interface UvRelease {
  /** sha256 of the wheel on PyPI. */
  readonly wheel: string;
  /** sha256 of the program inside it. */
  readonly binary: string;
}

// Both digests are pinned here, so that no index and no cache can replace the program.
const uvReleases: Readonly<Record<string, UvRelease>> = {
  x86_64: {
    wheel: "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    binary: "b73acdf73b96c3ac9e56d2fa933427b3ee6a901e3cce6ba1e3ecb3f91ca0d86a",
  },
  aarch64: {
    wheel: "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    binary: "bbecb5ac518030bb5e84f1999c577228460192832ac24a92bd772735682979f4",
  },
};

// pip 26.3 needs Python 3.10; 25.0.1 is the last that still runs on 3.8. The digests are of the wheels on PyPI.
const pipRequirements = `pip==26.3; python_version >= '3.10' --hash=sha256:f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13
pip==25.0.1; python_version < '3.10' --hash=sha256:c46efd13b6aa8279f33f2864459c8ce587ea6a1a59ee20de055868d8f7688f7f
`;

export interface Toolchain {
  /** Command that runs uv on this machine. */
  readonly uv: string;
  /** The folder of pip's package: `<any python> <pip> wheel …` runs it under that Python, without installing anything into it. */
  readonly pip: string;
}

/** The program, as it was released. */
export interface UvBinary {
  readonly version: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** uv and pip for the runner itself: uv from PATH if it is the pinned version, or else from the package index. Throws `bundle-tools`. */
export async function toolchain(context: BuildContext): Promise<Toolchain> {
  const uv = (await isOnPath(context)) ? "uv" : (await fetchUv(runnerMachine(), ["-m", "pip"], context)).path;
  return { uv, pip: await installPip(uv, [], context) };
}

/** The same tools with a pip that runs on this interpreter of a minor version: the newest pip runs on Python 3.10 and newer. */
export async function toolsFor(
  { interpreter, minor }: { readonly interpreter: string | undefined; readonly minor: string },
  tools: Toolchain,
  context: BuildContext,
): Promise<Toolchain> {
  const isOld = Number(minor.split(".")[1]) < 10;
  return interpreter && isOld
    ? { ...tools, pip: await installPip(tools.uv, ["--python-version", minor], context) }
    : tools;
}

/** uv alone, for the runner itself. A kept one needs no network. Throws `bundle-tools`. */
export async function runnerUv(context: BuildContext): Promise<string> {
  return (await isOnPath(context)) ? "uv" : (await uvWheel(runnerMachine(), context)).path;
}

async function isOnPath(context: BuildContext): Promise<boolean> {
  await mkdir(context.tempDir, { recursive: true });
  const found = await context.run("uv", ["--version"], { cwd: context.tempDir, env: context.env });
  return found.code === 0 && found.stdout.split(" ")[1]?.trim() === uvVersion;
}

/** The uv program for a kind of machine, checked against its pinned digest. Fetched once, then kept in `cacheDir`. Throws `bundle-tools`. */
export async function uvWheel(machine: string, context: BuildContext): Promise<UvBinary> {
  const kept = await keptUv(machine, context);
  if (kept) return kept;
  const directory = uvDirectory(machine, context);
  const key = `woven-uv-${uvVersion}-${machine}`;
  if ((await context.cache?.restore(key, directory)) === "hit") {
    const restored = await keptUv(machine, context);
    if (restored) return restored;
  }
  const scratch = await mkdtemp(join(context.tempDir, "tools-"));
  try {
    const { pip } = await toolchain({ ...context, tempDir: scratch });
    const fetched = (await keptUv(machine, context)) ?? (await fetchUv(machine, [pip], context));
    await context.cache?.save(key, directory);
    return fetched;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function uvDirectory(machine: string, context: BuildContext): string {
  return join(context.cacheDir, "tools", `uv-${uvVersion}-${machine}`);
}

async function keptUv(machine: string, context: BuildContext): Promise<UvBinary | undefined> {
  const path = join(uvDirectory(machine, context), "uv");
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  const sha256 = await hashFile(path);
  if (sha256 === uvReleases[machine]?.binary) return { version: uvVersion, path, sha256, bytes: found.size };
  context.log(`The kept uv for ${machine} is not the released program: fetching it again.`);
  await rm(uvDirectory(machine, context), { recursive: true, force: true });
  return undefined;
}

async function fetchUv(machine: string, pip: readonly string[], context: BuildContext): Promise<UvBinary> {
  const kept = await keptUv(machine, context);
  if (kept) return kept;
  const release = uvReleases[machine];
  if (!release)
    throw toolError(
      `Woven has no uv for ${machine} machines`,
      `Put uv ${uvVersion} on the runner's PATH, or use an x86_64 or aarch64 machine.`,
    );
  context.log(`Fetching uv ${uvVersion} for ${machine} from the package index`);
  const scratch = await mkdtemp(join(context.tempDir, "uv-"));
  try {
    await writeFile(join(scratch, "uv.txt"), `uv==${uvVersion} --hash=sha256:${release.wheel}\n`);
    const download = [
      "download",
      "--quiet",
      "--no-deps",
      "--no-cache-dir",
      "--only-binary=:all:",
      "--require-hashes",
      "--platform",
      `manylinux2014_${machine}`,
      "-d",
      scratch,
      "-r",
      join(scratch, "uv.txt"),
    ];
    await mustRun("python3", [...pip, ...download], context);
    const wheel = (await readdir(scratch)).find((file) => file.endsWith(".whl")) ?? "";
    await mustRun("python3", ["-m", "zipfile", "-e", join(scratch, wheel), join(scratch, "out")], context);
    const staged = join(scratch, "staged");
    await mkdir(staged);
    await rename(join(scratch, "out", `uv-${uvVersion}.data/scripts/uv`), join(staged, "uv"));
    await chmod(join(staged, "uv"), 0o755);
    await moveInto(staged, uvDirectory(machine, context));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const fetched = await keptUv(machine, context);
  if (!fetched)
    throw toolError(
      `The uv in its released wheel does not have the digest that Woven expects`,
      "Nothing was deployed. Please report this: the digests in Woven and in the release differ.",
    );
  return fetched;
}

/** Installs pip into scratch space, again for each bundle: a build could change it, and it is not checked again. */
async function installPip(uv: string, version: readonly string[], context: BuildContext): Promise<string> {
  const asked = await context.run("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
    cwd: context.tempDir,
    env: context.env,
  });
  if (asked.code !== 0)
    throw toolError(
      "The runner has no python3",
      "Install Python on the runner, for example with actions/setup-python.",
      asked.stderr,
    );
  const scratch = await mkdtemp(join(context.tempDir, "pip-"));
  const list = join(scratch, "pip.txt");
  await writeFile(list, pipRequirements);
  const options = ["--quiet", "--no-progress", "--no-deps", "--require-hashes", "--only-binary", ":all:"];
  const target = join(scratch, "packages");
  await mustRun(
    uv,
    ["pip", "install", ...options, "--python", "python3", ...version, "--target", target, "-r", list],
    context,
  );
  return join(target, "pip");
}

/** Two runs may fetch at the same time. The first copy stays, and the other one is the same. */
async function moveInto(staged: string, directory: string): Promise<void> {
  await mkdir(join(directory, ".."), { recursive: true });
  const beside = `${directory}.${randomUUID()}`;
  await cp(staged, beside, { recursive: true });
  if ((await placeFolder(beside, directory)) === "taken") await rm(beside, { recursive: true, force: true });
}

async function mustRun(command: string, args: readonly string[], context: BuildContext): Promise<void> {
  const indexes = await readIndexes(context.env);
  // The tools come from an index even if the requirements come from a folder.
  const variables = indexes.noIndex ? {} : uvIndexVariables(indexes, context.env);
  const result = await context.run(command, args, {
    env: { ...context.env, ...variables, ...systemCertificates },
    cwd: context.tempDir,
  });
  if (result.code === 0) return;
  throw toolError(
    `The tools that build the wheels could not be installed on the runner (uv ${uvVersion} and pip, from the package index)`,
    `Let the runner reach its package index: check PIP_INDEX_URL, the proxy settings and pip.conf. Or put uv ${uvVersion} on the runner's PATH with the action astral-sh/setup-uv.`,
    `${result.stdout}${result.stderr}`,
  );
}

/** The machine type of this runner, as nodes name theirs. */
export function runnerMachine(): string {
  return machine() === "arm64" ? "aarch64" : machine();
}

function toolError(message: string, next: string, output?: string): WovenError {
  return new WovenError({ code: "bundle-tools", message, next, output });
}
