// What runs between the build of a release and its switch: `release-commands`, `first-commands`, `seed-database`, and `health.command`.
import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { readCommand } from "./background/command.ts";
import type { ConfigFile } from "./config-file.ts";
import { present } from "./present.ts";
import { quoted, type Report } from "./problems.ts";
import { type SeedKind, seedKind } from "./seed-kind.ts";
import type { CommandName } from "./settings.ts";

/** A command that runs once, and ends. */
export interface ReleaseCommand {
  /** `either`: the management command of that name, or else the program of the virtualenv. Only the release knows which it has. */
  readonly kind: "manage" | "either";
  readonly words: readonly string[];
}

/** A command of a list, as it is written there. */
export interface ListedCommand {
  readonly command: ReleaseCommand;
  readonly text: string;
  /** For messages: `woven.toml: release-commands (line 3)`. */
  readonly where: string;
}

/** The file that fills the database of a first deployment. */
export interface Seed {
  /** As written. */
  readonly path: string;
  /** Absolute, on the runner. */
  readonly file: string;
  readonly kind: SeedKind;
}

export interface ReleasePhase {
  readonly releaseCommands: readonly ListedCommand[];
  readonly firstCommands: readonly ListedCommand[];
  readonly seed?: Seed;
  /** Where `health.command` is written, of the distribution and of sites. */
  readonly healthCommands: readonly (Omit<ListedCommand, "text"> & { readonly site?: number })[];
}

/** Bytes at the beginning of a file that tell what it is. */
const head = 4096;

export function readReleasePhase(
  file: ConfigFile,
  { command, root }: { readonly command: CommandName; readonly root: string },
  report: Report,
): ReleasePhase {
  return present({
    releaseCommands: listed(file, "release-commands"),
    firstCommands: listed(file, "first-commands"),
    seed: command === "deploy" || command === "preview" ? readSeed(file, { command, root }, report) : undefined,
    healthCommands: healthCommands(file),
  });
}

/** Undefined if it cannot work: see `releaseCommandProblem`. */
export function releaseCommand(text: string): ReleaseCommand | undefined {
  const read = readCommand(text);
  if (read.kind === "wrong" || hasControls(text)) return undefined;
  const { kind, words } = read.command;
  return { kind: kind === "manage" ? "manage" : "either", words };
}

/** Why a command cannot work, as text after it. */
export function releaseCommandProblem(text: string): string | undefined {
  if (hasControls(text)) return "has a line break or another control character";
  const read = readCommand(text);
  return read.kind === "wrong" ? [read.what, ...(read.next === undefined ? [] : [read.next])].join(". ") : undefined;
}

function hasControls(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text);
}

function listed(file: ConfigFile, key: "release-commands" | "first-commands"): readonly ListedCommand[] {
  return (file.config[key] ?? []).flatMap((text) => {
    const command = releaseCommand(text);
    return command === undefined ? [] : [{ command, text, where: placeOf(file, [key], text) }];
  });
}

function healthCommands(file: ConfigFile): ReleasePhase["healthCommands"] {
  const { health, sites = {} } = file.config;
  const of = (text: string | undefined, path: readonly string[], site?: number) => {
    const command = text === undefined ? undefined : releaseCommand(text);
    return command === undefined ? [] : [present({ command, where: placeOf(file, path), site })];
  };
  return [
    ...of(health?.command, ["health", "command"]),
    ...Object.entries(sites).flatMap(([id, site]) =>
      of(site.health?.command, ["sites", id, "health", "command"], Number(id)),
    ),
  ];
}

function placeOf(file: ConfigFile, path: readonly string[], value?: unknown): string {
  const { where, line } = file.problem(path, "", undefined, value);
  return line === undefined ? where : `${where} (line ${line})`;
}

function readSeed(
  file: ConfigFile,
  { command, root }: { readonly command: CommandName; readonly root: string },
  report: Report,
): Seed | undefined {
  const path = file.config["seed-database"];
  if (path === undefined) return undefined;
  const wrong = (what: string, next: string) => report(file.problem(["seed-database"], what, next));
  const full = join(root, path);
  const found = statSync(full, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    wrong(
      `there is no file ${quoted(path)}`,
      "The path is relative to the working directory. If an earlier step of the job makes the file, check that it has run.",
    );
    return undefined;
  }
  // A link of a pull request must not lead to what else the runner has.
  if (command === "preview" && relative(realpathSync(root), realpathSync(full)).startsWith("..")) {
    wrong(`${quoted(path)} is a link to a file outside of the working directory`, "Commit the file itself.");
    return undefined;
  }
  const kind = seedKind(beginning(full));
  if (kind.kind === "unfit") {
    wrong(`${quoted(path)} ${kind.what}`, kind.next);
    return undefined;
  }
  return { path, file: full, kind: kind.of };
}

function beginning(path: string): Buffer {
  const handle = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(head);
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}
