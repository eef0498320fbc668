// What pip gets from the environment of the job.
import type { BuildContext } from "./build-context.ts";

/** pip's environment, without settings that could change which file it fetches. */
export function pipEnvironment(context: BuildContext): BuildContext["env"] {
  const decided = new Set([
    "PIP_NO_BINARY",
    "PIP_ONLY_BINARY",
    "PIP_REQUIREMENT",
    "PIP_TARGET",
    "PIP_USER",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_PREFIX",
    "PIP_PLATFORM",
  ]);
  const kept = Object.fromEntries(Object.entries(context.env).filter(([name]) => !decided.has(name)));
  return { ...kept, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1", PIP_NO_COLOR: "1" };
}
