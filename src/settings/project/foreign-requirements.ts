// Reports lines of requirements files that no Linux server can install, because the resolver's error about them is hard to understand.
import type { Problem } from "../../errors.ts";
import { quoted, type Report } from "../problems.ts";
import type { ProjectFiles } from "../project-files.ts";
import { encodingAdvice, isEncoding } from "../text-encoding.ts";
import { requirementName, type Stated } from "./requirement-lines.ts";

/** Reports lines that no Linux server can install, and lines that cannot be decoded. */
export function reportForeign(files: ProjectFiles, { packages, files: paths }: Stated, report: Report): void {
  for (const path of paths) {
    const decoded = files.decode(path);
    if (decoded?.kind === "undecodable")
      report({
        where: `${path}:${decoded.line}`,
        what: isEncoding(decoded.encoding)
          ? `the line is not ${decoded.encoding.toUpperCase()}`
          : `the first lines name an unknown encoding, ${quoted(decoded.encoding)}`,
        next: encodingAdvice(path),
        file: files.repositoryPath(path),
        line: decoded.line,
      });
  }
  for (const { name, text, file, line } of packages) {
    const place = { where: `${file}:${line}`, file: files.repositoryPath(file), line };
    const why = whyForeign(name, text);
    if (why !== undefined) report({ ...place, what: `${quoted(text)} ${why}`, next: "Delete the line." });
    const address = shortAddress(text);
    if (address !== undefined)
      report({
        ...place,
        what: `${quoted(text)} has git's short form of an address`,
        next: `Write it as a URL: ${address}`,
      });
  }
}

/** The same for the list in the project's metadata. */
export function reportForeignList(
  dependencies: readonly string[],
  place: Pick<Problem, "where" | "file" | "line">,
  report: Report,
): void {
  for (const text of dependencies) {
    const why = whyForeign(requirementName(text), text);
    if (why !== undefined) report({ ...place, what: `${quoted(text)} ${why}`, next: "Delete it from the list." });
  }
}

/** The URL for `git+git@host:owner/name.git`, which neither pip nor uv reads. Undefined for other requirements. */
function shortAddress(text: string): string | undefined {
  const [, user, host, path] =
    /\bgit\+(?:ssh:\/\/)?([\w.-]+)@([\w.-]+):(?!\d+\/)\/?([\w.~-]+\/[^\s;]+)/.exec(text) ?? [];
  return path === undefined ? undefined : `git+ssh://${user}@${host}/${path}`;
}

const windowsOnly = new Set([
  "pywin32",
  "pypiwin32",
  "pywinpty",
  "windows-curses",
  "winkerberos",
  "twisted-iocpsupport",
]);

/**
 * Why no Linux server can install a requirement that `pip freeze` wrote on another system. Undefined if one can. A line with a marker names
 * its system, so it is fine.
 */
export function whyForeign(name: string | undefined, text: string): string | undefined {
  if (name === "pkg-resources" && /==\s*0\.0\.0\b/.test(text))
    return "is not a package: pip freeze on Debian and Ubuntu writes this line by mistake";
  return name !== undefined && windowsOnly.has(name) && !text.includes(";") ? "is only for Windows" : undefined;
}
