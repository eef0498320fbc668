// Relocatable builds of CPython, as uv fetches them (https://github.com/astral-sh/python-build-standalone). uv checks the digest of each
// archive, whether it comes from the network, from this machine or from the cache. So nothing here trusts what a cache holds.

import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import { stepEnv } from "../settings/problems.ts";
import { type BuildContext, type Environment, minorOf } from "./build-context.ts";
import type { WantedPython } from "./choose-python.ts";
import { readIndexes, uvEnvironment } from "./indexes.ts";
import { packFolder } from "./pack-folder.ts";
import { tail } from "./resolve-error.ts";
import { runnerUv } from "./toolchain.ts";

/** One build, not fetched yet. */
export interface PythonBuild {
  /** `3.12.16` */
  readonly version: string;
  readonly machine: string;
  /** uv's name for it: `cpython-3.12.16-linux-x86_64-gnu`. */
  readonly key: string;
  readonly url: string;
}

/** A build as one file to send to a node. */
export interface PythonArchive {
  readonly path: string;
  readonly bytes: number;
}

const Listed = v.array(
  v.object({
    key: v.string(),
    version: v.string(),
    url: v.nullable(v.string()),
    variant: v.string(),
    implementation: v.string(),
    arch: v.string(),
  }),
);

/** The newest build of the best minor version, by uv's own list or that of UV_PYTHON_DOWNLOADS_JSON_URL. Throws `python-unavailable`. */
export async function findBuild(wanted: WantedPython, machine: string, context: BuildContext): Promise<PythonBuild> {
  const every = `cpython-3-linux-${machine}-gnu`;
  const words = ["python", "list", "--only-downloads", "--all-versions", "--output-format", "json", every];
  const listed = await runUv(words, {}, context);
  const parsed = v.safeParse(Listed, listed.code === 0 ? parseJson(listed.stdout) : undefined);
  if (!parsed.success) throw unavailable(`Python ${wanted.minors[0]}`, `${listed.stdout}${listed.stderr}`);
  const builds = parsed.output.flatMap(({ implementation, variant, arch, version, key, url }) =>
    implementation === "cpython" && variant === "default" && arch === machine && isRelease(version) && url
      ? [{ version, machine, key, url }]
      : [],
  );
  for (const minor of wanted.minors) {
    const [best] = builds
      .filter(({ version }) => minorOf(version) === minor && wanted.suits(version))
      .toSorted((one, other) => patchOf(other.version) - patchOf(one.version));
    if (best) return best;
  }
  const near = builds.map(({ version }) => version).filter((version) => wanted.minors.includes(minorOf(version)));
  const known = near.length > 0 ? near : [...new Set(builds.map(({ version }) => minorOf(version)))];
  throw new WovenError({
    code: "python-unavailable",
    message: `${wanted.why}, and uv has no build of such a Python for ${machine}`,
    next: `uv has ${known.join(", ") || "none"}. Write one of them: python = "${known[0] ?? "3.13"}". Or python = "system", for the server's own.`,
  });
}

function isRelease(version: string): boolean {
  return /^3\.\d{1,2}\.\d{1,2}$/.test(version);
}

/** Fetches a build into a new folder in the scratch space, and returns the folder. Throws `python-unavailable`. */
export async function fetchBuild(build: PythonBuild, context: BuildContext): Promise<string> {
  const archives = join(context.cacheDir, "python", entryName(build));
  await mkdir(context.tempDir, { recursive: true });
  await mkdir(archives, { recursive: true });
  await discardUnchecked(archives);
  const target = await mkdtemp(join(context.tempDir, "python-"));
  const kept = await hasArchive(archives);
  // The user's own folder of archives needs no copy in the cache.
  const cache = context.env["UV_PYTHON_CACHE_DIR"] ? undefined : context.cache;
  const restored = !kept && (await cache?.restore(entryName(build), archives)) === "hit";
  await discardUnchecked(archives);
  if (!kept && !restored) context.log(`Fetching Python ${build.version} for ${build.machine}`);
  let result = await install(build, { target, archives }, context);
  if (result.code !== 0 && (await hasArchive(archives))) {
    context.log(`The kept archive of Python ${build.version} is not used and is fetched again.`);
    await rm(archives, { recursive: true, force: true });
    result = await install(build, { target, archives }, context);
  }
  if (result.code !== 0) throw unavailable(`Python ${build.version}`, `${result.stdout}${result.stderr}`);
  if (!restored && (await hasArchive(archives))) await cache?.save(entryName(build), archives);
  return join(target, build.key);
}

