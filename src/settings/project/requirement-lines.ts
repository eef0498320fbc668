// Reads requirements files to find the right one: which packages they name, and which other files they include.
// Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/
import { posix } from "node:path";
import type { ProjectFiles } from "../project-files.ts";

export interface StatedPackage {
  /** Normalised (PEP 503). Undefined for a path or a URL without a name. */
  readonly name?: string;
  /** As written, without comment and continuation. */
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

export interface Stated {
  readonly packages: readonly StatedPackage[];
  /** The file itself and all files that it includes. */
  readonly files: readonly string[];
}

/** The packages that a requirements file and its included files name. */
export function statedPackages(files: ProjectFiles, path: string): Stated {
  const packages: StatedPackage[] = [];
  const seen: string[] = [];
  const queue = [posix.normalize(path)];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (seen.includes(file)) continue;
    seen.push(file);
    for (const { text, line } of logicalLines(files.read(file) ?? "")) {
      const included = /^(?:-r|--requirements?)(?:\s+|=|(?<=-r))(.+)$/.exec(text)?.[1]?.trim();
      if (included !== undefined) queue.push(posix.join(posix.dirname(file), included));
      else if (!text.startsWith("-") || /^(-e|--editable)\b/.test(text)) packages.push(stated({ text, file, line }));
    }
  }
  return { packages, files: seen };
}

function stated(place: { readonly text: string; readonly file: string; readonly line: number }): StatedPackage {
  const name = requirementName(place.text);
  return name === undefined ? place : { ...place, name };
}

/** The name in a requirement, normalised. Undefined for a path or a URL without a name. */
export function requirementName(text: string): string | undefined {
  const [, egg] = /[#&]egg=([\w.-]+)/.exec(text) ?? [];
  const [, name] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?(?=$|[@<>=!~;(\s])/.exec(text) ?? [];
  const found = egg ?? (name !== undefined && /\.(whl|zip|tar\.gz|tgz)$/.test(name) ? undefined : name);
  return found?.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** Whether a package is Django or cannot be installed without it. A path or a URL without a name may be anything. */
export function bringsDjango({ name }: Pick<StatedPackage, "name">): boolean {
  if (name === undefined) return true;
  return name !== "pytest-django" && /^(wagtail|mezzanine|drf)(-|$)|(^|-)django(-|$|rest)/.test(name);
}

/** The non-empty lines of a requirements file, without comments. A continued line is one line. */
export function logicalLines(content: string): { text: string; line: number }[] {
  const logical: { text: string; line: number }[] = [];
  let open: { text: string; line: number } | undefined;
  for (const [index, raw] of content.split(/\r?\n/).entries()) {
    const text: string = (open?.text ?? "") + raw.replace(/(^|\s)#.*$/, "");
    const line: number = open?.line ?? index + 1;
    if (text.endsWith("\\")) open = { text: `${text.slice(0, -1)} `, line };
    else {
      open = undefined;
      if (text.trim() !== "") logical.push({ text: text.trim(), line });
    }
  }
  return open?.text.trim() ? [...logical, { text: open.text.trim(), line: open.line }] : logical;
}
