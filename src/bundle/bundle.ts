// Makes a bundle: the wheels of the requirements for a node's Python. It is built on the runner and kept under a key of its inputs.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, relative, resolve as resolvePath } from "node:path";
import { SettingsError, WovenError } from "../errors.ts";
import type { OnlyBinary, Requirements } from "../settings/settings.ts";
import { type AddedProgram, addedPins } from "./added-wheels.ts";
import { buildConstraintVariables } from "./build-constraints.ts";
import { type BuildContext, minorOf, type NodePython } from "./build-context.ts";
import { buildWheel, noInterpreterError } from "./build-wheel.ts";
import { confineBuilds } from "./builder-sight.ts";
import {
  type BundledWheel,
  describeWheels,
  keepNewest,
  openBundle,
  type SealedManifest,
  sealBundle,
} from "./bundle-folder.ts";
import { type BundleTrust, entriesToRead, entryToWrite, trustNothing } from "./bundle-trust.ts";
import { checkPython, type KnownPackage } from "./check-python.ts";
import { downloadWheels } from "./download.ts";
import { secretsIn } from "./index-logins.ts";
import { type Indexes, readIndexes } from "./indexes.ts";
import { findPython, installPython, interpreterPaths } from "./interpreters.ts";
import { bundleKey } from "./key.ts";
import { missingBundle } from "./missing-bundle.ts";
import { refuseBuilds } from "./only-binary.ts";
import type { Pin } from "./pin.ts";
import { placeFolder, replaceFolder } from "./place-folder.ts";
import { projectIndexes } from "./project-indexes.ts";
import { limitError } from "./python-limits.ts";
import type { RequirementText } from "./requirement-files.ts";
import { readRequirements, resolve } from "./resolve.ts";
import { type Toolchain, toolchain, toolsFor } from "./toolchain.ts";
import { forbiddenWheel, requireAll } from "./wheel-check.ts";
import { normaliseName } from "./wheel-tags.ts";

export interface Bundle {
  readonly key: string;
  /** sha256 of its manifest, by which another job can recognise it. */
  readonly digest: string;
  /** Absolute, on the runner: `wheels/*.whl`, `requirements.lock`, `bundle.json`. */
  readonly directory: string;
  readonly wheels: readonly BundledWheel[];
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly cacheHit: boolean;
  readonly seconds: number;
  readonly bytes: number;
}

export interface BundleOptions {
  readonly requirements: Requirements;
  /** Absolute. The paths in `requirements` are relative to it. */
  readonly workingDirectory: string;
  /** Absolute. The repository's root, if the working directory is a folder in it. */
  readonly repository?: string;
  readonly python: NodePython;
  /** A program of this Python on the runner, if there is one. Asked only if the bundle has to be made. */
  readonly compiler?: () => Promise<string | undefined>;
  /** `fresh` uses no kept bundle (the input `cache: false`). `only` makes none: no code of packages may run here. */
  readonly reuse?: "kept" | "fresh" | "only";
  /** Which kept bundles are trusted. None by default. */
  readonly trust?: BundleTrust;
  readonly onlyBinary?: OnlyBinary;
  /** `setuptools<66` */
  readonly buildConstraints?: readonly string[];
  /** What the bundle gets beside the requirements, unless they hold it. None by default. */
  readonly added?: readonly AddedProgram[];
  readonly context: BuildContext;
}

interface Job extends BundleOptions {
  readonly key: string;
  readonly text: RequirementText;
  readonly indexes: Indexes;
  readonly trust: BundleTrust;
  readonly onlyBinary: OnlyBinary;
  readonly buildConstraints: readonly string[];
  readonly added: readonly AddedProgram[];
}

/**
 * The bundle of these requirements. Uses a kept one if there is one for the key, without the network. Else builds it.
 * Throws WovenError with code `bundle-missing`, `requirement-*`, `lock-format`, `index-unreachable`, `build-failed`, `wheel-misfit`, `hash-mismatch`, `bundle-tools`.
 */
