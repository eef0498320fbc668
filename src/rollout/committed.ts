// Changes that nobody has committed go along with a release: they are named, and refused where its version names the commit.
import { WovenError } from "../errors.ts";
import { isPart } from "../release/file-set.ts";
import { uncommittedFiles } from "../release/tracked-files.ts";
import type { Settings } from "../settings/settings.ts";
import type { Runtime } from "./runtime.ts";

const mostShown = 5;

/** Throws `uncommitted` for a deploy whose version is that of the commit, unless the input `dirty` allows it. */
export async function checkCommitted(settings: Settings, { log, run }: Pick<Runtime, "log" | "run">): Promise<void> {
  const { workingDirectory, exclude, command, distribution, dirty } = settings;
  const changed = (await uncommittedFiles(workingDirectory, run)).filter((path) => isPart(path, exclude));
  if (changed.length === 0) return;
  const more = changed.length > mostShown ? ` and ${changed.length - mostShown} more` : "";
  const list = `${changed.slice(0, mostShown).join(", ")}${more}`;
  if (command !== "deploy" || distribution?.names !== "commit" || dirty) {
    log.warning(`The release holds changes that are not committed: ${list}`);
    return;
  }
  throw new WovenError({
    code: "uncommitted",
    message: `the version ${distribution.version.value} names the commit, and there are changes that are not committed: ${list}`,
    next: "Commit them. Or allow it with dirty: true. What a build writes over tracked files can be left out: exclude = […]",
  });
}
