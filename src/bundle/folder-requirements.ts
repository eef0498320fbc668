// Requirements that are a folder or a repository instead of a package of an index. uv does not name them in its errors.
import type { Verdict } from "./index-errors.ts";
import { localPathOf, type RequirementLine } from "./requirement-files.ts";

/** The only line that names a folder or an archive of the project. Undefined if there is none, or more than one. */
export function onlyFolder(lines: readonly RequirementLine[]): RequirementLine | undefined {
  const found = lines.filter(({ text }) => localPathOf(text) !== undefined);
  return found.length === 1 ? found[0] : undefined;
}

/** The verdict for one that would have to be built, if `only-binary` forbids it. */
export function folderForbidden(lines: readonly RequirementLine[]): Verdict {
  const place = lines.find(({ text }) => localPathOf(text) !== undefined || /\bgit\+/.test(text));
  return {
    code: "build-forbidden",
    place,
    message: `${place?.text ?? "A folder or a repository in the requirements"} has no wheel, and only-binary forbids building it`,
    next: "Put its wheel into a package index, and require that. Or list in only-binary only the packages that must have a wheel.",
  };
}
