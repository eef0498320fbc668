// The programs that servers run, as wheels: the versions that Woven adds to a bundle if the project does not require the program. All are
// pure wheels, so one file suits every machine. Each has its digest on PyPI.
import { pythonFits } from "../settings/project/python-versions.ts";

export interface PinnedWheel {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** A PEP 440 specifier: the Pythons that need it and can use it. Without one, all that Woven supports. */
  readonly python?: string;
}

/** By the package that holds the program, normalised: its wheel, and those of what it needs. */
export const programWheels = {
  gunicorn: [
    {
      name: "gunicorn",
      version: "27.0.1",
      sha256: "378b26b9a38adcf4592f28828233c1716acc55e833ea06bf48719782efaa0d10",
      python: ">=3.10",
    },
    {
      name: "gunicorn",
      version: "23.0.0",
      python: "<3.10",
      sha256: "ec400d38950de4dfd418cff8328b2c8faed0edb0d517d3394e457c317908ca4d",
    },
    {
      name: "packaging",
      version: "25.0",
      python: "<3.10",
      sha256: "29572ef2b1f17581046b3a2227d5c611fb25ec70ca1ba8554b24b0e69331a484",
    },
  ],
} as const satisfies Readonly<Record<string, readonly PinnedWheel[]>>;

export type Program = keyof typeof programWheels;

/** The wheels of a program for a Python, such as `3.13.5`. */
export function wheelsOf(program: Program, python: string): readonly PinnedWheel[] {
  const all: readonly PinnedWheel[] = programWheels[program];
  return all.filter((wheel) => pythonFits(wheel.python ?? "", python));
}
