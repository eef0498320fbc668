// Hooks: the user's own code at a named point of setupnode. Four places in order, and only the first that has one counts.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { lines, quote, type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { readPackageFile } from "../package-files.ts";
import type { Secret } from "../settings/settings.ts";

export interface Hook {
  /** `post_setupnode`, `post_install_postgresql` */
  readonly name: string;
  /** Where it was found, for the log. */
  readonly from: string;
  readonly kind: "program" | "function";
  /** On the runner, for the project's; Woven's own come with it. */
  readonly content: string;
}

/** Where hooks are looked for. */
export interface HookPlaces {
  /** Absolute, on the runner. */
  readonly workingDirectory: string;
  /** Folder of the project's own package, relative; undefined where none is known. */
  readonly projectPackage?: string;
}

/** What a hook finds in its environment, beside `hook-env`. */
export interface HookSurroundings {
  readonly host: string;
  readonly role?: string;
  readonly user: string;
  readonly distribution?: string;
  readonly secrets: Readonly<Record<string, Secret>>;
}

/** The name that a package's hook has: dashes, dots and pluses become underscores. */
export function packageHook(name: string): string {
  return `post_install_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}

/**
 * The hook of this name: `woven/hooks/<name>`, the project package's deploy.py, another package's deploy.py in the
 * checkout (in the order of their names), Woven's own.
 */
export function findHook(name: string, { workingDirectory, projectPackage }: HookPlaces): Hook | undefined {
  const program = join("woven/hooks", name);
  if (existsSync(join(workingDirectory, program))) {
    return { name, from: program, kind: "program", content: readFileSync(join(workingDirectory, program), "utf8") };
  }
  const own = projectPackage === undefined ? [] : [join(projectPackage, "deploy.py")];
  const others = deployFiles(workingDirectory).filter((file) => !own.includes(file));
  for (const file of [...own, ...others]) {
    const content = readIfThere(join(workingDirectory, file));
    if (content !== undefined && new RegExp(`^def ${name}\\s*\\(`, "m").test(content))
      return { name, from: file, kind: "function", content };
  }
  return ownHook(name);
}

function ownHook(name: string): Hook | undefined {
  const content = readPackageFile("templates/node/deploy.py");
  return new RegExp(`^def ${name}\\s*\\(`, "m").test(content)
    ? { name, from: "Woven's own", kind: "function", content }
    : undefined;
}

/** Those of the packages that have a hook. */
export function hookedPackages(packages: readonly string[], places: HookPlaces): readonly string[] {
  return packages.filter((name) => findHook(packageHook(name), places) !== undefined);
}

/** Packages' hooks run when this stage, or one that was cut before it came so far, installed the package. */
export function packageHooks(
  packages: readonly string[],
  places: HookPlaces,
  around: HookSurroundings,
): readonly Step[] {
  return packages.flatMap((name) => {
    const hook = findHook(packageHook(name), places);
    if (!hook) return [];
    const due = sh`grep -qxsF ${name} /var/local/woven/hooks-due`;
    const step = runHook(hook, around);
    return [
      {
        ...step,
        check: sh`! ${due}`,
        apply: sh`${step.apply}
grep -vxF ${name} /var/local/woven/hooks-due >"$run/hooks-due" || :
mv -f "$run/hooks-due" /var/local/woven/hooks-due`,
      },
    ];
  });
}

/** `post_setupnode`, every time: what it does twice, it should do once. It says itself whether it changed something: exit 0 is ok. */
export function setupHook(places: HookPlaces, around: HookSurroundings): readonly Step[] {
  const hook = findHook("post_setupnode", places);
  if (!hook) return [];
  const step = runHook(hook, around);
  return [
    {
      ...step,
      plan: "quiet",
      apply: sh`touch "$run/unchanged"
${step.apply}`,
    },
  ];
}

/** Runs a hook as the deploy user. Its environment goes by a file that only root reads, never by a command line. */
function runHook(hook: Hook, around: HookSurroundings): Step {
  const { name, from, kind } = hook;
  const id = `hook-${name.replaceAll("_", "-")}`;
  const files: readonly StageFile[] = [
    { name: `${id}.env`, content: environmentFile(hook, around) },
    { name: `${id}.hook`, content: hook.content },
    ...["__init__.py", "api.py", "call.py"].map((file) => ({
      name: `${id}.${file}`,
      content: readPackageFile(`templates/node/woven/${file}`),
    })),
  ];
  const call: Shell =
    kind === "program" ? sh`"$hook/program"` : sh`python3 "$hook/woven/call.py" "$hook/deploy.py" ${name} "$hook"`;
  return {
    id,
    title: `Hook ${name} (${from})`,
    files,
    limit: 3600,
    preview: sh`detail ${`run ${name} of ${from}`}`,
    apply: lines([
      // The run's folder is root's alone; the hook runs as an ordinary user from a place of its own.
      sh`hook=$(mktemp -d /run/woven-hook-XXXXXX)`,
      sh`trap 'rm -rf "$hook"' EXIT`,
      sh`mkdir "$hook/woven"`,
      sh`for file in __init__.py api.py call.py; do cp "$files"/${id}."$file" "$hook/woven/$file"; done`,
      sh`cp "$files"/${id}.hook "$hook/deploy.py"; cp "$files"/${id}.hook "$hook/program"`,
      sh`chown -R ${around.user}: "$hook"; chmod -R u=rwX,go= "$hook"; chmod u+x "$hook/program"`,
      sh`set -a; . "$files"/${id}.env; set +a`,
      sh`HOME=$(getent passwd ${around.user} | cut -d: -f6); export HOME; cd "$HOME"`,
      sh`runuser -u ${around.user} -- ${call} >"$run/hook-output" 2>&1 || { cat "$run/hook-output"; exit 1; }`,
      sh`tail -n 10 "$run/hook-output" >>"$run/details"`,
    ]),
    next: `The hook ${name} of ${from} failed: what it printed is above. All steps before it are done; run setupnode again when it is mended.`,
  };
}

/** Shell assignments of everything the hook finds in its environment. */
function environmentFile({ name }: Hook, { host, role, user, distribution, secrets }: HookSurroundings): string {
  const own = {
    WOVEN_HOOK: name,
    WOVEN_HOST: host,
    WOVEN_ROLE: role ?? "",
    WOVEN_USER: user,
    WOVEN_DISTRIBUTION: distribution ?? "",
  };
  const given = Object.entries(secrets).map(([key, value]): [string, string] => [key, value.reveal()]);
  return [...Object.entries(own), ...given].map(([key, value]) => `${key}=${quote(value)}\n`).join("");
}

/** Every deploy.py of the checkout, at most three folders deep, in the order of their paths. */
function deployFiles(workingDirectory: string): readonly string[] {
  const skipped = /^(\.|node_modules$|venv$|tests?$)/;
  const walk = (folder: string, depth: number): readonly string[] =>
    readdirSync(join(workingDirectory, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isFile()) return entry.name === "deploy.py" && folder !== "" ? [path] : [];
      return entry.isDirectory() && depth < 3 && !skipped.test(entry.name) ? walk(path, depth + 1) : [];
    });
  return walk("", 0).toSorted();
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, "utf8") : undefined;
}
