// Turns the requirements into exact pins: uv resolves them for the node's Python and platform.
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Chosen, OnlyBinary, Requirements } from "../settings/settings.ts";
import { divide, lockBindings, writeBindings } from "./bound-packages.ts";
import type { BuildContext, Environment, NodePython } from "./build-context.ts";
import { withLogin } from "./index-logins.ts";
import { type Indexes, uvEnvironment, uvIndexArguments, uvIndexVariables } from "./indexes.ts";
import { lockLines, readPylock } from "./lock-lines.ts";
import { onlyBinaryArguments } from "./only-binary.ts";
import { type Pin, pinOf } from "./pin.ts";
import { limitError } from "./python-limits.ts";
import { readableFiles } from "./readable-files.ts";
import {
  parseRequirement,
  parseRequirementFile,
  type RequirementLine,
  type RequirementText,
  readRequirementFiles,
} from "./requirement-files.ts";
import { resolveError } from "./resolve-error.ts";
import type { Toolchain } from "./toolchain.ts";
import { glibcMinor } from "./wheel-tags.ts";

export interface Resolution {
  readonly requirements: Requirements;
  readonly text: RequirementText;
  readonly workingDirectory: string;
  readonly python: NodePython;
  readonly indexes: Indexes;
  /** A Python of the node's minor version on the runner, for packages whose dependencies are known only after a build. */
  readonly interpreter?: string | undefined;
  readonly onlyBinary: OnlyBinary;
}

// The platforms that uv 0.13 knows. A glibc that is not listed gets the next lower one.
const uvPlatforms = [40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 28, 17];

/** Reads all text that decides the resolution. Makes the lines of locks and of dependency lists. Throws `requirement-file`, `lock-format`. */
export async function readRequirements(requirements: Requirements, workingDirectory: string): Promise<RequirementText> {
  switch (requirements.kind) {
    case "files":
      return readRequirementFiles(requirements.paths, workingDirectory);
    case "lock": {
      const { files } = await readRequirementFiles([requirements.path], workingDirectory);
      const content = files[0]?.content ?? "";
      if (requirements.format === "uv") return { files, lines: [] };
      const { roots, path } = requirements;
      const locked = lockLines(requirements.format, content, path, requirements).map((line) =>
        // If the lock only pins, the requirements come from the project's own list.
        parseRequirement(line, { file: path, line: lineIn(content, line), kind: roots ? "constraint" : "requirement" }),
      );
      return { files, lines: [...(roots ?? []).map((root) => parseRequirement(root, ownList)), ...locked] };
    }
    case "project": {
      const content = await readFile(join(workingDirectory, "pyproject.toml"), "utf8").catch(() => "");
      return {
        files: [],
        lines: requirements.dependencies.map((text) =>
          parseRequirement(text, { file: "pyproject.toml", line: lineIn(content, text), kind: "requirement" }),
        ),
      };
    }
  }
}

const ownList = { file: "pyproject.toml", line: 1, kind: "requirement" } as const;

