// Says before anything is built that the server which is to run the project is not among its requirements.
import type { Problem } from "../errors.ts";
import type { Requirements } from "../settings/settings.ts";
import { pinnedPackages } from "./check-python.ts";
import type { RequirementText } from "./requirement-files.ts";

export interface ServerRequirement {
  /** Normalised. */
  readonly name: string;
  /** What to write: `name>=1`. */
  readonly line: string;
}

/** What is wrong, with the line to add; undefined where the requirements name it, or none is needed. */
export function checkServer(
  needed: ServerRequirement | undefined,
  requirements: Requirements,
  text: RequirementText,
): Problem | undefined {
  if (needed === undefined) return undefined;
  const { name, line } = needed;
  const asked = text.lines.some((one) => one.kind === "requirement" && one.name === name);
  if (asked || pinnedPackages(requirements, text).some((one) => one.name === name)) return undefined;
  const file = fileOf(requirements);
  return {
    where: file,
    what: `server = "${name}" needs ${name}, and it is not among the requirements`,
    next: adviceFor(requirements, line),
    file,
  };
}

function fileOf(requirements: Requirements): string {
  switch (requirements.kind) {
    case "files":
      return requirements.paths[0] ?? "requirements.txt";
    case "lock":
      return requirements.path;
    case "project":
      return "pyproject.toml";
  }
}

function adviceFor(requirements: Requirements, line: string): string {
  switch (requirements.kind) {
    case "files":
      return `Add this line to ${fileOf(requirements)}: ${line}`;
    case "lock":
      return `Add "${line}" to the dependencies in pyproject.toml, and make the lock file again.`;
    case "project":
      return `Add "${line}" to the dependencies in pyproject.toml.`;
  }
}