/** The build as an archive of its files, made again from what uv checks: packages that were built meanwhile cannot have changed it. */
export async function packBuild(build: PythonBuild, context: BuildContext): Promise<PythonArchive> {
  const folder = await fetchBuild(build, context);
  const path = join(context.tempDir, `${build.key}.tar`);
  await packFolder(folder, path);
  await rm(join(folder, ".."), { recursive: true, force: true });
  return { path, bytes: (await stat(path)).size };
}

/** The program in the folder of a build. */
export function programOf(folder: string, version: string): string {
  return join(folder, "bin", `python${minorOf(version)}`);
}

/** Two mirrors may have different builds of one version. */
function entryName({ version, machine, url }: PythonBuild): string {
  return `woven-python-${version}-${machine}-${createHash("sha256").update(url).digest("hex").slice(0, 12)}`;
}

interface Places {
  readonly target: string;
  readonly archives: string;
}

function install({ key }: PythonBuild, { target, archives }: Places, context: BuildContext) {
  const words = ["python", "install", "--no-bin", "--install-dir", target, key];
  return runUv(words, { UV_PYTHON_CACHE_DIR: context.env["UV_PYTHON_CACHE_DIR"] ?? archives }, context);
}

/** uv names an archive after its digest if it knows that. Others it would use unchecked, and they may come from a cache. */
async function discardUnchecked(archives: string): Promise<void> {
  // Another run's uv may be writing to a file whose name begins with a dot.
  const unchecked = (await readdir(archives)).filter((name) => !isChecked(name) && !name.startsWith("."));
  for (const name of unchecked) await rm(join(archives, name), { recursive: true, force: true });
}

async function hasArchive(archives: string): Promise<boolean> {
  return (await readdir(archives).catch(() => [])).some(isChecked);
}

function isChecked(name: string): boolean {
  return /^[0-9a-f]{9}-.*\.tar\.\w+$/.test(name);
}

/** Which Pythons uv may use is not up to the job's variables here. Whether and from where it may fetch is. */
async function runUv(words: readonly string[], more: Environment, context: BuildContext) {
  const { env } = context;
  const uv = await runnerUv(context);
  const own = uvEnvironment(await readIndexes(env), env);
  const undecided = ["UV_PYTHON", "UV_PYTHON_PREFERENCE", "UV_MANAGED_PYTHON", "UV_NO_MANAGED_PYTHON"];
  return await context.run(uv, words, {
    cwd: context.tempDir,
    env: {
      ...own,
      ...Object.fromEntries(undecided.map((name) => [name, undefined])),
      UV_PYTHON_DOWNLOADS: env["UV_PYTHON_DOWNLOADS"] ?? "manual",
      UV_HTTP_RETRIES: env["UV_HTTP_RETRIES"] ?? "1",
      ...more,
    },
  });
}

function patchOf(version: string): number {
  return Number(version.split(".")[2]);
}

function unavailable(what: string, output: string): WovenError {
  const known = reasons.find(({ sign }) => sign.test(output));
  return new WovenError({
    code: "python-unavailable",
    message: known ? known.message(what) : `The runner could not fetch ${what}`,
    next: known?.next ?? reachable,
    // The address of a mirror may hold a login.
    output: tail(output).replaceAll(/\/\/[^\s/@]+@/g, "//"),
  });
}

const reachable =
  "Let the runner reach uv's builds of Python on GitHub, or name a mirror: UV_PYTHON_INSTALL_MIRROR or UV_PYTHON_DOWNLOADS_JSON_URL. With python = \"system\", the server's own Python is used.";

const reasons: readonly {
  readonly sign: RegExp;
  readonly message: (what: string) => string;
  readonly next?: string;
}[] = [
  {
    sign: /Hash mismatch/,
    message: (what) => `The archive of ${what} does not have the digest that uv expects`,
    next: "Run the job again. If it fails again, something between the runner and the mirror changes files.",
  },
  {
    sign: /downloads are not allowed/,
    message: (what) => `The runner may not fetch ${what}: UV_PYTHON_DOWNLOADS is "never"`,
    next: `Write UV_PYTHON_DOWNLOADS: manual in ${stepEnv}.`,
  },
  {
    sign: /network was disabled|offline/i,
    message: (what) => `The runner may not fetch ${what}: UV_OFFLINE is set, and no kept archive was found`,
  },
];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
