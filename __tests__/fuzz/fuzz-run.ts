// Feeds a target, and measures how long one text takes it.
import fc from "fast-check";
import { Escaped } from "./escapes.ts";
import { handedOnTargets } from "./handed-on-targets.ts";
import { mutated } from "./mutation.ts";
import { nodeTargets } from "./node-targets.ts";
import { reportTargets } from "./report-targets.ts";
import { settingsTargets } from "./settings-targets.ts";
import type { Target } from "./target.ts";

export const targets: readonly Target[] = [...nodeTargets, ...settingsTargets, ...handedOnTargets, ...reportTargets];

/** Seconds of the processor that one text may take. */
const longest = 1;

/** Throws fast-check's report, with the smallest text that does it, where one crashes the target, hangs it, or gets out. */
export function fuzz(target: Target, runs: { readonly count: number; readonly seed?: number }, onRun = () => {}): void {
  fc.assert(
    fc.property(mutated(target.samples), (text) => {
      onRun();
      const started = process.cpuUsage();
      target.run(text);
      const { user, system } = process.cpuUsage(started);
      if ((user + system) / 1e6 > longest)
        throw new Escaped(`${(user + system) / 1e6} s for ${text.length} characters`);
    }),
    { numRuns: runs.count, ...(runs.seed === undefined ? {} : { seed: runs.seed }) },
  );
}
