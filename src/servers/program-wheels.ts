// The programs that servers run, as wheels: the versions that Woven adds to a bundle if the project does not require the program. Each has
// its digest on PyPI. Most are pure wheels, so one file suits every machine.
import { pythonFits } from "../settings/project/python-versions.ts";

export interface PinnedWheel {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  /** Of a compiled package: one for each file. */
  readonly sha256: string | readonly string[];
  /** A PEP 440 specifier: the Pythons that need it and can use it. Without one, all that Woven supports. */
  readonly python?: string;
}

/** By program: the wheel that holds it, and those of what it needs. */
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
  uvicorn: [
    {
      name: "uvicorn",
      version: "0.54.0",
      sha256: "505bdb0f318731d45f1f712071fc781a8981f6847a31c902c9f5e652d4f67faf",
      python: ">=3.10",
    },
    {
      name: "uvicorn",
      version: "0.38.0",
      sha256: "48c0afd214ceb59340075b4a052ea1ee91c16fbc2a9b1469cca0e54566977b02",
      python: ">=3.9,<3.10",
    },
    {
      name: "uvicorn",
      version: "0.33.0",
      sha256: "2c30de4aeea83661a520abab179b24084a0019c0c1bbe137e5409f741cbde5f8",
      python: "<3.9",
    },
    {
      name: "h11",
      version: "0.16.0",
      sha256: "63cf8bbe7522de3bf65932fda1d9c2772064ffb3dae62d55932da54b31cb6c86",
    },
    {
      name: "click",
      version: "8.5.1",
      sha256: "8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37",
      python: ">=3.10",
    },
    {
      name: "click",
      version: "8.1.8",
      sha256: "63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2",
      python: "<3.10",
    },
    {
      name: "typing-extensions",
      version: "4.13.2",
      sha256: "a439e7c04b49fec3e5d3e2beaa21755cadbbdc391694e28ccdd36ca4a1408f8c",
      python: "<3.11",
    },
    // For websockets: uvicorn itself has no code for them.
    {
      name: "websockets",
      version: "17.4",
      sha256: "c6bd2c9781915592b209160d0f017d4c7c82ad53075e6b0c24d2a89299e7f9e9",
      python: ">=3.11",
    },
    {
      name: "websockets",
      version: "15.0.1",
      sha256: "f7a866fbc1e97b5c617ee4116daaa09b722101d4a3c170c787450ba409f9736f",
      python: ">=3.9,<3.11",
    },
    {
      name: "websockets",
      version: "13.1",
      sha256: "a9a396a6ad26130cdae92ae10c36af09d9bfe6cafe69670fd3b6da9b07b4044f",
      python: "<3.9",
    },
  ],
  // uWSGI with the same program, as wheels: the package uwsgi has none, and what is compiled of it needs the runner's libraries.
  uwsgi: [
    {
      name: "pyuwsgi",
      version: "2.0.30.post1",
      // For Python 3.8 to 3.14, first on x86_64 and then on aarch64.
      sha256: [
        "935793e74c6bcedc170991160f7af32b814f062e1031315a574ebf300fbf88f3",
        "33b34f3895cf0d45486d17ca434699bf1e38edb753f135ce66785008b76eb0e6",
        "dfa1b71988e45c36b22e6a49afe04c3ebec32c9d7150a791657b6907a8986663",
        "4a0bbb46b8e78e23ba064ebcaf926a69cd9f951f0bb7872f87c05728041d303b",
        "df4c0f4d2777ce51b321d6c1ed0226001e81f4e3be5c04b71718d2b181fa368d",
        "6b44211ffdd9f4082526fe7717b8c334bf7d716cc28dda47228645d20c2f2e29",
        "59c6f9e5f734877d1dc8cc12e5f52b8cfec1f53038b881648918658c977ccf7a",
        "a9450bc8dcb3808d17fa3d6280d2b074fa7858a265ca4ec187f25f775bbee6f6",
        "e5444eaab2ede41b0c2ce99ba7e5e8aa722f3f7edca3c3ad5172828215014a68",
        "801f15a7ff4e97b83c2c68aa124329ce5b0f8e07179e191b877a63d786f7dbb3",
        "5db8a522695b67e2c4aeb5babe5559b211524cc6cfaa07f7637412b924d991d3",
        "f9c33746954ed355d6d6c36bbf5d75294523db2b7f97d58ea1509592a182d423",
        "c7ceec7f63cca2005564664c9f2fc2e0806f83440a26e20a7aff2439cc22c6d7",
        "3aa740c111847f904d2feceb4c40f8b4a2a77d5b619896da9d423af1b9b89544",
      ],
    },
  ],
} as const satisfies Readonly<Record<string, readonly PinnedWheel[]>>;

export type Program = keyof typeof programWheels;

/** The packages that bring a program, if it is not the one of the same name alone. */
const bringing: { readonly [Name in Program]?: readonly string[] } = { uwsgi: ["pyuwsgi", "uwsgi"] };

/** The packages that bring a program, normalised. A project that requires one of them has it. */
export function packagesWith(program: Program): readonly string[] {
  return bringing[program] ?? [program];
}

/** The wheels of a program for a Python, such as `3.13.5`. */
export function wheelsOf(program: Program, python: string): readonly PinnedWheel[] {
  const all: readonly PinnedWheel[] = programWheels[program];
  return all.filter((wheel) => pythonFits(wheel.python ?? "", python));
}
