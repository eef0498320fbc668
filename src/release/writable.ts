// Folders that the application writes to (`writable`). They are outside of releases, in <root>/writable/<dist>, and a release has a link
// to each. The repository's files of such a folder are in the release's folder `writable`: the first release fills the folder with them.
import { normalize, posix } from "node:path";
import type { Problem } from "../errors.ts";
import { hashText, type ReleaseFile } from "./described-file.ts";
import { type Links, leavesRoot } from "./symlink-path.ts";

/** The link of a folder, with the path of a release's file: `project/data`. Relative, so that it holds in staging too. */
function linkOf(folder: string, distribution: string): ReleaseFile {
  const up = "../".repeat(folder.split("/").length + 2);
  const target = `${up}writable/${distribution}/${folder}`;
  return { path: `project/${folder}`, kind: "symlink", sha256: hashText(target), bytes: 0, target };
}

/** The files of a release that has these folders. All paths are relative to the release. */
export function withWritable(
  files: readonly ReleaseFile[],
  folders: readonly string[],
  distribution: string,
): readonly ReleaseFile[] {
  const moved = files.map((file) => {
    const path = file.path.replace(/^project\//, "");
    const isSeed = path !== file.path && folders.some((folder) => path.startsWith(`${folder}/`));
    return isSeed ? { ...file, path: `writable/${path}` } : file;
  });
  return [...moved, ...folders.map((folder) => linkOf(folder, distribution))];
}

/** The folders that a release has links to. */
export function writableFolders(
  files: readonly Pick<ReleaseFile, "path" | "target">[],
  distribution: string,
): string[] {
  return files.flatMap(({ path, target }) => {
    const folder = path.replace(/^project\//, "");
    return target !== undefined && target === linkOf(folder, distribution).target ? [folder] : [];
  });
}

/** The opposite of `withWritable`: the files where the repository has them. */
export function withoutWritable(files: readonly ReleaseFile[], distribution: string): readonly ReleaseFile[] {
  const links = new Set(writableFolders(files, distribution).map((folder) => `project/${folder}`));
  return files
    .filter(({ path }) => !links.has(path))
    .map((file) => ({ ...file, path: file.path.replace(/^writable\//, "project/") }));
}

/** What the repository has at a folder that stops the application from writing there. `files`: relative to the project. */
export function writableProblems(files: readonly ReleaseFile[], folders: readonly string[]): readonly Problem[] {
  return folders.flatMap((folder): readonly Problem[] => {
    const found = problemOf(folder, files);
    return found === undefined ? [] : [{ where: "writable", ...found }];
  });
}

function folderAdvice({ path, kind }: ReleaseFile): string {
  if (kind === "symlink") return "Replace the link by a folder, or name the folder that it leads to.";
  const around = posix.dirname(path);
  return around === "."
    ? 'Let the application write into a folder of its own, and name that: writable = ["data"]'
    : `Name its folder: writable = [${JSON.stringify(around)}]`;
}

function problemOf(folder: string, files: readonly ReleaseFile[]): Pick<Problem, "what" | "next" | "file"> | undefined {
  const name = JSON.stringify(folder);
  const above = files.find(({ path }) => path === folder || folder.startsWith(`${path}/`));
  if (above) {
    const kind = above.kind === "symlink" ? "a link" : "a file";
    const what = above.path === folder ? `${name} is ${kind}` : `${JSON.stringify(above.path)} in ${name} is ${kind}`;
    return { what: `${what}, not a folder`, next: folderAdvice(above), file: above.path };
  }
  const inside = files.filter(({ path }) => path.startsWith(`${folder}/`));
  const code = inside.find(({ path }) => /\.(py|pyw|so)$/.test(path));
  if (code)
    return {
      what: `${name} holds code: ${code.path}`,
      next: `The application must not be able to change code. Let it write into a folder without code, and name that: writable = ["${folder}/data"]`,
      file: code.path,
    };
  const links: Links = new Map(
    inside.flatMap(({ path, target }) => (target === undefined ? [] : [[path.slice(folder.length + 1), target]])),
  );
  const leading = [...links.keys()].find((path) => leavesRoot(normalize(path), links));
  if (leading !== undefined)
    return {
      what: `${name} has a link that leads out of it: ${folder}/${leading}`,
      next: "The folder is moved out of the project on the server, so the link would lead elsewhere. Replace it, or exclude it.",
      file: `${folder}/${leading}`,
    };
  return undefined;
}
