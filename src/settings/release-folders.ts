// The settings of folders that are no plain part of the code: `writable`, which outlive releases, and `collected-static`.
import { normalize } from "node:path";
import type { Problem } from "../errors.ts";
import type { ConfigFile } from "./config-file.ts";
import { quoted, type Report } from "./problems.ts";

/** `./data/` as `data`. The top of the project is `.`. */
export function plainFolder(path: string): string {
  return normalize(path).replace(/\/+$/, "");
}

/** Whether one of two plain paths contains the other. */
export function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

/** Why the application cannot write to a folder, as text after its name. The repository's files are checked later. */
export function writableProblem(path: string): string | undefined {
  const folder = plainFolder(path);
  const names = folder.split("/");
  if (folder === ".") return "is the whole project. Move what the application writes into a folder, and name that";
  if (/^(media|uploads?)$/.test(folder)) return media;
  if (["static", "staticfiles"].includes(names.at(-1) ?? ""))
    return "holds static files, which a release has a folder for, and which no application changes";
  if ([".git", ".github", "woven", "sitesettings", "node_modules", ".venv", "venv"].includes(names[0] ?? ""))
    return "belongs to the code, its tools or Woven";
  if (names.includes("templates")) return "holds templates, which are code";
  return undefined;
}

const media =
  "is where MEDIA_ROOT usually is. Woven keeps that folder outside of releases anyway: remove it from the list, or give the folder another name";

/** The folder of `collected-static`, as text after its name. */
export function collectedProblem(path: string): string | undefined {
  return plainFolder(path) === "." ? "is the whole project" : undefined;
}

export interface ReleaseFolders {
  /** Plain paths, none of which contains another. */
  readonly writable: readonly string[];
  readonly collectedStatic?: string;
  /** Where `writable` is written, for problems that only the files of the release show. */
  readonly writablePlace?: Omit<Problem, "what" | "next">;
}

/** The folders as plain paths. Reports those that contain each other. */
export function readReleaseFolders(file: ConfigFile, report: Report): ReleaseFolders {
  const { writable: given = [], "collected-static": collected } = file.config;
  const writable = [...new Set(given.map(plainFolder))];
  for (const [index, folder] of writable.entries()) {
    const inner = writable.slice(index + 1).find((other) => overlap(folder, other));
    if (inner === undefined) continue;
    const [outer = "", within = ""] = [folder, inner].toSorted((one, other) => one.length - other.length);
    const what = `${quoted(within)} is inside ${quoted(outer)}`;
    report(file.problem(["writable"], what, `Remove ${quoted(within)}: all of ${quoted(outer)} is writable.`));
  }
  const collectedStatic = collected === undefined ? undefined : plainFolder(collected);
  const both = collectedStatic && writable.find((folder) => overlap(folder, collectedStatic));
  if (both)
    report(
      file.problem(
        ["collected-static"],
        `${quoted(collectedStatic)} and the writable folder ${quoted(both)} contain each other`,
        "Static files are part of a release, and the application cannot change them. Keep the two apart.",
      ),
    );
  const { what: _, next: __, ...writablePlace } = file.problem(["writable"], "");
  return { writable, writablePlace, ...(collectedStatic === undefined ? {} : { collectedStatic }) };
}
