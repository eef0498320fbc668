// Which Python a release runs on: the server's own, or one that Woven brings along because the server's does not fit the project.
import type { Problem } from "../errors.ts";
import { isSpecifier, pythonFits } from "../settings/project/python-versions.ts";
import type { Found } from "../settings/settings.ts";
import { minorOf } from "./build-context.ts";
import { type KnownPackage, pythonAdvice } from "./check-python.ts";
import { djangoFit, djangoPythons } from "./django-pythons.ts";
import type { RequirementLine } from "./requirement-files.ts";

export interface PythonQuestion {
  /** The setting `python`. Undefined: the server's own if it fits, or else one that does. */
  readonly setting?: string | undefined;
  readonly requiresPython?: Found<string> | undefined;
  readonly pinnedPython?: Found<string> | undefined;
  /** From `allowedDjangos`. */
  readonly djangos: readonly string[];
  /** Full version of the server's own Python. */
  readonly system: string;
}

/** A Python to bring along. */
export interface WantedPython {
  /** The minor versions that will do, the best first: `3.12`. Never empty. */
  readonly minors: readonly string[];
  /** Whether a full version will do. */
  readonly suits: (version: string) => boolean;
  /** `must`: the project does not run on the server's own. `should`: it may. */
  readonly need: "must" | "should";
  /** For the log: `requirements.txt needs Django 6.0, which …`. */
  readonly why: string;
}

/** The minor versions of Python 3 that uv has builds of. */
const oldest = 8;
const newest = 15;

/**
 * The Python to bring along for a release. Undefined if the server's own is right, or if no Python fits the project: checkPython then
 * says why.
 */
export function wantedPython(question: PythonQuestion): WantedPython | undefined {
  const { setting, system, pinnedPython } = question;
  if (setting === "system") return undefined;
  if (setting !== undefined) return namedPython(setting, system);
  const reason = misfitReason(question);
  if (reason === undefined) return undefined;
  const suits = (version: string) => runsOn(question, version);
  const rank = (minor: string) => (minor === pinnedPython?.value ? -1 : distance(minor, system));
  const fitting = minors()
    .filter(suits)
    .toSorted((one, other) => rank(one) - rank(other));
  return fitting.length === 0 ? undefined : { minors: fitting, suits, ...reason };
}

/** The server's own counts if it is the named version: the system then keeps it up to date. */
function namedPython(setting: string, system: string): WantedPython | undefined {
  const plain = system.replace(/\+$/, "");
  const matches = (version: string) => version === setting || minorOf(version) === setting;
  return matches(plain)
    ? undefined
    : { minors: [minorOf(setting)], suits: matches, need: "must", why: `The configuration says python = "${setting}"` };
}

function misfitReason(question: PythonQuestion): Pick<WantedPython, "need" | "why"> | undefined {
  const { requiresPython, pinnedPython, djangos, system } = question;
  if (requiresPython && !pythonFits(requiresPython.value, system))
    return { need: "must", why: `${requiresPython.from} says ${requiresPython.value}` };
  if (!runsDjango(djangos, system)) {
    const newest = djangos.at(-1) ?? "";
    const fit = djangoFit(newest, system);
    const bounds = "min" in fit ? `supports Python ${fit.min} to ${fit.max}` : "does not support it";
    return { need: fit.kind === "too-new" ? "should" : "must", why: `Django ${newest} ${bounds}` };
  }
  // With a requires-python that fits, the pinned version is only what somebody develops with.
  if (requiresPython || !pinnedPython || pinnedPython.value === minorOf(system)) return undefined;
  return { need: "should", why: `${pinnedPython.from} says ${pinnedPython.value}` };
}

/** Whether the project runs on a Python, as far as it says. With neither a requires-python nor a known Django, only the pinned version will do. */
function runsOn({ requiresPython, pinnedPython, djangos }: PythonQuestion, version: string): boolean {
  if (!runsDjango(djangos, version)) return false;
  if (requiresPython) return pythonFits(requiresPython.value, version);
  return djangos.length > 0 || pinnedPython === undefined || minorOf(version) === pinnedPython.value;
}

/** Whether one of the Djangos supports this Python, or nothing is known of them. */
function runsDjango(djangos: readonly string[], python: string): boolean {
  const fits = djangos.map((django) => djangoFit(django, python).kind);
  return fits.length === 0 || fits.some((kind) => kind === "fits" || kind === "unknown");
}

/** The Djangos that the requirements allow, oldest first: the pinned one, or one of each series. Empty if they say nothing of it. */
export function allowedDjangos(
  packages: readonly KnownPackage[],
  lines: readonly RequirementLine[],
): readonly string[] {
  const pinned = packages.find(({ name }) => name === "django")?.version;
  if (pinned !== undefined) return [pinned];
  const line = lines.find(({ kind, name }) => kind === "requirement" && name === "django");
  const specifier = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*\(?([<>=!~][^;)]*)\)?\s*$/.exec(line?.text ?? "")?.[1]?.trim();
  if (specifier === undefined || !isSpecifier(specifier)) return [];
  return [...djangoPythons.keys()].filter((series) => pythonFits(specifier, series));
}

function minors(): readonly string[] {
  return Array.from({ length: newest - oldest + 1 }, (_, index) => `3.${oldest + index}`);
}

/** Newer ones come first where two are as near. */
function distance(minor: string, system: string): number {
  const steps = Number(minor.slice(2)) - Number(minorOf(system).slice(2));
  return Math.abs(steps) - (steps > 0 ? 0.5 : 0);
}

/** Why the project cannot run on the only Python that there is. For what checkPython cannot say with a line of the requirements. */
export function lackingPython(
  { why, suits }: WantedPython,
  python: { readonly version: string; readonly configFile?: string | undefined },
): Problem {
  return {
    where: "requirements",
    what: `${why}, and the server has Python ${python.version}`,
    next: pythonAdvice(suits, { python, configFile: python.configFile }),
  };
}
