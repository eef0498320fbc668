// Hooks: the user's own code at a named point of setupnode, run on the node as the deploy user.
import { lines, quote, type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { readPackageFile } from "../package-files.ts";
import type { Secret } from "../settings/settings.ts";
import { deployFiles, findHook, type Hook, type HookPlaces, packageHook } from "./find-hook.ts";

/** What a hook finds in its environment, beside `hook-env`. */
export interface HookSurroundings {
  readonly host: string;
  readonly role?: string;
  readonly user: string;
  readonly distribution?: string;
  readonly secrets: Readonly<Record<string, Secret>>;
}

/** Those of the packages that have a hook. */
export function hookedPackages(packages: readonly string[], places: HookPlaces): readonly string[] {
  return packages.filter((name) => findHook(packageHook(name), places) !== undefined);
}

/** Exit status of a package's hook that cannot do its work yet (EX_TEMPFAIL of sysexits.h): it stays due, and the run goes on. */
const notYet = 75;
const due = "/var/local/woven/hooks-due";
/** Those of them that said so the last time: they are tried again, and a dry run does not call that a difference. */
const waiting = "/var/local/woven/hooks-waiting";

/** Packages' hooks run when this stage, or one that was cut before it came so far, installed the package. */
export function packageHooks(
  packages: readonly string[],
  places: HookPlaces,
  around: HookSurroundings,
): readonly Step[] {
  return packages.flatMap((name) => {
    const hook = findHook(packageHook(name), places);
    if (!hook) return [];
    const step = runHook(hook, around, [notYet]);
    const forget = (list: string) =>
      sh`[ ! -e ${list} ] || { { grep -vxF ${name} ${list} || :; } >"$run/hooks-left"; chmod 600 "$run/hooks-left"; mv -f "$run/hooks-left" ${list}; }`;
    return [
      {
        ...step,
        checks: "plan",
        // In a dry run, what is to be installed is not there yet.
        check: sh`dpkg-query -W -f='\${db:Status-Status}\n' ${name} 2>/dev/null | grep -qx installed
grep -qxsF ${name} ${due} || exit 0
grep -qxsF ${name} ${waiting}
detail 'waits, and is tried at every run'`,
        apply: sh`grep -qxsF ${name} ${due} || { touch "$run/unchanged"; exit 0; }
${step.apply}
${forget(waiting)}
if [ "$code" = ${notYet} ]; then
  (umask 077; echo ${name} >>${waiting}); touch "$run/unchanged"
  detail 'not yet: it is due again at the next run'
else
  ${forget(due)}
fi`,
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

/** A deploy.py that cannot be read is told before the first change, not when a hook of it is due. */
export function readableHooks(places: HookPlaces): readonly Step[] {
  const files = deployFiles(places).filter(({ content }) => /\bpost_\w|\bwoven\.api\b/.test(content));
  if (files.length === 0) return [];
  const compile = "import sys; compile(open(sys.argv[1], 'rb').read(), sys.argv[2], 'exec')";
  return [
    {
      id: "deploy-py",
      title: "deploy.py can be read",
      plan: "runs",
      files: files.map(({ content }, index) => ({ name: `deploy-py.${index}`, content })),
      apply: lines([
        sh`touch "$run/unchanged"; command -v python3 >/dev/null || exit 0`,
        ...files.map(({ from }, index) => sh`python3 -IS -c ${compile} "$files"/${`deploy-py.${index}`} ${from}`),
      ]),
      next: "A deploy.py is no Python that this node can read: where and why is above. Nothing was changed.",
    },
  ];
}

/** Runs may be executed from there, other users cannot look into it, and nothing else lies there. */
const hookFolders = "/var/local/woven/hooks";

/** The names of what a hook of this run has on the node. A run has one hook at a time. */
const names = sh`hook=${hookFolders}/"\${run##*/}"; scope="woven-hook-\${run##*/}.scope"`;

/** Ends everything that a hook started, wherever it went, and removes what it had. */
const clean = sh`clean() {
  systemctl kill --signal=KILL "$2" 2>/dev/null || :
  for try in $(seq 100); do systemctl is-active --quiet "$2" || break; sleep 0.1; done
  rm -rf "$1"; rmdir ${hookFolders} 2>/dev/null || :
}`;

/** Runs a hook as the deploy user, and leaves its exit status, 0 or one of `others`, in `$code`. Its environment goes by a file that only root reads, never by a command line. */
function runHook(hook: Hook, around: HookSurroundings, others: readonly number[] = []): Step {
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
      names,
      clean,
      // What a run left that a power cut ended.
      sh`for left in ${hookFolders}/*; do
  [ ! -e "$left" ] || systemctl is-active --quiet "woven-\${left##*/}.service" || clean "$left" "woven-hook-\${left##*/}.scope"
done`,
      // Not in /run and not in /tmp: hardened nodes let nothing be executed there. The run's own folder is root's alone.
      sh`install -d -m 711 /var/local/woven ${hookFolders}; rm -rf "$hook"; mkdir -m 700 "$hook" "$hook/woven"`,
      sh`for file in __init__.py api.py call.py; do cp "$files"/${id}."$file" "$hook/woven/$file"; done`,
      sh`cp "$files"/${id}.hook "$hook/deploy.py"; cp "$files"/${id}.hook "$hook/program"`,
      sh`chmod -R u=rwX,go= "$hook"; chmod u+x "$hook/program"; chown -R ${around.user}: "$hook"`,
      sh`HOME=$(getent passwd ${around.user} | cut -d: -f6); export HOME NEEDRESTART_SUSPEND=1; cd "$HOME"`,
      // The words are there before the environment is, and that is there for them alone: it may hold any name.
      sh`set -- systemd-run --quiet --collect --scope --unit="$scope" runuser -u ${around.user} -- ${call}
code=0
( set -a; . "$files"/${id}.env; set +a; exec "$@" ) >"$run/hook-output" 2>&1 || code=$?
cd /; clean "$hook" "$scope"
case ${` ${[0, ...others].join(" ")} `} in *" $code "*) ;; *) cat "$run/hook-output"; exit 1 ;; esac`,
      sh`tail -n 10 "$run/hook-output" >>"$run/details"`,
    ]),
    // Also when it was told to stop, by whom and as often as it may be: a shell that a signal ends cleans up nothing.
    undo: lines([names, clean, sh`clean "$hook" "$scope"`]),
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
