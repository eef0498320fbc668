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

/** A program, and the wheels that bring it. */
export interface AddedProgram {
  /** The packages that have it, normalised: with any of them, nothing is added. */
  readonly packages: readonly string[];
  /** The first one holds the program that the others are for. */
  readonly wheels: readonly AddedWheel[];
}

/** A wheel by its exact version and digest. */
export interface AddedWheel {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  /** Of a compiled package: one for each file. */
  readonly sha256: string | readonly string[];
}

/** Whether the project itself requires a package. Resolves nothing. */
export function requires(name: string, requirements: Requirements, text: RequirementText): boolean {
  const asked = text.lines.some((one) => one.kind === "requirement" && one.name === name);
  return asked || pinnedPackages(requirements, text).some((one) => one.name === name);
}

/**
 * The pins of what a bundle lacks. None for a program that it has: its version then decides what else it needs. Throws what `resolve` does,
 * if the package index does not have exactly these files.
 */
export async function addedPins(
  programs: readonly AddedProgram[],
  resolved: readonly Pin[],
  resolution: Resolution,
  tools: Toolchain,
  context: BuildContext,
): Promise<readonly Pin[]> {
  const added: Pin[] = [];
  for (const program of programs)
    added.push(...(await pinsOf(program, [...resolved, ...added], resolution, tools, context)));
  return added;
}

async function pinsOf(
  { packages, wheels }: AddedProgram,
  resolved: readonly Pin[],
  resolution: Resolution,
  tools: Toolchain,
  context: BuildContext,
): Promise<readonly Pin[]> {
  const there = new Set(resolved.map(({ name }) => normaliseName(name)));
  const [program] = wheels;
  if (program === undefined || packages.some((name) => there.has(name))) return [];
  const lacking = wheels.filter(({ name }) => !there.has(name));
  const lines = lacking.map(({ name, version, sha256 }, index) =>
    parseRequirement(
      `${name}==${version}${[sha256]
        .flat()
        .map((digest) => ` --hash=sha256:${digest}`)
        .join("")}`,
      {
        file: source,
        line: index + 1,
        kind: "requirement",
      },
    ),
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
