// The virtualenv of a release. Its packages are installed once, for all releases of the distribution that have the same ones. An account
// that can do nothing else unpacks them from the bundle, and runs no code of theirs.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { codeGroup, type Layout, packagesFolder, stagingFolder } from "../release/layout.ts";
import { buildUser } from "./accounts.ts";
import { discardLater } from "./discard-later.ts";

export interface Installation {
  readonly place: Layout;
  /** Absolute path of the node's interpreter. */
  readonly interpreter: string;
  /** Its version. */
  readonly python: string;
  /** Of the wheels and the Python: see `packagesDigest`. */
  readonly digest: string;
  /** Whether a release on the node has the same packages. */
  readonly packages: "installed" | "new";
  /** For a preview: the installed packages of its project, if they are the same. */
  readonly base?: string;
}

/**
 * Gives the release in staging its virtualenv. Installs the packages first, unless the node has them. They get their name once they are
 * complete and on the disk. The release's link `packages` says that it uses them: see `removeUnusedPackages`.
 */
export function virtualenv(installation: Installation): Step {
  const { place, digest, base } = installation;
  const packages = packagesFolder(place, digest);
  const made = `${place.staging}/.packages`;
  return {
    id: "virtualenv",
    title: installation.packages === "installed" ? "Use the installed packages" : "Install packages from the bundle",
    apply: sh`if [ ! -d ${packages} ]; then
  ${base === undefined ? install(installation, made) : borrow(base, installation, made)}
  chgrp ${codeGroup(place.distribution)} ${made}
  chmod 750 ${made}
  install -d -m 755 ${`${place.root}/env/.packages`}
  mv -T ${made} ${packages}
fi
ln -sT ${`../../${packages.slice(place.root.length + 1)}`} ${`${place.staging}/packages`}
tool link-packages ${place.staging}`,
    next: "The bundle does not fit this server. Run with cache: false to build it again. If that does not help, report it.",
  };
}

/**
 * Removes the installed packages that no release of the distribution uses. For a run with the lease of the distribution, and nothing in
 * staging: what is there then is what a dead run left.
 */
export function removeUnusedPackages({ root, distribution }: Pick<Layout, "root" | "distribution">): Step {
  const folder = `${root}/env/.packages`;
  return {
    id: "unused-packages",
    title: "Remove packages that no release uses",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
for packages in ${`${folder}/${distribution}-`}*; do
  digest=\${packages#${`${folder}/${distribution}-`}}
  # Another distribution may have a name that begins like this one's.
  case $digest in *[!0-9a-f]*) continue ;; esac
  if [ \${#digest} != 20 ] || [ ! -d "$packages" ]; then continue; fi
  for link in ${`${root}/env/`}*/packages ${`${root}/env/.`}*/packages; do
    [ ! "$link" -ef "$packages" ] || continue 2
  done
  ${discardLater(sh`"$packages"`, stagingFolder({ root }))}
  detail "$packages"
  rm -f "$run/unchanged"
done
rmdir ${folder} 2>/dev/null || :`,
  };
}

/** Hard-links the packages of the project of a preview. If that project removes them meanwhile, they may be incomplete. */
function borrow(base: string, installation: Installation, made: string): Shell {
  return sh`if [ ! -d ${base} ] || ! cp -alT ${base} ${made} || [ ! -d ${base} ]; then
  rm -rf ${made}
  ${install(installation, made)}
fi`;
}

/**
 * The interpreter of a virtualenv runs code of its packages (`.pth` files and `sitecustomize`, see Python's `site` module). So it is not
 * started here: a program of Woven unpacks the wheels, and a Python without `site` compiles. The program checks each wheel against the
 * hash in requirements.lock.
 */
function install({ place, interpreter, python }: Installation, made: string): Shell {
  const { staging } = place;
  const build = `${staging}/.build`;
  const venv = `${build}/venv`;
  return lines([
    sh`install -d -o ${buildUser} -m 700 ${build}
cd ${staging}
tool install-wheels ${buildUser} ${`${staging}/dist`} ${venv} ${interpreter} ${python} 3>&-`,
    // A file that does not compile is no error: it may be a template of code, or for another version of Python.
    sh`as ${buildUser} ${interpreter} -IS -m compileall -q -j 0 ${`${venv}/lib`} >/dev/null || :`,
    sh`chown -Rh root:root ${venv}
chmod -R u=rwX,go=rX ${venv}
tool note-libraries ${venv}
mv -T ${venv} ${made}
rm -rf ${build}
sync -f ${made}`,
  ]);
}
