// The key of a bundle: a digest of everything that decides its content, made without the network. So an unpinned requirement is
// resolved once for each key. It is resolved again if the requirements or Woven's recipe change, or with `cache: false`.
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve as resolvePath } from "node:path";
import { parse } from "smol-toml";
import type { OnlyBinary, Requirements } from "../settings/settings.ts";
import type { AddedProgram } from "./added-wheels.ts";
import { type BuildContext, type Environment, minorOf, type NodePython } from "./build-context.ts";
import type { Indexes } from "./indexes.ts";
import { localPathOf, type RequirementLine, type RequirementText } from "./requirement-files.ts";
import { uvVersion } from "./toolchain.ts";
import { readUvLock } from "./uv-lock.ts";

/** Raise it when a change in Woven makes another bundle from the same inputs. */
const recipe = 1;

// Files that tools leave beside a package's source. They never get into a wheel.
const leftovers = new Set([
  ".git",
  ".hg",
  ".venv",
  "venv",
  "node_modules",
  "__pycache__",
  "build",
  "dist",
  ".tox",
  ".mypy_cache",
  ".ruff_cache",
  ".pytest_cache",
]);
const resolvingVariables =
  /^(UV_(DEFAULT_INDEX|INDEX.*|EXTRA_INDEX_URL|FIND_LINKS|CONSTRAINT|OVERRIDE|PRERELEASE|RESOLUTION|EXCLUDE_NEWER|NO_BINARY|NO_BUILD|BUILD_CONSTRAINT)|PIP_(CONSTRAINT|BUILD_CONSTRAINT|PRE|NO_BINARY))$/;

export interface KeyInput {
  readonly requirements: Requirements;
  readonly workingDirectory: string;
  readonly python: NodePython;
  readonly text: RequirementText;
  readonly indexes: Indexes;
  readonly onlyBinary: OnlyBinary;
  readonly buildConstraints?: readonly string[];
  readonly added: readonly AddedProgram[];
}

/** `woven-bundle-v1-cp313-x86_64-glibc2.41-<sha256>`. Asks the network only for the commit of a git branch that a requirement names. */
export async function bundleKey(input: KeyInput, context: BuildContext): Promise<string> {
  const { python, requirements } = input;
  // As in uv: paths in a lock are relative to its folder.
  const base =
    requirements.kind === "lock"
      ? dirname(resolvePath(input.workingDirectory, requirements.path))
      : input.workingDirectory;
  const hash = createHash("sha256");
  const add = (what: string, value: unknown) => hash.update(`${what}\0${JSON.stringify(value)}\n`);
  add("recipe", [recipe, uvVersion]);
  add("python", [python.implementation, minorOf(python.version), python.machine, python.glibc]);
  add("requirements", requirements.kind === "lock" ? lockKey(requirements) : requirements);
  for (const file of input.text.files)
    add(`file ${requirements.kind === "lock" ? "" : file.path}`, keyedContent(file, ownFolder(requirements)));
  add(
    "indexes",
    [input.indexes.index, input.indexes.extra, input.indexes.findLinks, input.indexes.noIndex].flat().map(withoutLogin),
  );
  add(
    "environment",
    Object.entries(context.env)
      // A token may change in each run.
      .filter(([name, value]) => value && resolvingVariables.test(name) && !/_(USERNAME|PASSWORD)$/.test(name))
      .toSorted()
      .map(([name, value]) => [name, withoutLogin(value)]),
  );
  const own = (input.indexes.project ?? []).filter(({ isUnknownToUv }) => isUnknownToUv);
  if (own.length > 0)
    add(
      "indexes of the project",
      own.map(({ url, use }) => [url, use]),
    );
  if (input.onlyBinary.length > 0) add("only binary", input.onlyBinary);
  if (input.buildConstraints?.length) add("build constraints", input.buildConstraints);
  if (input.added.length > 0)
    add(
      "added",
      input.added.flatMap(({ wheels }) => wheels),
    );
  add("uv", await uvConfiguration(input.workingDirectory));
  if (resolvePath(base) !== resolvePath(input.workingDirectory)) add("uv of the lock", await uvConfiguration(base));
  for (const path of localPaths(input.text, ownFolder(requirements)))
    add(`local ${path}`, await localDigest(resolvePath(base, path)));
  for (const branch of gitBranches(input.text.lines))
    add(`git ${branch.url} ${branch.ref}`, await commitOf(branch, context));
  return `woven-bundle-v${recipe}-cp${minorOf(python.version).replace(".", "")}-${python.machine}-glibc${python.glibc}-${hash.digest("hex").slice(0, 32)}`;
}

/** The parts of a lock that are used. */
function lockKey(lock: Extract<Requirements, { kind: "lock" }>): unknown {
  const { format, package: own, groups, extras, roots } = lock;
  const taken = { package: own?.name, groups, extras, roots };
  return Object.values(taken).some((value) => value !== undefined) ? [format, taken] : [format];
}

