// Confines the code of packages during builds. If the runner allows it, the code runs in its own namespaces: it sees no other process,
// no home folder and none of the runner's files, changes only its own folder, and can use neither sudo nor Docker. templates/runner/confine.sh is the other half.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../package-files.ts";
import { programVariables } from "../program-variables.ts";
import type { Run, RunOptions } from "../run-process.ts";

/** Paths that are hidden from a confined program, and paths in them that stay visible. Absolute, and all exist. */
export interface Sight {
  /** Folders that look empty, except for the paths that stay visible. */
  readonly hide: readonly string[];
  readonly keep: readonly string[];
  /** Folders in which a program can write, but its changes are lost when it ends. Everything else is read-only. */
  readonly discard: readonly string[];
  /** Files and sockets that look empty. */
  readonly cover: readonly string[];
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface ConfinementOptions {
  readonly run: Run;
  readonly account: Account;
  readonly sight: Sight;
  /** The job's PATH, where unshare and sudo are looked for. */
  readonly path: string | undefined;
  /** A folder in which a temporary folder can be made, to mount files on. */
  readonly scratch: string;
  /** The only folder in which a program's changes stay. */
  readonly own: string;
  /** Names of additional variables that a program gets. */
  readonly pass: readonly string[];
  /** Variables that every program gets. They override the caller's. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Confinement extends AsyncDisposable {
  readonly run: Run;
  /** For the log: `Building x from source, …`. */
  readonly described: string;
}

type Way = "user" | "sudo" | "root" | "unprivileged" | "none";

const described: Readonly<Record<Way, string>> = {
  user: "isolated",
  sudo: "isolated",
  root: "isolated",
  unprivileged: "not isolated: this runner allows no namespaces",
  none: "not isolated: this runner has neither unshare nor setpriv",
};

/** Finds the strongest confinement that works on this machine, by trying each. */
export async function confine(options: ConfinementOptions): Promise<Confinement> {
  const mounts = await mkdtemp(join(options.scratch, "woven-mounts-"));
  const ways: readonly Way[] = options.account.uid === 0 ? ["root", "unprivileged"] : ["user", "sudo", "unprivileged"];
  let way: Way = "none";
  for (const candidate of ways) {
    if ((await confined(candidate, mounts, options)("true", [], { cwd: "/", env: {} })).code !== 0) continue;
    way = candidate;
    break;
  }
  return {
    run: confined(way, mounts, options),
    described: described[way],
    [Symbol.asyncDispose]: () => rm(mounts, { recursive: true, force: true }),
  };
}

function confined(way: Way, mounts: string, options: ConfinementOptions): Run {
  const { run, account, pass, path } = options;
  return (command, args, given) => {
    const env = { ...programVariables(given.env ?? {}, pass), ...options.env };
    const isRoot = account.uid === 0;
    switch (way) {
      case "none":
        return run(command, args, { ...given, env, pass });
      case "unprivileged": {
        const words = [
          "--no-new-privs",
          ...(isRoot ? ["--bounding-set=-all", "--inh-caps=-all"] : []),
          command,
          ...args,
        ];
        return run("setpriv", words, { ...given, env, pass });
      }
      case "root":
      case "user":
      case "sudo": {
        const [program, ...words] = namespaces(way);
        const script = scriptArguments(way, mounts, options, given.cwd);
        return run(program, [...words, "sh", ...script, "--", command, ...args], {
          ...inNamespaces(given, env),
          env: { PATH: path ?? systemPath },
        });
      }
    }
  };
}

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function namespaces(way: "root" | "user" | "sudo"): readonly [string, ...string[]] {
  const unshare = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"] as const;
  switch (way) {
    case "root":
      return ["unshare", ...unshare];
    case "user":
      return ["unshare", "--user", "--map-root-user", ...unshare];
    case "sudo":
      return ["sudo", "-n", "unshare", ...unshare];
  }
}

function scriptArguments(
  way: Way,
  mounts: string,
  { account, sight, own }: ConfinementOptions,
  directory: string,
): readonly string[] {
  return [
    join(packageRoot, "templates/runner/confine.sh"),
    way,
    String(account.uid),
    String(account.gid),
    mounts,
    own,
    directory,
    ...sight.keep.flatMap((path) => ["keep", path]),
    ...sight.hide.flatMap((path) => ["hide", path]),
    ...sight.discard.flatMap((path) => ["discard", path]),
    ...sight.cover.flatMap((path) => ["cover", path]),
  ];
}

/** The variables are sent on standard input, before the program's own input: sudo drops variables, and everybody can read a command line. */
function inNamespaces({ cwd, input = "" }: RunOptions, env: Readonly<Record<string, string | undefined>>): RunOptions {
  const lines = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || !/^[A-Za-z_]\w*$/.test(name)
      ? []
      : [name, value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")],
  );
  return { cwd, input: [...lines, "", input].join("\n") };
}
