// Which repository has deployed what is on a node: the record of a release has the address of the run that made it.
import { WovenError } from "../errors.ts";
import type { ReleaseRecord } from "../node/state.ts";
import type { Runtime } from "./runtime.ts";

/** The address that the runs of this repository begin with. Undefined outside of GitHub. */
export function ownRuns(env: Runtime["env"]): string | undefined {
  const { GITHUB_SERVER_URL: server = "https://github.com", GITHUB_REPOSITORY: repository } = env;
  return repository ? `${server}/${repository}/` : undefined;
}

/**
 * Throws if another repository has deployed the release that a preview would be a patch of. The pull request itself names the distribution,
 * so a pull request could otherwise read the code and the data of another project.
 */
export function requireOwnBase(base: ReleaseRecord | undefined, env: Runtime["env"], node: string): void {
  const own = ownRuns(env);
  const run = base?.by.run;
  if (base === undefined || own === undefined || run === undefined || run.startsWith(own)) return;
  throw new WovenError({
    code: "preview-base",
    message: `The live release of ${base.distribution} on ${node} was deployed by another repository (${run}), so it gets no preview from this one`,
    state: "Nothing was changed.",
    next: `Give the project a name of its own. If ${base.distribution} is this project and its repository was renamed, deploy it once from here.`,
    node,
  });
}
