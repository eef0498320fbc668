// Builds a release in the staging folder: code, wheels, virtualenv and generated files, beside whatever serves.
import { lines, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import type { Layout } from "../release/layout.ts";
import { placeFiles } from "./place-file.ts";

export interface Assembly {
  readonly place: Layout;
  readonly owner: string;
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
  const { place, owner, files, symlinks, shared, payload, payloadBytes, mode } = assembly;
  const plain = Object.entries(files);
  const spec = {
    target: place.staging,
    owner,
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
install -d -o ${owner} -g ${owner} -m 755 ${place.staging} ${`${place.staging}/project`} ${`${place.staging}/dist`} ${`${place.staging}/wsgi`} ${`${place.staging}/static`}
tool assemble "$files/assembly.json" "$files/payload"`,
    next: "Nothing that serves was touched. Run the command again.",
  };
}

export interface Installation {
  readonly place: Layout;
  readonly owner: string;
  /** Absolute path of the node's interpreter. */
  readonly interpreter: string;
  readonly uv: string;
  /** A release on the node with the same bundle, whose installed packages can be shared. */
  readonly sameBundle?: string;
}

/** The virtualenv: movable, so that it can be built in staging; packages come from the bundle only, or are shared. */
export function virtualenv(installation: Installation): Step {
  const { place, owner, interpreter, uv, sameBundle } = installation;
  const environment = sh`HOME=${place.root} UV_CACHE_DIR=${`${place.root}/.cache/woven-uv`} UV_OFFLINE=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never`;
  const make = sh`as ${owner} env ${environment} ${uv} venv --quiet --relocatable --allow-existing --no-project --python ${interpreter} ${place.staging}`;
  const install = sh`as ${owner} env ${environment} ${uv} pip install --quiet --no-index --find-links ${`${place.staging}/dist`} --no-deps --require-hashes --compile-bytecode --link-mode hardlink --python ${`${place.staging}/bin/python`} -r ${`${place.staging}/dist/requirements.lock`}`;
  // All of it is links to the files of the earlier one; what this release has of its own replaces its link, never the file.
  const share = sh`cd ${sameBundle ?? "/"}; as ${owner} cp -al bin lib pyvenv.cfg $([ -e lib64 ] && echo lib64) ${place.staging}`;
  return {
    id: "virtualenv",
    title: sameBundle ? "Virtualenv, shared with an earlier release" : "Virtualenv, packages from the bundle",
    apply: sameBundle ? share : lines([make, install]),
    next: "The bundle does not fit this node. Run with cache: false to build it anew; if that does not help, report it.",
  };
}

/** Sends the uv binary to the node; done once a version. */
export function keepUv(version: string, binary: StageFile["content"] | undefined): Step {
  const path = `/var/local/woven/tools/uv-${version}`;
  return {
    id: "uv",
    title: `uv ${version}`,
    ...(binary === undefined ? {} : { files: [{ name: "uv", content: binary }] }),
    check: sh`[ -x ${path} ]`,
    apply: sh`chmod 711 /var/local/woven; install -d -m 755 /var/local/woven/tools
install -m 755 "$files/uv" ${`${path}.new`}
mv -f ${`${path}.new`} ${path}`,
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
export function generatedFiles(place: Layout, owner: string, generated: readonly GeneratedFile[]): Step {
  const folders = [...new Set(generated.map(({ path }) => `${place.staging}/${path}`.replace(/\/[^/]*$/, "")))];
  const placed = placeFiles(
    { id: "generated", title: "Settings, WSGI scripts and environment" },
    generated.map(({ path, content, mode, group }) => ({
      path: `${place.staging}/${path}`,
      content,
      mode,
      owner: group ? "root" : owner,
      group: group ?? owner,
      like: `${place.active}/${path}`,
      ...(path.startsWith("environment/") ? { secret: true } : {}),
    })),
  );
  return {
    ...placed,
    // Into a folder that is new: there is nothing to find as it should be.
    checks: "plan",
    apply: sh`install -d -o ${owner} -g ${owner} -m 755 ${folders}
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

/** Byte-compiles the project: the site users cannot write beside the code. */
export function byteCompile(place: Layout, owner: string): Step {
  return {
    id: "byte-compile",
    title: "Byte-compile the project",
    plan: "quiet",
    // A file that does not compile is the project's own affair: a template of code, say. Many files are worth many processes.
    apply: sh`touch "$run/unchanged"
jobs=1; [ "$(find ${`${place.staging}/project`} -name '*.py' | wc -l)" -lt 400 ] || jobs=0
as ${owner} ${`${place.staging}/bin/python`} -m compileall -q -j "$jobs" ${`${place.staging}/project`} >/dev/null || :`,
  };
}
