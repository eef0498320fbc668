// Which Pythons a project can run on: by its `requires-python`, and by the Pythons that each Django supports.
import { satisfies, valid } from "@renovatebot/pep440";

/**
 * Whether a Python meets a PEP 440 specifier. A minor version without a patch (`3.13`) fits if any of its patch releases fits. An empty
 * specifier fits all. Throws a RangeError if the specifier is invalid. An invalid version meets no specifier.
 */
export function pythonFits(specifier: string, version: string): boolean {
  // Debian marks builds after a release with a plus: 3.11.2+.
  const plain = version.trim().replace(/\+$/, "");
  const versions = /^\d+\.\d+$/.test(plain)
    ? [plain, ...Array.from({ length: 40 }, (_, patch) => `${plain}.${patch}`)]
    : [plain];
  const wanted = specifier.trim();
  if (wanted === "") return true;
  if (!isSpecifier(wanted)) throw new RangeError(`${JSON.stringify(specifier)} is not a version specifier`);
  return versions.some((one) => isVersion(one) && satisfies(one, wanted, { prereleases: true }));
}

/** Numbers of more digits are none that the comparing can hold. */
function isVersion(text: string): boolean {
  return !/\d{10}/.test(text) && valid(text) !== null;
}

/** PEP 440's version specifiers, for version numbers of Python. */
export function isSpecifier(text: string): boolean {
  return text
    .split(",")
    .every((part) => /^\s*(===?|!=|~=|<=?|>=?)\s*\d{1,9}(\.\d{1,9})*(\.\*)?([a-z]+\d*)?(\.[a-z]+\d*)*\s*$/i.test(part));
}

/** Django's minor versions, and the minor versions of Python 3 they support, first and last (docs.djangoproject.com, "FAQ: Installation"). */
export const djangoPythons: ReadonlyMap<string, { readonly min: number; readonly max: number }> = new Map([
  ["4.2", { min: 8, max: 12 }],
  ["5.0", { min: 10, max: 12 }],
  ["5.1", { min: 10, max: 13 }],
  ["5.2", { min: 10, max: 14 }],
  ["6.0", { min: 12, max: 14 }],
]);

export type DjangoFit =
  | { readonly kind: "fits" | "unknown" }
  | { readonly kind: "too-old" | "too-new"; readonly min: string; readonly max: string };

/** Whether a Django (`5.2.8`) supports a Python (`3.11.2`). An older Python cannot run it. A newer one is untested. */
export function djangoFit(django: string, python: string): DjangoFit {
  const [, series = ""] = /^(\d+\.\d+)/.exec(django) ?? [];
  const range = djangoPythons.get(series);
  const minor = Number(/^3\.(\d+)/.exec(python)?.[1] ?? Number.NaN);
  if (range === undefined || Number.isNaN(minor)) return { kind: "unknown" };
  const { min, max } = range;
  if (minor >= min && minor <= max) return { kind: "fits" };
  return { kind: minor < min ? "too-old" : "too-new", min: `3.${min}`, max: `3.${max}` };
}
