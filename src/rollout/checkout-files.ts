// The files of the checkout and of a bundle, as the files of a release.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bundle } from "../bundle/bundle.ts";
import { WovenError } from "../errors.ts";
import { fileSet, hashFile, type ReleaseFile } from "../release/file-set.ts";
import { fsPath } from "../release/path-bytes.ts";
import type { Settings } from "../settings/settings.ts";
import { checkCommitted } from "./committed.ts";
import type { Runtime } from "./runtime.ts";

export interface CheckoutFiles {
  /** The files of the checkout; their paths begin with `project/`. */
  readonly files: readonly ReleaseFile[];
  readonly source: (file: ReleaseFile) => string | Buffer;
  /** The same with the bundle's wheels and lock file; their paths begin with `dist/`. */
  withBundle(bundle: Bundle): Promise<Pick<CheckoutFiles, "files" | "source">>;
}

export async function checkoutFiles(settings: Settings, runtime: Runtime): Promise<CheckoutFiles> {
  const { workingDirectory, include, exclude } = settings;
  await checkCommitted(settings, runtime);
  const found = await fileSet({ workingDirectory, include, exclude, run: runtime.run });
  if (found.length === 0) {
    throw new WovenError({
      code: "no-files",
      message: `there are no files to deploy in ${workingDirectory}`,
      next: "Check out the repository first (actions/checkout), or set working-directory.",
    });
  }
  const files = found.map((file) => ({ ...file, path: `project/${file.path}` }));
  const inCheckout = (file: ReleaseFile) => fsPath(workingDirectory, file.path.slice("project/".length));
  return {
    files,
    source: inCheckout,
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
            : inCheckout(file);
        },
      };
    },
  };
}
