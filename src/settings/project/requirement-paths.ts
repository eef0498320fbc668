// Recognises requirements files by their names, and orders them by priority.
import { posix } from "node:path";
import type { ProjectFiles } from "../project-files.ts";
import { lockNames } from "./lock-files.ts";

const production = /(^|[-_.])(prod|production|live|deploy)([-_.]|$)/;
const never =
  /(^|[-_.])(dev|devel|development|local|test|tests|testing|doc|docs|lint|ci|build|debug|ide|optional|extra|extras|constraints)([-_.]|$)/;

/** What a file is for by its name: production, development (`never`), or any purpose. */
export function isRequirements(path: string): "no" | "production" | "plain" | "never" {
  const parts = path.split("/");
  const folder = parts.slice(0, -1).lastIndexOf("requirements");
  const name = posix.basename(path);
  const isOne = /^requirements?[^/]*\.txt$/.test(name) || /(^|[-_.])requirements\.txt$/.test(name) || folder >= 0;
  if (!name.endsWith(".txt") || !isOne) return "no";
  // requirements/prod/base.txt is for production, like requirements/prod.txt.
  const words = folder >= 0 ? parts.slice(folder + 1) : [name];
  const said = words.map((word) => word.replace(/\.txt$/, ""));
  if (said.some((word) => never.test(word))) return "never";
  return said.some((word) => production.test(word)) ? "production" : "plain";
}

/** The candidates in and just below these folders, in groups of equal priority, the best group first. */
export function candidatesIn(files: ProjectFiles, folders: readonly string[]): readonly (readonly string[])[] {
  const all = [...files.paths, ...files.above.flatMap((one) => one.files)];
  const isNear = (asked: string) =>
    folders.some((folder) => {
      const below = posix.relative(folder, asked);
      return below === "" || below === "requirements" || below.startsWith("requirements/");
    });
  // Asked once for each folder: a project has many more files.
  const nearFolders = new Set([...new Set(all.map((path) => posix.dirname(path)))].filter(isNear));
  const near = all.filter((path) => nearFolders.has(posix.dirname(path)));
  const named = (name: string) =>
    near.filter((path) => posix.basename(path) === name && isRequirements(path) === "plain");
  const plain = near.filter((path) => isRequirements(path) === "plain");
  const base = plain.filter((path) => posix.basename(path) === "base.txt");
  const locks = folders.flatMap((folder) => [...lockNames.keys()].map((name) => posix.join(folder, name)));
  return [
    locks.filter((path) => near.includes(path)),
    near.filter((path) => isRequirements(path) === "production"),
    named("requirements.txt"),
    ...(base.length === 1 ? [base] : []),
    plain,
  ];
}
