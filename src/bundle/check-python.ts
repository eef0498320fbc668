// Checks before the build that a project can run on a node's Python, by its requires-python and its Django version.

import type { Problem } from "../errors.ts";
import { oneOf } from "../settings/problems.ts";
import { isSpecifier, pythonFits } from "../settings/project/python-versions.ts";
import { type Found, ownPythonServer, type Requirements } from "../settings/settings.ts";
import { toWrite } from "../settings/to-write.ts";
import { minorOf, type NodePython } from "./build-context.ts";
import { type DjangoFit, djangoFit, djangoFor, djangoStarts } from "./django-pythons.ts";
import { lineOf, type RequirementLine, type RequirementText } from "./requirement-files.ts";
import { readUvLock } from "./uv-lock.ts";

export interface KnownPackage {
  readonly name: string;
  readonly version: string;
}

export interface PythonCheck {
  /** From `pinnedPackages`, or a bundle's `packages`. */
  readonly packages: readonly KnownPackage[];
  readonly requiresPython?: Found<string> | undefined;
  /** `named`: the setting `python`. */
  readonly python: Pick<NodePython, "version"> & { readonly named?: string | undefined };
  /** To point at Django's line. */
  readonly lines?: readonly RequirementLine[];
  /** Where to write a setting. */
  readonly configFile?: string | undefined;
}

/**
 * Why the project cannot run on this Python, with the setting that helps. Undefined if it can. A Python that is newer than the
 * supported ones of its Django may work, so it is only a warning: see doubtPython.
 */
export function checkPython(check: PythonCheck): Problem | undefined {
  const { packages, requiresPython, python, configFile } = check;
  const minor = minorOf(python.version);
  if (requiresPython && !pythonFits(requiresPython.value, python.version)) {
    return {
      where: requiresPython.from,
      what: `the project needs Python ${requiresPython.value}, and ${having(python)}`,
      next: pythonAdvice((version) => pythonFits(requiresPython.value, version), {
        python,
        configFile,
        instead: `allow Python ${minor} in requires-python, if the project runs on it.`,
      }),
      file: /^[\w./-]+\.(toml|cfg|py)/.exec(requiresPython.from)?.[0],
    };
  }
  const django = packages.find((entry) => entry.name === "django");
  const names = packages.map((entry) => entry.name);
  const fit = django && djangoFit(django.version, python.version, names);
  const why = fit && misfit(fit);
  if (!django || why === undefined) return undefined;
  const place = lineOf(check.lines ?? [], "django");
  return {
    where: place ? `${place.file}:${place.line}` : "requirements",
    what: `Django ${django.version} ${why}, and ${having(python)}`,
    next: pythonAdvice((version) => djangoStarts(django.version, version, names), {
      python,
      configFile,
      instead: `require a Django that supports Python ${minor}${suchAs(python.version)}.`,
    }),
    file: place?.file,
    line: place?.line,
  };
}

/** Why a Django does not run at all. */
function misfit(fit: DjangoFit): string | undefined {
  switch (fit.kind) {
    case "too-old":
      return `needs Python ${fit.min} or newer`;
    case "cannot-start":
      return `runs on Python ${fit.min} to ${fit.max} (it imports ${fit.lacks}, which newer Pythons lack)`;
    case "too-new":
    case "fits":
    case "unknown":
      return undefined;
  }
}

function having({ version, named }: PythonCheck["python"]): string {
  const isSystem = named === undefined || named === "system";
  return isSystem ? `the server has Python ${version}` : `python = "${named}" gives it Python ${version}`;
}

/** The warning for a Python that is newer than the supported ones of the project's Django. Undefined if there is none to give. */
export function doubtPython({ packages, python, lines, configFile }: PythonCheck): Problem | undefined {
  const django = packages.find((entry) => entry.name === "django");
  const names = packages.map((entry) => entry.name);
  const fit = django && djangoFit(django.version, python.version, names);
  if (!django || fit?.kind !== "too-new") return undefined;
  const place = lineOf(lines ?? [], "django");
  return {
    where: place ? `${place.file}:${place.line}` : "requirements",
    what: `Django ${django.version} supports Python ${fit.min} to ${fit.max}, and ${having(python)}`,
    next: `The deployment continues, because it may work anyway. If it does not, use a newer Django${suchAs(python.version)}, or ${bringing(fit.max, configFile)}`,
    file: place?.file,
    line: place?.line,
  };
}

/** The packages with a fixed version in the text: `name==version` lines, and the packages of a uv.lock. Resolves nothing. */
export function pinnedPackages(requirements: Requirements, text: RequirementText): KnownPackage[] {
  if (requirements.kind === "lock" && requirements.format === "uv") {
    const [{ content, path } = { content: "", path: requirements.path }] = text.files;
    return (readUvLock(content, path).package ?? []).flatMap(({ name, version }) =>
      version ? [{ name, version }] : [],
    );
  }
  return text.lines.flatMap((line) => {
    // A line with a marker may not apply: only plain pins are certain.
    const version = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*===?\s*([\w.!+-]+)$/.exec(line.text)?.[1];
    return line.name && version ? [{ name: line.name, version }] : [];
  });
}

/** The Pythons of the supported systems, oldest first (packages.debian.org, packages.ubuntu.com). */
const systems = [
  ["Ubuntu 22.04", "3.10.12"],
  ["Debian 12", "3.11.2"],
  ["Ubuntu 24.04", "3.12.3"],
  ["Debian 13", "3.13.5"],
] as const;

interface Advice extends Pick<PythonCheck, "configFile"> {
  readonly python: PythonCheck["python"];
  /** What else helps, as text after "Or". */
  readonly instead?: string | undefined;
}

/** The advice for a range as a package states it, which may be no PEP 440 specifier. */
export function rangeAdvice(range: string, advice: Advice): string {
  if (isSpecifier(range)) return pythonAdvice((version) => pythonFits(range, version), advice);
  return ["Use a server with a Python in that range.", ...orInstead(advice)].join("\n");
}

/** Advice with the systems whose Python fits, and the nearest Python version that fits, one on each line. */
export function pythonAdvice(suits: (version: string) => boolean, advice: Advice): string {
  const { python, configFile } = advice;
  const names = systems.filter(([, version]) => suits(version)).map(([name]) => name);
  const has = Number(minorOf(python.version).split(".")[1]);
  const [nearest] = Array.from({ length: 12 }, (_, index) => index + 6)
    .filter((minor) => suits(`3.${minor}`))
    .toSorted((one, other) => Math.abs(one - has) - Math.abs(other - has));
  const server =
    names.length > 0
      ? `Use a server with a Python that fits: ${oneOf(names)}.`
      : "No supported system has such a Python.";
  const brought = nearest === undefined ? [] : [`Or ${bringing(`3.${nearest}`, configFile)}`];
  return [server, ...orInstead(advice), ...brought].join("\n");
}

function orInstead({ instead }: Advice): readonly string[] {
  return instead === undefined ? [] : [`Or ${instead}`];
}

function bringing(minor: string, configFile: string | undefined): string {
  const lines = `python = "${minor}"\nserver = "${ownPythonServer}"`;
  return `let Woven bring Python ${minor} along. ${toWrite(configFile, lines)}`;
}

function suchAs(python: string): string {
  const series = djangoFor(python);
  return series === undefined ? "" : `, such as ${series}`;
}
