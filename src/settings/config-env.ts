// Checks the names of the variables in `[env]` of the configuration.
import type { ConfigFile } from "./config-file.ts";
import { defaults } from "./defaults.ts";
import { reservedName } from "./env-lines.ts";
import { misplacedKey } from "./misplaced-key.ts";
import type { Report } from "./problems.ts";

/** Reports names that Woven sets itself, and settings of Woven: in TOML, a line below `[env]` belongs to it. */
export function checkEnv(file: ConfigFile, report: Report): void {
  for (const name of Object.keys(file.config.env ?? defaults.env)) {
    const instead = reservedName(name);
    if (instead !== undefined) report(file.problem(["env", name], "cannot be set here", instead));
    const top = file.name === "woven.toml" ? [] : ["tool", "woven"];
    const ofRole = file.role !== undefined && file.isOfRole("env", name) ? ["role-settings", file.role] : [];
    const misplaced = misplacedKey(["env", name], [...top, ...ofRole]);
    if (misplaced !== undefined) report(file.problem(["env", name], misplaced.what, misplaced.next));
  }
}