export async function buildBundle(options: BundleOptions): Promise<Bundle> {
  try {
    return await keptOrMade(options);
  } catch (error) {
    throw error instanceof WovenError ? fromRepository(error, options) : error;
  }
}

/** Makes the file paths of errors relative to the repository's root. In this folder they are relative to the working directory. */
function fromRepository(
  error: WovenError,
  { workingDirectory, repository = workingDirectory }: BundleOptions,
): WovenError {
  const { file } = error.details;
  return file === undefined
    ? error
    : new WovenError({ ...error.details, file: relative(repository, resolvePath(workingDirectory, file)) });
}

async function keptOrMade(options: BundleOptions): Promise<Bundle> {
  const { requirements, workingDirectory, python, context } = options;
  const { trust = trustNothing, onlyBinary = [], buildConstraints = [], added = [] } = options;
  const started = context.now();
  const text = await readRequirements(requirements, workingDirectory);
  const project = await projectIndexes(requirements, text, { workingDirectory, env: context.env });
  const indexes = { ...(await readIndexes(context.env)), project };
  for (const secret of secretsIn(indexes)) context.mask?.(secret);
  const key = await bundleKey(
    { requirements, workingDirectory, python, text, indexes, onlyBinary, buildConstraints, added },
    context,
  );
  const directory = join(context.cacheDir, "bundles", key);
  const job = { ...options, key, text, indexes, trust, onlyBinary, buildConstraints, added };
  const kept = options.reuse === "fresh" ? undefined : await keptBundle(job, directory);
  if (!kept && options.reuse === "only") throw missingBundle(job.python);
  const { manifest, digest } = kept ?? (await madeBundle(job, directory));
  await keepNewest(directory);
  if (!kept) await context.cache?.save(entryToWrite(key, digest, trust), directory);
  const bytes = manifest.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  return {
    key,
    digest,
    directory,
    wheels: manifest.wheels,
    packages: manifest.packages,
    cacheHit: kept !== undefined,
    bytes,
    seconds: (context.now() - started) / 1000,
  };
}

/** A kept bundle from this machine's disk, or else from the cache. Removes one that fails its check. */
async function keptBundle(job: Job, directory: string): Promise<SealedManifest | undefined> {
  const { context, key, trust } = job;
  for (const entry of ["on disk", ...entriesToRead(key, trust)]) {
    if (entry !== "on disk" && (await context.cache?.restore(entry, directory)) !== "hit") continue;
    const opened = await openBundle(directory, key, trust);
    const refused =
      opened && ("refused" in opened ? opened.refused : await forbiddenWheel(directory, opened.manifest, job.text));
    if (opened && "manifest" in opened && !refused) return opened;
    if (refused) context.log(`The kept bundle is not used and is built again: ${refused}.`);
    await rm(directory, { recursive: true, force: true });
  }
  return undefined;
}

