// Pythons that Woven brings along. Each version is a folder of root on the node, which the releases of all distributions share. It is
// removed with the last release that runs on it.
import { inRun, inTurn, tool } from "../node/pieces.ts";
import { sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import type { Layout } from "../release/layout.ts";
import { buildUser } from "./accounts.ts";

const folder = "/var/local/woven/python";

/** The folder of a version on the node. */
export function pythonFolder(version: string): string {
  return `${folder}/${version}`;
}

/**
 * Installs a Python on the node, once for each version. `archive`: absent if the node has it. Its modules are compiled here and now,
 * because nobody can write to them later. This runs as the build user.
 */
export function keepPython(version: string, archive: StageFile["content"] | undefined): Step {
  const path = pythonFolder(version);
  const program = `bin/python${version.split(".").slice(0, 2).join(".")}`;
  return {
    id: "python",
    title: `Install Python ${version}`,
    ...(archive === undefined ? {} : { files: [{ name: "python.tar", content: archive }] }),
    check: sh`[ -x ${`${path}/${program}`} ]`,
    preview: sh`detail ${path}`,
    apply: sh`[ -e "$files/python.tar" ] || fail ${`another run has removed Python ${version} from this server meanwhile`}
install -d -m 711 /var/local/woven; install -d -m 755 ${folder}; chown root:root ${folder}
find ${folder} -mindepth 1 -maxdepth 1 -name '.new-*' -mmin +60 -exec rm -rf --one-file-system {} +
new=$(mktemp -d ${folder}/.new-XXXXXX); printf '%s\n' "$new" >"$run/python-new"; chmod 755 "$new"
tar -xf "$files/python.tar" -C "$new" --no-same-owner
has=$(as ${buildUser} "$new"/${program} -IS -c 'import platform; print(platform.python_version())') || fail "this Python does not run on this server"
[ "$has" = ${version} ] || fail "the archive holds Python $has"
chown -R ${buildUser} "$new/lib"
as ${buildUser} "$new"/${program} -IS -m compileall -q -j 0 -d ${`${path}/lib`} "$new/lib" >/dev/null || :
chown -Rh root:root "$new"
sync -f "$new"
# Another run may have installed it at the same time.
[ -x ${`${path}/${program}`} ] || { rm -rf --one-file-system ${path}; mv -T "$new" ${path}; }
rm -rf --one-file-system "$new"`,
    undo: sh`[ ! -s "$run/python-new" ] || rm -rf --one-file-system "$(cat "$run/python-new")"`,
    next: 'Nothing that is live was changed. Run the command again. If it fails again, write python = "system" to use the server\'s own Python.',
  };
}

/** Removes the Pythons that no release runs on. None while a run is working on another distribution: its release has no record yet. */
export function removeUnusedPythons({ root, distribution }: Pick<Layout, "root" | "distribution">): Step {
  return {
    id: "unused-pythons",
    title: "Remove Pythons that no release uses",
    plan: "quiet",
    apply: inTurn(
      tool(["pythons", root, distribution], { out: inRun("pythons") }),
      sh`[ -s "$run/pythons" ] || { touch "$run/unchanged"; exit 0; }
while read -r version; do rm -rf --one-file-system ${folder}/"$version"; detail "Python $version"; done <"$run/pythons"`,
    ),
  };
}
