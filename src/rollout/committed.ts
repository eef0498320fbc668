// Uncommitted changes become part of a release. Woven warns of them, or refuses them if the version names the commit.
import { WovenError } from "../errors.ts";
import { partOfRelease } from "../release/excluded.ts";
import { uncommittedFiles } from "../release/tracked-files.ts";
import { shownPath } from "../settings/problems.ts";
import type { Settings } from "../settings/settings.ts";
import type { Runtime } from "./runtime.ts";

const mostShown = 5;
const findChange = "To see what changed them, add a step before this one: run: git diff HEAD";

/** Throws `uncommitted` for a deploy whose version names the commit, unless `dirty` allows it. */
export async function checkCommitted(settings: Settings, { log, run }: Pick<Runtime, "log" | "run">): Promise<void> {
  const { workingDirectory, exclude, command, distribution, dirty } = settings;
  const changed = (await uncommittedFiles(workingDirectory, run)).filter(partOfRelease(exclude));
  if (changed.length === 0) return;
  const more = changed.length > mostShown ? ` and ${changed.length - mostShown} more` : "";
  const list = `${changed.slice(0, mostShown).map(shownPath).join(", ")}${more}`;
  if (command !== "deploy" || distribution?.names !== "commit" || dirty) {
    log.warning(`The release gets these files with changes that are not committed: ${list}. ${findChange}`);
    return;
  }
  throw new WovenError({
    code: "uncommitted",
    message: `the version ${distribution.version.value} names the commit, but some changes are not committed: ${list}`,
    next: `Commit them. If the release shall get the changed files, write \`dirty: true\` below \`with:\`. Exclude only files that the release does not need. ${findChange}`,
  });
}
