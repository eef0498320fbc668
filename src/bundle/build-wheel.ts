// Builds the wheel of a package that has none: from a source archive, a git commit or a folder. Refuses a wheel that the node cannot load.
import { cp, mkdtemp, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { WovenError } from "../errors.ts";
import type { OnlyBinary } from "../settings/settings.ts";
import { buildAdvice } from "./build-advice.ts";
import { type BuildContext, minorOf, type NodePython } from "./build-context.ts";
import { hashArguments, requirementsFor } from "./download.ts";
import { readElf } from "./elf.ts";
import { copyGit } from "./git-folder.ts";
import { buildIndexVariables } from "./index-logins.ts";
import type { Indexes } from "./indexes.ts";
import { onlyBinaryArguments } from "./only-binary.ts";
import { labelOf, type Pin, placeOf } from "./pin.ts";
import { pipEnvironment } from "./pip-environment.ts";
import { limitError } from "./python-limits.ts";
import type { RequirementLine } from "./requirement-files.ts";
import { tail } from "./resolve-error.ts";
import type { Toolchain } from "./toolchain.ts";
import { glibcMinor, isPure, misfit, parseWheelName } from "./wheel-tags.ts";

export interface Build {
  readonly pin: Pin;
  readonly python: NodePython;
  readonly indexes: Indexes;
  readonly directory: string;
  /** For Woven's own files, which builds can read. */
  readonly scratch: string;
  /** The folder that builds can change. */
  readonly own: string;
  readonly lines: readonly RequirementLine[];
  /** A Python of the node's minor version, if the runner has one. */
  readonly interpreter: string | undefined;
  /** How builds are isolated, for the log: `Building x from source, …`. */
  readonly described: string;
  /** Packages that may not be built, even if a build needs them. */
  readonly onlyBinary: OnlyBinary;
}

/** `other-python`: the package is compiled, and was built with another Python version than the node's. */
export type BuildResult =
  | { readonly kind: "built"; readonly file: string }
  | { readonly kind: "other-python"; readonly output: string };

/** Builds one wheel into `directory`. Throws `build-failed`, `wheel-misfit`. */
export async function buildWheel(build: Build, tools: Toolchain, context: BuildContext): Promise<BuildResult> {
  const { pin, python } = build;
  const place = placeOf(pin, build.lines);
  const out = await mkdtemp(join(build.own, "built-"));
  const interpreter = build.interpreter ?? "python3";
  context.log(`Building ${labelOf(pin)} from source, ${build.described}`);
  const args = [
    tools.pip,
    "wheel",
    "--no-deps",
    "--ignore-requires-python",
    "--progress-bar=off",
    "-w",
    out,
    ...onlyBinaryArguments(build.onlyBinary),
    ...(await source(build)),
  ];
  const variables = await buildIndexVariables(build.indexes, build.scratch, context.env);
  const result = await context.run(interpreter, args, {
    cwd: build.own,
    env: { ...pipEnvironment(context), ...variables },
  });
  const output = `${result.stdout}${result.stderr}`;
  // A link could lead to any file of the runner.
  const file = (await readdir(out, { withFileTypes: true })).find(
    (entry) => entry.isFile() && entry.name.endsWith(".whl"),
  )?.name;
  if (result.code !== 0 || !file) {
    // A build may fail only because of the wrong Python. The caller can then get the right one.
    if (!build.interpreter) return { kind: "other-python", output };
    const limit = await limitError({ ...build, ...pin }, tools, context);
    if (limit) throw limit;
    throw new WovenError({
      code: "build-failed",
      message: `The package ${labelOf(pin)} could not be built on the runner`,
      next: buildAdvice(minorOf(python.version), output, {
        configFile: context.configFile,
        isFolder: pin.kind === "directory",
      }),
      file: place?.file,
      line: place?.line,
      output: tail(output),
    });
  }
  const wheel = parseWheelName(file);
  const problem = wheel && misfit(wheel, python);
  if (problem === "python" && !build.interpreter) return { kind: "other-python", output };
  const named = !wheel || problem ? `its wheel is ${file}` : undefined;
  const reason = named ?? (await elfProblem(join(out, file), build, context));
  if (reason !== undefined) throw misfitError(build, reason);
  await rename(join(out, file), join(build.directory, file));
  return { kind: "built", file };
}

/** The error for a compiled package if the runner has no Python of the node's minor version. */
export function noInterpreterError(
  pin: Pin,
  { lines, python }: Pick<Build, "lines" | "python">,
  output: string,
): WovenError {
  const place = placeOf(pin, lines);
  const minor = minorOf(python.version);
  return new WovenError({
    code: "build-failed",
    message: `${labelOf(pin)} has no wheel for Python ${minor} on ${python.machine} and must be compiled, but the runner has no Python ${minor}`,
    next: `Add a step before this one: actions/setup-python with python-version "${minor}". Or require a version of ${pin.name} that has a wheel for Python ${minor}.`,
    file: place?.file,
    line: place?.line,
    output: tail(output),
  });
}

/** What a wheel's compiled files need and the node lacks, as text. Undefined if the node can load them. */
async function elfProblem(wheel: string, { python, own }: Build, context: BuildContext): Promise<string | undefined> {
  const name = parseWheelName(basename(wheel));
  if (name && isPure(name)) return undefined;
  const unpacked = await mkdtemp(join(own, "unpacked-"));
  await context.run("python3", ["-m", "zipfile", "-e", wheel, unpacked], { cwd: own, env: context.env });
  const files = (await readdir(unpacked, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const file of files) {
    const elf = readElf(await readFile(join(file.parentPath, file.name)));
    if (!elf) continue;
    if (elf.machine !== python.machine)
      return `${file.name} is compiled for ${elf.machine}, and the server is ${python.machine}`;
    if (elf.glibc && glibcMinor(elf.glibc) > glibcMinor(python.glibc))
      return `${file.name} needs glibc ${elf.glibc} (the runner's), and the server has ${python.glibc}`;
  }
  return undefined;
}

function misfitError({ pin, python, lines }: Build, reason: string): WovenError {
  const place = placeOf(pin, lines);
  return new WovenError({
    code: "wheel-misfit",
    message: `${labelOf(pin)} was built on the runner, but the server cannot load it: ${reason}`,
    next: `Require a version of ${pin.name} that has a wheel for ${python.machine} and glibc ${python.glibc}. Or build on the server's machine type and its Debian or Ubuntu release, or an older one: set \`container:\` for this job.`,
    file: place?.file,
    line: place?.line,
  });
}

/** pip's arguments for what to build. A folder is copied first, because a build leaves files in it. */
async function source(build: Build): Promise<string[]> {
  const { pin, scratch, own } = build;
  switch (pin.kind) {
    case "wheel":
    case "sdist": {
      const list = join(scratch, `${pin.name}.txt`);
      await writeFile(list, requirementsFor([pin], build.indexes), { mode: 0o600 });
      return [...hashArguments([pin]), "-r", list];
    }
    case "vcs": {
      // In a file and not on the command line: the address may hold a login.
      const list = join(scratch, `${pin.name}.txt`);
      await writeFile(list, `${pin.name} @ ${pin.target}\n`, { mode: 0o600 });
      return ["-r", list];
    }
    case "directory": {
      const copy = join(await mkdtemp(join(own, "source-")), basename(pin.path));
      await cp(pin.path, copy, {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) =>
          path !== join(pin.path, ".git") &&
          !/\/(node_modules|\.venv|venv|__pycache__|build|[^/]+\.egg-info)$/.test(path.slice(pin.path.length)),
      });
      await copyGit(pin.path, copy);
      return [copy];
    }
  }
}
