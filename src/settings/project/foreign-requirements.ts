// Lines of requirements files that no Linux server can do anything with, told before a resolver guesses at them.
import { quoted, type Report } from "../problems.ts";
import type { ProjectFiles } from "../project-files.ts";
import { encodingAdvice } from "../text-encoding.ts";
import type { Stated } from "./requirement-lines.ts";

/** Reports what no Linux server can install, and what cannot be read as text. */
export function reportForeign(files: ProjectFiles, { packages, files: paths }: Stated, report: Report): void {
  for (const path of paths) {
    const decoded = files.decode(path);
    if (decoded?.kind === "undecodable")
      report({
        where: `${path}:${decoded.line}`,
        what: `the line is not ${decoded.encoding.toUpperCase()}`,
        next: encodingAdvice(path),
        file: files.repositoryPath(path),
        line: decoded.line,
      });
  }
  for (const { name, text, file, line } of packages) {
    const why = foreign(name, text);
    if (why === undefined) continue;
    report({
      where: `${file}:${line}`,
      what: `${quoted(text)} ${why}`,
      next: "Delete the line.",
      file: files.repositoryPath(file),
      line,
    });
  }
}

const windowsOnly = new Set([
  "pywin32",
  "pypiwin32",
  "pywinpty",
  "windows-curses",
  "winkerberos",
  "twisted-iocpsupport",
]);

/** Lines that `pip freeze` writes on a machine of another kind. One with a marker says itself where it is for. */
function foreign(name: string | undefined, text: string): string | undefined {
  if (name === "pkg-resources" && /==\s*0\.0\.0\b/.test(text))
    return "is no package: pip freeze on Debian and Ubuntu writes this line by mistake";
  return name !== undefined && windowsOnly.has(name) && !text.includes(";") ? "is for Windows alone" : undefined;
}
