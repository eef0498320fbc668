// Which Pythons each Django supports, and on which ones it cannot start. From the metadata of Django's wheels: `Requires-Python` has the
// oldest, the classifiers have the newest. A test compares the table with the package index, so that no new Django is missing.

/** Minor versions of Python 3: 12 is Python 3.12. */
export interface DjangoPythons {
  /** The oldest. Older ones cannot run it. */
  readonly min: number;
  /** The newest that it was tested with. Newer ones may work, unless `lacking` says that they do not. */
  readonly max: number;
  /** What it imports that newer Pythons lack. */
  readonly lacking: readonly Lacking[];
}

export interface Lacking {
  /** The module or name that Python removed. */
  readonly name: string;
  /** The first Python without it. */
  readonly since: number;
  /** A package that brings it back. */
  readonly restoredBy?: string;
}

// https://docs.python.org/3/whatsnew/3.12.html#removed and https://docs.python.org/3/whatsnew/3.13.html#removed-modules-and-apis.
const distutils: Lacking = { name: "distutils", since: 12, restoredBy: "setuptools" };
const cgi: Lacking = { name: "cgi", since: 13, restoredBy: "legacy-cgi" };
const iterator: Lacking = { name: "collections.Iterator", since: 10 };
const codeset: Lacking = { name: "the codeset of gettext.translation", since: 11 };

function row(min: number, max: number, ...lacking: readonly Lacking[]): DjangoPythons {
  return { min, max, lacking };
}

/** By the first two numbers of Django's version. */
export const djangoPythons: ReadonlyMap<string, DjangoPythons> = new Map([
  ["1.11", row(4, 7, iterator, distutils, cgi)],
  ["2.0", row(4, 7, iterator, distutils, cgi)],
  ["2.1", row(5, 7, codeset, distutils, cgi)],
  ["2.2", row(5, 9, distutils, cgi)],
  ["3.0", row(6, 9, distutils, cgi)],
  ["3.1", row(6, 9, distutils, cgi)],
  ["3.2", row(6, 10, cgi)],
  ["4.0", row(8, 10, cgi)],
  ["4.1", row(8, 11)],
  ["4.2", row(8, 12)],
  ["5.0", row(10, 12)],
  ["5.1", row(10, 13)],
  ["5.2", row(10, 14)],
  ["6.0", row(12, 14)],
  ["6.1", row(12, 15)],
]);

/** The Pythons that a Django (`5.2.8`) supports. Undefined if this Woven does not know it. */
export function pythonsForDjango(django: string): DjangoPythons | undefined {
  const [, series = ""] = /^(\d+\.\d+)/.exec(django) ?? [];
  return djangoPythons.get(series);
}

export type DjangoFit =
  | { readonly kind: "fits" | "unknown" }
  | { readonly kind: "too-old" | "too-new"; readonly min: string; readonly max: string }
  /** `max`: the newest on which it starts. */
  | { readonly kind: "cannot-start"; readonly min: string; readonly max: string; readonly lacks: string };

/**
 * Whether a Django (`5.2.8`) supports a Python (`3.11.2`). `too-old` and `cannot-start`: it does not run. `too-new`: nobody tested it.
 * `packages`: the normalised names of the project's other packages, because some bring back what Python removed.
 */
export function djangoFit(django: string, python: string, packages: readonly string[] = []): DjangoFit {
  const range = pythonsForDjango(django);
  const minor = Number(/^3\.(\d+)/.exec(python)?.[1] ?? Number.NaN);
  if (range === undefined || Number.isNaN(minor)) return { kind: "unknown" };
  const { min, max } = range;
  if (minor >= min && minor <= max) return { kind: "fits" };
  const bounds = { min: `3.${min}`, max: `3.${max}` };
  if (minor < min) return { kind: "too-old", ...bounds };
  const lacks = range.lacking.find(
    ({ since, restoredBy }) => since <= minor && (restoredBy === undefined || !packages.includes(restoredBy)),
  );
  if (lacks === undefined) return { kind: "too-new", ...bounds };
  return { kind: "cannot-start", ...bounds, max: `3.${lacks.since - 1}`, lacks: lacks.name };
}

/** The newest Django that supports a Python, with long-term support if there is one: `5.2`. Undefined if none does. */
export function djangoFor(python: string): string | undefined {
  const fitting = [...djangoPythons.keys()].filter((series) => djangoFit(series, python).kind === "fits");
  return fitting.findLast((series) => series.endsWith(".2")) ?? fitting.at(-1);
}

/** Whether a Django runs on a Python, tested or not. */
export function djangoStarts(django: string, python: string, packages: readonly string[] = []): boolean {
  const { kind } = djangoFit(django, python, packages);
  return kind === "fits" || kind === "too-new";
}
