// The variables of a release's Django processes. Their names are recorded, so that Woven notices a missing one. GitHub gives an
// empty text for a secret whose name is misspelt, without any error.
import type { ReleaseRecord } from "../node/state.ts";
import { variableOf, variablesOf } from "../settings/data-services.ts";
import { fileVariables } from "../settings/secret-files.ts";
import type { Settings } from "../settings/settings.ts";
import { variableNames } from "../settings/site-env.ts";
import type { Runtime } from "./runtime.ts";

/** The names of all variables that the settings set, sorted. */
export function variables(
  settings: Pick<Settings, "env" | "secretEnv" | "siteEnv" | "secretFiles" | "services" | "preview">,
): readonly string[] {
  // A preview that is built has a database of its own of these.
  const databases = (settings.preview?.databases ?? []).map((name) => variableOf({ name }));
  const services = [...variablesOf(settings.services), ...databases];
  const named = [...variableNames(settings), ...fileVariables(settings.secretFiles), ...services];
  return [...new Set(named)].toSorted();
}

/** Warns when the new release lacks a variable that the live one has. Once a run, however many nodes there are. */
export function missingVariables(settings: Settings, { log }: Pick<Runtime, "log">) {
  const reported = new Set<string>();
  return (live: Pick<ReleaseRecord, "version" | "variables"> | undefined): void => {
    const now = variables(settings);
    const lost = live?.variables?.filter((name) => !now.includes(name)) ?? [];
    const what = `the environment lacks ${lost.join(", ")}, which ${live?.version}, the live version, has`;
    if (lost.length === 0 || reported.has(what)) return;
    reported.add(what);
    log.warning(`${what}. If that is a mistake, check the inputs env and files, and the names of its secrets.`);
  };
}
