// The files of the checkout, of a build and of a bundle, as the files of a release.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bundle } from "../bundle/bundle.ts";
import { buildProject } from "../bundle/project-build.ts";
import { SettingsError, WovenError } from "../errors.ts";
import { collectedStatic } from "../release/collected-static.ts";
import { hashFile, type ReleaseFile } from "../release/described-file.ts";
import { fileSet } from "../release/file-set.ts";
import { type Manifest, manifestOf } from "../release/manifest.ts";
import { fsPath } from "../release/path-bytes.ts";
import { withWritable, writableProblems } from "../release/writable.ts";
import { isBuiltElsewhere } from "../settings/bundle-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { checkCommitted } from "./committed.ts";
import type { Runtime } from "./runtime.ts";

/** The list of fewer files is as short as the digests. */
const fewestFiles = 1000;

export interface CheckoutFiles {
  /** The files of the checkout, in `project/`, and static files that are collected already, in `static/`. */
  readonly files: readonly ReleaseFile[];
  /** The same as a list for the facts of a node, as a release of the distribution has them. Undefined for a few: the node lists them all. */
  own(distribution: string): Manifest | undefined;
  /** Where a file is on the runner, also one that `withWritable` has moved. */
  readonly source: (file: ReleaseFile) => string | Buffer;
  /** The same with the bundle's wheels and lock file; their paths begin with `dist/`. */
  withBundle(bundle: Bundle): Promise<Pick<CheckoutFiles, "files" | "source">>;
}

/** Runs the build commands first, if there are any. */
export async function checkoutFiles(settings: Settings, runtime: Runtime): Promise<CheckoutFiles> {
  const { workingDirectory, include, exclude, writable, writablePlace } = settings;
  const committed = checkCommitted(settings, runtime);
  // A build takes long, so what speaks against it comes first. Else git looks at the files while they are read.
  if (settings.build.length > 0) await committed;
  const built = await runBuild(settings, runtime);
  // A job on GitHub finds that folder empty.
  const hashes = runtime.env["GITHUB_ACTIONS"] === "true" ? undefined : join(runtime.cacheDir, "hashes");
  const choice = { workingDirectory, include, exclude, run: runtime.run, built, hashes };
  const [found] = await Promise.all([fileSet(choice), committed]);
  if (found.length === 0) {
    throw new WovenError({
      code: "no-files",
      message: `there are no files to deploy in ${workingDirectory}`,
      next: "Check out the repository first (actions/checkout), or set working-directory.",
    });
  }
  const problems = writableProblems(found, writable);
  if (problems.length > 0) throw new SettingsError(problems.map((problem) => ({ ...problem, ...writablePlace })));
  const statics = settings.collectedStatic ?? "";
  const collected = statics === "" ? [] : await collectedStatic(built ?? workingDirectory, statics, exclude);
  const files = [...found.map((file) => ({ ...file, path: `project/${file.path}` })), ...collected];
  const onRunner = ({ path, built: isBuilt }: ReleaseFile) => {
    const [, top, rest = ""] = /^(\w+)\/(.*)$/s.exec(path) ?? [];
    if (top === "static") return fsPath(join(built ?? workingDirectory, statics), rest);
    return fsPath(isBuilt ? (built ?? workingDirectory) : workingDirectory, rest);
  };
  return {
    files,
    own: (distribution) => {
      const whole = files.length < fewestFiles ? undefined : withWritable(files, writable, distribution);
      return whole && manifestOf(whole);
    },
    source: onRunner,
    async withBundle(bundle) {
      const lockPath = join(bundle.directory, "requirements.lock");
      const lock: ReleaseFile = {
        path: "dist/requirements.lock",
        kind: "file",
        sha256: await hashFile(lockPath),
        bytes: (await stat(lockPath)).size,
      };
      const wheels = bundle.wheels.map(
        (wheel): ReleaseFile => ({
          path: `dist/${wheel.file}`,
          kind: "file",
          sha256: wheel.sha256,
          bytes: wheel.bytes,
        }),
      );
      return {
        files: [...wheels, lock, ...files],
        source: (file) => {
          if (file.path === lock.path) return lockPath;
          return file.path.startsWith("dist/")
            ? join(bundle.directory, "wheels", file.path.slice("dist/".length))
            : onRunner(file);
        },
      };
    },
  };
}

function untrustedBuild(file: string): WovenError {
  return new WovenError({
    code: "preview-untrusted",
    message: `build in ${file} lists commands. With bundle-digests, nothing of the pull request runs on the runner beside the secrets`,
    state: "Nothing was changed.",
    next: "If you trust the pull request, push its branch to this repository. Its preview then runs these commands.",
    file,
  });
}

/** The working directory in the copy of the checkout where the commands of `build` ran. Undefined without such commands. */
async function runBuild(settings: Settings, { log, run, now, env, tempDir, cacheDir }: Runtime) {
  const { build, buildEnv, configFile, workingDirectory } = settings;
  if (build.length === 0) return undefined;
  if (isBuiltElsewhere(settings)) throw untrustedBuild(configFile);
  const context = { buildEnv, configFile, run, now, env, tempDir, cacheDir, log: (line: string) => log.info(line) };
  return await log.group("Build", () => buildProject(build, workingDirectory, context));
}
