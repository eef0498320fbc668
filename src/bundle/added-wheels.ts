// Wheels that Woven adds to a bundle: the program of the server, if the project does not require it. What the project requires wins.
import { WovenError } from "../errors.ts";
import type { Requirements } from "../settings/settings.ts";
import type { BuildContext } from "./build-context.ts";
import { pinnedPackages } from "./check-python.ts";
import type { Pin } from "./pin.ts";
import { parseRequirement, type RequirementText } from "./requirement-files.ts";
import { type Resolution, resolve } from "./resolve.ts";
import type { Toolchain } from "./toolchain.ts";
import { normaliseName } from "./wheel-tags.ts";

/** A wheel by its exact version and digest. The first one of a list holds the program that the others are for. */
export interface AddedWheel {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** Whether the project itself requires a package. Resolves nothing. */
export function requires(name: string, requirements: Requirements, text: RequirementText): boolean {
  const asked = text.lines.some((one) => one.kind === "requirement" && one.name === name);
  return asked || pinnedPackages(requirements, text).some((one) => one.name === name);
}

/**
 * The pins of what a bundle lacks. None if it has the program: its version then decides what else it needs. Throws what `resolve` does,
 * if the package index does not have exactly these files.
 */
export async function addedPins(
  added: readonly AddedWheel[],
  resolved: readonly Pin[],
  resolution: Resolution,
  tools: Toolchain,
  context: BuildContext,
): Promise<readonly Pin[]> {
  const there = new Set(resolved.map(({ name }) => normaliseName(name)));
  const [program] = added;
  if (program === undefined || there.has(program.name)) return [];
  const lacking = added.filter(({ name }) => !there.has(name));
  const lines = lacking.map(({ name, version, sha256 }, index) =>
    parseRequirement(`${name}==${version} --hash=sha256:${sha256}`, {
      file: source,
      line: index + 1,
      kind: "requirement",
    }),
  );
  try {
    const requirements = { kind: "lock", format: "pylock", path: source } as const;
    const text = { files: [], lines };
    const pins = await resolve({ ...resolution, requirements, text, onlyBinary: "all" }, tools, context);
    context.log(`Added to the bundle: ${lacking.map(({ name, version }) => `${name} ${version}`).join(", ")}`);
    return pins;
  } catch (error) {
    if (!(error instanceof WovenError)) throw error;
    const { file: _, line: __, ...details } = error.details;
    throw new WovenError({
      ...details,
      message: `Woven could not add ${program.name} ${program.version} to the bundle: ${error.message}`,
      next: `Require ${program.name} in the project, in a version that your package index has. Woven then uses that version.`,
      cause: error,
    });
  }
}

/** Stands for a file in messages about these requirements. */
const source = "Woven's list of servers";
