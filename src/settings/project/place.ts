// The file and line of a found value, for the annotation of a problem with it.
import type { Problem } from "../../errors.ts";
import type { TomlFile } from "../config-file.ts";
import type { ProjectFiles } from "../project-files.ts";

/** The file and line that a `from` names: `pyproject.toml project.name`, `setup.cfg metadata.version`. */
export function placeOf(
  project: { readonly files: ProjectFiles; readonly pyproject?: TomlFile | undefined },
  from: string,
): Pick<Problem, "file" | "line"> {
  const [, path = "", key = ""] = /^(\S+) ([a-z0-9._-]+)/.exec(from) ?? [];
  if (!project.files.has(path)) return {};
  const file = project.files.repositoryPath(path);
  const line = path === project.pyproject?.path ? project.pyproject.lineOf(key.split(".")) : undefined;
  return line === undefined ? { file } : { file, line };
}
