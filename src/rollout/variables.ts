// The variables that a release's Django process is given. Their names are recorded, so that one that goes missing is noticed:
// a secret whose name is misspelt in a workflow is an empty one, and says nothing by itself.
import type { ReleaseRecord } from "../node/state.ts";
import type { Settings } from "../settings/settings.ts";
import type { Runtime } from "./runtime.ts";

/** Names of all that the settings give, in order. */
export function variables({ env, secretEnv }: Pick<Settings, "env" | "secretEnv">): readonly string[] {
  return [...new Set([...Object.keys(env), ...Object.keys(secretEnv)])].toSorted();
}

/** Warns of variables that the release that serves has, and the new one would not have. Once a run, however many nodes there are. */
export function missingVariables(settings: Settings, { log }: Pick<Runtime, "log">) {
  const told = new Set<string>();
  return (serving: Pick<ReleaseRecord, "version" | "variables"> | undefined): void => {
    const now = variables(settings);
    const lost = serving?.variables?.filter((name) => !now.includes(name)) ?? [];
    const what = `the environment has ${lost.join(", ")} no longer, which ${serving?.version} was given`;
    if (lost.length === 0 || told.has(what)) return;
    told.add(what);
    log.warning(`${what}. Where that is not meant: is the env input there, and is its secret's name right?`);
  };
}
