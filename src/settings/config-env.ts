// Checks the names of the variables in `[env]` of the configuration, and in `[sites.2.env]`.
import type { ConfigFile } from "./config-file.ts";
import { defaults } from "./defaults.ts";
import { reservedName } from "./env-lines.ts";
import { misplacedKey } from "./misplaced-key.ts";
import type { Report } from "./problems.ts";

/** Reports names that Woven sets itself, and settings of Woven: in TOML, a line below `[env]` belongs to it. */
export function checkEnv(file: ConfigFile, report: Report): void {
  checkVariables(["env"], file, report);
}

/** The same for the table at `path`: `env`, or that of a site. */
export function checkVariables(path: readonly string[], file: ConfigFile, report: Report): void {
  const [, id = ""] = path;
  const table = path.length === 1 ? (file.config.env ?? defaults.env) : (file.config.sites?.[id]?.env ?? {});
  for (const name of Object.keys(table)) {
    const instead = reservedName(name);
    if (instead !== undefined) report(file.problem([...path, name], "cannot be set here", instead));
    const top = file.name === "woven.toml" ? [] : ["tool", "woven"];
    const ofRole = file.role !== undefined && file.isOfRole(path[0] ?? "", name) ? ["role-settings", file.role] : [];
    const misplaced = misplacedKey([...path, name], [...top, ...ofRole]);
    if (misplaced !== undefined) report(file.problem([...path, name], misplaced.what, misplaced.next));
  }
}
