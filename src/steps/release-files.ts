// Builds a release in the staging folder: code, wheels and generated files, beside whatever is live. All of it is root's.
import { lines, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { codeGroup, type Layout } from "../release/layout.ts";
import { buildUser } from "./accounts.ts";
import { placeFiles } from "./place-file.ts";

export interface Assembly {
  readonly place: Layout;
  /** Files of the release by path (`project/manage.py`, `dist/….whl`): SHA-256, with an `x` before it for executables. */
  readonly files: Readonly<Record<string, string>>;
  readonly symlinks: Readonly<Record<string, string>>;
  /** Absolute paths on the node of files that are there already, by SHA-256. */
  readonly shared: ReadonlyMap<string, string>;
  /** Where on the runner the others come from, by SHA-256. */
  readonly payload: ReadonlyMap<string, StageFile["content"]>;
  readonly payloadBytes: number;
  readonly mode: "run" | "plan";
}

/** Files that a dry run lists by name. */
const mostShown = 200;

/** Puts the files of the release into an empty staging folder: received ones copied, known ones linked. */
export function assemble(assembly: Assembly): Step {
  const { place, files, symlinks, shared, payload, payloadBytes, mode } = assembly;
  const plain = Object.entries(files);
  const spec = {
    target: place.staging,
    owner: "root",
    links: Object.fromEntries(plain.flatMap(([path, key]) => (shared.has(key) ? [[path, shared.get(key)]] : []))),
    files: Object.fromEntries(plain.filter(([, key]) => !shared.has(key))),
    symlinks,
  };
  const received = [...payload].map(([sha256, content]) => ({ name: `payload/${sha256}`, content }));
  const coming = Object.keys(spec.files);
  const count = `${coming.length} ${mode === "plan" ? `to send (${(payloadBytes / 1e6).toFixed(2)} MB before compression)` : "received"}`;
  return {
    id: "files",
    title: `Files of ${place.distribution} ${place.name}: ${count}, ${Object.keys(spec.links).length} shared`,
    files: [{ name: "assembly.json", content: JSON.stringify(spec) }, ...received],
    preview: lines([
      ...coming.slice(0, mostShown).map((path) => sh`detail ${path}`),
      ...(coming.length > mostShown ? [sh`detail ${`and ${coming.length - mostShown} more`}`] : []),
    ]),
    apply: sh`rm -rf ${place.staging}
install -d -m 755 ${place.staging} ${`${place.staging}/project`} ${`${place.staging}/dist`} ${`${place.staging}/wsgi`} ${`${place.staging}/static`}
tool assemble "$files/assembly.json" "$files/payload"`,
    next: "Nothing that serves was touched. Run the command again.",
  };
}

export interface GeneratedFile {
  /** Relative to the release. */
  readonly path: string;
  readonly content: string;
  readonly mode: string;
  readonly group?: string;
}

/** Writes what Woven makes for a release: settings, WSGI scripts, `manage`, each site's environment. */
export function generatedFiles(place: Layout, generated: readonly GeneratedFile[]): Step {
  const folders = [...new Set(generated.map(({ path }) => `${place.staging}/${path}`.replace(/\/[^/]*$/, "")))];
  const placed = placeFiles(
    { id: "generated", title: "Settings, WSGI scripts and environment" },
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
    ...placed,
    // Into a folder that is new: there is nothing to find as it should be.
    checks: "plan",
    apply: sh`install -d -m 755 ${folders}
${placed.apply}
: >"$run/details"`,
  };
}

/** Takes the generated files over from the release that is patched. */
export function keepGenerated(place: Layout): Step {
  return {
    id: "generated",
    title: "Settings, WSGI scripts and environment, as they are",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
rm -rf ${`${place.staging}/wsgi`}
cp -al ${`${place.release}/wsgi`} ${`${place.release}/environment`} ${`${place.release}/manage`} ${place.staging}
[ -e ${`${place.staging}/project/sitesettings`} ] || cp -al ${`${place.release}/project/sitesettings`} ${`${place.staging}/project/`}`,
  };
}

/** Lets the interpreter find the project wherever it is started: a `.pth` file, as site(7) of Python reads it. */
export function pathFile(paths: readonly string[], pythonMinor: string): GeneratedFile {
  const content = `${paths.map((path) => `../../../project${path === "." ? "" : `/${path}`}`).join("\n")}\n`;
  return { path: `lib/python${pythonMinor}/site-packages/woven.pth`, content, mode: "644" };
}

/**
 * Byte-compiles the project, which the site users cannot do: they do not write beside the code. Compiling executes nothing; and as the
 * folders are the build account's meanwhile, a link among the files leads to nothing that only root may read.
 */
export function byteCompile(place: Layout, interpreter: string): Step {
  const project = `${place.staging}/project`;
  return {
    id: "byte-compile",
    title: "Byte-compile the project",
    plan: "quiet",
    // A file that does not compile is the project's own affair: a template of code, say. Many files are worth many processes.
    apply: sh`touch "$run/unchanged"
jobs=1; [ "$(find ${project} -name '*.py' | wc -l)" -lt 400 ] || jobs=0
find ${project} -type d -exec chown ${buildUser} {} +
as ${buildUser} ${interpreter} -IS -m compileall -q -j "$jobs" ${project} >/dev/null || :`,
  };
}

/**
 * Gives the finished release to root, and what is in it to those who may have it: code to the group of its sites, static files to all.
 * Only the folders say who may pass: the files are shared by hard links with other releases, some of which belong to everybody.
 */
export function closeRelease({ distribution, staging }: Layout): Step {
  const group = codeGroup(distribution);
  return {
    id: "close",
    title: "Close the release to others",
    plan: "quiet",
    // A web server may find its way to the scripts as www-data, and open them as the site.
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
