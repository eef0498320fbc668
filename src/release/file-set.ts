// Which files of the repository are in a release: the files that git tracks, plus `include`, minus `exclude`.
import { createHash } from "node:crypto";
import { normalize } from "node:path";
import { WovenError } from "../errors.ts";
import type { Run } from "../run-process.ts";
import { shownPath } from "../settings/problems.ts";
import { type Described, describeFiles, type ReleaseFile, unfit } from "./described-file.ts";
import { excludedBy, partOfRelease } from "./excluded.ts";
import { allFiles, includedFiles, visibleFiles } from "./included.ts";
import { pathBytes } from "./path-bytes.ts";
import { type Links, leavesRoot } from "./symlink-path.ts";
import { trackedFiles } from "./tracked-files.ts";

export interface FileChoice {
  readonly workingDirectory: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly run: Run;
  /** The working directory in the copy of the checkout where the build commands ran. */
  readonly built?: string | undefined;
  /** The folder of hashes that earlier runs have kept. */
  readonly hashes?: string | undefined;
}

/** The paths of the files of a release, sorted. A file that git tracks may be missing in the checkout. */
export async function releasePaths(choice: FileChoice): Promise<readonly string[]> {
  const { workingDirectory, include, exclude, run, built } = choice;
  const tracked = await trackedFiles(workingDirectory, run);
  const listed = tracked ?? (await visibleFiles(workingDirectory));
  const kept = listed.filter(partOfRelease(exclude));
  const included = await includedFiles(built ?? workingDirectory, include, excludedBy(exclude));
  return [...new Set([...kept, ...included].map((path) => normalize(path)))].sort();
}

/**
 * The files of a release, sorted by path. Throws if a file cannot be in a release: a link that leads outside, a name with a line
 * break, a file for which the checkout has only a pointer.
 */
export async function fileSet(choice: FileChoice): Promise<readonly ReleaseFile[]> {
  const described = await describeFiles(choice.workingDirectory, await releasePaths(choice), choice.hashes);
  return checkedFiles(choice.built === undefined ? described : await withBuilt(described, choice.built));
}

function checkedFiles(described: readonly Described[]): readonly ReleaseFile[] {
  refuseHollow(described.filter(({ lacks }) => lacks !== undefined));
  const files = described.flatMap(({ file }) => file ?? []);
  checkLinks(files);
  return files;
}

/**
 * All files of a folder, except for those that `exclude` names. Paths are relative to the folder. Throws if one cannot be in a release.
 *
 * @param folder relative to `root`
 */
export async function folderFiles(
  root: string,
  folder: string,
  exclude: readonly string[],
): Promise<readonly ReleaseFile[]> {
  const isExcluded = excludedBy(exclude);
  const paths = (await allFiles(root, folder)).filter((path) => !isExcluded(path));
  const described = await describeFiles(root, paths.toSorted());
  const within = (path: string) => path.slice(folder.length + 1);
  const inFolder = (one: Described): Described => ({
    ...one,
    path: within(one.path),
    ...(one.file ? { file: { ...one.file, path: within(one.file.path) } } : {}),
  });
  return checkedFiles(described.map(inFolder));
}

/** The files after a build. Throws `build-changed` if it changed code or files of Woven's. */
async function withBuilt(described: readonly Described[], built: string): Promise<readonly Described[]> {
  const after = await describeFiles(
    built,
    described.map(({ path }) => path),
  );
  const isChanged = (index: number) => {
    const [before, now] = [described[index]?.file, after[index]?.file];
    return now !== undefined && (before?.sha256 !== now.sha256 || before.kind !== now.kind);
  };
  const closed = described.filter(({ path, file }, index) => isChanged(index) && isClosedToBuilds(path, file));
  if (closed.length > 0) throw buildChanged(closed.map(({ path }) => path));
  return described.map((before, index) => {
    const now = after[index];
    return now?.file && isChanged(index) ? { ...now, file: { ...now.file, built: true } } : before;
  });
}

/** Build commands run code of packages. They may make code that `include` names, but not change code that is there, or what Woven reads. */
function isClosedToBuilds(path: string, before: ReleaseFile | undefined): boolean {
  const isWovens = /^(woven|templates\/woven|sitesettings)\/|(^|\/)sitesettings\/|^(woven|pyproject)\.toml$/.test(path);
  return isWovens || (before !== undefined && /\.(py|pyw|so)$/.test(path));
}

function buildChanged(paths: readonly string[]): WovenError {
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : "";
  return new WovenError({
    code: "build-changed",
    message: `a command of build changed files that it must not change: ${paths.slice(0, 5).map(shownPath).join(", ")}${more}`,
    state: "Nothing was deployed.",
    next: "Change such files in a step of the workflow before this one. Commands of build run code of packages, so they may change neither the project's Python code nor what Woven reads (woven.toml, pyproject.toml, templates/woven).",
    file: paths[0],
  });
}

/** Follows each link through the other links of the release, as the node's kernel does. */
function checkLinks(files: readonly ReleaseFile[]): void {
  const links: Links = new Map(files.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target]])));
  for (const [path, target] of links)
    if (leavesRoot(path, links)) throw unfit(path, `it is a link to ${target}, outside the project`);
}

/** SHA-256 in hex over the paths, kinds and hashes of the files. Two trees have the same digest exactly if they are equal. */
export function treeDigest(files: readonly Pick<ReleaseFile, "path" | "kind" | "sha256">[]): string {
  const hash = createHash("sha256");
  for (const { path, kind, sha256 } of files.toSorted((one, other) => (one.path < other.path ? -1 : 1)))
    hash.update(pathBytes(`${kind} ${sha256} ${path}\0`));
  return hash.digest("hex");
}

function refuseHollow(hollow: readonly Described[]): void {
  const first = hollow[0];
  if (first === undefined) return;
  const alike = hollow.filter(({ lacks }) => lacks === first.lacks).map(({ path }) => path);
  const list = `${alike.slice(0, 3).join(", ")}${alike.length > 3 ? ` and ${alike.length - 3} more` : ""}`;
  const advice = `Or exclude ${alike.length === 1 ? "it" : "them"}: exclude = [${JSON.stringify(first.path)}]`;
  const details =
    first.lacks === "lfs"
      ? {
          code: "lfs",
          message: `the checkout has only Git LFS pointers instead of files: ${list}`,
          next: `In the workflow, write \`lfs: true\` below \`with:\` of actions/checkout. On your own machine, run \`git lfs pull\`. ${advice}`,
        }
      : {
          code: "submodule",
          message: `the checkout lacks the files of submodules: ${list}`,
          next: `In the workflow, write \`submodules: true\` below \`with:\` of actions/checkout. On your own machine, run \`git submodule update --init\`. ${advice}`,
        };
  throw new WovenError({ ...details, file: first.path });
}
