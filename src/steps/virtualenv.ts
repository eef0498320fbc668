// The virtualenv of a release: packages of the bundle, unpacked by an account that can do nothing else. Nothing of them is run.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { Layout } from "../release/layout.ts";
import { buildUser } from "./accounts.ts";

export interface Installation {
  readonly place: Layout;
  /** Absolute path of the node's interpreter. */
  readonly interpreter: string;
  readonly uv: string;
  /** A release on the node with the same bundle, whose installed packages can be shared. */
  readonly sameBundle?: string;
}

/** The virtualenv: movable, so that it can be built in staging; packages come from the bundle only, or are shared. */
export function virtualenv(installation: Installation): Step {
  const { sameBundle } = installation;
  return {
    id: "virtualenv",
    title: sameBundle ? "Virtualenv, shared with an earlier release" : "Virtualenv, packages from the bundle",
    apply: sameBundle ? share(installation.place, sameBundle) : install(installation),
    next: "The bundle does not fit this node. Run with cache: false to build it anew; if that does not help, report it.",
  };
}

/**
 * A virtualenv's interpreter executes what packages left for it (`.pth` files and `sitecustomize`, as site(7) of Python says). So it is
 * started once, by uv, while there is no package yet; and the compiler is the system's own, without `site`. uv's cache ends
 * with the step: whatever a package could do to it is done to nobody else.
 */
function install({ place, interpreter, uv }: Installation): Shell {
  const { staging } = place;
  const build = `${staging}/.build`;
  const environment = sh`-i HOME=${build} PATH=/usr/bin:/bin LC_ALL=C.UTF-8 UV_CACHE_DIR=${`${build}/cache`} UV_OFFLINE=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never`;
  const venv = `${build}/venv`;
  return lines([
    sh`rm -rf --one-file-system ${`${place.root}/.cache/woven-uv`}
install -d -o ${buildUser} -m 700 ${build}
cd ${staging}`,
    sh`as ${buildUser} env ${environment} ${uv} venv --quiet --relocatable --no-project --python ${interpreter} ${venv}`,
    sh`as ${buildUser} env ${environment} ${uv} pip install --quiet --no-index --find-links ${`${staging}/dist`} --no-deps --no-build --require-hashes --link-mode hardlink --python ${`${venv}/bin/python`} -r ${`${staging}/dist/requirements.lock`}`,
    // A package may hold files that are no Python of this version: templates of code, say.
    sh`as ${buildUser} ${interpreter} -IS -m compileall -q -j 0 ${`${venv}/lib`} >/dev/null || :`,
    sh`rm -rf ${`${build}/cache`}
chown -Rh root:root ${venv}
chmod -R u=rwX,go=rX ${venv}
${take(venv, sh`mv -T`, staging)}
rm -rf ${build}`,
  ]);
}

/** All of it is links to the files of the earlier one; what this release has of its own replaces its link, never the file. */
function share({ staging }: Layout, release: string): Shell {
  return take(release, sh`cp -alT`, staging);
}

/** What packages have put into a virtualenv, but for names that are Woven's: a wheel may bring a file of any name. */
function take(venv: string, how: Shell, staging: string): Shell {
  return sh`cd ${venv}
for name in *; do
  case $name in project | dist | wsgi | static | templates | environment | manage | CACHEDIR.TAG) continue ;; esac
  ${how} "$name" ${staging}/"$name"
done`;
}
