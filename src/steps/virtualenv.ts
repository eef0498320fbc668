// The virtualenv of a release. An account that can do nothing else unpacks the packages of the bundle, and runs no code of theirs.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { Layout } from "../release/layout.ts";
import { buildUser } from "./accounts.ts";

export interface Installation {
  readonly place: Layout;
  /** Absolute path of the node's interpreter. */
  readonly interpreter: string;
  readonly uv: string;
  /** A release on the node with the same wheels, whose installed packages can be shared. */
  readonly sameBundle?: string;
}

/** Makes the virtualenv in staging, relocatable. Its packages come from the bundle, or are shared with an earlier release. */
export function virtualenv(installation: Installation): Step {
  const { sameBundle } = installation;
  return {
    id: "virtualenv",
    title: sameBundle ? "Share packages with an earlier release" : "Install packages from the bundle",
    apply: sameBundle ? share(installation.place, sameBundle) : install(installation),
    next: "The bundle does not fit this server. Run with cache: false to build it again. If that does not help, report it.",
  };
}

/**
 * The interpreter of a virtualenv runs code of its packages (`.pth` files and `sitecustomize`, see Python's `site` module). So uv starts
 * it only while there is no package yet, and the system's Python, without `site`, compiles. The step removes uv's cache, so that
 * no package can tamper with later installations.
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
    // A file that does not compile is no error: it may be a template of code, or for another version of Python.
    sh`as ${buildUser} ${interpreter} -IS -m compileall -q -j 0 ${`${venv}/lib`} >/dev/null || :`,
    sh`rm -rf ${`${build}/cache`}
chown -Rh root:root ${venv}
chmod -R u=rwX,go=rX ${venv}
${takeContents(venv, sh`mv -T`, staging)}
rm -rf ${build}`,
  ]);
}

/** Hard-links the packages of the earlier release. Files of this release later replace a link, never the file behind it. */
function share({ staging }: Layout, release: string): Shell {
  return takeContents(release, sh`cp -alT`, staging);
}

/** Moves or links the contents of a virtualenv, except for names that Woven uses: a wheel may bring a file of any name. */
function takeContents(venv: string, how: Shell, staging: string): Shell {
  return sh`cd ${venv}
for name in *; do
  case $name in project | dist | wsgi | static | older-static | errors | templates | environment | manage | writable | CACHEDIR.TAG) continue ;; esac
  ${how} "$name" ${staging}/"$name"
done`;
}