/** Resolves. Throws `requirement-*`, `build-failed`, `index-unreachable`, `hash-mismatch`. */
export async function resolve(resolution: Resolution, tools: Toolchain, context: BuildContext): Promise<Pin[]> {
  const { requirements, workingDirectory, python, indexes } = resolution;
  const locked = requirements.kind === "lock" ? await lockedText(resolution, tools, context) : undefined;
  const lines =
    locked === undefined || resolution.text.lines.length > 0
      ? resolution.text.lines
      : parseRequirementFile(locked, requirementsName(requirements), "requirement").lines;
  const { sources, input, variables } = await questionFor(
    resolution,
    locked === undefined ? undefined : lines,
    context,
  );
  const result = await context.run(
    tools.uv,
    [
      ...["pip", "compile", ...sources, "--quiet", "--format", "pylock.toml", "--no-header", "--no-annotate"],
      ...["--python-version", python.version.replace(/\+$/, ""), "--python-platform", uvPlatform(python)],
      ...(resolution.interpreter ? ["--python", resolution.interpreter] : []),
      ...(await completion(resolution, context)),
      ...uvIndexArguments(indexes),
      ...onlyBinaryArguments(resolution.onlyBinary),
    ],
    {
      cwd: lockDirectory(requirements, workingDirectory),
      env: { ...uvEnvironment(indexes, context.env), ...variables },
      input,
    },
  );
  if (result.code !== 0) {
    const [, name, version] = /Failed to (?:download and )?build `([\w.-]+)==([^`]+)`/.exec(result.stderr) ?? [];
    const limit = name && (await limitError({ name, version, python, indexes, lines }, tools, context));
    throw (
      limit ||
      resolveError({ output: result.stderr, lines, python, requirements, indexes, configFile: context.configFile })
    );
  }
  const base = lockDirectory(requirements, workingDirectory);
  return readPylock(result.stdout, "uv's result").map((entry) => pinOf(entry, { base, lines }));
}

/** The newest platform known to uv that is not newer than the node. */
export function uvPlatform(python: NodePython): string {
  const minor = uvPlatforms.find((known) => known <= glibcMinor(python.glibc)) ?? 17;
  return `${python.machine}-manylinux_2_${minor}`;
}

async function lockedText(resolution: Resolution, tools: Toolchain, context: BuildContext): Promise<string> {
  const { requirements, text, workingDirectory, python } = resolution;
  if (requirements.kind !== "lock" || requirements.format !== "uv") return inputOf(text.lines);
  const cwd = lockDirectory(requirements, workingDirectory);
  const options = [
    "export",
    "--quiet",
    "--frozen",
    "--no-dev",
    "--no-emit-project",
    "--no-header",
    "--no-annotate",
    "--format",
    "requirements-txt",
    ...(requirements.package ? ["--package", requirements.package.name] : []),
    ...chosenArguments(requirements),
  ];
  const result = await context.run(tools.uv, options, { cwd, env: uvEnvironment(resolution.indexes, context.env) });
  if (result.code !== 0)
    throw resolveError({ output: result.stderr, lines: [], python, requirements, configFile: context.configFile });
  return result.stdout;
}

/** The requirements as a file for uv. */
function inputOf(lines: readonly RequirementLine[]): string {
  return lines
    .filter((line) => line.kind === "requirement")
    .map((line) => [line.text, ...line.hashes.map((hash) => `--hash=${hash}`)].join(" "))
    .join("\n");
}

interface Question {
  readonly sources: readonly string[];
  readonly input: string;
  readonly variables: Environment;
}

/** What uv is asked. `locked`: the lines of a lock. Those that come from an index of their own are in a file of their own. */
async function questionFor(
  resolution: Resolution,
  locked: readonly RequirementLine[] | undefined,
  context: BuildContext,
): Promise<Question> {
  const { requirements, text, indexes } = resolution;
  const sources = await sourcesOf(resolution, context);
  if (requirements.kind !== "lock" || locked === undefined) {
    const list = requirements.kind === "project" ? requirements.dependencies.join("\n") : "";
    return { sources, input: sources[0] === "-" ? list : "", variables: {} };
  }
  // The versions and hashes of a lock are exact, so it does not matter which index is asked first.
  const strategy = { UV_INDEX_STRATEGY: context.env["UV_INDEX_STRATEGY"] ?? "unsafe-best-match" };
  const bindings = indexes.noIndex ? new Map<string, string>() : lockBindings(requirements, text, context.env);
  if (requirements.roots !== undefined) {
    const known = uvIndexVariables(indexes, context.env)["UV_INDEX"] ?? context.env["UV_INDEX"];
    const urls = [...new Set(bindings.values())].map((url) => withLogin(url, indexes));
    const more = urls.length === 0 ? {} : { UV_INDEX: [...(known ? [known] : []), ...urls].join(" ") };
    return { sources, input: inputOf(locked), variables: { ...more, ...strategy } };
  }
  const { bound, free } = divide(locked, bindings);
  const written = await writeBindings(bound, { indexes, tempDir: context.tempDir });
  return {
    sources: [...sources, ...written.sources],
    input: inputOf(free),
    variables: { ...written.variables, ...strategy },
  };
}

/** The folder for relative paths: of a lock its own folder, of everything else the working directory. */
function lockDirectory(requirements: Requirements, workingDirectory: string): string {
  return requirements.kind === "lock" ? dirname(join(workingDirectory, requirements.path)) : workingDirectory;
}

/** A complete lock needs no look-up of dependencies. If it only pins, dependencies are looked up, and the pins are constraints. */
async function completion({ requirements, text }: Resolution, context: BuildContext): Promise<readonly string[]> {
  if (requirements.kind !== "lock") return [];
  if (requirements.roots === undefined) return ["--no-deps"];
  const pins = text.lines.filter((line) => line.kind === "constraint" && line.name !== undefined);
  const folder = await mkdtemp(join(context.tempDir, "constraints-"));
  await writeFile(join(folder, "lock.txt"), pins.map((line) => `${line.text}\n`).join(""));
  return ["--constraints", join(folder, "lock.txt")];
}

/** uv's sources: files, or `-` for its standard input. */
async function sourcesOf(
  { requirements, workingDirectory, text }: Resolution,
  context: BuildContext,
): Promise<readonly string[]> {
  if (requirements.kind === "files")
    return await readableFiles(requirements.paths, text, { workingDirectory, context });
  if (requirements.kind === "lock") return ["-"];
  const content = await readFile(join(workingDirectory, "pyproject.toml"), "utf8").catch(() => "");
  // `[tool.uv.sources]` says where a dependency comes from. Without it, uv could fetch another package of the same name.
  return /^\s*\[tool\.uv\.sources/m.test(content) ? ["pyproject.toml", ...chosenArguments(requirements)] : ["-"];
}

function chosenArguments({ groups = [], extras = [] }: Chosen): readonly string[] {
  return [...groups.flatMap((name) => ["--group", name]), ...extras.flatMap((name) => ["--extra", name])];
}

function requirementsName(requirements: Requirements): string {
  return requirements.kind === "lock" ? requirements.path : "requirements";
}

function lineIn(content: string, text: string): number {
  const name = /^[\w.-]+/.exec(text)?.[0] ?? text;
  const lines = content.split("\n");
  const at = lines.findIndex((line) => line.includes(`"${text}"`) || line.includes(`'${text}'`));
  return Math.max(at, 0) + 1 > 1 || at === 0 ? at + 1 : lines.findIndex((line) => line.includes(name)) + 1 || 1;
}
