// Reads wheel file names and says whether a wheel fits a node. Format: PEP 427; tags: PEP 425, PEP 600.
import type { NodePython } from "./build-context.ts";

export interface WheelName {
  /** Normalised by PEP 503: `django-rest-framework`. */
  readonly name: string;
  readonly version: string;
  readonly pythons: readonly string[];
  readonly abis: readonly string[];
  readonly platforms: readonly string[];
}

/** PEP 503: one spelling for `Django_Foo`, `django.foo` and `django-foo`. */
export function normaliseName(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}

/** The parts of `name-version(-build)?-python-abi-platform.whl`, or undefined if it is not such a name. */
export function parseWheelName(file: string): WheelName | undefined {
  const match = /^([A-Za-z0-9][\w.]*)-([^-/\\]+)(?:-\d[^-/\\]*)?-([\w.]+)-([\w.]+)-([\w.]+)\.whl$/.exec(file);
  if (!match) return undefined;
  const [, name = "", version = "", pythons = "", abis = "", platforms = ""] = match;
  return {
    name: normaliseName(name),
    version: decodeURIComponent(version),
    pythons: pythons.split("."),
    abis: abis.split("."),
    platforms: platforms.split("."),
  };
}

/** Platform tags that run on a node with this glibc, newest first, as `pip --platform` takes them. */
export function platformTags(python: NodePython): string[] {
  const glibc = glibcMinor(python.glibc);
  const perennial = Array.from({ length: Math.max(0, glibc - 4) }, (_, index) => `manylinux_2_${glibc - index}`);
  const old = python.machine === "x86_64" ? ["manylinux2014", "manylinux2010", "manylinux1"] : ["manylinux2014"];
  return [...perennial, ...old, "linux"].map((tag) => `${tag}_${python.machine}`);
}

/** `41` of `2.41`. 17 (manylinux2014) if the text has no version. */
export function glibcMinor(glibc: string): number {
  const minor = /^2\.(\d+)/.exec(glibc)?.[1];
  return minor === undefined ? 17 : Number(minor);
}

/** Why a wheel does not fit the node, or undefined if it fits. Does not check its ELF files. */
export function misfit(wheel: WheelName, python: NodePython): "python" | "platform" | undefined {
  const minor = Number(python.version.split(".")[1]);
  if (!wheel.pythons.some((tag) => pythonFits(tag, wheel.abis, minor))) return "python";
  const platforms = new Set([...platformTags(python), "any"]);
  return wheel.platforms.some((tag) => platforms.has(tag)) ? undefined : "platform";
}

/** Whether the name says that it holds no compiled code. */
export function isPure(wheel: WheelName): boolean {
  return wheel.platforms.includes("any") && wheel.abis.includes("none");
}

function pythonFits(tag: string, abis: readonly string[], minor: number): boolean {
  const match = /^(py|cp)(\d)(\d*)$/.exec(tag);
  if (match?.[2] !== "3") return false;
  const [, kind, , minorText] = match;
  const tagMinor = minorText === "" ? 0 : Number(minorText);
  if (kind === "py" || abis.includes("abi3") || abis.includes("none")) return tagMinor <= minor;
  return tagMinor === minor && abis.includes(`cp3${minor}`);
}
