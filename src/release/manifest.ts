// The list of a release's files: its hashes and links by path. A new release is described by what differs from the list of another one.
import { hashText, type ReleaseFile } from "./described-file.ts";
import { treeDigest } from "./file-set.ts";

export interface Manifest {
  /** `sharedKey` by path in the release: `project/manage.py`, `dist/….whl`. */
  readonly files: ReadonlyMap<string, string>;
  /** Targets by path. */
  readonly symlinks: ReadonlyMap<string, string>;
}

/** The key by which two files may share an inode: their modes must agree, too. */
export function sharedKey(kind: ReleaseFile["kind"], sha256: string): string {
  return kind === "executable" ? `x${sha256}` : sha256;
}

export function manifestOf(files: readonly ReleaseFile[]): Manifest {
  return {
    files: new Map(
      files.flatMap(({ path, kind, sha256 }) => (kind === "symlink" ? [] : [[path, sharedKey(kind, sha256)]])),
    ),
    symlinks: new Map(files.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target]]))),
  };
}

/** The files of a list. Their `bytes` are -1: they are on the node, and not on the runner. */
export function listedFiles({ files, symlinks }: Manifest): readonly ReleaseFile[] {
  return [
    ...[...files].map(
      ([path, key]): ReleaseFile => ({
        path,
        kind: key.startsWith("x") ? "executable" : "file",
        sha256: key.replace(/^x/, ""),
        bytes: -1,
      }),
    ),
    ...[...symlinks].map(
      ([path, target]): ReleaseFile => ({ path, kind: "symlink", sha256: hashText(target), bytes: 0, target }),
    ),
  ];
}

/** What `treeDigest` says of the listed files. */
export function manifestDigest(manifest: Manifest): string {
  return treeDigest(listedFiles(manifest));
}

export interface Differences extends Manifest {
  /** Paths that the new list lacks. */
  readonly removed: readonly string[];
}

/** What of a list is different from another one. */
export function differences(before: Manifest, now: Manifest): Differences {
  const added = (kind: keyof Manifest) =>
    new Map([...now[kind]].filter(([path, value]) => before[kind].get(path) !== value));
  const paths = [...before.files.keys(), ...before.symlinks.keys()];
  return {
    files: added("files"),
    symlinks: added("symlinks"),
    removed: paths.filter((path) => !now.files.has(path) && !now.symlinks.has(path)),
  };
}
