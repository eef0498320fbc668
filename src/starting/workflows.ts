// The workflows of a project: those of templates/startproject, filled in for its repository.
import { listPackageFiles } from "../package-files.ts";
import { ownFile } from "./project-tree.ts";
import type { GitRepository } from "./repository.ts";

export interface Workflow {
  /** Relative to the top of the repository. */
  readonly path: string;
  readonly text: string;
}

const folder = ".github/workflows";

export interface WorkflowNeeds {
  /** The version is from tags, which a shallow checkout lacks. */
  readonly fullHistory: boolean;
}

export function workflows(
  { branch, workingDirectory }: Pick<GitRepository, "branch" | "workingDirectory">,
  { fullHistory }: WorkflowNeeds,
): readonly Workflow[] {
  const view = { branch: yaml(branch), working_directory: yaml(workingDirectory), full_history: fullHistory };
  return listPackageFiles(`templates/startproject/${folder}`).map((name) => ({
    path: `${folder}/${name}`,
    text: ownFile(`${folder}/${name}`, view),
  }));
}

/** A branch or a folder in YAML: as it is, or in quotes. Some plain words mean something else there. */
function yaml(text: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|yes|no|on|off|y|n|null)$/i.test(text);
  return isPlain || text === "" ? text : JSON.stringify(text);
}
