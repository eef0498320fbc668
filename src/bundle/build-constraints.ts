// `build-constraints`: versions of the tools that build packages. Old source archives need an old setuptools.
// https://pip.pypa.io/en/stable/user_guide/#build-constraints
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "./build-context.ts";

/** Writes the constraints to `folder`. Returns the variables by which uv and pip find them, beside the user's own. */
export async function buildConstraintVariables(
  constraints: readonly string[],
  { folder, env }: { readonly folder: string; readonly env: Environment },
): Promise<Environment> {
  if (constraints.length === 0) return {};
  const file = join(folder, "build-constraints.txt");
  await writeFile(file, constraints.map((line) => `${line}\n`).join(""));
  // pip before 25.3 knows no PIP_BUILD_CONSTRAINT. Its builds follow PIP_CONSTRAINT, which newer ones ignore in builds.
  const names = ["UV_BUILD_CONSTRAINT", "PIP_BUILD_CONSTRAINT", "PIP_CONSTRAINT"];
  return Object.fromEntries(names.map((name) => [name, [env[name], file].filter(Boolean).join(" ")]));
}