async function madeBundle(job: Job, directory: string): Promise<SealedManifest> {
  const { context, python, key } = job;
  await Promise.all([mkdir(context.tempDir, { recursive: true }), mkdir(join(directory, ".."), { recursive: true })]);
  const scratch = await mkdtemp(join(context.tempDir, "bundle-"));
  // Beside its final place, so that the last step is a rename and nobody finds an incomplete bundle.
  const staged = await mkdtemp(`${directory}.`);
  try {
    // Builds can change only this folder. Beside it are Woven's own files, which also run outside of the isolation.
    const own = join(scratch, "builds");
    await Promise.all([mkdir(join(staged, "wheels")), mkdir(own)]);
    const constraints = await buildConstraintVariables(job.buildConstraints, { folder: scratch, env: context.env });
    const inScratch = { ...context, tempDir: scratch };
    const tools = await toolchain(inScratch);
    const interpreter = await findPython(
      minorOf(python.version),
      { tools, first: await job.compiler?.() },
      job.indexes,
      context,
    );
    await using builds = await confineBuilds(inScratch, {
      ...job,
      own,
      paths: [
        ...interpreterPaths(interpreter),
        ...job.indexes.findLinks,
        ...(job.indexes.cert ? [job.indexes.cert] : []),
      ],
    });
    const confined = { ...inScratch, run: builds.run, env: { ...context.env, ...constraints } };
    const resolved = await resolve({ ...job, interpreter }, tools, confined);
    refuseBuilds(resolved, job);
    // A Django without a fixed version is known only now.
    const problem = checkPython({
      packages: resolved.flatMap(known),
      python,
      lines: job.text.lines,
      configFile: context.configFile,
    });
    if (problem) throw new SettingsError([problem]);
    const pins = [...resolved, ...(await addedPins(job.added, resolved, { ...job, interpreter }, tools, confined))];
    context.log(
      `Resolved ${pins.length} packages for Python ${minorOf(python.version)} on ${python.machine}, glibc ${python.glibc}`,
    );
    const target = { python, indexes: job.indexes, directory: join(staged, "wheels"), scratch, lines: job.text.lines };
    await downloadWheels(
      { ...target, pins: pins.flatMap((pin) => (pin.kind === "wheel" ? [pin] : [])) },
      tools,
      context,
    );
    const fetched = await describeWheels(target.directory);
    const built = await buildAll(
      pins.filter((pin) => pin.kind !== "wheel"),
      { ...target, own, interpreter, described: builds.described, onlyBinary: job.onlyBinary },
      await toolsFor({ interpreter, minor: minorOf(python.version) }, tools, inScratch),
      confined,
    );
    const sealed = await sealBundle(staged, { key, python, built }, job.trust);
    requireAll(pins, fetched, sealed.manifest);
    return (await place(staged, directory, job)) ?? sealed;
  } finally {
    // In a cancelled run, a build may still write there.
    const tidying = { recursive: true, force: true, maxRetries: 5 };
    await Promise.all([rm(scratch, tidying), rm(staged, tidying)]);
  }
}

function known({ name, version }: Pin): KnownPackage[] {
  return version === undefined ? [] : [{ name: normaliseName(name), version }];
}

/** Gives the bundle its name. If another run made the same one meanwhile and may be reading it, returns that one. */
async function place(
  staged: string,
  directory: string,
  { reuse, key, text, trust }: Job,
): Promise<SealedManifest | undefined> {
  if (reuse !== "fresh") {
    if ((await placeFolder(staged, directory)) === "placed") return undefined;
    const other = await openBundle(directory, key, trust);
    if (other && "manifest" in other && !(await forbiddenWheel(directory, other.manifest, text))) return other;
  }
  await replaceFolder(staged, directory);
  return undefined;
}

type Place = Omit<Parameters<typeof buildWheel>[0], "pin">;

/** Builds the packages one after the other, and returns their files. Fetches the node's Python only if a compiled package needs it. */
async function buildAll(
  pins: readonly Pin[],
  place: Place,
  tools: Toolchain,
  context: BuildContext,
): Promise<string[]> {
  const files: string[] = [];
  let { interpreter } = place;
  for (const pin of pins) {
    const first = await buildWheel({ ...place, pin, interpreter }, tools, context);
    if (first.kind === "built") {
      files.push(first.file);
      continue;
    }
    // An index states why a package does not build. Otherwise another Python is fetched in vain.
    const limit = await limitError({ ...place, ...pin }, tools, context);
    if (limit) throw limit;
    interpreter = await installPython(
      minorOf(place.python.version),
      join(place.own, "python"),
      tools,
      place.indexes,
      context,
    );
    if (!interpreter) throw noInterpreterError(pin, place, first.output);
    const second = await buildWheel({ ...place, pin, interpreter }, tools, context);
    if (second.kind === "built") files.push(second.file);
  }
  return files;
}
