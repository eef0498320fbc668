// Which files packages can see on the runner while they are built: the checkout, the tools, and the configuration of package indexes
// and git. Everything else in the home folder, among the runner's own files and in the folders of temporary files and sockets is hidden.
import { access, mkdir, readFile, realpath, stat, symlink } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { delimiter, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { isProgramVariable, programVariables } from "../program-variables.ts";
import type { BuildContext, Environment } from "./build-context.ts";
import { type Confinement, confine, type Sight } from "./confinement.ts";
import { gitConfigs } from "./git-folder.ts";
import { localPathOf, type RequirementText } from "./requirement-files.ts";

export interface Surroundings {
  readonly workingDirectory: string;
  readonly text: RequirementText;
  /** The only folder that builds can change. */
  readonly own: string;
  /** Visible paths outside of the working directory: interpreters, folders of wheels. */
  readonly paths: readonly string[];
}

/** The confinement for everything that may run code of packages. It can change only the folder `own`, which has its home folder. */
export async function confineBuilds(context: BuildContext, around: Surroundings): Promise<Confinement> {
  const { env } = context;
  const { own } = around;
  const home = env["HOME"];
  const overSsh = around.text.files.some(({ content }) => /\bssh:\/\/|git@/.test(content));
  const configuration = home ? await existing(configurationFiles(env, home, overSsh)) : [];
  const scratchHome = join(own, "home");
  const temporary = join(own, "tmp");
  for (const folder of [scratchHome, temporary]) await mkdir(folder, { recursive: true, mode: 0o700 });
  if (home) await linkInto(scratchHome, configuration, env, home);
  const toolHomes = home ? await toolFolders(env, home) : {};
  const pass = [...(context.buildEnv ?? []), ...(overSsh ? ["SSH_AUTH_SOCK"] : []), ...variablesIn(around.text)];
  const sight = await builderSight(context, {
    ...around,
    paths: [
      ...around.paths,
      ...configuration,
      ...Object.values(toolHomes),
      ...(overSsh && env["SSH_AUTH_SOCK"] ? [env["SSH_AUTH_SOCK"]] : []),
    ],
  });
  const agent = overSsh ? [] : await existing([env["SSH_AUTH_SOCK"]]);
  return await confine({
    run: context.run,
    account: await stat(scratchHome),
    sight: { ...sight, cover: [...sight.cover, ...agent] },
    path: env["PATH"],
    scratch: tmpdir(),
    own,
    pass,
    // By name: variables that are not for all programs cannot be listed.
    env: {
      ...passedVariables(env, pass),
      ...withoutFolders,
      ...toolHomes,
      HOME: scratchHome,
      TMPDIR: temporary,
      TMP: temporary,
      TEMP: temporary,
    },
  });
}

function passedVariables(env: Environment, names: readonly string[]): Record<string, string> {
  return programVariables(Object.fromEntries(names.map((name) => [name, env[name]])), names);
}

/** These point to folders that a build cannot use, or must not change. Without them, programs look below HOME. */
const withoutFolders = Object.fromEntries(
  [
    ...["CONFIG_HOME", "CACHE_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR"].map((kind) => `XDG_${kind}`),
    ...["UV_CACHE_DIR", "PIP_CACHE_DIR", "CCACHE_DIR", "SCCACHE_DIR", "CARGO_HOME", "PYTHONPYCACHEPREFIX"],
  ].map((name) => [name, undefined]),
);

/** The paths to hide, and the paths in them to keep visible. */
export async function builderSight(context: BuildContext, around: Surroundings): Promise<Sight> {
  const { env, tempDir, cacheDir } = context;
  const checkout = await checkoutOf(around.workingDirectory);
  const homes = [env["HOME"], accountHome(), env["RUNNER_TEMP"]];
  const hidden = (await existing([...homes, ...sharedFolders, env["XDG_RUNTIME_DIR"]])).filter(
    (path) => path !== "/" && !isInside(path, checkout),
  );
  const wanted = await existing([
    checkout,
    tempDir,
    join(cacheDir, "tools"),
    ...around.paths,
    ...localPaths(around),
    ...around.text.files.map(({ path }) => resolve(around.workingDirectory, path)),
    ...(await nameServices()),
    ...pathEntries(env),
    ...variablePaths(env),
  ]);
  const keep = wanted.filter(
    (path) => hidden.some((one) => isInside(path, one)) && !hidden.some((one) => isInside(one, path)),
  );
  return {
    hide: hidden,
    keep: outermost(keep),
    discard: outermost([checkout, ...(await folders(localPaths(around)))]),
    cover: await existing([...closedFiles(env), ...(await gitConfigsWithLogin(checkout))]),
  };
}

/** Programs of all users leave files and sockets there: the session bus, the system's services, tmux, Docker and Podman. */
const sharedFolders = ["/tmp", "/var/tmp", "/run"];

/** What looking up host names and users needs in /run. */
async function nameServices(): Promise<string[]> {
  const resolver = await realpath("/etc/resolv.conf").catch(() => undefined);
  return ["/run/systemd/resolve", "/run/nscd", ...(resolver ? [resolver] : [])];
}

/** Those of the paths that are folders. */
async function folders(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_, index) => found[index]?.isDirectory());
}

