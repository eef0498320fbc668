// rollback: switches to the previous healthy version.
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
      message: "there is no healthy version from before the live one",
      state: "Nothing was changed.",
      next: "Run `status`: it lists the versions on each server. To switch to one of them, run `activate`.",
      node,
    });
  });
}
