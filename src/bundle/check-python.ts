// Says before anything is built that a project cannot run on a node's Python: by its requires-python, or by its Django.

import { parse } from "smol-toml";
import type { Problem } from "../errors.ts";
import { djangoFit, pythonFits } from "../settings/project/python-versions.ts";
import type { Found, Requirements } from "../settings/settings.ts";
import { lineOf, type RequirementLine, type RequirementText } from "./requirement-files.ts";
import { minorOf, type NodePython } from "./world.ts";

export interface KnownPackage {
  readonly name: string;
  readonly version: string;
}

export interface PythonCheck {
  /** From `pinnedPackages`, or a bundle's `packages`. */
  readonly packages: readonly KnownPackage[];
  readonly requiresPython?: Found<string> | undefined;
  readonly python: Pick<NodePython, "version">;
  /** To point at Django's line. */
  readonly lines?: readonly RequirementLine[];
}

/**
 * Why the project cannot run on this Python, with the setting that helps; undefined where nothing speaks against it.
 * A Python newer than any its Django was made for may do, and is only a doubt: see doubtPython.
 */
export function checkPython(check: PythonCheck): Problem | undefined {
  const { packages, requiresPython, python } = check;
  if (requiresPython && !pythonFits(requiresPython.value, python.version)) {
    const wanted = /(?:>=|==|~=)\s*(3\.\d+)/.exec(requiresPython.value)?.[1];
    return {
      where: requiresPython.from,
      what: `the project needs Python ${requiresPython.value}, and the node has Python ${python.version}`,
      next: wanted ? settingFor(wanted) : "Move to a server whose Python is in that range.",
      file: /^[\w./-]+\.(toml|cfg|py)/.exec(requiresPython.from)?.[0],
    };
  }
  const django = packages.find((entry) => entry.name === "django");
  const fit = django && djangoFit(django.version, python.version);
  if (!django || fit?.kind !== "too-old") return undefined;
  const place = lineOf(check.lines ?? [], "django");
  return {
    where: place ? `${place.file}:${place.line}` : "requirements",
    what: `Django ${django.version} needs Python ${fit.min} or newer, and the node has Python ${python.version}`,
    next: `${settingFor(fit.min)} Or ask for a Django that supports Python ${minorOf(python.version)}.`,
    file: place?.file,
    line: place?.line,
  };
}

/** What to tell the user where the Python is newer than any that the project's Django was made for; undefined elsewhere. */
export function doubtPython({ packages, python, lines }: PythonCheck): Problem | undefined {
  const django = packages.find((entry) => entry.name === "django");
  const fit = django && djangoFit(django.version, python.version);
  if (!django || fit?.kind !== "too-new") return undefined;
  const place = lineOf(lines ?? [], "django");
  return {
    where: place ? `${place.file}:${place.line}` : "requirements",
    what: `Django ${django.version} was made for Python ${fit.min} to ${fit.max}, and the node has Python ${python.version}`,
    next: "The deployment goes on: it may do. A newer Django is the way out where it does not.",
    file: place?.file,
    line: place?.line,
  };
}

/** The packages whose versions stand in the text itself: `name==version` lines, and the packages of a uv.lock. Nothing is resolved. */
export function pinnedPackages(requirements: Requirements, text: RequirementText): KnownPackage[] {
  if (requirements.kind === "lock" && requirements.format === "uv") {
    const lock: { package?: { name?: unknown; version?: unknown }[] } = parse(text.files[0]?.content ?? "");
    return (lock.package ?? []).flatMap(({ name, version }) =>
      typeof name === "string" && typeof version === "string" ? [{ name, version }] : [],
    );
  }
  return text.lines.flatMap((line) => {
    // A marker may send the line elsewhere: only plain pins are known for sure.
    const version = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*===?\s*([\w.!+-]+)$/.exec(line.text)?.[1];
    return line.name && version ? [{ name: line.name, version }] : [];
  });
}

/** The systems whose own Python is new enough, oldest first. */
function systemsWith(minor: string): string {
  const systems = [
    ["Ubuntu 22.04", 10],
    ["Debian 12", 11],
    ["Ubuntu 24.04", 12],
    ["Debian 13", 13],
  ] as const;
  const fitting = systems.filter(([, has]) => has >= Number(minor.split(".")[1])).map(([name]) => name);
  return fitting.length > 0 ? fitting.join(", ") : "no Debian or Ubuntu yet";
}

function settingFor(minor: string): string {
  return `Use a server that has it: Python ${minor} or newer comes with ${systemsWith(minor)}. The setting \`python = "${minor}"\`, which brings a Python along, is not built yet.`;
}
