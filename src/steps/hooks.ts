// Hooks: the user's own code at a named point of setupnode or deploy, run on the node as the deploy user.
import { lines, quote, type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { readPackageFile } from "../package-files.ts";
import type { Secret } from "../settings/settings.ts";
import { deployFiles, findHook, type Hook, type HookPlaces, packageHook } from "./find-hook.ts";
import { showOutput } from "./release-commands.ts";

/** What a hook finds in its environment; `secrets` are those of `hook-env`. */
export interface HookContext {
  readonly host: string;
  readonly role?: string;
  readonly user: string;
  readonly distribution?: string;
  readonly secrets: Readonly<Record<string, Secret>>;
  /** More variables, by name. */
  readonly about?: Readonly<Record<string, string>>;
}

/** The packages that have a hook. */
export function hookedPackages(packages: readonly string[], places: HookPlaces): readonly string[] {
  return packages.filter((name) => findHook(packageHook(name), places) !== undefined);
}

/** With this exit status (EX_TEMPFAIL of sysexits.h), a package's hook asks to be run again next time. The run goes on. */
const tryAgain = 75;
/** The packages whose hook has to run, one a line. */
const due = "/var/local/woven/hooks-due";
/** Due packages whose hook asked to be run again. A dry run does not count them as a change. */
const waiting = "/var/local/woven/hooks-waiting";

/** A package's hook runs if this stage installed the package, or if an earlier one did and was interrupted before the hook. */
export function packageHooks(packages: readonly string[], places: HookPlaces, context: HookContext): readonly Step[] {
  return packages.flatMap((name) => {
    const hook = findHook(packageHook(name), places);
    if (!hook) return [];
    const step = runHook(hook, context, { accepted: [tryAgain], next: setupAgain(hook) });
    const removeFrom = (list: string) =>
      sh`[ ! -e ${list} ] || { { grep -vxF ${name} ${list} || :; } >"$run/hooks-left"; chmod 600 "$run/hooks-left"; mv -f "$run/hooks-left" ${list}; }`;
    return [
      {
        ...step,
        checks: "plan",
        // A dry run has not installed the package.
        check: sh`dpkg-query -W -f='\${db:Status-Status}\n' ${name} 2>/dev/null | grep -qx installed
grep -qxsF ${name} ${due} || exit 0
grep -qxsF ${name} ${waiting}
detail 'the hook cannot do its work yet: every run tries it again'`,
        apply: sh`grep -qxsF ${name} ${due} || { touch "$run/unchanged"; exit 0; }
${step.apply}
${removeFrom(waiting)}
if [ "$code" = ${tryAgain} ]; then
  (umask 077; echo ${name} >>${waiting}); touch "$run/unchanged"
  detail 'the hook cannot do its work yet: the next run tries it again'
else
  ${removeFrom(due)}
fi`,
      },
    ];
  });
}

/** `post_setupnode`. It runs every time, so it should be idempotent. It is never reported as a change: Woven cannot tell. */
export function setupHook(places: HookPlaces, context: HookContext): readonly Step[] {
  const hook = findHook("post_setupnode", places);
  if (!hook) return [];
  const step = runHook(hook, context, { next: setupAgain(hook) });
  return [
    {
      ...step,
      plan: "quiet",
      apply: sh`touch "$run/unchanged"
${step.apply}`,
    },
  ];
}

/** `post_deploy`: once on each node, before the switch to a release that was deployed. */
export function deployHook(places: HookPlaces, context: HookContext): readonly Step[] {
  const hook = findHook("post_deploy", places);
  if (!hook) return [];
  const { name, from } = hook;
  const state = "What the hook, and the steps before it, did stays.";
  const next = `The output of the hook is above. Fix ${name} in ${from}, and deploy again.`;
  return [{ ...runHook(hook, context, { next }), state }];
}

/** Reports a syntax error in the deploy.py that has `post_deploy`, before anything is migrated. */
export function checkDeployHook(places: HookPlaces): readonly Step[] {
  const hook = findHook("post_deploy", places);
  return hook?.kind === "function" ? checkDeployFiles(places) : [];
}

function setupAgain({ name, from }: Hook): string {
  return `The output of the hook is above. All steps before it are done. Fix ${name} in ${from}, and run setupnode again.`;
}

/** Reports a syntax error in a deploy.py before the first change, not when one of its hooks is due. */
export function checkDeployFiles(places: HookPlaces): readonly Step[] {
  const files = deployFiles(places).filter(({ content }) => /\bpost_\w|\bwoven\.api\b/.test(content));
  if (files.length === 0) return [];
  const compile = "import sys; compile(open(sys.argv[1], 'rb').read(), sys.argv[2], 'exec')";
  return [
    {
      id: "deploy-py",
      title: "Check deploy.py",
      plan: "runs",
      files: files.map(({ content }, index) => ({ name: `deploy-py.${index}`, content })),
      apply: lines([
        sh`touch "$run/unchanged"; command -v python3 >/dev/null || exit 0`,
        ...files.map(({ from }, index) => sh`python3 -IS -c ${compile} "$files"/${`deploy-py.${index}`} ${from}`),
      ]),
      state: "Nothing was changed.",
      next: "Fix the deploy.py that the Python of this server cannot read: the file, the line and the reason are above.",
    },
  ];
}

/** Hooks run from here: programs may be executed, other users cannot list it, and it holds nothing else. */
const hookFolders = "/var/local/woven/hooks";

/** The folder and the scope of this run's hook. A run has one hook at a time. */
const hookNames = sh`hook=${hookFolders}/"\${run##*/}"; scope="woven-hook-\${run##*/}.scope"`;

/** Kills every process of a hook's scope, and removes its folder. */
const clean = sh`clean() {
  systemctl kill --signal=KILL "$2" 2>/dev/null || :
  for try in $(seq 100); do systemctl is-active --quiet "$2" || break; sleep 0.1; done
  rm -rf "$1"; rmdir ${hookFolders} 2>/dev/null || :
}`;

/**
 * Runs a hook as the deploy user. Its exit status, 0 or one of `accepted`, is in `$code` afterwards. Its environment is passed in a
 * file that only root reads: everyone can read a command line.
 */
function runHook(
  hook: Hook,
  context: HookContext,
  { accepted = [], next }: { readonly accepted?: readonly number[]; readonly next: string },
): Step {
  const { name, from, kind } = hook;
  const id = `hook-${name.replaceAll("_", "-")}`;
  const files: readonly StageFile[] = [
    { name: `${id}.env`, content: environmentFile(hook, context) },
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
    title: `Run hook ${name} (${from})`,
    files,
    limit: 3600,
    preview: sh`detail ${`run ${name} (${from})`}`,
    apply: lines([
      hookNames,
      clean,
      // Clean up after runs that a power cut ended.
      sh`for left in ${hookFolders}/*; do
  [ ! -e "$left" ] || systemctl is-active --quiet "woven-\${left##*/}.service" || clean "$left" "woven-hook-\${left##*/}.scope"
done`,
      // Not in /run or /tmp: hardened nodes mount them noexec. Not in the run's own folder: only root can read it.
      sh`install -d -m 711 /var/local/woven ${hookFolders}; rm -rf "$hook"; mkdir -m 700 "$hook" "$hook/woven"`,
      sh`for file in __init__.py api.py call.py; do cp "$files"/${id}."$file" "$hook/woven/$file"; done`,
      sh`cp "$files"/${id}.hook "$hook/deploy.py"; cp "$files"/${id}.hook "$hook/program"`,
      sh`chmod -R u=rwX,go= "$hook"; chmod u+x "$hook/program"; chown -R ${context.user}: "$hook"`,
      sh`HOME=$(getent passwd ${context.user} | cut -d: -f6); export HOME NEEDRESTART_SUSPEND=1; cd "$HOME"`,
      // The variables are set last, in a shell of their own: a variable may have any name.
      sh`set -- systemd-run --quiet --collect --scope --unit="$scope" runuser -u ${context.user} -- ${call}
code=0
tool bounded sh -c 'set -a; . "$0"; set +a; exec "$@"' "$files"/${id}.env "$@" >"$run/hook-output" 2>&1 || code=$?
cd /; clean "$hook" "$scope"
case ${` ${[0, ...accepted].join(" ")} `} in *" $code "*) ;; *) cat "$run/hook-output"; exit 1 ;; esac`,
      showOutput(sh`"$run/hook-output"`),
    ]),
    // The apply part cannot clean up if a signal ends its shell.
    undo: lines([hookNames, clean, sh`clean "$hook" "$scope"`]),
    next,
  };
}

/** Shell assignments of the hook's environment. */
function environmentFile(
  { name }: Hook,
  { host, role, user, distribution, secrets, about: more = {} }: HookContext,
): string {
  const about = {
    WOVEN_HOOK: name,
    WOVEN_HOST: host,
    WOVEN_ROLE: role ?? "",
    WOVEN_USER: user,
    WOVEN_DISTRIBUTION: distribution ?? "",
    ...more,
  };
  const given = Object.entries(secrets).map(([key, value]): [string, string] => [key, value.reveal()]);
  return [...Object.entries(about), ...given].map(([key, value]) => `${key}=${quote(value)}\n`).join("");
}