/** The folder of the project in its lock. */
function ownFolder(requirements: Requirements): string {
  return (requirements.kind === "lock" && requirements.package?.folder) || ".";
}

/** The lock without the project's own version, which uv.lock contains: a new version must not need a new bundle. */
function keyedContent({ path, content }: RequirementText["files"][number], own: string): unknown {
  if (!path.endsWith("uv.lock")) return content;
  const lock = readUvLock(content, path);
  const packages = (lock.package ?? []).map((entry) =>
    (entry.source?.["virtual"] ?? entry.source?.["editable"]) === own ? { ...entry, version: undefined } : entry,
  );
  return { ...lock, package: packages };
}

/** `[tool.uv]` and uv.toml, which configure uv's resolver. */
async function uvConfiguration(directory: string): Promise<unknown[]> {
  const [own, project] = await Promise.all(
    ["uv.toml", "pyproject.toml"].map((file) => readFile(join(directory, file), "utf8").catch(() => "")),
  );
  const table: { tool?: { uv?: unknown } } = project ? parse(project) : {};
  return [own, table.tool?.uv];
}

function localPaths(text: RequirementText, own: string): string[] {
  const fromLines = text.lines.flatMap((line) => localPathOf(line.text) ?? []);
  const fromLock = text.files
    .filter((file) => file.path.endsWith("uv.lock"))
    .flatMap((file) =>
      [...file.content.matchAll(/source = \{ (?:directory|editable|path) = "([^"]+)"/g)].flatMap((match) =>
        match[1] && match[1] !== own ? [match[1]] : [],
      ),
    );
  return [...new Set([...fromLines, ...fromLock])].toSorted();
}

/** sha256 over the names and contents of a folder, or the content of a file; `missing` if there is none: the resolver has a better error for that. */
async function localDigest(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return "missing";
  const hash = createHash("sha256");
  if (found.isFile()) return hash.update(await readFile(path)).digest("hex");
  for (const file of await filesUnder(path)) hash.update(`${file}\0`).update(await readFile(join(path, file)));
  return hash.digest("hex");
}

async function filesUnder(root: string, below = ""): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const kept = entries.filter((entry) => !leftovers.has(entry.name) && !/\.(egg-info|pyc)$/.test(entry.name));
  const nested = await Promise.all(
    kept.map((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? filesUnder(root, path) : Promise.resolve(entry.isFile() ? [path] : []);
    }),
  );
  return nested.flat().toSorted();
}

interface GitBranch {
  readonly url: string;
  readonly ref: string;
}

/** The git repositories that requirements name with a branch, a tag or no ref. A full commit never changes, so it is not listed. */
export function gitBranches(lines: readonly RequirementLine[]): GitBranch[] {
  return lines.flatMap((line) => {
    const target = /\bgit\+([^\s#;]+)/.exec(line.text)?.[1];
    // An ssh address has an @ after its user name. Only an @ after the host begins the ref.
    const [, url, ref = "HEAD"] = /^([a-z]+:\/\/[^/]*\/[^@]*)(?:@(.+))?$/.exec(target ?? "") ?? [];
    return url && !/^[0-9a-f]{40}$/.test(ref) ? [{ url, ref }] : [];
  });
}

/** The current commit of a branch. Only its name if the server does not answer: the build then reports why. */
async function commitOf(branch: GitBranch, context: BuildContext): Promise<string> {
  const { url, variables } = withoutLoginOnCommandLine(branch.url, context.env);
  const listed = await context.run("git", ["ls-remote", "--", url, branch.ref], {
    cwd: context.tempDir,
    env: { ...context.env, ...variables, GIT_TERMINAL_PROMPT: "0" },
    pass: ["SSH_AUTH_SOCK"],
  });
  return listed.code === 0 ? listed.stdout : "unknown";
}

/** The login of an address as git's variables (git-config(1), GIT_CONFIG_COUNT), because every account can read a command line. */
function withoutLoginOnCommandLine(
  url: string,
  env: Environment,
): { readonly url: string; readonly variables: Environment } {
  const [whole, scheme, login, host] = /^(https?:\/\/)([^/@]+)@([^/]+\/)/.exec(url) ?? [];
  if (whole === undefined || login === undefined) return { url, variables: {} };
  const plain = `${scheme}${host}`;
  const [user = "", ...password] = login.split(":");
  const credentials = [user, password.join(":")].map(decodeURIComponent).join(":");
  const count = Number(env["GIT_CONFIG_COUNT"] ?? "0");
  return {
    url: plain + url.slice(whole.length),
    variables: {
      GIT_CONFIG_COUNT: String(count + 1),
      [`GIT_CONFIG_KEY_${count}`]: `http.${plain}.extraHeader`,
      [`GIT_CONFIG_VALUE_${count}`]: `Authorization: Basic ${Buffer.from(credentials).toString("base64")}`,
    },
  };
}

/** Without the login in an index URL: a token may change in each run, and the packages stay the same. */
function withoutLogin(value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll(/\/\/[^\s/@]+@/g, "//") : value;
}
