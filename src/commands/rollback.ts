// rollback: go back to the version that served, and was healthy, before the one that serves now.
import { WovenError } from "../errors.ts";
import { rollbackTarget } from "../node/state.ts";
import type { RunReport } from "../report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { Settings } from "../settings/settings.ts";
import { switchToKept } from "./activate.ts";

export async function rollback(settings: Settings, runtime: Runtime): Promise<RunReport> {
  return switchToKept(settings, runtime, "rollback", (facts, node) => {
    const target = facts.state && rollbackTarget(facts.state);
    if (target) return target;
    throw new WovenError({
      code: "nothing-before",
      message: `${node} keeps no healthy version from before the one that serves`,
      next: "status lists what is kept there. Nothing was changed.",
      node,
    });
  });
}
