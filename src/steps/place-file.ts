// Configuration files on a node: placed whole, changed only where they differ, and taken back when a later step fails.
import { createHash } from "node:crypto";
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

export interface PlacedFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
  /** Octal: `644`. */
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** What the file is, for the log; the path by default. */
  readonly title?: string;
  /** It holds secrets: no diff of it is ever shown. */
  readonly secret?: true;
  /** Absolute: the file of before that a dry run shows it against, where there is none at `path`. */
  readonly like?: string;
  /** `kept`: over a file of somebody else's, the owner and mode that it has stay. */
  readonly rights?: "kept";
  readonly when?: When;
  /** Where `when` keeps it away, the log says so. */
  readonly tell?: true;
}

/** A symbolic link, placed and taken back like a file. */
export interface PlacedLink {
  /** Absolute, both. */
  readonly path: string;
  readonly link: string;
  readonly when?: When;
}

/** `file`: only over one that is there; `folder`: only where its folder is. */
type When = "always" | "file" | "folder";

export function placeFile(file: PlacedFile): Step {
  const key = createHash("sha256").update(file.path).digest("hex").slice(0, 12);
  return placeFiles({ id: `file-${key}`, title: file.title ?? file.path }, [file]);
}

/**
 * One step for a set of files: all of them, or as they were. The first original of every file that Woven replaces is kept
 * in /var/local/woven-backup.
 */
export function placeFiles(
  { id, title }: { readonly id: string; readonly title: string },
  placed: readonly (PlacedFile | PlacedLink)[],
): Step {
  const spec = placed.map((one, index) => ("link" in one ? one : fileEntry(one, `${id}.${index}`)));
  return {
    id,
    title,
    files: [
      { name: `${id}.json`, content: JSON.stringify(spec) },
      ...placed.flatMap((one, index) => ("link" in one ? [] : [{ name: `${id}.${index}`, content: one.content }])),
    ],
    check: sh`tool files check "$files"/${id}.json "$run"`,
    apply: sh`tool files apply "$files"/${id}.json "$run"`,
    undo: sh`tool files undo "$files"/${id}.json "$run"`,
    preview: sh`tool files diff "$files"/${id}.json "$run"`,
  };
}

function fileEntry(file: PlacedFile, source: string) {
  const { path, mode = "644", owner = "root", group = "root", rights, secret, like, when, tell } = file;
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
    ...(tell ? { tell } : {}),
  };
}

/** The same files in one breath, where nothing else hangs on whether they differed: apply sees for itself. */
export function selfChecking(placed: Step): Step {
  return {
    ...placed,
    checks: "plan",
    apply: sh`${placed.apply}
[ -s "$run/details" ] || touch "$run/unchanged"`,
  };
}
