// The names of a release on a node. `shop-admin` 1.0 and `shop` admin-1.0 would have the same folders, so only one of them can be there.
import { inRun, inTurn, tool } from "../node/pieces.ts";
import { filesOf } from "../node/services.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { Layout } from "../release/layout.ts";
import type { PlacedRelease } from "./services.ts";

/** A file that is there once `claimNames` has found that no other distribution has these names. */
export const namesClaimed: Shell = sh`"$run/names-claimed"`;

/** Prints the releases of other distributions that have the same folders, or the same configuration files. */
export function takenNames(release: PlacedRelease): Shell {
  return tool(wordsOf(release));
}

/** The same, into `taken` in the folder of the run. */
export function noteTakenNames(release: PlacedRelease): Shell {
  return tool(wordsOf(release), { out: inRun("taken") });
}

function wordsOf({ place: { distribution, name }, record: { services } }: PlacedRelease): readonly string[] {
  return ["names", distribution, name, ...filesOf(services)];
}

/** Fails if another distribution has these names. */
export function refuseTakenNames(release: PlacedRelease): readonly [Shell, Shell] {
  return [
    noteTakenNames(release),
    sh`[ ! -s "$run/taken" ] || fail ${`${sameNames(release.place)}:`} "$(cat "$run/taken")"`,
  ];
}

/**
 * Fails, before anything is built, if another distribution has a release of the same name, or is deploying one. To be run right after
 * `takeLease`: each of two runs that begin at the same time then sees the other's lease.
 */
export function claimNames(release: PlacedRelease): Step {
  return {
    id: "names",
    title: "Check for releases with the same name",
    plan: "quiet",
    preview: sh`taken=$(${takenNames(release)})
[ -z "$taken" ] || detail ${`this would fail: ${sameNames(release.place)}:`} "$taken"`,
    apply: inTurn(...refuseTakenNames(release), sh`touch "$run/unchanged" ${namesClaimed}`),
    ...takenAdvice,
  };
}

/** What to do about a name that another distribution has. */
export const takenAdvice = {
  state: "Nothing was changed.",
  next: "Use another version, or another name for the distribution. Or remove the other release first.",
} as const;

/** Says what two distributions would share. */
export function sameNames({ distribution, name }: Pick<Layout, "distribution" | "name">): string {
  return `another distribution on this server has the folders or files of ${distribution} ${name}`;
}

const digit = sh`[0-9a-f]`;

/** A pattern of the shell for the folders of all builds of a release, and for nothing else: it ends with six hexadecimal digits. */
export function anyBuild({ root, distribution, name }: Layout): Shell {
  return sh`${`${root}/env/.${distribution}-${name}.`}${digit}${digit}${digit}${digit}${digit}${digit}`;
}