/** The paths without those that are inside another one. */
function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)];
  return all.filter((path) => !all.some((other) => other !== path && isInside(path, other)));
}

/** By default, actions/checkout leaves the job's token there. */
async function gitConfigsWithLogin(checkout: string): Promise<string[]> {
  const paths = await gitConfigs(checkout);
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8").catch(() => "")));
  return paths.filter((_, at) => /extraheader|\/\/[^/\s]+@/i.test(texts[at] ?? ""));
}

/** The home folder in the system's user database, whatever HOME is. An account in a container may have none. */
function accountHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}

/** Sockets through which an account of the runner can become root, and the credentials of a self-hosted runner. */
function closedFiles(env: Environment): string[] {
  const temp = env["RUNNER_TEMP"];
  const runner = temp ? dirname(dirname(temp)) : undefined;
  return [
    "/run/docker.sock",
    "/run/podman/podman.sock",
    "/run/containerd/containerd.sock",
    ...(runner ? [".credentials", ".credentials_rsaparams", ".env"].map((name) => join(runner, name)) : []),
  ];
}

/** Logins of package indexes and git: a build needs them to fetch packages. */
function configurationFiles(env: Environment, home: string, overSsh: boolean): string[] {
  const config = env["XDG_CONFIG_HOME"] || join(home, ".config");
  return [
    ...[".netrc", ".pip", ".gitconfig", ".git-credentials", ...(overSsh ? [".ssh"] : [])].map((name) =>
      join(home, name),
    ),
    ...["pip", "uv", "git"].map((name) => join(config, name)),
  ];
}

async function linkInto(scratchHome: string, files: readonly string[], env: Environment, home: string): Promise<void> {
  const config = env["XDG_CONFIG_HOME"] || join(home, ".config");
  await mkdir(join(scratchHome, ".config"), { recursive: true });
  for (const file of files) {
    const inConfig = isInside(file, config);
    const link = join(scratchHome, inConfig ? ".config" : "", relative(inConfig ? config : home, file));
    await symlink(file, link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

/** The folders where uv, pyenv and rustup keep their installations, by the variables that set them. */
async function toolFolders(env: Environment, home: string): Promise<Record<string, string>> {
  const usual = {
    UV_PYTHON_INSTALL_DIR: join(env["XDG_DATA_HOME"] || join(home, ".local/share"), "uv/python"),
    PYENV_ROOT: join(home, ".pyenv"),
    RUSTUP_HOME: join(home, ".rustup"),
  };
  const there = await existing(Object.values(usual));
  return Object.fromEntries(Object.entries(usual).filter(([name, path]) => !env[name] && there.includes(path)));
}

/** Variables that requirements use as `${NAME}`: pip and uv replace them from the environment. */
function variablesIn(text: RequirementText): string[] {
  return text.files.flatMap(({ content }) =>
    [...content.matchAll(/\$\{([A-Z0-9_]+)\}/g)].flatMap(([, name]) => name ?? []),
  );
}

function localPaths({ workingDirectory, text }: Surroundings): string[] {
  return text.lines.flatMap((line) => {
    const path = localPathOf(line.text);
    return path === undefined ? [] : [resolve(workingDirectory, path)];
  });
}

/** The folders of programs, with their libraries. */
function pathEntries(env: Environment): string[] {
  return (env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((entry) =>
      isAbsolute(entry)
        ? [entry, ...["lib", "lib64", "libexec", "include"].map((name) => join(dirname(entry), name))]
        : [],
    );
}

/** Paths that the job's own variables name, such as a tool cache, a virtualenv or certificates: a build may use them. */
function variablePaths(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value && isProgramVariable(name) && !/^(PATH|HOME|PWD|TMPDIR|XDG_\w+)$/.test(name)
      ? value.split(delimiter).filter((path) => isAbsolute(path))
      : [],
  );
}

/** The repository of a folder, or the folder itself. */
export async function checkoutOf(folder: string): Promise<string> {
  for (let at = folder; dirname(at) !== at; at = dirname(at)) if (await isThere(join(at, ".git"))) return at;
  return folder;
}

async function existing(paths: readonly (string | undefined)[]): Promise<string[]> {
  const named = [
    ...new Set(paths.flatMap((path) => (path && isAbsolute(path) && !path.includes("\n") ? [resolve(path)] : []))),
  ];
  const there = await Promise.all(named.map(isThere));
  return named.filter((_, index) => there[index]);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Whether a path is the folder or inside it. */
function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || !(way === ".." || way.startsWith("../") || isAbsolute(way));
}
