// Configuration files on a node: written whole, only if they differ, and undone when a later step fails.
import { createHash } from "node:crypto";
import { inRun, inTurn, tool } from "../node/pieces.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

export interface PlacedFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
  /** Octal: `644`. */
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** The title of the step; `Place <path>` by default. */
  readonly title?: string;
  /** The file holds secrets: its diff is never shown. */
  readonly secret?: true;
  /** Absolute: the previous file, which a dry run compares with if there is none at `path`. */
  readonly like?: string;
  /** `kept`: a file that somebody else made keeps its owner and mode. */
  readonly rights?: "kept";
  readonly when?: When;
  /** The log names the file if `when` skips it. */
  readonly reportSkipped?: true;
}

/** A symbolic link, placed and undone like a file. */
export interface PlacedLink {
  /** Absolute, both. */
  readonly path: string;
  readonly link: string;
  readonly when?: When;
}

/** `file`: only over an existing file; `folder`: only if its folder exists. */
type When = "always" | "file" | "folder";

export function placeFile(file: PlacedFile): Step {
  const key = createHash("sha256").update(file.path).digest("hex").slice(0, 12);
  return placeFiles({ id: `file-${key}`, title: file.title ?? `Place ${file.path}` }, [file]);
}

/**
 * One step for a set of files: all of them are placed, or none. Woven keeps the first original of every file that it replaces in
 * /var/local/woven-backup.
 */
export function placeFiles(
  { id, title }: { readonly id: string; readonly title: string },
  placed: readonly (PlacedFile | PlacedLink)[],
): Step {
  const spec = placed.map((one, index) => ("link" in one ? one : fileEntry(one, `${id}.${index}`)));
  const files = (verb: string) => tool(["files", verb, inRun(`files/${id}.json`), inRun(".")]);
  return {
    id,
    title,
    files: [
      { name: `${id}.json`, content: JSON.stringify(spec) },
      ...placed.flatMap((one, index) => ("link" in one ? [] : [{ name: `${id}.${index}`, content: one.content }])),
    ],
    check: files("check"),
    apply: files("apply"),
    undo: files("undo"),
    preview: files("diff"),
  };
}

function fileEntry(file: PlacedFile, source: string) {
  const { path, mode = "644", owner = "root", group = "root", rights, secret, like, when, reportSkipped } = file;
  return {
    path,
    source,
    mode,
    owner,
    group,
    ...(rights ? { rights } : {}),
    ...(secret ? { secret } : {}),
    ...(like === undefined ? {} : { like }),
    ...(when ? { when } : {}),
    ...(reportSkipped ? { reportSkipped } : {}),
  };
}

/** For a step whose details name what it changed. */
export const unchangedWithoutDetails: Shell = sh`[ -s "$run/details" ] || touch "$run/unchanged"`;

/** The same step without a check of its own: apply itself finds out whether the files differ. */
export function selfChecking(placed: Step): Step {
  return {
    ...placed,
    checks: "plan",
    apply: inTurn(placed.apply, unchangedWithoutDetails),
  };
}

/** The same step, whose files are sent in fewer bytes. For a server that has Python. */
export function packedFiles(placed: Step): Step {
  const files = (placed.files ?? []).map((file) => ({ ...file, packed: true as const }));
  return { ...placed, files };
}

/** The files as one step that checks itself. No step if there are none. */
export function placeAll(
  step: { readonly id: string; readonly title: string },
  files: readonly PlacedFile[],
): readonly Step[] {
  return files.length === 0 ? [] : [selfChecking(placeFiles(step, files))];
}

/** nginx's files of a release. The switch tests and loads them. */
export function placeNginxConf(files: readonly PlacedFile[]): readonly Step[] {
  return placeAll({ id: "nginx-conf", title: "Place the nginx configuration" }, files);
}
