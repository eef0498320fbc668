// Builds a release in the staging folder, beside the live one: code, wheels and generated files. All of it belongs to root.
import { asUser, inRun, inTurn } from "../node/pieces.ts";
import { lines, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import type { ReleaseFile } from "../release/described-file.ts";
import { treeDigest } from "../release/file-set.ts";
import { codeGroup, type Layout, stagingFolder } from "../release/layout.ts";
import { differences, type Manifest, manifestDigest, manifestOf } from "../release/manifest.ts";
import { buildUser } from "./accounts.ts";
import { discardLater, finishDiscarding } from "./discard-later.ts";
import { packedFiles, placeFiles } from "./place-file.ts";
import { recordFile } from "./record.ts";

export interface Assembly {
  readonly place: Layout;
  readonly files: readonly ReleaseFile[];
  /** The release on the node that has the files that are not sent. */
  readonly base?: { readonly place: Layout; readonly listed: Manifest } | undefined;
  /** The contents of the other files, by `sharedKey`. */
  readonly payload: ReadonlyMap<string, StageFile["content"]>;
  readonly payloadBytes: number;
  /** `3.13` */
  readonly pythonMinor: string;
  readonly mode: "run" | "plan";
}

/** Files that a dry run lists by name. */
const mostShown = 200;

/**
 * Fills an empty staging folder: received files are copied, and files that the node has are hard-linked. Only what differs from the base
 * is sent, also of the list of files. The node refuses a list that is not, in the end, the one of the runner.
 */
export function assemble(assembly: Assembly): Step {
  const { place, files, base, payload, payloadBytes, pythonMinor, mode } = assembly;
  const now = manifestOf(files);
  const differing = differences(base?.listed ?? { files: new Map(), symlinks: new Map() }, now);
  const spec = {
    target: place.staging,
    owner: "root",
    tree: treeDigest(files),
    compiled: `cpython-${pythonMinor.replace(".", "")}.pyc`,
    base: base
      ? { folder: base.place.release, record: recordFile(base.place), tree: manifestDigest(base.listed) }
      : null,
    removed: differing.removed,
    files: Object.fromEntries(differing.files),
    symlinks: Object.fromEntries(differing.symlinks),
  };
  const received = [...payload].map(([sha256, content]) => ({ name: `payload/${sha256}`, content }));
  const sent = [...now.files].flatMap(([path, key]) => (payload.has(key) ? path : []));
  const count = `${sent.length} ${mode === "plan" ? `to send, ${(payloadBytes / 1e6).toFixed(2)} MB before compression` : "received"}`;
  return {
    id: "files",
    title: `Copy files of ${place.distribution} ${place.name} (${count}, ${now.files.size - sent.length} shared)`,
    files: [{ name: "assembly.json", content: JSON.stringify(spec) }, ...received],
    preview: lines([
      ...sent.slice(0, mostShown).map((path) => sh`detail ${path}`),
      ...(sent.length > mostShown ? [sh`detail ${`and ${sent.length - mostShown} more`}`] : []),
    ]),
    apply: sh`${discardLater(place.staging, stagingFolder(place))}
${finishDiscarding(stagingFolder(place))}
install -d -m 755 ${place.staging} ${`${place.staging}/project`} ${`${place.staging}/dist`} ${`${place.staging}/wsgi`} ${`${place.staging}/static`}
tool assemble "$files/assembly.json" "$files/payload"`,
    state: "Nothing that is live was changed.",
    next: "Run the command again.",
  };
}

export interface GeneratedFile {
  /** Relative to the release. */
  readonly path: string;
  readonly content: string;
  readonly mode: string;
  readonly group?: string;
}

/** Writes the files that Woven generates for a release: settings, WSGI scripts, `manage`, each site's environment. */
export function generatedFiles(place: Layout, generated: readonly GeneratedFile[]): Step {
  const folders = [...new Set(generated.map(({ path }) => `${place.staging}/${path}`.replace(/\/[^/]*$/, "")))];
  const placed = placeFiles(
    { id: "generated", title: "Write settings, WSGI scripts and environment" },
    generated.map(({ path, content, mode, group }) => ({
      path: `${place.staging}/${path}`,
      content,
      mode,
      ...(group === undefined ? {} : { group }),
      like: `${place.active}/${path}`,
      ...(path.startsWith("environment/") ? { secret: true } : {}),
    })),
  );
  return {
    ...packedFiles(placed),
    // The folder is new, so a check before apply would find nothing.
    checks: "plan",
    apply: inTurn(sh`install -d -m 755 ${folders}`, placed.apply, sh`: >"$run/details"`),
  };
}

/** Links the generated files of the release that is patched. `path`: its path file. */
export function keepGenerated(place: Layout, { path }: Pick<GeneratedFile, "path">): Step {
  return {
    id: "generated",
    title: "Keep the generated settings, WSGI scripts and environment",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
rm -rf ${`${place.staging}/wsgi`}
ln -f ${`${place.release}/${path}`} ${`${place.staging}/${path}`}
cp -al ${`${place.release}/wsgi`} ${`${place.release}/environment`} ${`${place.release}/manage`} ${place.staging}
[ -e ${`${place.staging}/project/sitesettings`} ] || cp -al ${`${place.release}/project/sitesettings`} ${`${place.staging}/project/`}`,
  };
}

/** A `.pth` file, by which the interpreter finds the project from any folder (Python's `site` module). */
export function pathFile(paths: readonly string[], pythonMinor: string): GeneratedFile {
  const content = `${paths.map((path) => `../../../project${path === "." ? "" : `/${path}`}`).join("\n")}\n`;
  return { path: `lib/python${pythonMinor}/site-packages/woven.pth`, content, mode: "644" };
}

/** With this many modules, more than one process pays. */
const manyModules = 400;

/**
 * Byte-compiles the project. The site users cannot do so later, because they cannot write to the code. Compiling runs no code. It runs
 * as the build user, so a link among the files cannot lead it to a file that only root can read.
 *
 * @param files paths in the release
 */
export function byteCompile(place: Layout, interpreter: string, files: readonly string[]): Step {
  const project = `${place.staging}/project`;
  const modules = files.filter((path) => path.startsWith("project/") && path.endsWith(".py"));
  const jobs = modules.length < manyModules ? 1 : 0;
  return {
    id: "byte-compile",
    title: "Compile the project",
    plan: "quiet",
    // A file that does not compile is no error: it may be a template of code.
    apply: inTurn(
      sh`touch "$run/unchanged"
find ${project} -type d -exec chown ${buildUser} {} +`,
      asUser(buildUser, [interpreter, "-IS", "-m", "compileall", "-q", "-j", jobs, project], {
        out: inRun("compiled"),
        mayFail: true,
      }),
    ),
  };
}

/**
 * Gives the finished release to root. The group of its sites can read the code, and everyone the static files. Only the folders have
 * these rights: the files are hard-linked with other releases, so their modes must stay.
 */
export function closeRelease({ distribution, staging }: Layout): Step {
  const group = codeGroup(distribution);
  return {
    id: "close",
    title: "Restrict access to the release",
    plan: "quiet",
    // A server may look up the WSGI scripts as www-data, and open them as the site user.
    apply: sh`touch "$run/unchanged"
cd ${staging}
find . ! '(' -user root -group root ')' ! -path './environment/*' ! -path './wsgi/*' -exec chown -h root:root {} +
for folder in */; do
  case $folder in static/) continue ;; wsgi/) mode=751 ;; *) mode=750 ;; esac
  [ ! -L "\${folder%/}" ] || continue
  chgrp ${group} "$folder"
  chmod "$mode" "$folder"
done`,
  };
}
